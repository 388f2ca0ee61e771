/* SPDX-License-Identifier: MIT */
/* gather FILE COUNT PROGRAM COMMAND... : what would COUNT children that run PROGRAM get from a preloaded
 * parent? Writes their environments to FILE, as settings.h has it, and becomes COMMAND, without the preload
 * and with the same pid: so COMMAND is the parent that the environments speak of, and leads their run, but
 * pays nothing for it.
 *
 * LD_PRELOAD must name the library to gather from first, and libcatch.so behind it. */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "catch.h"
#include "sys/sys.h"

/* So many children are really started before: the first ones share a page of the spool with their parent, and
 * where the next ones are sent depends on how full it is. */
#define REAL_CHILDREN 64

static FILE *gathered; /* NULL = not yet */

static int starts_with(const char *entry, const char *name)
{
    return strncmp(entry, name, strlen(name)) == 0;
}

static void gather_entry(const char *entry, size_t len)
{
    fwrite(entry, 1, len, gathered);
    fputc('\0', gathered);
}

/* LD_PRELOAD without our own library, which is the last; and what the shim tells the child. */
int catch_environment(char *const *envp)
{
    if (!gathered)
        return 0;
    for (; *envp; envp++) {
        if (starts_with(*envp, "LD_PRELOAD="))
            gather_entry(*envp, strcspn(*envp, ":"));
        else if (starts_with(*envp, "DTRACK_RUN=") || starts_with(*envp, "DTRACK_FROM="))
            gather_entry(*envp, strlen(*envp));
    }
    fputc('\0', gathered);
    return 1;
}

static int gather(const char *file, long count, char *program)
{
    char *argv[] = {program, NULL};
    for (long i = -REAL_CHILDREN; i < count; i++) {
        pid_t pid;
        if (i == 0 && !(gathered = fopen(file, "we")))
            return -errno;
        int err = posix_spawn(&pid, program, NULL, NULL, argv, environ);
        if (err)
            return -err;
        if (i < 0 && waitpid(pid, NULL, 0) != pid)
            return -errno;
    }
    return fclose(gathered) ? -errno : 0;
}

/* Past any hook: nobody is to know that this is another program now. */
static long become(char **command)
{
    unsetenv("LD_PRELOAD");
    return SYS_ARG3(SYS_execve, command[0], command, environ);
}

int main(int argc, char **argv)
{
    if (argc < 5 || atol(argv[2]) <= 0) {
        fputs("usage: gather FILE COUNT PROGRAM COMMAND... (all but FILE absolute paths)\n", stderr);
        return 2;
    }
    long err = gather(argv[1], atol(argv[2]), argv[3]);
    if (!err)
        err = become(argv + 4);
    fprintf(stderr, "gather: cannot go on with '%s': %s\n", argv[4], strerror((int)-err));
    return 1;
}
