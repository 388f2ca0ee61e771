/* SPDX-License-Identifier: MIT */
/* Waits for a leader's end. Owns the two FIFO descriptors, the pidfd and the run's lock; knows nothing of stores. */
#include "run/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/settings.h"
#include "cmd/cmd.h"
#include "run/finishing.h"
#include "run/leftovers.h"
#include "run/mending.h"
#include "spool/handshake.h"
#include "sys/proc.h"

#define POLL_MS 100   /* where the kernel has no pidfd: Linux before 5.3 */
#define BEAT_S 15     /* how precisely a run's end is known when everything is killed at once */
#define LIMIT_MIN ((uint64_t)64 << 10)

/* ioctl_pidfd(2), Linux 6.13; the exit status since 6.15. Not in Debian 12's headers. */
struct pidfd_info {
    uint64_t mask, cgroupid;
    uint32_t ids[11];
    int32_t exit_code;
};
#define PIDFD_INFO_EXIT UINT64_C(8)
#define PIDFD_GET_INFO _IOWR(0xFF, 11, struct pidfd_info)

struct guard {
    int32_t pid;
    uint64_t ticks;
    int pidfd; /* -1 where there is none */
    int leader_said_so;
    struct run_folder run;
    struct mending mending;
};

static bool guard_is_dead(int pidfd)
{
    struct pollfd died = {.fd = pidfd, .events = POLLIN};
    return poll(&died, 1, 0) > 0;
}

/* Whoever starts us hands over a pidfd of the leader, which is there at that time; a short one is gone by now. Opened here,
 * it may be one of a process that took over the pid: look at the start time afterwards. */
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

/* Without a pidfd. A leader that had no /proc is known by its pid alone. */
static bool guard_leader_lives(const struct guard *g)
{
    return g->ticks ? proc_is_alive(g->pid, g->ticks) : !kill(g->pid, 0) || errno == EPERM;
}

/* Whether one look at both signs says that the run is over; waits for them at most `timeout_ms`. */
static bool guard_look(struct guard *g, int timeout_ms)
{
    struct pollfd fds[] = {{.fd = HANDSHAKE_FD_END, .events = POLLIN}, {.fd = g->pidfd, .events = POLLIN},
                           {.fd = g->mending.fd, .events = POLLIN}};
    const struct pollfd *said = &fds[0], *died = &fds[1], *changed = &fds[2];
    if (poll(fds, ARRAY_LEN(fds), timeout_ms) < 0)
        return errno != EINTR;
    if (changed->revents)
        mending_look(&g->mending, &g->run);
    g->leader_said_so = said->revents != 0;
    return said->revents || died->revents || (g->pidfd < 0 && !guard_leader_lives(g));
}

/* The leader's wait status from the kernel, once somebody has reaped it, or -1. */
static int guard_status(const struct guard *g)
{
    struct pollfd reaped = {.fd = g->pidfd};
    struct pidfd_info info = {.mask = PIDFD_INFO_EXIT};
    if (g->pidfd < 0)
        return -1;
    poll(&reaped, 1, POLL_MS);
    return !ioctl(g->pidfd, PIDFD_GET_INFO, &info) && info.mask & PIDFD_INFO_EXIT ? info.exit_code : -1;
}

static int64_t monotonic_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* The job's limits and ignored signals came along; none of them is meant for us. A request to end is heeded when the run
 * is stored, which it hastens: it usually is for everybody around, the leader among them. Blocked, it can be seen by
 * guard_must_hurry(). */
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

static bool guard_must_hurry(void)
{
    sigset_t pending;
    return !sigpending(&pending) && sigismember(&pending, SIGTERM);
}

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

/* Agents of CI systems kill what a job leaves behind, and know it by a variable in its environment. We end by ourselves
 * soon after the job, and are all that is left of it when it was cancelled: their documented way to be spared is another
 * value. It is changed in place, where the kernel shows it. */
static void guard_leave_job(void)
{
    static const char *const names[] = {"RUNNER_TRACKING_ID", "VSTS_PROCESS_LOOKUP_ID", "JENKINS_NODE_COOKIE",
                                        "JENKINS_SERVER_COOKIE", "BUILD_ID"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        char *value = getenv(names[i]);
        if (value)
            memset(value, '0', strlen(value));
    }
}

/* The folder that the job began in, or "". A leader that is gone by now leaves what its shell said. */
static void guard_job_folder(const struct guard *g, char folder[PATH_MAX])
{
    char link[40];
    const char *said = getenv("PWD");
    snprintf(link, sizeof link, "/proc/%d/cwd", g->pid);
    ssize_t len = proc_is_alive(g->pid, g->ticks) ? readlink(link, folder, PATH_MAX - 1) : -1;
    if (len >= 0)
        folder[len] = '\0';
    else
        snprintf(folder, PATH_MAX, "%s", said && *said == '/' ? said : "");
}

