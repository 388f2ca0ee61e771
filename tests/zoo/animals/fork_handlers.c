/* SPDX-License-Identifier: MIT */
/* fork_handlers WAY: what a child does in its fork handler, before fork has returned to anybody. */
#include <pthread.h>

#include "animal.h"

static void leave_with_5(void)
{
    _exit(5);
}

static void exit_with_4(void)
{
    exit(4);
}

static void become_7(void)
{
    become_leaf("7");
}

static void fork_again(void)
{
    static int once;
    if (once++)
        return;
    pid_t pid = fork();
    must(pid >= 0);
    if (pid == 0)
        _exit(2);
    must(reaped(pid) == 2 << 8);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*handler)(void);
        int status;
    } ways[] = {{"leaving", leave_with_5, 5},
                {"exiting", exit_with_4, 4},
                {"becoming", become_7, 7},
                {"forking", fork_again, 3}};
    for (size_t i = 0; i < ARRAY_LEN(ways) && argc > 1; i++) {
        if (strcmp(argv[1], ways[i].name))
            continue;
        must(!pthread_atfork(NULL, NULL, ways[i].handler));
        pid_t pid = fork();
        must(pid >= 0);
        if (pid == 0)
            _exit(3);
        must(reaped(pid) == ways[i].status << 8);
        return 6;
    }
    return 97;
}
