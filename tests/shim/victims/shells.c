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
    if (setenv("DTRACK_SPOOL", "/nonexistent/spool", 1) || setenv("HOME", "/nonexistent", 1) ||
        unsetenv("XDG_STATE_HOME"))
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

#ifdef __GLIBC__
void *__libc_malloc(size_t bytes);
static int sets_variable;

/* One that sets a variable, and libc's for the rest. */
void *malloc(size_t bytes)
{
    if (sets_variable) {
        sets_variable = 0;
        putenv("SHELLS=new");
    }
    return __libc_malloc(bytes);
}

/* The variable is there already, so that it is replaced in the array that libc has. */
static int set_while_popen_runs(void)
{
    if (setenv("SHELLS", "old", 1))
        return 95;
    sets_variable = 1;
    FILE *shell = popen("exit 3", "r");
    if (sets_variable || !shell || pclose(shell) != 3 << 8)
        return 96;
    return strcmp(getenv("SHELLS"), "new") ? 98 : 7;
}
#endif

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "";
#ifdef __GLIBC__
    if (strstr(way, "sets"))
        return set_while_popen_runs();
#endif
    if (strstr(way, "elsewhere"))
        move_away();
    if (strstr(way, "user"))
        be_another_user();
    if (strstr(way, "orphan"))
        be_orphaned();
    return start_shells();
}