/* Certificates may be named from the job's folder, which is not ours. */
static void guard_find_certificates(const struct guard *g)
{
    static const char *const names[] = {"CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"};
    char folder[PATH_MAX], path[2 * PATH_MAX];
    guard_job_folder(g, folder);
    for (size_t i = 0; *folder && i < ARRAY_LEN(names); i++) {
        const char *value = getenv(names[i]);
        if (value && *value && *value != '/' && snprintf(path, sizeof path, "%s/%s", folder, value) < (int)sizeof path)
            setenv(names[i], path, 1);
    }
}

/* What else a job has open may be a pipe that somebody waits to see closed. */
static void guard_close_rest(void)
{
    if (syscall(SYS_close_range, HANDSHAKE_FD_LEADER + 1, ~0u, 0))
        for (int fd = HANDSHAKE_FD_LEADER + 1; fd < 4096; fd++) /* before Linux 5.9 */
            close(fd);
}

/* Whether a descriptor is a pidfd, where no /proc says it: signals are sent by nothing else. */
static bool guard_sends_by(int fd)
{
    return !syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0) || errno == ESRCH;
}

/* The pidfd that we were handed, or -1: where the kernel has none, or a tool like valgrind does not know it, its number may
 * have gone to any file. */
static int guard_take_pidfd(void)
{
    char path[40], line[128];
    int fd = -1;
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", HANDSHAKE_FD_LEADER);
    FILE *info = fopen(path, "re");
    if (!info && access("/proc/self/fdinfo", F_OK) && guard_sends_by(HANDSHAKE_FD_LEADER))
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

static void guard_settle(void)
{
    guard_close_rest();
    guard_signals();
    guard_limits();
    guard_leave_job();
    umask(077);
    fcntl(HANDSHAKE_FD_END, F_SETFD, FD_CLOEXEC);
    fcntl(HANDSHAKE_FD_DONE, F_SETFD, FD_CLOEXEC);
}

/* DTRACK_SPOOL_LIMIT in bytes, or 0 for what makes no sense. */
static uint64_t guard_limit(void)
{
    static const char units[] = "KMG";
    char *rest;
    const char *text = cmd_setting(SETTING_SPOOL_LIMIT);
    unsigned long long value = *text >= '0' && *text <= '9' ? strtoull(text, &rest, 10) : 0;
    if (!value)
        return 0;
    const char *unit = *rest ? strchr(units, *rest) : NULL;
    unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
    if (*rest && (!unit || rest[1]))
        return 0;
    return value > SPOOL_LIMIT_MAX >> shift ? SPOOL_LIMIT_MAX : MAX(value << shift, LIMIT_MIN);
}

/* Open and lock the run for as long as it lasts: nobody else takes it for left over, wherever he looks from, and we still
 * have it when its folder is removed. */
static int guard_begin(struct guard *g, const char *folder)
{
    int err = run_folder_open(&g->run, folder);
    if (!err)
        err = g->run.header ? run_folder_lock(&g->run) : -EPROTO;
    if (err)
        return err;
    g->pid = g->run.header->leader_pid;
    g->ticks = g->run.header->leader_ticks;
    __atomic_store_n(&g->run.header->guardian_pid, getpid(), __ATOMIC_RELAXED);
    uint64_t limit = guard_limit();
    if (limit)
        __atomic_store_n(&g->run.header->limit, limit, __ATOMIC_RELAXED);
    return 0;
}

static void guard_wait(struct guard *g)
{
    int64_t beat_ns = monotonic_ns();
    while (!guard_look(g, g->pidfd < 0 ? POLL_MS : BEAT_S * 1000)) {
        if (monotonic_ns() - beat_ns < BEAT_S * INT64_C(1000000000))
            continue;
        run_folder_beat(&g->run);
        beat_ns = monotonic_ns();
    }
}

static enum finish_result guard_finish(struct guard *g, const char *folder, struct outages *outages)
{
    auto_buf why = BUF_EMPTY;
    const struct finish f = {
        .folder = folder, .held = &g->run, .noticed_ns = monotonic_ns(), .leader_is_done = g->leader_said_so,
        .leader_status = g->leader_said_so ? -1 : guard_status(g), .outages = outages,
        .hurry = guard_must_hurry,
    };
    return finish_run(&f, &why);
}

int guard_run(const char *folder, void (*before_stores)(const char *folder))
{
    struct guard g = {.pidfd = guard_take_pidfd(), .run = RUN_FOLDER_NONE, .mending = MENDING_NONE};
    guard_settle();
    if (guard_begin(&g, folder)) {
        run_folder_close(&g.run);
        return EXIT_FAILURE;
    }
    guard_watch(&g);
    guard_find_certificates(&g);
    mending_begin(&g.mending, &g.run);
    int unsaved = finish_save_context(&g.run); /* a full disk: our own environment will do */
    (void)unsaved;
    guard_wait(&g);
    mending_end(&g.mending, &g.run);
    before_stores(folder);
    struct outages outages = {.len = 0};
    enum finish_result result = guard_finish(&g, folder, &outages);
    run_folder_close(&g.run);
    close(HANDSHAKE_FD_DONE);
    const struct leftovers l = {.except = folder, .outages = &outages, .stop = guard_must_hurry};
    leftovers_send(&l);
    outages_release(&outages);
    return result == FINISH_STORED || result == FINISH_WAITS ? EXIT_SUCCESS : EXIT_FAILURE;
}
