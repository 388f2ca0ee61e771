/* SPDX-License-Identifier: MIT */
/* Symbol lookup, done by ourselves in the loader's list of objects. dlsym would serve, but it takes the
 * loader's lock, which a vanished thread may hold in a fork child; it forgets the message that the host's
 * next dlerror() is to give; and before glibc 2.34 it is not in libc. The list is public: link.h, r_debug(5)
 * of the System V ABI; it is read without its lock, and what we look for stands in objects that are never
 * unloaded.
 *
 * Looked up at the first call and not in the constructor: most processes never start another one. */
#include "real.h"

#include <elf.h>
#include <errno.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/auxv.h>

#include "sys/text.h"

/* In the order of enum real, one behind the other. */
static const char real_names[] =
    "_exit\0_Exit\0_Fork\0clone\0daemon\0quick_exit\0execve\0execveat\0execvpe\0fexecve\0"
    "fork\0forkpty\0pclose\0popen\0system\0posix_spawn\0posix_spawnp\0prctl\0wait4\0waitid\0"
    "exit\0__libc_start_main\0"
#ifndef __LP64__
    "__wait4_time64\0"
#endif
    "pidfd_spawn\0pidfd_spawnp";

static const char *real_name(enum real which)
{
    const char *name = real_names;
    for (int i = 0; i < (int)which; i++)
        while (*name++) {
        }
    return name;
}

/* Weak: a program without libc must still start. Each such reference is a search by the loader in every process: what few
 * of them need is searched for by ourselves. */
#pragma weak getauxval

/* The linker's _DYNAMIC, of this library: known without a relocation, since it is hidden, as link.h does not have it. */
extern hidden ElfW(Dyn) real_own_dynamic[] __asm__("_DYNAMIC");

static real_fn real_found[REAL_COUNT];
static char *const *const *real_environ_at;

/* What of an object's dynamic section a lookup needs. */
struct real_object {
    ElfW(Addr) base;
    const ElfW(Sym) * symbols;
    const char *strings;
    const uint32_t *hash;    /* DT_GNU_HASH */
    const uint32_t *old;     /* DT_HASH, where there is no other */
    const uint16_t *version; /* DT_VERSYM, or NULL */
};

/* The loader's list of objects, in search order; NULL in a program without a dynamic section, or without
 * libc. Works before any constructor has run: another library's may well call what we wrap. */
static const struct link_map *real_objects(void)
{
    const ElfW(Phdr) *program = getauxval ? (const void *)getauxval(AT_PHDR) : NULL;
    unsigned long count = program ? getauxval(AT_PHNUM) : 0;
    ElfW(Addr) bias = 0, dynamic = 0;
    for (unsigned long i = 0; i < count; i++) {
        const ElfW(Phdr) *p = &program[i];
        if (p->p_type == PT_PHDR)
            bias = (ElfW(Addr))program - p->p_vaddr;
        else if (p->p_type == PT_LOAD && p->p_offset == 0 && !bias) /* no PT_PHDR: they follow the ELF header */
            bias = (ElfW(Addr))program - sizeof(ElfW(Ehdr)) - p->p_vaddr;
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
        else if (d->d_tag == DT_HASH)
            o.old = at;
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

/* ISO C has no cast from an object's address to a function. */
static real_fn real_as_function(void *symbol)
{
    union {
        void *object;
        real_fn function;
    } u = {.object = symbol};
    return u.function;
}

/* Where the symbol is; an indirect one says so itself when asked. */
static void *real_value(const struct real_object *o, uint32_t at)
{
    const ElfW(Sym) *symbol = &o->symbols[at];
    void *address = (void *)(o->base + symbol->st_value);
    if ((symbol->st_info & 0xf) != STT_GNU_IFUNC)
        return address;
    return ((void *(*)(void))real_as_function(address))();
}

/* An object with nothing but the old table: rare, so its chains are not worth their code. */
static void *real_look_old(const struct real_object *o, const char *name)
{
    for (uint32_t at = 1; o->old && at < o->old[1]; at++)
        if (real_is_offered(o, at) && text_equal(o->strings + o->symbols[at].st_name, name))
            return real_value(o, at);
    return NULL;
}

static void *real_look(const struct real_object *o, const char *name, uint32_t hash)
{
    if (!o->symbols || !o->strings)
        return NULL;
    if (!o->hash)
        return real_look_old(o, name);
    uint32_t buckets = o->hash[0], first = o->hash[1], bloom = o->hash[2];
    const uint32_t *bucket = (const void *)((const ElfW(Addr) *)(o->hash + 4) + bloom);
    const uint32_t *chain = bucket + buckets;
    uint32_t at = buckets ? bucket[hash % buckets] : 0;
    for (; at >= first && at; at++) {
        uint32_t here = chain[at - first];
        if ((here | 1) == (hash | 1) && real_is_offered(o, at) && text_equal(o->strings + o->symbols[at].st_name, name))
            return real_value(o, at);
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
    for (; map && behind_us && map->l_ld != real_own_dynamic; map = map->l_next) {
    }
    for (map = map && behind_us ? map->l_next : map; map; map = map->l_next) {
        struct real_object o = real_open(map);
        void *found = real_look(&o, name, hash);
        if (found)
            return found;
    }
    return NULL;
}

real_fn real_in_object(const struct link_map *object, const char *name)
{
    struct real_object o = real_open(object);
    return real_as_function(real_look(&o, name, real_hash(name)));
}

real_fn real_find(enum real which)
{
    real_fn found = __atomic_load_n(&real_found[which], __ATOMIC_RELAXED);
    if (found)
        return found;
    found = real_as_function(real_search(real_name(which), 1));
    __atomic_store_n(&real_found[which], found, __ATOMIC_RELAXED);
    return found;
}

void real_before_fork(void)
{
    real_find(REAL_EXECVE);
    real_find(REAL_EXECVPE);
    real_find(REAL__EXIT);
    real_environ();
}

real_fn real_function(const char *name)
{
    return real_as_function(real_search(name, 0));
}

char *const *real_environ(void)
{
    if (!real_environ_at)
        real_environ_at = real_search("environ", 0);
    return real_environ_at ? *real_environ_at : NULL;
}

static int *real_errno_at(void)
{
    typedef int *(*location_fn)(void);
    location_fn location = (location_fn)real_function("__errno_location");
    return location ? location() : NULL;
}

int real_errno(void)
{
    const int *at = real_errno_at();
    return at ? *at : 0;
}

void real_set_errno(int error)
{
    int *at = real_errno_at();
    if (at)
        *at = error;
}

static long real_missing(void)
{
    real_set_errno(ENOSYS);
    return -1;
}

real_fn real_or_missing(enum real which)
{
    real_fn real = real_find(which);
    return real ? real : (real_fn)real_missing;
}

/* By its name alone: a program may be told of two installations. */
static int real_is_a_copy(const char *path)
{
    const char *name = path;
    for (; *path; path++)
        if (*path == '/')
            name = path + 1;
    return text_equal(name, "libdtrack.so");
}

int real_is_second_copy(void)
{
    const struct link_map *map = real_objects();
    for (; map && map->l_ld != real_own_dynamic; map = map->l_next)
        if (real_is_a_copy(map->l_name))
            return 1;
    return 0;
}

const char *real_own_path(void)
{
    const struct link_map *map = real_objects();
    while (map && map->l_ld != real_own_dynamic)
        map = map->l_next;
    return map && map->l_name[0] ? map->l_name : NULL;
}
