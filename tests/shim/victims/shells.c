/* SPDX-License-Identifier: MIT */
/* shells WAY: a leader whose own environment knows no run, in the state that WAY says, has libc start shells. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wordexp.h>

/* A shell that executes, one that forks, and what is said of both. */
static int start_shells(void)
{
    wordexp_t words;
    if (system("/bin/true; (exit 0); exit 2") != 2 << 8)
        return 91;
    FILE *pipe = popen("exit 3", "r");
    if (!pipe || pclose(pipe) != 3 << 8)
        return 92;
    if (wordexp("$(echo one two)", &words, 0) || words.we_wordc != 2)
        return 93;
    return 7;
}

/* The run's place can't be found by any name any more. */
static void move_away(void)
{
    if (setenv("DTRACK_SPOOL", "/nonexistent/spool", 1) || setenv("HOME", "/nonexistent", 1) || unsetenv("XDG_STATE_HOME"))
        _exit(94);
}

/* Returns in the grandchild, whose parent is gone, while the leader waits for its end. */
static void be_orphaned(void)
{
    int ends[2];
    char byte = 0;
    if (pipe(ends))
        _exit(95);
    pid_t pid = fork();
    if (pid == 0) {
        pid_t parent = getpid();
        if (fork() > 0)
            _exit(0);
        while (getppid() == parent)
            usleep(1000);
        close(ends[0]);
        int status = start_shells();
        _exit(write(ends[1], &status, 1) != 1);
    }
    waitpid(pid, NULL, 0);
    _exit(read(ends[0], &byte, 1) == 1 ? byte : 96);
}

static void be_another_user(void)
{
    if (setgid(65534) || setuid(65534))
        _exit(97);
}

#define SHELLS 20

/* The environment is as it was when popen returns; parents of shells are gone when these begin, and the leader has waited for none
 * of them. */
static int leave_shells(void)
{
    char *const *before = environ;
    int seen[2];
    char byte;
    FILE *shell = popen("exit 3", "r");
    if (!shell || environ != before || getenv("DTRACK_RUN") || pclose(shell) != 3 << 8 || pipe(seen))
        return 95;
    for (int i = 0; i < SHELLS; i++) {
        pid_t pid = fork();
        if (pid == 0)
            _exit(fork() == 0 && !popen("cat", "w"));
        waitpid(pid, NULL, 0);
    }
    close(seen[1]);
    return read(seen[0], &byte, 1) == 0 ? 7 : 96;
}

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "";
    if (strstr(way, "leaves"))
        return leave_shells();
    if (strstr(way, "elsewhere"))
        move_away();
    if (strstr(way, "user"))
        be_another_user();
    if (strstr(way, "orphan"))
        be_orphaned();
    return start_shells();
}
