/* SPDX-License-Identifier: MIT */
/* Determines what kind of program an executable file is, with a bounded number of reads. Freestanding. elf(5). */
#ifndef SYS_ELF_FILE_H
#define SYS_ELF_FILE_H

#include <stddef.h>

#define ELF_FILE_HEAD 1024 /* bytes that hold an ELF header with its program headers, or a #! line */

enum elf_kind {
    ELF_UNREADABLE, /* not an ELF file, or not one that can be parsed */
    ELF_DYNAMIC,    /* loaded by an interpreter, with libraries */
    ELF_STATIC,     /* has no interpreter */
    ELF_FOREIGN,    /* for another machine or word size, except ELF_SIBLING */
    ELF_SANITIZED,  /* its sanitizer runtime must be the first library loaded */
    ELF_LIBCLESS,   /* has an interpreter, but needs no library */
    ELF_MUSL,       /* like ELF_DYNAMIC, but with musl's loader */
    ELF_SIBLING,    /* like ELF_DYNAMIC, but for our machine's other word size (multilib) */
};

/* The path of glibc's loader for this machine's other word size; "" where there is none. */
#if defined(__x86_64__)
#define ELF_FILE_SIBLING_LOADER "/lib/ld-linux.so.2"
#elif defined(__i386__)
#define ELF_FILE_SIBLING_LOADER "/lib64/ld-linux-x86-64.so.2"
#else
#define ELF_FILE_SIBLING_LOADER "" /* none that we know */
#endif

/* Classify the file open at `fd`, whose first `len` bytes are in `head`, aligned to 8. Makes at most a few small reads. */
enum elf_kind elf_file_kind(int fd, const char *head, size_t len);

/* Whether a library of this name is a sanitizer's runtime, which must be the first library loaded. */
int elf_is_sanitizer(const char *name);

/* Whether the file with the first bytes `head`, aligned to 8, is for this machine's other word size. */
int elf_file_is_sibling(const char *head, size_t len);

#endif
