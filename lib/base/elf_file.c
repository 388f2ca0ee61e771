/* SPDX-License-Identifier: MIT */
/* ELF headers and the dynamic section. Reads what it needs and believes nothing: every offset is checked by
 * pread itself, every count is bounded. */
#include "base/elf_file.h"

#include <elf.h>
#include <link.h>

#include "base/attr.h"
#include "base/sys.h"
#include "base/text.h"

#define NEEDED_MAX 48

struct elf_file {
    int fd;
    const ElfW(Phdr) * part;
    int parts;
    uint64_t needed[NEEDED_MAX]; /* offsets of names in the string table */
    int needed_len;
    uint64_t strings; /* address of the string table */
};

#if defined(__x86_64__)
#define ELF_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define ELF_MACHINE EM_AARCH64
#endif

static int elf_has(const struct elf_file *f, uint32_t type)
{
    for (int i = 0; i < f->parts; i++)
        if (f->part[i].p_type == type)
            return 1;
    return 0;
}

/* File offset of a virtual address, or 0. */
static uint64_t elf_offset(const struct elf_file *f, uint64_t address)
{
    for (int i = 0; i < f->parts; i++) {
        const ElfW(Phdr) *p = &f->part[i];
        if (p->p_type == PT_LOAD && address >= p->p_vaddr && address - p->p_vaddr < p->p_filesz)
            return address - p->p_vaddr + p->p_offset;
    }
    return 0;
}

static void elf_read_dynamic(struct elf_file *f, const ElfW(Phdr) * dynamic)
{
    ElfW(Dyn) entry[32];
    for (uint64_t at = 0; at < dynamic->p_filesz; at += sizeof entry) {
        size_t want = MIN(sizeof entry, dynamic->p_filesz - at);
        long got = sys_pread(f->fd, entry, want, dynamic->p_offset + at);
        for (size_t i = 0; (long)((i + 1) * sizeof *entry) <= got; i++) {
            if (entry[i].d_tag == DT_NULL)
                return;
            if (entry[i].d_tag == DT_STRTAB)
                f->strings = entry[i].d_un.d_ptr;
            if (entry[i].d_tag != DT_NEEDED)
                continue;
            if (f->needed_len < NEEDED_MAX)
                f->needed[f->needed_len++] = entry[i].d_un.d_val;
        }
        if (got < (long)want)
            return;
    }
}

static int elf_is_sanitizer(const char *name)
{
    return text_after(name, "libasan.so") || text_after(name, "libtsan.so") || text_after(name, "liblsan.so") ||
           text_after(name, "libhwasan.so") || text_after(name, "libclang_rt.asan");
}

static int elf_needs_sanitizer(const struct elf_file *f)
{
    uint64_t strings = elf_offset(f, f->strings);
    for (int i = 0; strings && i < f->needed_len; i++) {
        char name[24] = "";
        sys_pread(f->fd, name, sizeof name - 1, strings + f->needed[i]);
        if (elf_is_sanitizer(name))
            return 1;
    }
    return 0;
}

enum elf_kind elf_file_kind(int fd, const char *head, size_t len)
{
    const ElfW(Ehdr) *header = (const void *)head;
    if (len < sizeof *header)
        return ELF_UNREADABLE;
    if (header->e_ident[EI_CLASS] != (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32) ||
        header->e_machine != ELF_MACHINE)
        return ELF_FOREIGN;
    uint64_t end = header->e_phoff + (uint64_t)header->e_phnum * sizeof(ElfW(Phdr));
    if (header->e_phentsize != sizeof(ElfW(Phdr)) || end > len || header->e_phoff % 8)
        return ELF_UNREADABLE;
    struct elf_file f = {.fd = fd, .part = (const void *)(head + header->e_phoff), .parts = header->e_phnum};
    if (!elf_has(&f, PT_INTERP))
        return ELF_STATIC;
    for (int i = 0; i < f.parts; i++)
        if (f.part[i].p_type == PT_DYNAMIC)
            elf_read_dynamic(&f, &f.part[i]);
    if (!f.needed_len)
        return ELF_LIBCLESS;
    return elf_needs_sanitizer(&f) ? ELF_SANITIZED : ELF_DYNAMIC;
}
