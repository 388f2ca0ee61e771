/* SPDX-License-Identifier: MIT */
/* ELF headers and the dynamic section, of both word sizes. Reads what it needs and believes nothing: every offset is
 * checked by pread itself, every count is bounded. */
#include "base/elf_file.h"

#include <elf.h>

#include "base/attr.h"
#include "base/sys.h"
#include "base/text.h"

#define NEEDED_MAX 48
#define LOADER_MAX 32 /* of an interpreter's path: longer than those that matter here */

struct elf_file {
    int fd;
    int is_64;
    const char *head; /* the file's first bytes */
    size_t head_len;
    const char *part; /* the program headers, in there */
    int parts;
    uint64_t needed[NEEDED_MAX]; /* offsets of names in the string table */
    int needed_len;
    uint64_t strings; /* address of the string table */
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

/* Both sizes as one struct, so that nothing below has to know which it is. */
static struct elf_part elf_part(const struct elf_file *f, int at)
{
    if (f->is_64) {
        const Elf64_Phdr *p = (const Elf64_Phdr *)(const void *)f->part + at;
        return (struct elf_part){p->p_type, p->p_offset, p->p_vaddr, p->p_filesz};
    }
    const Elf32_Phdr *p = (const Elf32_Phdr *)(const void *)f->part + at;
    return (struct elf_part){p->p_type, p->p_offset, p->p_vaddr, p->p_filesz};
}

/* The first part of that type; one of type PT_NULL when there is none. */
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

/* One entry of the dynamic section. 0 when it was the last. */
static int elf_note_dynamic(struct elf_file *f, uint64_t tag, uint64_t value)
{
    if (tag == DT_STRTAB)
        f->strings = value;
    if (tag == DT_NEEDED && f->needed_len < NEEDED_MAX)
        f->needed[f->needed_len++] = value;
    return tag != DT_NULL;
}

/* In pieces of the stack's size: the shim has no heap. The section ends at DT_NULL, or where the file does. */
static void elf_read_dynamic(struct elf_file *f, struct elf_part dynamic)
{
    union {
        Elf64_Dyn wide[32];
        Elf32_Dyn narrow[64];
    } entry = {0};
    size_t entry_bytes = f->is_64 ? sizeof *entry.wide : sizeof *entry.narrow;
    for (uint64_t at = 0; at < dynamic.bytes; at += sizeof entry) {
        size_t want = (size_t)MIN(sizeof entry, dynamic.bytes - at);
        long got = sys_pread(f->fd, &entry, want, dynamic.offset + at);
        for (size_t i = 0; (long)((i + 1) * entry_bytes) <= got; i++)
            if (f->is_64 ? !elf_note_dynamic(f, (uint64_t)entry.wide[i].d_tag, entry.wide[i].d_un.d_val)
                         : !elf_note_dynamic(f, (uint64_t)entry.narrow[i].d_tag, entry.narrow[i].d_un.d_val))
                return;
        if (got < (long)want)
            return;
    }
}

static int elf_is_sanitizer(const char *name)
{
    return text_after(name, "libasan.so") || text_after(name, "libtsan.so") || text_after(name, "liblsan.so") ||
           text_after(name, "libhwasan.so") || text_after(name, "libclang_rt.asan");
}

/* Only libraries that the program itself names: that is how compilers link a runtime. */
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

/* Start of the interpreter's path; it usually lies in the bytes that are here already. */
static void elf_read_interpreter(const struct elf_file *f, struct elf_part where, char *out, size_t room)
{
    size_t len = (size_t)MIN(room - 1, where.bytes);
    __builtin_memset(out, 0, room);
    if (where.offset < f->head_len && len <= f->head_len - where.offset)
        __builtin_memcpy(out, f->head + where.offset, len);
    else
        sys_pread(f->fd, out, len, where.offset);
}

/* Find the program headers. 0, or -1 when they are not all there. */
static int elf_open(struct elf_file *f)
{
    const Elf64_Ehdr *wide = (const void *)f->head;
    const Elf32_Ehdr *narrow = (const void *)f->head;
    uint64_t start = f->is_64 ? wide->e_phoff : narrow->e_phoff;
    size_t bytes = f->is_64 ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);
    f->parts = f->is_64 ? wide->e_phnum : narrow->e_phnum;
    if ((f->is_64 ? wide->e_phentsize : narrow->e_phentsize) != bytes || start % (f->is_64 ? 8 : 4) || start > f->head_len ||
        (uint64_t)f->parts * bytes > f->head_len - start)
        return -1;
    f->part = f->head + start;
    return 0;
}

/* From the surest to the finest: what can't be loaded, what has no loader, and only then what its libraries say. */
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
