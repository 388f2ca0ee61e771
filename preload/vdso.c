/* SPDX-License-Identifier: MIT */
/* The vDSO is an ELF object, which the loader may or may not have in its list: vdso(7). */
#include "vdso.h"

#include <elf.h>
#include <link.h>
#include <stddef.h>

#include "real.h"

#if defined(__aarch64__)
#define VDSO_CLOCK "__kernel_clock_gettime"
#elif defined(__i386__)
#define VDSO_CLOCK "__vdso_clock_gettime64" /* since Linux 5.3; the older one's times end in 2038 */
#else
#define VDSO_CLOCK "__vdso_clock_gettime"
#endif

vdso_clock_fn vdso_find_clock(const void *vdso)
{
    const ElfW(Ehdr) *header = vdso;
    struct link_map image = {0};
    if (!vdso)
        return NULL;
    const char *base = vdso;
    const ElfW(Phdr) *part = (const void *)(base + header->e_phoff);
    for (int i = 0; i < header->e_phnum; i++) {
        if (part[i].p_type == PT_LOAD)
            image.l_addr = (ElfW(Addr))base + part[i].p_offset - part[i].p_vaddr;
        else if (part[i].p_type == PT_DYNAMIC)
            image.l_ld = (ElfW(Dyn) *)((ElfW(Addr))base + part[i].p_offset);
    }
    return image.l_ld ? (vdso_clock_fn)real_in_object(&image, VDSO_CLOCK) : NULL;
}
