/* SPDX-License-Identifier: MIT */
/* Work after main: in exit handlers and destructors, by stdio's flush, by a library that is let go. */
#include "animal.h"

#include <dlfcn.h>
#include <signal.h>

static int is_working;

static void have_child(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(1);
    must(reaped(pid) == 1 << 8);
    must(system("exit 2") == 2 << 8);
}

static void in_handler(void)
{
    atexit(have_child);
    exit(3);
}

static __attribute__((destructor)) void at_last(void)
{
    if (is_working)
        have_child();
}

static void in_destructor(void)
{
    is_working = 1;
    exit(4);
}

/* The reader is gone: what is left in the buffer kills at exit, after all handlers. */
static void broken_pipe(void)
{
    int ends[2];
    pid_t pid = fork();
    if (pid == 0) {
        must(!pipe(ends) && dup2(ends[1], 1) == 1 && !close(ends[0]));
        signal(SIGPIPE, SIG_DFL);
        fputs("text that nobody reads", stdout);
        exit(5);
    }
    must(reaped(pid) == SIGPIPE);
    exit(6);
}

static void exec_in_handler(void)
{
    become_leaf("7");
}

static void becomes_at_exit(void)
{
    atexit(exec_in_handler);
    exit(1);
}

/* A library with a constructor and a destructor that have children. */
static void with_library(void)
{
    void *library = dlopen("./libbusy.so", RTLD_NOW);
    must(library);
    must(!dlclose(library));
    exit(8);
}

/* Our own library, as somebody's dlopen and dlclose would treat it. */
static void lets_go(void)
{
    const char *name = getenv("LD_PRELOAD");
    void *library = name ? dlopen(name, RTLD_NOW | RTLD_NOLOAD) : NULL;
    for (int i = 0; library && i < 3; i++)
        dlclose(library);
    have_child();
    exit(9);
}

static const struct way ways[] = {
    {"in_handler", in_handler},           {"in_destructor", in_destructor}, {"broken_pipe", broken_pipe},
    {"becomes_at_exit", becomes_at_exit}, {"with_library", with_library},   {"lets_go", lets_go},
};

ANIMAL_MAIN(ways)
