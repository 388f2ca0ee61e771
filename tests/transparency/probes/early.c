/* SPDX-License-Identifier: MIT */
/* A library that works while the program's own libraries are still being prepared, and once more when all is over. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void say(const char *when, const char *what, int value)
{
    char line[80];
    int len = snprintf(line, sizeof line, "%s: %s %d errno %d\n", when, what, value, errno);
    if (write(1, line, (size_t)len) < 0)
        abort();
}

/* Not in the shells that it starts itself: it may be preloaded into them as well. */
static void work(const char *when)
{
    if (!strcmp(program_invocation_short_name, "sh"))
        return;
    char *const words[] = {"sh", "-c", "exit 5", NULL};
    int status = -1;
    errno = 0;
    say(when, "prctl", prctl(PR_CAPBSET_READ, 0, 0, 0, 0));
    pid_t pid = fork();
    if (pid == 0)
        _exit(3);
    say(when, "waited", waitpid(pid, &status, 0) == pid);
    say(when, "status", status);
    say(when, "system", system("exit 4"));
    say(when, "spawn", posix_spawn(&pid, "/bin/sh", NULL, NULL, words, environ));
    say(when, "waited", wait(&status) == pid);
    pid = vfork();
    if (pid == 0) {
        execv("/bin/sh", words);
        _exit(127);
    }
    say(when, "waited", waitpid(pid, &status, 0) == pid);
    say(when, "status", status);
    FILE *stream = popen("exit 6", "r");
    say(when, "closed", stream ? pclose(stream) : -1);
}

static __attribute__((constructor)) void early(void)
{
    work("early");
}

static __attribute__((destructor)) void late(void)
{
    work("late");
}
