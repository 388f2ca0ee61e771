/* SPDX-License-Identifier: MIT */
/* Waits for the leader's end. Owns the two FIFO descriptors, the pidfd and the run's lock; knows nothing of stores. */
#include "run/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/own.h"
#include "run/finish_run.h"
#include "run/pending_runs.h"
#include "run/spool_repair.h"
#include "spool/handshake.h"
#include "spool/reader.h"
#include "sys/clock.h"
#include "sys/proc.h"

#define POLL_MS 100 /* poll interval where the kernel has no pidfd: Linux before 5.3 */
#define BEAT_S 15 /* heartbeat interval: precision of the end when the whole job and its guardian are killed at once */

/* ioctl_pidfd(2), Linux 6.13; the exit status since 6.15. Not in Debian 12's headers. */
struct pidfd_info {
    uint64_t mask, cgroupid;
    uint32_t ids[11];
    int32_t exit_code;
};
#define PIDFD_INFO_EXIT UINT64_C(8)
#define PIDFD_GET_INFO _IOWR(0xFF, 11, struct pidfd_info)

struct guard {
    const struct guardian *in;
    int32_t pid;
    uint64_t ticks;
    int pidfd;            /* -1 where there is none */
    int leader_announced; /* it said that it is about to end */
    struct run_folder run;
    struct spool_repair repair;
};

static bool guard_is_dead(int pidfd)
{
    struct pollfd died = {.fd = pidfd, .events = POLLIN};
    return poll(&died, 1, 0) > 0;
}

/* Get a pidfd of the leader. The one passed by whoever started us always refers to the leader, even if it has died since. One
 * opened here may refer to another process that reused the pid, so the start time is checked afterwards. */
static void guard_watch(struct guard *g)
{
    bool is_handed = g->pidfd >= 0;
    if (!is_handed)
        g->pidfd = (int)syscall(SYS_pidfd_open, g->pid, 0);
    struct proc_stat st;
    bool is_it = g->ticks ? !proc_stat_read(g->pid, &st) && st.start_ticks == g->ticks : is_handed;
    if (g->pidfd < 0 || is_it || (is_handed && guard_is_dead(g->pidfd)))
        return;
    close(g->pidfd);
    g->pidfd = -1;
}

/* For when there is no pidfd. If the leader had no /proc, its start time is unknown (0) and only the pid can be checked. */
static bool guard_leader_lives(const struct guard *g)
{
    if (g->pid <= 0) /* to kill(), a whole process group, or every process */
        return false;
    return g->ticks ? proc_is_alive(g->pid, g->ticks) : !kill(g->pid, 0) || errno == EPERM;
}

/* Wait at most `timeout_ms` for an event, and return whether the leader has ended or announced its end. */
static bool guard_look(struct guard *g, int timeout_ms)
{
    struct pollfd fds[] = {{.fd = HANDSHAKE_FD_END, .events = POLLIN},
                           {.fd = g->pidfd, .events = POLLIN},
                           {.fd = g->repair.fd, .events = POLLIN}};
    const struct pollfd *said = &fds[0], *died = &fds[1], *changed = &fds[2];
    if (poll(fds, ARRAY_LEN(fds), timeout_ms) < 0)
        return errno != EINTR;
    if (changed->revents)
        spool_repair_look(&g->repair, &g->run);
    g->leader_announced = said->revents != 0;
    return said->revents || died->revents || (g->pidfd < 0 && !guard_leader_lives(g));
}

/* The leader's status from the kernel, once somebody has reaped it. */
static struct wait_status guard_status(const struct guard *g)
{
    struct pollfd reaped = {.fd = g->pidfd};
    struct pidfd_info info = {.mask = PIDFD_INFO_EXIT};
    if (g->pidfd < 0)
        return WAIT_STATUS_UNKNOWN;
    poll(&reaped, 1, POLL_MS);
    bool is_told = !ioctl(g->pidfd, PIDFD_GET_INFO, &info) && info.mask & PIDFD_INFO_EXIT;
    return is_told ? wait_status_of(info.exit_code) : WAIT_STATUS_UNKNOWN;
}

