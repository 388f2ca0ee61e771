/* SPDX-License-Identifier: MIT */
/* An exec past libc: nobody notes that the image changes, and what the environment says of its origin is
 * stale. */
#include "animal.h"

#include <sys/syscall.h>

static void execute(const char *path, const char *status)
{
    const char *argv[] = {path, status, NULL};
    nap_ms(60);
    syscall(SYS_execve, path, argv, environ);
}

static void itself(void)
{
    execute("./leaf", "1");
}

static void in_a_child(void)
{
    pid_t pid = fork();
    if (pid == 0)
        execute("./leaf", "2");
    must(reaped(pid) == 2 << 8);
}

/* A chain: by libc, past it, and again by libc. */
static void chained(void)
{
    execl("./raw_exec", "raw_exec", "itself", (char *)NULL);
}

static void spawned(void)
{
    must(system("exec ./raw_exec chained") == 1 << 8);
    must(system("./raw_exec in_a_child") == 0);
}

static const struct way ways[] = {
    {"itself", itself},
    {"in_a_child", in_a_child},
    {"chained", chained},
    {"spawned", spawned},
};

ANIMAL_MAIN(ways)
