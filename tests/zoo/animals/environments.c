/* SPDX-License-Identifier: MIT */
/* Programs that clean, replace or lose their environment, and go on to start others. */
#include "animal.h"

#include <spawn.h>

static char *words[] = {"leaf", "1", NULL};

static void start_others(void)
{
    pid_t pid = fork();
    if (pid == 0)
        execv("./leaf", words);
    must(reaped(pid) == 1 << 8);
    must(!posix_spawn(&pid, "./leaf", NULL, NULL, words, environ));
    must(reaped(pid) == 1 << 8);
    pid = vfork();
    if (pid == 0) {
        execve("./leaf", words, environ);
        _exit(127);
    }
    must(reaped(pid) == 1 << 8);
    words[1] = "2";
    execv("./leaf", words);
}

static void cleared(void)
{
    must(!clearenv());
    start_others();
}

static void none(void)
{
    environ = NULL;
    start_others();
}

static void unset(void)
{
    must(!unsetenv("LD_PRELOAD") && !unsetenv("DTRACK_RUN") && !unsetenv("DTRACK_FROM"));
    start_others();
}

static void rewritten(void)
{
    must(!setenv("LD_PRELOAD", "libm.so.6", 1));
    start_others();
}

static void emptied(void)
{
    must(!setenv("LD_PRELOAD", "", 1));
    start_others();
}

/* Twice the same name, and entries that are no assignments. */
static void malformed(void)
{
    static char *odd[] = {"",
                          "=",
                          "LD_PRELOAD",
                          "DTRACK_",
                          "LD_PRELOAD=libm.so.6",
                          "LD_PRELOAD=libdl.so.2",
                          "DTRACK_FROM=x",
                          "DTRACK_RUN=",
                          NULL};
    environ = odd;
    start_others();
}

/* More variables than anybody copies on a stack. */
static void huge(void)
{
    char name[32];
    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "VARIABLE_%d", i);
        must(!setenv(name, "value", 1));
    }
    start_others();
}

/* system() starts its shell inside of libc, with what there is. */
static void lost_in_system(void)
{
    must(!clearenv());
    must(system("exit 3") == 3 << 8);
    FILE *pipe = popen("exit 4", "r");
    must(pipe && pclose(pipe) == 4 << 8);
}

static const struct way ways[] = {
    {"cleared", cleared}, {"none", none},           {"unset", unset}, {"rewritten", rewritten},
    {"emptied", emptied}, {"malformed", malformed}, {"huge", huge},   {"lost_in_system", lost_in_system},
};

ANIMAL_MAIN(ways)