/* Reset the signal dispositions inherited from the job. SIGTERM usually goes to the leader and everything around it, so it must not
 * end us before the run is stored: it stays blocked, and guard_must_hurry() sees it pending. */
static void guard_signals(void)
{
    static const int ignored[] = {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGXFSZ, SIGXCPU, SIGUSR1, SIGUSR2, SIGALRM};
    sigset_t term;
    for (size_t i = 0; i < ARRAY_LEN(ignored); i++)
        signal(ignored[i], SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_SETMASK, &term, NULL);
}

/* Whether SIGTERM has arrived. */
static bool guard_must_hurry(void)
{
    sigset_t pending;
    return !sigpending(&pending) && sigismember(&pending, SIGTERM);
}

/* Lift the resource limits inherited from the job as far as permitted. */
static void guard_limits(void)
{
    static const int limits[] = {RLIMIT_AS, RLIMIT_CPU, RLIMIT_DATA, RLIMIT_FSIZE, RLIMIT_NOFILE};
    struct rlimit limit;
    for (size_t i = 0; i < ARRAY_LEN(limits); i++)
        if (!getrlimit((__rlimit_resource_t)limits[i], &limit) && limit.rlim_cur != limit.rlim_max) {
            limit.rlim_cur = limit.rlim_max;
            setrlimit((__rlimit_resource_t)limits[i], &limit);
        }
}

/* The leader's first image, and where it was started. */
struct first_folder {
    int32_t pid;
    char path[PATH_MAX];
};

static int take_first(void *ctx, const struct spool_record *record, unused uint64_t offset)
{
    struct first_folder *first = ctx;
    const struct spool_image *image = (const void *)record;
    if (record->kind != SPOOL_IMAGE || image->pid != first->pid)
        return 0;
    snprintf(first->path, sizeof first->path, "%s", spool_image_cwd(image));
    return 1; /* the first one will do */
}

/* As the leader recorded it, if it has by now and is no wrapper without a record; else empty. */
static void guard_find_first(const struct guard *g, struct first_folder *first)
{
    struct spool_reader reader;
    auto_fd fd = fcntl(g->run.spool_fd, F_DUPFD_CLOEXEC, HANDSHAKE_FD_LEADER + 1);
    *first = (struct first_folder){.pid = g->pid};
    if (fd < 0 || spool_reader_open_fd(&reader, fd))
        return;
    take_fd(&fd);
    int found = spool_reader_scan(&reader, take_first, first);
    if (found != 1)
        first->path[0] = '\0';
    spool_reader_close(&reader);
}

/* Where the job began, which it may have left since: `cd src && make`. Before its leader has recorded that, it is where the leader
 * is; so that is looked at first. A leader that is gone by now leaves what its shell said. */
static void guard_report_job_folder(const struct guard *g)
{
    char link[40], folder[PATH_MAX];
    struct first_folder first;
    if (!g->in->needs_folder())
        return;
    const char *said = g->in->getenv("PWD");
    snprintf(link, sizeof link, "/proc/%d/cwd", g->pid);
    ssize_t len = proc_is_alive(g->pid, g->ticks) ? readlink(link, folder, sizeof folder - 1) : -1;
    folder[MAX(len, 0)] = '\0';
    guard_find_first(g, &first);
    if (first.path[0] == '/')
        g->in->job_folder(first.path);
    else if (len > 0 || (said && *said == '/'))
        g->in->job_folder(len > 0 ? folder : said);
}

/* Close descriptors inherited from the job: one may be a pipe whose reader waits for end of file. */
static void guard_close_inherited(void)
{
    if (syscall(SYS_close_range, HANDSHAKE_FD_LEADER + 1, ~0u, 0))
        for (int fd = HANDSHAKE_FD_LEADER + 1; fd < 4096; fd++) /* before Linux 5.9 */
            close(fd);
}

/* Whether a descriptor is a pidfd, checked without /proc: only a pidfd accepts signals. */
static bool guard_is_pidfd(int fd)
{
    return !syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0) || errno == ESRCH;
}

/* The pidfd that was passed to us, or -1. Where the kernel has no pidfds, or a tool like valgrind does not support them, the
 * descriptor of that number may be any file. */
