/* SPDX-License-Identifier: MIT */
/* Parses ELF headers and the dynamic section, for both word sizes. Trusts nothing in the file: pread rejects bad offsets, and all
 * counts are bounded. */
#include "sys/elf_file.h"

#include <elf.h>

#include "sys/attr.h"
#include "sys/sys.h"
#include "sys/text.h"

#define NEEDED_MAX 48
#define LOADER_MAX 32 /* room for the interpreter's path; those that matter here are shorter */

struct elf_file {
    int fd;
    int is_64;
    const char *head; /* the file's first bytes */
    size_t head_len;
    const char *part; /* the program headers, within `head` */
    size_t part_bytes;
    int parts;
    uint64_t strings; /* address of the string table */
    int needed_len;
    uint64_t needed[NEEDED_MAX]; /* offsets of the libraries' names in the string table */
};

/* A program header of either size. */
struct elf_part {
    uint32_t type;
    uint64_t offset, address, bytes;
};

struct elf_machine {
    uint8_t size;
    uint16_t machine;
};

#if defined(__x86_64__)
static const struct elf_machine own = {ELFCLASS64, EM_X86_64}, sibling = {ELFCLASS32, EM_386};
#elif defined(__i386__)
static const struct elf_machine own = {ELFCLASS32, EM_386}, sibling = {ELFCLASS64, EM_X86_64};
#elif defined(__aarch64__)
static const struct elf_machine own = {ELFCLASS64, EM_AARCH64}, sibling = {ELFCLASSNONE, EM_NONE};
#endif

static int elf_is_for(const Elf64_Ehdr *header, struct elf_machine machine)
{
    return header->e_ident[EI_CLASS] == machine.size && header->e_machine == machine.machine;
}

/* A word of the file's size. */
static uint64_t elf_word(const struct elf_file *f, const char *from, int nth)
{
    uint64_t wide;
    uint32_t narrow;
    if (f->is_64) {
        __builtin_memcpy(&wide, from + (size_t)nth * sizeof wide, sizeof wide);
        return wide;
    }
    __builtin_memcpy(&narrow, from + (size_t)nth * sizeof narrow, sizeof narrow);
    return narrow;
}

/* Parse the program header at index `at`. Apart from the flags, headers of both word sizes have the same fields when counted in
 * words: type, offset, virtual address, physical address, size in the file. */
static struct elf_part elf_part(const struct elf_file *f, int at)
{
    const char *part = f->part + (size_t)at * f->part_bytes;
    return (struct elf_part){(uint32_t)elf_word(f, part, 0), elf_word(f, part, 1), elf_word(f, part, 2),
                             elf_word(f, part, 4)};
}

/* The first program header of that type; one of type PT_NULL when there is none. */
static struct elf_part elf_find(const struct elf_file *f, uint32_t type)
{
    for (int i = 0; i < f->parts; i++) {
        struct elf_part p = elf_part(f, i);
        if (p.type == type)
            return p;
    }
    return (struct elf_part){.type = PT_NULL};
}

/* File offset of a virtual address, or 0. */
static uint64_t elf_offset(const struct elf_file *f, uint64_t address)
{
    for (int i = 0; i < f->parts; i++) {
        struct elf_part p = elf_part(f, i);
        if (p.type == PT_LOAD && address >= p.address && address - p.address < p.bytes)
            return address - p.address + p.offset;
    }
    return 0;
}

/* Process one entry of the dynamic section. 0 when it was the last. */
static int elf_note_dynamic(struct elf_file *f, uint64_t tag, uint64_t value)
{
    if (tag == DT_STRTAB)
        f->strings = value;
    if (tag == DT_NEEDED && f->needed_len < NEEDED_MAX)
        f->needed[f->needed_len++] = value;
    return tag != DT_NULL;
}

/* Read the dynamic section in small pieces on the stack, as the shim has no heap. It ends at DT_NULL or at the end of the file.
 * An entry is two words: tag and value. */
