/* SPDX-License-Identifier: MIT */
/* counter WAY: a process that may read the processor's counter no more, by which the vDSO tells the time. Programs of
 * glibc do not survive that, musl's do. Where the machine has no such switch, nothing is hard about it. */
#include <sys/prctl.h>
#include <unistd.h>

#include "animal.h"

static void forbid(void)
{
    prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0);
}

static void leave_with_5(void)
{
    _exit(5);
}

static void exit_with_4(void)
{
    exit(4);
}

static void become_musl(void)
{
    execl("./leaf_musl", "leaf_musl", "7", (char *)NULL);
}

/* It goes on as anybody would. */
static void forbidden(void)
{
    forbid();
    must(reaped(forked(leave_with_5)) == 5 << 8);
    must(reaped(forked(exit_with_4)) == 4 << 8);
    exit(3);
}

static void forbidden_to_a_program(void)
{
    forbid();
    must(reaped(forked(become_musl)) == 7 << 8);
    exit(3);
}

/* And system calls may kill, too: no clock is left. */
static void forbidden_in_a_sandbox(void)
{
    forbid();
    must(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    exit(3);
}

static void forbidden_behind_a_sandbox(void)
{
    must(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    forbid();
    exit(3);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*go)(void);
    } ways[] = {
        {"forbidden", forbidden},
        {"forbidden_to_a_program", forbidden_to_a_program},
        {"forbidden_in_a_sandbox", forbidden_in_a_sandbox},
        {"forbidden_behind_a_sandbox", forbidden_behind_a_sandbox},
    };
    for (size_t i = 0; i < ARRAY_LEN(ways) && argc > 1; i++)
        if (!strcmp(argv[1], ways[i].name)) {
            must(reaped(forked(ways[i].go)) == 3 << 8);
            return 6;
        }
    return 97;
}
