/* SPDX-License-Identifier: MIT */
/* posix_spawn, and pidfd_spawn of glibc 2.39: libc makes the child inside, so the parent fixes its environment and notes its
 * birth. errno is not touched: these functions return their error. */
#include <alloca.h>
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>

#include "apart.h"
#include "cells.h"
#include "envp.h"
#include "gate.h"
#include "guardian.h"
#include "real.h"
#include "recorder.h"
#include "shim.h"
#include "sys/sys.h"
#include "unseen.h"

/* The arguments of a posix_spawn, in its order; pidfd_spawn's are the same, but for what it gives. */
struct spawn_call {
    pid_t *pid; /* or pidfd */
    const char *path;
    const posix_spawn_file_actions_t *actions;
    const posix_spawnattr_t *attr;
    char *const *argv;
    char *const *envp;
};

typedef int (*spawn_fn)(pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *,
                        char *const *, char *const *);

static int spawn_real(const struct spawn_call *c, pid_t *pid, char *const *envp, enum real which)
{
    spawn_fn real = (spawn_fn)real_find(which);
    return real ? real(pid, c->path, c->actions, c->attr, c->argv, envp) : ENOSYS;
}

/* Which process a pidfd is of: whoever has the one function has the other. 0 where that can't be told: its birth is then not
 * noted, and it is known by its own record alone. */
static pid_t spawn_pid_of(int pidfd)
{
    pid_t (*of)(int) = (pid_t(*)(int))real_function("pidfd_getpid");
    pid_t pid = of ? of(pidfd) : 0;
    return pid > 0 ? pid : 0;
}

/* How glibc (since 2.29) and musl note the actions; neither tells by a function. */
struct spawn_glibc_action {
    int tag;
    struct {
        int fd;
        char *path;
        int flags;
        mode_t mode;
    } what;
};

struct spawn_musl_action {
    struct spawn_musl_action *next, *previous;
    int tag;
};

struct spawn_actions {
    int allocated, used; /* musl writes nothing there, not even zeros */
    const void *list;
};

#define SPAWN_GLIBC_CHDIR 3 /* and 4: by a descriptor */
#define SPAWN_MUSL_CHDIR 4  /* and 5 */

#pragma weak on_exit /* musl has none */

/* Whether the child goes to another folder before it executes anything. */
static int spawn_moves(const posix_spawn_file_actions_t *actions)
{
    const struct spawn_actions *a = (const void *)actions;
    if (!a || !a->list)
        return 0;
    const struct spawn_glibc_action *action = a->list;
    const int is_musl = !on_exit;
    for (int i = 0; !is_musl && i < a->used; i++)
        if (action[i].tag == SPAWN_GLIBC_CHDIR || action[i].tag == SPAWN_GLIBC_CHDIR + 1)
            return 1;
    for (const struct spawn_musl_action *m = is_musl ? a->list : NULL; m; m = m->next)
        if (m->tag == SPAWN_MUSL_CHDIR || m->tag == SPAWN_MUSL_CHDIR + 1)
            return 1;
    return 0;
}

/* A path that starts from another folder than ours leads to a file that was not looked at. */
static enum gate_verdict spawn_judge(const struct spawn_call *c, const char *path, enum gate_verdict verdict)
{
    return *path != '/' && gate_lets_in(verdict) && spawn_moves(c->actions) ? GATE_DOUBTFUL : verdict;
}

/* All in all it was too long: once more without ours. An environment of the host's own that would preload the library
 * where it is withheld has it taken out. */
static int spawn_again(const struct spawn_call *c, pid_t *pid, enum real which, char **env, enum gate_verdict *verdict)
{
    struct envp edited;
    int names_library = envp_names_library(c->envp);
    if (gate_lets_in(*verdict) || !names_library) {
        *verdict = gate_lets_in(*verdict) && !names_library ? GATE_UNEDITED : *verdict;
        return spawn_real(c, pid, c->envp, which);
    }
    envp_edit(&edited, env, c->envp, NULL, ENVP_WITHHELD);
    return spawn_real(c, pid, env, which);
}

static int spawn(const struct spawn_call *c, enum real which)
{
    size_t room = c->path && recorder_ready() ? envp_room(c->envp) : 0;
    char **env = room > ENVP_ON_STACK ? envp_map(room) : room ? alloca(room * sizeof *env) : NULL;
    if (!env)
        return spawn_real(c, c->pid, c->envp, which);
    const char *path = c->path, *folders = envp_value(real_environ(), "PATH=");
    int is_search = which == REAL_POSIX_SPAWNP || which == REAL_PIDFD_SPAWNP;
    size_t found_room = is_search ? judge_search_room(path, folders) : 1;
    char *found = alloca(found_room);
    struct envp_from from = envp_from_self(shim_now());
    from.by_spawn = 1;
    from.page = recorder_page_for_program(1);
    /* It has the verdicts on all that was started before; without it each file is looked at. */
    int unmapped = shim.sandboxed ? 0 : spool_need_header(&shim.spool);
    (void)unmapped;
    enum gate_verdict verdict =
        is_search ? gate_search(&path, folders, found, found_room, apart) : gate_check(AT_FDCWD, path, apart);
    verdict = spawn_judge(c, path, verdict);
    struct envp edited;
    envp_edit(&edited, env, c->envp, &from, gate_lets_in(verdict));
    recorder_spent(from.time_ns);
    pid_t pid = 0;
    int err = spawn_real(c, &pid, env, which);
    if (unlikely(err == EAGAIN) && guardian_give_way())
        err = spawn_real(c, &pid, env, which);
    if (err == E2BIG || err == ENOMEM)
        err = spawn_again(c, &pid, which, env, &verdict);
    int64_t back = shim_now();
    envp_unmap(env, room);
    if (err)
        return err;
    if (c->pid)
        *c->pid = pid;
    if (which >= REAL_PIDFD_SPAWN)
        pid = spawn_pid_of(pid);
    cells_born(cells_claim(NULL), pid, from.time_ns);
    if (!gate_lets_in(verdict))
        unseen_write_child(&(struct unseen_program){path, c->argv, verdict}, &from, pid);
    recorder_spent(back);
    return 0;
}

exported int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
                         const posix_spawnattr_t *attr, char *const argv[], char *const envp[])
{
    return spawn(&(struct spawn_call){pid, path, actions, attr, argv, envp}, REAL_POSIX_SPAWN);
}

exported int posix_spawnp(pid_t *pid, const char *file, const posix_spawn_file_actions_t *actions,
                          const posix_spawnattr_t *attr, char *const argv[], char *const envp[])
{
    return spawn(&(struct spawn_call){pid, file, actions, attr, argv, envp}, REAL_POSIX_SPAWNP);
}

/* Newer than the headers that this may be built with. */
exported int pidfd_spawn(int *pidfd, const char *path, const posix_spawn_file_actions_t *actions,
                         const posix_spawnattr_t *attr, char *const argv[], char *const envp[]);
exported int pidfd_spawnp(int *pidfd, const char *file, const posix_spawn_file_actions_t *actions,
                          const posix_spawnattr_t *attr, char *const argv[], char *const envp[]);

int pidfd_spawn(int *pidfd, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attr,
                char *const argv[], char *const envp[])
{
    return spawn(&(struct spawn_call){pidfd, path, actions, attr, argv, envp}, REAL_PIDFD_SPAWN);
}

int pidfd_spawnp(int *pidfd, const char *file, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attr,
                 char *const argv[], char *const envp[])
{
    return spawn(&(struct spawn_call){pidfd, file, actions, attr, argv, envp}, REAL_PIDFD_SPAWNP);
}