static void elf_read_dynamic(struct elf_file *f, struct elf_part dynamic)
{
    char piece[512];
    int entry_bytes = f->is_64 ? sizeof(Elf64_Dyn) : sizeof(Elf32_Dyn);
    for (uint64_t at = 0; at < dynamic.bytes; at += sizeof piece) {
        size_t want = (size_t)MIN(sizeof piece, dynamic.bytes - at);
        long got = sys_pread(f->fd, piece, want, dynamic.offset + at);
        for (int i = 0; (i + 1) * entry_bytes <= got; i++)
            if (!elf_note_dynamic(f, elf_word(f, piece, 2 * i), elf_word(f, piece, 2 * i + 1)))
                return;
        if (got < (long)want)
            return;
    }
}

int elf_is_sanitizer(const char *name)
{
    return text_take(&name, "libasan.so\0libtsan.so\0liblsan.so\0libhwasan.so\0libclang_rt.asan\0");
}

/* Whether the program directly needs a sanitizer's runtime: compilers link it into the program, not into its libraries. */
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

/* Read the start of the interpreter's path, usually from the bytes that are in memory already. */
static void elf_read_interpreter(const struct elf_file *f, struct elf_part where, char *out, size_t room)
{
    size_t len = (size_t)MIN(room - 1, where.bytes);
    __builtin_memset(out, 0, room);
    if (where.offset < f->head_len && len <= f->head_len - where.offset)
        __builtin_memcpy(out, f->head + where.offset, len);
    else
        sys_pread(f->fd, out, len, where.offset);
}

/* Find the program headers. 0, or -1 when they are not all within the first bytes. */
static int elf_open(struct elf_file *f)
{
    const Elf64_Ehdr *wide = (const void *)f->head;
    const Elf32_Ehdr *narrow = (const void *)f->head;
    const uint16_t *sizes = f->is_64 ? &wide->e_phentsize : &narrow->e_phentsize; /* of a header, and how many */
    uint64_t start = elf_word(f, f->head + offsetof(Elf64_Ehdr, e_entry), 1);     /* e_phoff: e_entry is a word, too */
    f->part_bytes = f->is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
    f->parts = sizes[1];
    if (sizes[0] != f->part_bytes || start > f->head_len || f->parts * f->part_bytes > f->head_len - start)
        return -1;
    f->part = f->head + start;
    return 0;
}

/* The checks are ordered by cost: machine and word size, then the interpreter, and only then the libraries. */
enum elf_kind elf_file_kind(int fd, const char *head, size_t len)
{
    const Elf64_Ehdr *header = (const void *)head;
    if (len < sizeof *header)
        return ELF_UNREADABLE;
    int is_sibling = elf_is_for(header, sibling);
    if (!is_sibling && !elf_is_for(header, own))
        return ELF_FOREIGN;
    struct elf_file f = {.fd = fd, .is_64 = header->e_ident[EI_CLASS] == ELFCLASS64, .head = head, .head_len = len};
    if (elf_open(&f))
        return ELF_UNREADABLE;
    struct elf_part interpreter = elf_find(&f, PT_INTERP);
    if (interpreter.type != PT_INTERP)
        return ELF_STATIC;
    char loader[LOADER_MAX];
    elf_read_interpreter(&f, interpreter, loader, sizeof loader);
    if (is_sibling && (!loader[0] || !text_equal(loader, ELF_FILE_SIBLING_LOADER)))
        return ELF_FOREIGN;
    elf_read_dynamic(&f, elf_find(&f, PT_DYNAMIC));
    if (!f.needed_len)
        return ELF_LIBCLESS;
    if (elf_needs_sanitizer(&f))
        return ELF_SANITIZED;
    if (is_sibling)
        return ELF_SIBLING;
    return text_after(loader, "/lib/ld-musl-") ? ELF_MUSL : ELF_DYNAMIC;
}

int elf_file_is_sibling(const char *head, size_t len)
{
    const Elf64_Ehdr *header = (const void *)head;
    return len >= sizeof *header && text_after(head, ELFMAG) && elf_is_for(header, sibling);
}
