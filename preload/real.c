/* SPDX-License-Identifier: MIT */
/* Symbol lookup: the only file that knows the dynamic loader's interface.
 *
 * Looked up at the first call and not in the constructor: most processes never start another one, and 18 lookups
 * would cost each of them more than its whole record does. */
#include "real.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>

/* Weak: a program without libc must still start. */
#pragma weak dlsym

static const char real_names[REAL_COUNT][16] = {
    "_exit", "_Exit", "quick_exit", "execv", "execve", "execveat", "execvp", "execvpe", "fexecve",
    "fork", "pclose", "popen", "system", "posix_spawn", "posix_spawnp", "prctl", "wait4", "waitid",
};

static real_fn real_found[REAL_COUNT];

/* ISO C has no cast from what dlsym returns to a function. */
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
    real_fn found = __atomic_load_n(&real_found[which], __ATOMIC_RELAXED);
    if (found || !dlsym)
        return found;
    found = real_as_function(dlsym(RTLD_NEXT, real_names[which]));
    __atomic_store_n(&real_found[which], found, __ATOMIC_RELAXED);
    return found;
}

void real_prepare_child(void)
{
    real_find(REAL__EXIT);
    real_find(REAL_EXECVE);
    real_find(REAL_EXECVP);
    real_find(REAL_WAIT4);
}

void *real_symbol(const char *name)
{
    return dlsym ? dlsym(RTLD_DEFAULT, name) : NULL;
}

char *const *real_environ(void)
{
    char *const **at = real_symbol("environ");
    return at ? *at : NULL;
}

void real_set_errno(int error)
{
    int *(*location)(void) = (int *(*)(void))real_as_function(real_symbol("__errno_location"));
    if (location)
        *location() = error;
}

const char *real_own_path(void)
{
    typedef int (*dladdr_fn)(const void *, Dl_info *);
    dladdr_fn find = (dladdr_fn)real_as_function(real_symbol("dladdr"));
    Dl_info info;
    return find && find(real_names, &info) ? info.dli_fname : NULL;
}
