/* SPDX-License-Identifier: MIT */
/* Forks one child for each way to end, waits for it, and leaves with 3. */
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void by_exit(void) { exit(10); }
static void by_underscore(void) { _exit(11); }
static void by_c99(void) { _Exit(12); }
static void by_quick(void) { quick_exit(13); }
static void by_abort(void) { abort(); }
static void by_kill(void) { kill(getpid(), SIGKILL); }
static void by_fault(void) { raise(SIGSEGV); }

int main(void)
{
    void (*const ways[])(void) = {by_exit, by_underscore, by_c99, by_quick, by_abort, by_kill, by_fault};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        pid_t pid = fork();
        if (pid == 0)
            ways[i]();
        waitpid(pid, NULL, 0);
    }
    return 3;
}
