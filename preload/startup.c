/* SPDX-License-Identifier: MIT */
/* Reads the initial stack: argc, argv, environment, auxiliary vector. Owns nothing, writes nothing. */
#include "startup.h"

#include <elf.h>
#include <link.h>

#include "base/text.h"
#include "real.h"

/* In the order of struct startup; ours, which come first, without the DTRACK_ that they begin with. */
static const char startup_names[STARTUP_VARIABLES][16] = {
    "RUN=", "FROM=", "OFF=", "REDACT=", "ARGS=", "WAIT=", "QUIET=", "SPOOL=", "LD_PRELOAD=", "XDG_STATE_HOME=", "HOME=",
};

static void startup_variable(struct startup *s, const char *entry)
{
    const char *name = text_after(entry, "DTRACK_");
    int end = name ? STARTUP_OURS : STARTUP_VARIABLES;
    for (int i = name ? 0 : STARTUP_OURS; i < end; i++) {
        const char *value = text_after(name ? name : entry, startup_names[i]);
        if (value) {
            s->variable[i] = value;
            return;
        }
    }
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

/* argc stands right below argv, and argv's NULL right below the environment. */
static int startup_from_environ(struct startup *s)
{
    s->envp = (char **)(uintptr_t)real_environ();
    if (!s->envp)
        return -1;
    char **at = s->envp - 1; /* argv's NULL */
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
    if (!passed && startup_from_environ(s))
        return -1;
    char **e = s->envp;
    for (; *e; e++)
        if (**e == 'D' || **e == 'L' || **e == 'H' || **e == 'X')
            startup_variable(s, *e);
    s->args = startup_args(s->args_word);
    startup_auxv(s, (const ElfW(auxv_t) *)(e + 1));
    return 0;
}
