/* SPDX-License-Identifier: MIT */
/* clock_set DTRACK_MARK: has children while the clock on the wall stands an hour ahead, and an hour behind,
 * for some ms each. Says by CLOCK_MONOTONIC between which moments each child lived. Leaves with 77 where it
 * may not set the clock. */
#include "animal.h"

#include <time.h>

#define NS_PER_S 1000000000LL
#define HOUR_NS (3600 * NS_PER_S)

static long long now(clockid_t clock)
{
    struct timespec t;
    must(!clock_gettime(clock, &t));
    return t.tv_sec * NS_PER_S + t.tv_nsec;
}

/* Let Unix time be CLOCK_MONOTONIC and so much more. */
static int set_wall(long long offset)
{
    long long ns = now(CLOCK_MONOTONIC) + offset;
    struct timespec t = {ns / NS_PER_S, ns % NS_PER_S};
    return clock_settime(CLOCK_REALTIME, &t);
}

static void have_child(const char *what, const char *path, const char *word, const char *name)
{
    long long before = now(CLOCK_MONOTONIC);
    pid_t pid = fork();
    if (pid == 0) {
        execl(path, path, word, name, (char *)NULL);
        _exit(98);
    }
    int status = -1;
    waitpid(pid, &status, 0);
    dprintf(1, "%s %d %d %lld %lld\n", what, pid, status, before, now(CLOCK_MONOTONIC));
}

/* A task that begins by one clock and ends by another one, with a process in it. */
static void step(const char *mark, const char *task, long long from, long long to)
{
    have_child("start", mark, "start", task);
    must(!set_wall(to));
    have_child(task, "./leaf", "0", NULL);
    have_child("end", mark, "end", task);
    must(!set_wall(from));
}

int main(int argc, char **argv)
{
    must(argc == 2);
    long long offset = now(CLOCK_REALTIME) - now(CLOCK_MONOTONIC);
    if (set_wall(offset))
        return 77;
    dprintf(1, "offset %lld\n", offset);
    step(argv[1], "ahead", offset, offset + HOUR_NS);
    step(argv[1], "behind", offset, offset - HOUR_NS);
    have_child("after", "./leaf", "0", NULL);
    return 0;
}
