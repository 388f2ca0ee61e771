/* SPDX-License-Identifier: MIT */
/* namespaces KIND: new ones, and processes in them. Leaves with 77 where the system does not allow it. */
#include "animal.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>

static void new_one(int flags)
{
    if (unshare(flags))
        exit(77);
}

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        exit(77);
    close(fd);
}

static void leave_3(void)
{
    nap_ms(20);
    exit(3);
}

static void leaf_4(void)
{
    become_leaf("4");
}

static void shell_5(void)
{
    execl("/bin/sh", "sh", "-c", "./leaf 5; ./leaf 5; exit $?", (char *)NULL);
}

/* A fork child, a program, and one that starts others. */
static void live_here(void)
{
    must(reaped(forked(leave_3)) == 3 << 8);
    must(reaped(forked(leaf_4)) == 4 << 8);
    must(reaped(forked(shell_5)) == 5 << 8);
}

static void first_process(void)
{
    must(getpid() == 1);
    live_here();
    exit(6);
}

static void in_new_pids(void)
{
    new_one(CLONE_NEWPID);
    must(reaped(forked(first_process)) == 6 << 8);
}

/* The first process is a program, and its children go with it. */
static void killed_with_their_first(void)
{
    new_one(CLONE_NEWPID);
    pid_t pid = fork();
    if (pid == 0) {
        execl("./namespaces", "first", "abandon", (char *)NULL);
        _exit(98);
    }
    must(reaped(pid) == 7 << 8);
}

/* As process 1 of its namespace: whoever is left is killed when this one leaves. */
static void abandon(void)
{
    int ends[2];
    char byte;
    must(!pipe(ends));
    if (fork() == 0) {
        must(write(ends[1], "x", 1) == 1);
        for (;;)
            pause();
    }
    must(read(ends[0], &byte, 1) == 1);
    _exit(7);
}

static void nested(void)
{
    in_new_pids();
    pid_t pid = fork();
    if (pid == 0) {
        in_new_pids();
        exit(8);
    }
    /* Process 1 of that namespace is gone: nobody can be born in it any more. */
    must(pid == -1);
}

static void as_nobody(void)
{
    new_one(CLONE_NEWUSER);
    live_here();
}

static void as_root(void)
{
    char map[64];
    snprintf(map, sizeof map, "0 %u 1", (unsigned)getuid());
    new_one(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET);
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/uid_map", map);
    must(reaped(forked(first_process)) == 6 << 8);
}

/* The spool is out of sight from here on. */
static void out_of_sight(void)
{
    const char *spool = getenv("DTRACK_SPOOL");
    new_one(CLONE_NEWNS);
    must(!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
    if (spool)
        mkdir(spool, 0700); /* without us there is none */
    if (spool && mount("none", spool, "tmpfs", 0, NULL))
        exit(77);
    live_here();
}

/* From the next fork or exec on, the clocks that count from the start of the machine are ahead by so many seconds. */
static void new_time(long ahead)
{
    char offsets[96];
    new_one(CLONE_NEWTIME);
    snprintf(offsets, sizeof offsets, "monotonic %ld 0\nboottime %ld 0\n", ahead, ahead);
    write_file("/proc/self/timens_offsets", offsets);
}

static void far_ahead(void)
{
    new_time(1000000);
    live_here();
}

static void ahead(void)
{
    new_time(3);
    live_here();
}

static void behind(void)
{
    new_time(-2);
    live_here();
}

/* It comes by exec, and its children with it. */
static void live_by_exec(long seconds)
{
    new_time(seconds);
    execl("./namespaces", "by_exec", "live", (char *)NULL);
}

static void exec_behind(void)
{
    live_by_exec(-2);
}

static void exec_ahead(void)
{
    must(reaped(forked(exec_behind)) == 0);
    live_by_exec(3);
}

/* It enters it by itself, and only then becomes what lives there. */
static void live_by_setns(long seconds)
{
    new_time(seconds);
    int fd = open("/proc/self/ns/time_for_children", O_RDONLY);
    must(fd >= 0 && !setns(fd, CLONE_NEWTIME));
    close(fd);
    execl("./namespaces", "by_setns", "live", (char *)NULL);
}

static void setns_behind(void)
{
    live_by_setns(-2);
}

static void setns_ahead(void)
{
    live_by_setns(3);
}

static void by_setns(void)
{
    must(reaped(forked(setns_behind)) == 0);
    must(reaped(forked(setns_ahead)) == 0);
}

/* One in another one: the second is two seconds behind the first. */
static void time_in_time(void)
{
    new_time(1000000);
    must(reaped(forked(behind)) == 98 << 8);
    live_here();
}

static const struct way ways[] = {
    {"pids", in_new_pids},       {"first", killed_with_their_first},
    {"abandon", abandon},        {"nested", nested},
    {"nobody", as_nobody},       {"root", as_root},
    {"hidden", out_of_sight},    {"live", live_here},
    {"time", far_ahead},         {"time_ahead", ahead},
    {"time_behind", behind},     {"time_by_exec", exec_ahead},
    {"time_by_setns", by_setns}, {"time_nested", time_in_time},
};

ANIMAL_MAIN(ways)
