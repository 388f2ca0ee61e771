/* SPDX-License-Identifier: MIT */
/* environs WAY: start $VIEW with environments as programs should not make them: none at all, without '=', with
 * names twice, with long values, changed between two calls. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static char view[4096];
static char *const words[] = {view, NULL};

static void by_exec(char **envp)
{
    int status = -1;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        execve(view, words, envp);
        _exit(127);
    }
    waitpid(pid, &status, 0);
    printf("exec %#x\n", status);
}

static void by_spawn(char **envp)
{
    int status = -1;
    pid_t pid;
    fflush(stdout);
    int err = posix_spawn(&pid, view, NULL, NULL, words, envp);
    if (!err)
        waitpid(pid, &status, 0);
    printf("spawn %d %#x\n", err, status);
}

static void by_both(char **envp)
{
    by_exec(envp);
    by_spawn(envp);
}

static void odd(void)
{
    char *none[] = {NULL};
    char *plain[] = {
        "A", "=", "", "=B", "LD_PRELOAD", "DTRACK_RUN", "DTRACK_FROM", "LD_PRELOADED=x", "DTRACK_RUNNING=y", NULL};
    char *twice[] = {"A=1", "A=2", "LD_PRELOAD=", "B=1", "LD_PRELOAD=libm.so.6", NULL};
    char *other[] = {"LD_PRELOAD=libm.so.6:libdl.so.2 libpthread.so.0", "DTRACK_FROM=1.2.3", "DTRACK_RUN=", NULL};
    by_both(none);
    by_both(NULL);
    by_both(plain);
    by_both(twice);
    by_both(other);
}

static char *long_variable(const char *name, size_t len)
{
    char *text = malloc(strlen(name) + len + 1);
    memset(stpcpy(text, name), 'x', len);
    text[strlen(name) + len] = '\0';
    return text;
}

static void large(void)
{
    char *one[] = {long_variable("A=", 100000), NULL};
    char *preload[] = {long_variable("LD_PRELOAD=libm.so.6:/", 3000), "A=1", NULL};
    char **many = calloc(5001, sizeof *many);
    for (int i = 0; i < 5000; i++)
        if (asprintf(&many[i], "V%d=%d", i, i) < 0)
            abort();
    by_both(one);
    by_both(preload);
    by_both(many);
}

static void changed(void)
{
    printf("system %#x\n", system("exit 3"));
    setenv("A", "1", 1);
    unsetenv("LD_PRELOAD");
    unsetenv("HOME");
    by_both(environ);
    setenv("PATH", "/nonexistent:/bin", 1);
    printf("system %#x\n", system("echo $PATH; exit 4"));
    clearenv();
    fflush(stdout);
    printf("system %#x\n", system("echo \"$A\"; exit 5"));
    by_both(environ);
    fflush(stdout);
    if (vfork() == 0) {
        execlp("true", "true", (char *)NULL);
        _exit(126);
    }
    int status;
    wait(&status);
    printf("execlp without PATH %#x\n", status);
    putenv("PATH=/nonexistent");
    fflush(stdout);
    if (vfork() == 0) {
        execlp("true", "true", (char *)NULL);
        _exit(126);
    }
    wait(&status);
    printf("execlp with a wrong PATH %#x\n", status);
}

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "", *from = getenv("VIEW");
    snprintf(view, sizeof view, "%s", from ? from : "/bin/true");
    if (!strcmp(way, "odd"))
        odd();
    else if (!strcmp(way, "large"))
        large();
    else if (!strcmp(way, "changed"))
        changed();
    return 0;
}
