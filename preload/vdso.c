/* SPDX-License-Identifier: MIT */
/* Looks one symbol up in the vDSO's ELF image: vdso(7). */
#include "vdso.h"

#include <elf.h>
#include <link.h>
#include <stddef.h>

#include "base/text.h"

#if defined(__aarch64__)
#define VDSO_CLOCK "__kernel_clock_gettime"
#elif defined(__i386__)
#define VDSO_CLOCK "__vdso_clock_gettime64" /* since Linux 5.3; the older one's times end in 2038 */
#else
#define VDSO_CLOCK "__vdso_clock_gettime"
#endif

struct vdso_image {
    ptrdiff_t bias; /* add to a virtual address in the image to get a pointer */
    const ElfW(Dyn) * dynamic;
    const ElfW(Sym) * symbols;
    const char *strings;
    size_t count;
};

static void vdso_read_headers(struct vdso_image *v, const void *base)
{
    const ElfW(Ehdr) *header = base;
    const ElfW(Phdr) *part = (const void *)((const char *)base + header->e_phoff);
    for (int i = 0; i < header->e_phnum; i++) {
        if (part[i].p_type == PT_LOAD)
            v->bias = (const char *)base + part[i].p_offset - (const char *)part[i].p_vaddr;
        else if (part[i].p_type == PT_DYNAMIC)
            v->dynamic = (const void *)((const char *)base + part[i].p_offset);
    }
}

/* The symbol count: in DT_HASH's header; newer kernels give only DT_GNU_HASH, whose last chain tells. */
static size_t vdso_gnu_count(const uint32_t *table)
{
    uint32_t buckets = table[0], first = table[1], bloom = table[2], last = 0;
    const uint32_t *bucket = (const void *)((const ElfW(Addr) *)(table + 4) + bloom);
    const uint32_t *chain = bucket + buckets;
    for (uint32_t i = 0; i < buckets; i++)
        last = bucket[i] > last ? bucket[i] : last;
    if (last < first)
        return first;
    while (!(chain[last - first] & 1))
        last++;
    return last + 1;
}

static void vdso_read_dynamic(struct vdso_image *v)
{
    for (const ElfW(Dyn) *d = v->dynamic; d->d_tag != DT_NULL; d++) {
        const void *at = (const void *)((const char *)d->d_un.d_ptr + v->bias);
        if (d->d_tag == DT_SYMTAB)
            v->symbols = at;
        else if (d->d_tag == DT_STRTAB)
            v->strings = at;
        else if (d->d_tag == DT_HASH)
            v->count = ((const uint32_t *)at)[1];
        else if (d->d_tag == DT_GNU_HASH && !v->count)
            v->count = vdso_gnu_count(at);
    }
}

static vdso_clock_fn vdso_as_clock(void *address)
{
    union {
        void *object;
        vdso_clock_fn function;
    } u = {.object = address};
    return u.function;
}

vdso_clock_fn vdso_find_clock(const void *vdso)
{
    struct vdso_image v = {0};
    if (!vdso)
        return NULL;
    vdso_read_headers(&v, vdso);
    if (!v.dynamic)
        return NULL;
    vdso_read_dynamic(&v);
    if (!v.symbols || !v.strings)
        return NULL;
    for (size_t i = 0; i < v.count; i++)
        if (v.symbols[i].st_shndx != SHN_UNDEF && text_equal(v.strings + v.symbols[i].st_name, VDSO_CLOCK))
            return vdso_as_clock((char *)v.symbols[i].st_value + v.bias);
    return NULL;
}