static int guard_take_pidfd(void)
{
    char path[40], line[128];
    int fd = -1;
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", HANDSHAKE_FD_LEADER);
    FILE *info = fopen(path, "re");
    if (!info && access("/proc/self/fdinfo", F_OK) && guard_is_pidfd(HANDSHAKE_FD_LEADER))
        fd = HANDSHAKE_FD_LEADER;
    while (info && fd < 0 && fgets(line, sizeof line, info))
        if (strncmp(line, "Pid:", 4) == 0) /* proc_pid_fdinfo(5) */
            fd = HANDSHAKE_FD_LEADER;
    if (info)
        fclose(info);
    if (fd < 0)
        close(HANDSHAKE_FD_LEADER);
    else
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    return fd;
}

/* Replace what was inherited from the job: descriptors, signals, limits, umask. */
static void guard_shed_inheritance(void)
{
    guard_close_inherited();
    guard_signals();
    guard_limits();
    umask(077);
    fcntl(HANDSHAKE_FD_END, F_SETFD, FD_CLOEXEC);
    fcntl(HANDSHAKE_FD_DONE, F_SETFD, FD_CLOEXEC);
}

/* Open and lock the run until it is finished. The lock tells other processes, in any pid namespace, that it is not pending; the
 * open descriptors stay usable if the job removes the folder. */
static int guard_begin(struct guard *g)
{
    int err = run_folder_open(&g->run, g->in->folder);
    if (!err)
        err = g->run.header ? run_folder_lock(&g->run) : -EPROTO;
    if (err)
        return err;
    g->pid = g->run.header->leader_pid;
    g->ticks = g->run.header->leader_ticks;
    __atomic_store_n(&g->run.header->guardian_pid, getpid(), __ATOMIC_RELAXED);
    uint64_t limit = environment_spool_limit(g->in->getenv);
    if (limit)
        __atomic_store_n(&g->run.header->limit, limit, __ATOMIC_RELAXED);
    return 0;
}

static void guard_wait(struct guard *g)
{
    int64_t beat_ns = clock_now_ns();
    while (!guard_look(g, g->pidfd < 0 ? POLL_MS : BEAT_S * 1000)) {
        if (clock_now_ns() - beat_ns < BEAT_S * CLOCK_SECOND_NS)
            continue;
        run_folder_beat(&g->run);
        beat_ns = clock_now_ns();
    }
}

static enum finish_result guard_finish(struct guard *g, struct outages *outages)
{
    auto_buf why = BUF_EMPTY;
    const struct finish f = {
        .folder = g->in->folder,
        .getenv = g->in->getenv,
        .held = &g->run,
        .noticed_ns = clock_now_ns(),
        .leader_is_done = g->leader_announced,
        .leader_status = g->leader_announced ? WAIT_STATUS_UNKNOWN : guard_status(g),
        .outages = outages,
        .hurry = guard_must_hurry,
    };
    return finish_run(&f, &why);
}

bool guard_run(const struct guardian *in)
{
    struct guard g = {.in = in, .pidfd = guard_take_pidfd(), .run = RUN_FOLDER_NONE, .repair = SPOOL_REPAIR_NONE};
    guard_shed_inheritance();
    if (guard_begin(&g)) {
        run_folder_close(&g.run);
        return false;
    }
    guard_watch(&g);
    guard_report_job_folder(&g);
    spool_repair_begin(&g.repair, &g.run);
    int unsaved = finish_save_context(&g.run, in->getenv); /* disk full: our own environment will serve */
    (void)unsaved;
    guard_wait(&g);
    spool_repair_end(&g.repair, &g.run);
    in->before_stores(in->folder);
    struct outages outages = {.len = 0};
    enum finish_result result = guard_finish(&g, &outages);
    run_folder_close(&g.run);
    close(HANDSHAKE_FD_DONE);
    const struct pending_runs l = {
        .getenv = in->getenv, .except = in->folder, .outages = &outages, .stop = guard_must_hurry};
    pending_runs_send(&l);
    outages_release(&outages);
    return result == FINISH_STORED || result == FINISH_WAITS;
}
