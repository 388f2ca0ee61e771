/* SPDX-License-Identifier: MIT */
/* Children that nobody waits for, or nobody but the kernel. */
#include "animal.h"

#include <signal.h>
#include <sys/prctl.h>

static void leave_1(void)
{
    exit(1);
}
static void leave_2(void)
{
    _exit(2);
}
static void die_by_9(void)
{
    kill(getpid(), SIGKILL);
}

static void leaf_3(void)
{
    become_leaf("3");
}

static void (*const bodies[])(void) = {leave_1, leave_2, leaf_3, die_by_9};

/* They are dead when the parent leaves, and still there. */
static void forgotten(void)
{
    siginfo_t info;
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++)
        must(!waitid(P_PID, (id_t)forked(bodies[i]), &info, WEXITED | WNOWAIT));
}

/* wait() returns when the last one is gone, with nothing to tell. */
static void have_children(void)
{
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++)
        forked(bodies[i]);
    must(wait(NULL) == -1 && errno == ECHILD);
}

static void ignored(void)
{
    signal(SIGCHLD, SIG_IGN);
    have_children();
}

static void no_zombies(void)
{
    struct sigaction action = {.sa_flags = SA_NOCLDWAIT};
    action.sa_handler = SIG_DFL;
    sigaction(SIGCHLD, &action, NULL);
    have_children();
}

/* system() gives its own child's status also where others are ignored: none. */
static void ignored_in_system(void)
{
    signal(SIGCHLD, SIG_IGN);
    must(system("exit 3") == -1 && errno == ECHILD);
}

/* Grandchildren whose parent is gone come to the reaper, which waits for those that it never started. */
static void reaped_by_another(void)
{
    must(!prctl(PR_SET_CHILD_SUBREAPER, 1));
    pid_t pid = fork();
    if (pid == 0) {
        if (fork() == 0) {
            nap_ms(30);
            raise(SIGTERM);
        }
        if (fork() == 0) {
            nap_ms(30);
            become_leaf("5");
        }
        _exit(4);
    }
    int status, seen = 0;
    for (int i = 0; i < 3; i++) {
        must(wait(&status) > 0);
        seen |= status == 4 << 8 ? 1 : status == 5 << 8 ? 2 : status == SIGTERM ? 4 : 8;
    }
    must(seen == 7);
}

/* A parent that is killed; its child lives on a while. */
static void orphaned(void)
{
    int ends[2];
    watch_all(ends);
    pid_t pid = fork();
    if (pid == 0) {
        if (fork() == 0) {
            nap_ms(60);
            exit(6);
        }
        raise(SIGKILL);
    }
    must(reaped(pid) == SIGKILL);
    all_gone(ends);
}

static const struct way ways[] = {
    {"forgotten", forgotten},
    {"ignored", ignored},
    {"no_zombies", no_zombies},
    {"ignored_in_system", ignored_in_system},
    {"reaped_by_another", reaped_by_another},
    {"orphaned", orphaned},
};

ANIMAL_MAIN(ways)
