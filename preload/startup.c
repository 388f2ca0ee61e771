/* SPDX-License-Identifier: MIT */
/* Reads the initial stack: argc, argv, environment, auxiliary vector. Owns nothing, writes nothing. */
#include "startup.h"

#include <elf.h>
#include <link.h>
#include <sys/auxv.h>

#include "sys/text.h"

#define SEARCHED_WORDS 512
#define AUXV_TYPES_MAX 4096

#pragma weak getauxval

/* In the order of struct startup; ours, which come first, without the DTRACK_ that they begin with. */
static const char startup_ours[] = "RUN=\0FROM=\0OFF=\0REDACT=\0ARGS=\0WAIT=\0QUIET=\0SPOOL=\0";
static const char startup_others[] = "LD_PRELOAD=\0XDG_STATE_HOME=\0HOME=\0";

static void startup_variable(struct startup *s, const char *entry)
{
    int is_ours = text_take(&entry, "DTRACK_\0");
    int nth = text_take(&entry, is_ours ? startup_ours : startup_others);
    if (nth)
        s->variable[nth - 1 + (is_ours ? 0 : STARTUP_OURS)] = entry;
}

static enum startup_args startup_args(const char *value)
{
    if (!value)
        return STARTUP_ARGS_REDACTED;
    if (text_equal(value, "full"))
        return STARTUP_ARGS_FULL;
    return text_equal(value, "name") ? STARTUP_ARGS_NAME : STARTUP_ARGS_REDACTED;
}

static void startup_auxv(struct startup *s, const ElfW(auxv_t) * aux)
{
    for (; aux->a_type != AT_NULL; aux++) {
        switch (aux->a_type) {
        case AT_EXECFN:
            s->exe = (const char *)aux->a_un.a_val;
            break;
        case AT_SYSINFO_EHDR:
            s->vdso = (const void *)aux->a_un.a_val;
            break;
        case AT_EUID:
            s->uid = (uint32_t)aux->a_un.a_val;
            break;
        case AT_EGID:
            s->gid = (uint32_t)aux->a_un.a_val;
            break;
        case AT_SECURE:
            s->secure = aux->a_un.a_val != 0;
            break;
        }
    }
}

/* The kernel's own entry of the auxiliary vector that names the random bytes, which it puts right above the vector. NULL if
 * it is not there, within what surely is mapped. */
static const ElfW(auxv_t) * startup_auxv_entry(void)
{
    uintptr_t bytes = getauxval ? getauxval(AT_RANDOM) : 0;
    const uintptr_t *at = (const uintptr_t *)(bytes & ~(sizeof at - 1));
    for (int i = 0; bytes && i < SEARCHED_WORDS; i++)
        if (*--at == AT_RANDOM && at[1] == bytes)
            return (const ElfW(auxv_t) *)at;
    return NULL;
}

/* From the stack as the kernel made it, and not from environ: what another library's constructor sets moves that elsewhere.
 * From the vector down: what is no type is the environment's NULL with the entry below, or with argv's; below argv stands
 * argc. */
static int startup_from_stack(struct startup *s)
{
    const ElfW(auxv_t) *aux = startup_auxv_entry();
    if (!aux)
        return -1;
    while (aux[-1].a_type && aux[-1].a_type < AUXV_TYPES_MAX)
        aux--;
    char **at = (char **)(uintptr_t)aux - 1;
    while (at[-1])
        at--;
    s->envp = at;
    at--; /* argv's NULL */
    for (s->argc = 0; (intptr_t)at[-1] != s->argc; s->argc++)
        at--;
    s->argv = at;
    return 0;
}

int startup_read(struct startup *s, int argc, char **argv, char **envp)
{
    *s = (struct startup){.argc = argc, .argv = argv, .envp = envp};
    /* Registers hold garbage where the loader passes no arguments: compare, before following any pointer. */
    int passed = argc > 0 && argc < 1 << 24 && envp == argv + argc + 1;
    if (!passed && startup_from_stack(s))
        return -1;
    char **e = s->envp;
    for (; *e; e++)
        if (**e == 'D' || **e == 'L' || **e == 'H' || **e == 'X')
            startup_variable(s, *e);
    s->args = startup_args(s->args_word);
    startup_auxv(s, (const ElfW(auxv_t) *)(e + 1));
    return 0;
}
