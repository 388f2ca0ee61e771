/* SPDX-License-Identifier: MIT */
/* Symbol lookup, done by ourselves in the loader's list of objects. dlsym would serve, but it takes the loader's lock,
 * which a vanished thread may hold in a fork child; it forgets the message that the host's next dlerror() is to give;
 * and before glibc 2.34 it is not in libc. The list is public: link.h, r_debug(5) of the System V ABI; it is read
 * without its lock, and what we look for stands in objects that are never unloaded.
 *
 * Looked up at the first call and not in the constructor: most processes never start another one. */
#include "real.h"

#include <elf.h>
#include <errno.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

static const char real_names[REAL_COUNT][16] = {
    "_exit", "_Exit",  "daemon", "quick_exit",  "execve",       "execveat", "execvpe", "fexecve", "fork",
    "forkpty", "pclose", "popen", "system", "posix_spawn", "posix_spawnp", "prctl",    "wait4",   "waitid",
};

/* Weak: a program without libc must still start. */
extern char **environ __attribute__((weak));
#pragma weak __errno_location

static struct {
    const ElfW(Phdr) * program; /* its program headers, in memory */
    unsigned long count;
    real_fn found[REAL_COUNT];
} real __attribute__((section(".data"))); /* see shim.c */

/* What of an object's dynamic section a lookup needs. */
struct real_object {
    ElfW(Addr) base;
    const ElfW(Sym) * symbols;
    const char *strings;
    const uint32_t *hash;    /* DT_GNU_HASH */
    const uint16_t *version; /* DT_VERSYM, or NULL */
};

void real_begin(const void *headers, unsigned long count)
{
    real.program = headers;
    real.count = count;
}

/* The loader's list of objects, in search order; NULL in a program without a dynamic section. */
static const struct link_map *real_objects(void)
{
    ElfW(Addr) bias = 0, dynamic = 0;
    for (unsigned long i = 0; real.program && i < real.count; i++) {
        const ElfW(Phdr) *p = &real.program[i];
        if (p->p_type == PT_PHDR)
            bias = (ElfW(Addr))real.program - p->p_vaddr;
        else if (p->p_type == PT_DYNAMIC)
            dynamic = p->p_vaddr;
    }
    for (const ElfW(Dyn) *d = dynamic ? (const void *)(bias + dynamic) : NULL; d && d->d_tag != DT_NULL; d++)
        if (d->d_tag == DT_DEBUG && d->d_un.d_ptr)
            return ((const struct r_debug *)d->d_un.d_ptr)->r_map;
    return NULL;
}

/* glibc has made these addresses absolute, musl and the vDSO leave them relative. */
static const void *real_address(const struct link_map *map, ElfW(Addr) value)
{
    return (const void *)(value < map->l_addr ? value + map->l_addr : value);
}

static struct real_object real_open(const struct link_map *map)
{
    struct real_object o = {.base = map->l_addr};
    for (const ElfW(Dyn) *d = map->l_ld; d->d_tag != DT_NULL; d++) {
        const void *at = real_address(map, d->d_un.d_ptr);
        if (d->d_tag == DT_SYMTAB)
            o.symbols = at;
        else if (d->d_tag == DT_STRTAB)
            o.strings = at;
        else if (d->d_tag == DT_GNU_HASH)
            o.hash = at;
        else if (d->d_tag == DT_VERSYM)
            o.version = at;
    }
    return o;
}

/* The hash of DT_GNU_HASH: Bernstein's, times 33. */
static uint32_t real_hash(const char *name)
{
    uint32_t h = 5381;
    for (; *name; name++)
        h = h * 33 + (unsigned char)*name;
    return h;
}

/* A definition that others may bind to: of the default version where there are several. */
static int real_is_offered(const struct real_object *o, uint32_t at)
{
    return o->symbols[at].st_shndx != SHN_UNDEF && (!o->version || !(o->version[at] & 0x8000));
}

static void *real_look(const struct real_object *o, const char *name, uint32_t hash)
{
    if (!o->hash || !o->symbols || !o->strings)
        return NULL;
    uint32_t buckets = o->hash[0], first = o->hash[1], bloom = o->hash[2];
    const uint32_t *bucket = (const void *)((const ElfW(Addr) *)(o->hash + 4) + bloom);
    const uint32_t *chain = bucket + buckets;
    uint32_t at = buckets ? bucket[hash % buckets] : 0;
    for (; at >= first && at; at++) {
        uint32_t here = chain[at - first];
        if ((here | 1) == (hash | 1) && real_is_offered(o, at) && text_equal(o->strings + o->symbols[at].st_name, name))
            return (void *)(o->base + o->symbols[at].st_value);
        if (here & 1)
            return NULL;
    }
    return NULL;
}

/* Search all objects, or only those behind this library. */
static void *real_search(const char *name, int behind_us)
{
    uint32_t hash = real_hash(name);
    const struct link_map *map = real_objects();
    for (; map && behind_us && map->l_ld != _DYNAMIC; map = map->l_next) {
    }
    for (map = map && behind_us ? map->l_next : map; map; map = map->l_next) {
        struct real_object o = real_open(map);
        void *found = real_look(&o, name, hash);
        if (found)
            return found;
    }
    return NULL;
}

/* ISO C has no cast from an object's address to a function. */
static real_fn real_as_function(void *symbol)
{
    union {
        void *object;
        real_fn function;
    } u = {.object = symbol};
    return u.function;
}

real_fn real_find(enum real which)
{
    real_fn found = __atomic_load_n(&real.found[which], __ATOMIC_RELAXED);
    if (found)
        return found;
    found = real_as_function(real_search(real_names[which], 1));
    __atomic_store_n(&real.found[which], found, __ATOMIC_RELAXED);
    return found;
}

real_fn real_function(const char *name)
{
    return real_as_function(real_search(name, 0));
}

void *real_object(const char *name)
{
    return real_search(name, 0);
}

char *const *real_environ(void)
{
    return &environ ? environ : NULL;
}

void real_set_errno(int error)
{
    if (__errno_location)
        *__errno_location() = error;
}

const char *real_own_path(void)
{
    const struct link_map *map = real_objects();
    while (map && map->l_ld != _DYNAMIC)
        map = map->l_next;
    return map && map->l_name[0] ? map->l_name : NULL;
}
