/* SPDX-License-Identifier: MIT */
/* Finding and beginning a run. Runs once in one process: here system calls are fine. */
#include "leader.h"

#include <errno.h>

#include "envp.h"
#include "guardian.h"
#include "linger.h"
#include "shim.h"
#include "spool/folder.h"
#include "spool/handshake.h"
#include "spool/lead.h"
#include "spool/lead_stores.h"
#include "sys/proc.h"
#include "sys/switch.h"
#include "sys/sys.h"
#include "sys/text.h"

#define ANCESTORS_MAX 64

static struct folder_env leader_folder_env(const struct startup *s)
{
    return (struct folder_env){.spool = s->spool, .state_home = s->state_home, .home = s->home, .uid = s->uid};
}

/* Whether the spool in `folder` is led by exactly this process. */
static int leader_is(const char *folder, int32_t pid, uint64_t ticks)
{
    int fd = spool_open(folder, "/spool", O_RDONLY);
    if (fd < 0)
        return 0;
    struct spool_start start;
    long got = sys_pread(fd, &start, sizeof start, offsetof(struct spool_header, start));
    sys_close(fd);
    return got == (long)sizeof start && start.leader_pid == pid && start.leader_ticks == ticks;
}

/* The run in `base` that process `pid` leads. */
static int leader_run_of(const char *base, int32_t pid, uint64_t ticks, struct text *out)
{
    char link[SPOOL_PATH_MAX], target[SPOOL_ID_BYTES + 8];
    if (folder_leader_path(base, pid, link, sizeof link))
        return -ENOENT;
    long len = sys_readlink(link, target, sizeof target);
    if (len <= 0 || len == (long)sizeof target)
        return -ENOENT;
    text_str(out, base);
    text_str(out, "/");
    text_add(out, target, (size_t)len);
    return !out->cut && leader_is(out->out, pid, ticks) ? 0 : -ENOENT;
}

static int leader_find_in(const char *base, char *out, size_t room)
{
    int32_t pid = shim.pid; /* this very process may be one that exec'd past our hooks */
    for (int depth = 0; depth < ANCESTORS_MAX && pid > 0; depth++) {
        struct proc_stat st;
        struct text t = text_into(out, room);
        if (proc_stat_read(pid, &st))
            return -ENOENT;
        if (leader_run_of(base, pid, st.start_ticks, &t) == 0)
            return 0;
        pid = st.ppid;
    }
    return -ENOENT;
}

int leader_find_run(const struct startup *s, char *out, size_t room)
{
    struct folder_env env = leader_folder_env(s);
    char base[SPOOL_PATH_MAX];
    for (unsigned nth = 0; folder_base(&env, nth, base, sizeof base) == 0; nth++)
        if (folder_is_private(base, s->uid) && leader_find_in(base, out, room) == 0)
            return 0;
    return -ENOENT;
}

/* What a line of ours may be written to. */
static void leader_note_stderr(const struct startup *s)
{
    struct stat st;
    shim.quiet = switch_is_on(s->quiet);
    if (!sys_stat(2, "", &st, AT_EMPTY_PATH)) {
        shim.stderr_dev = st.st_dev;
        shim.stderr_ino = st.st_ino;
    }
}

void leader_complain(const struct startup *s, int err, const char *at)
{
    leader_note_stderr(s);
    linger_say(lead_place_problem(err), at);
}

int leader_begin(const struct startup *s, int64_t now, char *at)
{
    const struct folder_env env = leader_folder_env(s);
    int err = lead_begin(&env, shim.pid, now, &shim.spool, at);
    if (err)
        return err;
    lead_stores_note(shim.spool.header, envp_value(s->envp, "DTRACK_STORE="));
    const char *library = envp_library_path();
    /* Nothing outlives the first process of a container, whose child the guardian would be. */
    if (library && shim.pid != 1 && !lead_guards_late(s->uid))
        err = guardian_start(library, s->envp, 0);
    return err;
}

void leader_settings(const struct startup *s)
{
    shim.is_leader = 1;
    shim.wait_is_bad = handshake_read_limit(s->wait, &shim.wait_ns) != 0;
    leader_note_stderr(s);
}
