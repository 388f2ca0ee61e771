/* SPDX-License-Identifier: MIT */
/* A bounded look into an executable file: what kind of program is it? Freestanding. elf(5). */
#ifndef SYS_ELF_FILE_H
#define SYS_ELF_FILE_H

#include <stddef.h>

#define ELF_FILE_HEAD 1024 /* bytes that hold an ELF header with its program headers, or a #! line */

enum elf_kind {
    ELF_UNREADABLE, /* not an ELF file that we understand */
    ELF_DYNAMIC,    /* loaded by an interpreter, with libraries */
    ELF_STATIC,     /* no interpreter */
    ELF_FOREIGN,    /* other word size or machine than ours, and no sibling */
    ELF_SANITIZED,  /* its sanitizer runtime insists on being the first library */
    ELF_LIBCLESS,   /* an interpreter, but no library at all */
    ELF_MUSL,       /* like ELF_DYNAMIC, by musl's loader */
    ELF_SIBLING,    /* like ELF_DYNAMIC, of our machine's other word size */
};

/* The loader of this machine's other word size, as glibc programs name it. */
#if defined(__x86_64__)
#define ELF_FILE_SIBLING_LOADER "/lib/ld-linux.so.2"
#elif defined(__i386__)
#define ELF_FILE_SIBLING_LOADER "/lib64/ld-linux-x86-64.so.2"
#else
#define ELF_FILE_SIBLING_LOADER "" /* none that we know */
#endif

/* Judge the file open at `fd`, whose first `len` bytes are in `head`, aligned to 8. At most a few small reads. */
enum elf_kind elf_file_kind(int fd, const char *head, size_t len);

/* Whether a library whose name starts so is a sanitizer's runtime, which insists on being the first. */
int elf_is_sanitizer(const char *name);

/* Whether the file with these first bytes, aligned to 8, is one of this machine's other word size. */
int elf_file_is_sibling(const char *head, size_t len);

#endif
