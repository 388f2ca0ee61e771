/* SPDX-License-Identifier: MIT */
/* Closes everything, or puts something else in its place, and goes on. */
#include "animal.h"

#include <fcntl.h>
#include <sys/resource.h>

static void live_on(void)
{
    have_some_children();
    exit(4);
}

static void closed(void)
{
    must(!close_range(0, ~0u, 0));
    live_on();
}

static void closed_from(void)
{
    closefrom(0);
    live_on();
}

static void closed_one_by_one(void)
{
    for (int fd = 0; fd < 1024; fd++)
        close(fd);
    live_on();
}

static void replaced(void)
{
    int null = open("/dev/null", O_RDWR);
    for (int fd = 0; fd < 64; fd++)
        if (fd != null)
            dup2(null, fd);
    live_on();
}

/* No free number below the limit, as in a server at its limit. */
static void used_up(void)
{
    const struct rlimit limit = {24, 24};
    setrlimit(RLIMIT_NOFILE, &limit);
    while (open("/dev/null", O_RDWR) >= 0)
        ;
    pid_t pid = fork();
    if (pid == 0)
        _exit(2);
    must(reaped(pid) == 2 << 8);
    exit(4);
}

static const struct way ways[] = {
    {"closed", closed},     {"closed_from", closed_from}, {"one_by_one", closed_one_by_one},
    {"replaced", replaced}, {"used_up", used_up},
};

ANIMAL_MAIN(ways)
