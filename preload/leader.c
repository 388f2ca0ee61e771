/* SPDX-License-Identifier: MIT */
/* Begin and end of a run. Runs once in one process: here system calls are fine. */
#include "leader.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>

#include "base/proc.h"
#include "base/sys.h"
#include "base/text.h"
#include "envp.h"
#include "guardian.h"
#include "real.h"
#include "shim.h"
#include "spool/folder.h"
#include "spool/handshake.h"
#include "spool/usage.h"

#define WAIT_DEFAULT_S 10
#define ANCESTORS_MAX 64
#define SECOND INT64_C(1000000000)
#define SIGNAL(number) (UINT64_C(1) << ((number) - 1)) /* in a mask, as the kernel has it */

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

static int leader_make_run(const struct startup *s, const struct spool_start *start)
{
    struct folder_env env = leader_folder_env(s);
    char base[SPOOL_PATH_MAX];
    int err = -ENOENT;
    for (unsigned nth = 0; err && folder_base(&env, nth, base, sizeof base) == 0; nth++) {
        err = folder_make_private(base, s->uid);
        if (!err)
            err = folder_create_run(base, start, &shim.spool);
    }
    return err;
}

int leader_begin(const struct startup *s, int64_t now)
{
    uint64_t random = 0;
    struct proc_stat self;
    struct spool_start start = {.leader_pid = shim.pid, .uid = s->uid};
    int err = proc_stat_read(shim.pid, &self);
    if (err)
        return err;
    SYS_ARG3(SYS_getrandom, &random, sizeof random, 1 /* GRND_NONBLOCK */);
    start.leader_ticks = self.start_ticks;
    int64_t since = shim_now() - now;
    start.mono_ns = now;
    start.wall_ns = shim_clock(CLOCK_REALTIME) - since;
    start.boot_ns = shim_clock(CLOCK_BOOTTIME) - since;
    folder_run_id(start.wall_ns, random ^ (uint64_t)shim.pid << 16, start.run_id);
    err = leader_make_run(s, &start);
    if (err)
        return err;
    /* The first process of a container has nobody to outlive it: its guardian is started at the end. */
    const char *library = envp_library_path();
    if (library && shim.pid != 1)
        err = guardian_start(shim.spool.folder, library, s->envp);
    return err;
}

void leader_settings(const struct startup *s)
{
    struct stat st;
    const char *wait = s->wait;
    shim.is_leader = 1;
    shim.quiet = startup_is_on(s->quiet);
    shim.wait_ns = WAIT_DEFAULT_S * SECOND;
    if (wait && *wait >= '0' && *wait <= '9')
        shim.wait_ns = (int64_t)(text_read_num(&wait, 10) % 1000000) * SECOND;
    if (!sys_stat(2, "", &st, AT_EMPTY_PATH)) {
        shim.stderr_dev = st.st_dev;
        shim.stderr_ino = st.st_ino;
    }
}

/* One line to stderr, if descriptor 2 is still what it was when the process began. */
static void leader_complain(const char *message)
{
    struct stat st;
    char line[2 * SPOOL_PATH_MAX + 256];
    if (shim.quiet || !shim.stderr_ino || sys_stat(2, "", &st, AT_EMPTY_PATH) ||
        st.st_dev != shim.stderr_dev || st.st_ino != shim.stderr_ino)
        return;
    struct text t = text_into(line, sizeof line);
    text_str(&t, "dtrack: ");
    text_str(&t, message);
    text_str(&t, "; the run is kept in '");
    text_str(&t, shim.spool.folder);
    text_str(&t, "', 'dtrack flush' sends it\n");
    /* A pipe that is full would hold the job: it says ready only when a whole line surely fits. */
    struct pollfd ready = {.fd = 2, .events = POLLOUT};
    struct timespec now = {0};
    if (SYS_ARG5(SYS_ppoll, &ready, 1, &now, NULL, 0) == 1 && ready.revents & POLLOUT)
        sys_write(2, line, t.len);
}

/* While the leader lingers, nothing that the host has set up may strike: no timer, no SIGPIPE of our line, no handler
 * whose data destructors have freed. Only what is meant to end it still can. For good: it is about to end. */
static void leader_block_signals(void)
{
    uint64_t blocked = ~(SIGNAL(SIGINT) | SIGNAL(SIGTERM) | SIGNAL(SIGHUP) | SIGNAL(SIGQUIT));
    SYS_ARG4(SYS_rt_sigprocmask, SIG_BLOCK, &blocked, NULL, sizeof blocked);
}

/* exit() flushes stdio behind our handler. What the job has said must not wait for us, nor be lost if the wait is cut
 * short. */
static void leader_flush_stdio(void)
{
    typedef int (*fflush_fn)(void *);
    fflush_fn flush = (fflush_fn)real_function("fflush");
    if (flush)
        flush(NULL);
}

/* Nobody waits for the leader that could tell its CPU time: it says so itself. */
static void leader_note_cpu(void)
{
    struct rusage self, children;
    struct spool_image *image = shim.image;
    if (!image || SYS_ARG2(SYS_getrusage, RUSAGE_SELF, &self) ||
        SYS_ARG2(SYS_getrusage, RUSAGE_CHILDREN, &children))
        return;
    image->user_us = usage_us(&self.ru_utime);
    image->sys_us = usage_us(&self.ru_stime);
    image->tree_user_us = image->user_us + usage_us(&children.ru_utime);
    image->tree_sys_us = image->sys_us + usage_us(&children.ru_stime);
}

/* A run without a guardian gets one now: it may have been killed, or never started. 1 when there is one, 0 when there
 * can't be, -errno when nobody can tell from here. */
static int leader_ensure_guardian(void)
{
    const char *library = envp_library_path();
    int guarded = handshake_is_guarded(shim.spool.folder);
    if (guarded)
        return guarded;
    if (!library || guardian_start(shim.spool.folder, library, real_environ()))
        return 0;
    return handshake_is_guarded(shim.spool.folder);
}

void leader_end(int flushes)
{
    if (shim.sandboxed)
        return; /* the guardian sees us go */
    leader_block_signals();
    leader_note_cpu();
    const struct spool_header *header = shim.spool.header;
    int guarded = leader_ensure_guardian();
    if (!guarded)
        leader_complain("cannot start the program 'dtrack'");
    if (guarded <= 0 || handshake_say_end(shim.spool.folder))
        return; /* if it is there, it sees us go */
    /* Other threads run on while exit() does its last work: any delay there, and they meet what has been destroyed. Such
     * a leader leaves its run to the guardian. */
    struct proc_stat self;
    if (proc_stat_self(&self) || self.threads != 1)
        return;
    if (flushes)
        leader_flush_stdio();
    if (shim.wait_ns && !handshake_wait(shim.spool.folder, shim.wait_ns))
        leader_complain("the run is not stored yet and is left to the background");
    else if (__atomic_load_n(&header->failed, __ATOMIC_ACQUIRE))
        leader_complain(header->message);
    else if (shim.wait_ns && sys_access(shim.spool.folder, F_OK) == 0) /* a stored run's folder is gone */
        leader_complain("the run is not stored, for what was to do it has been killed");
}
