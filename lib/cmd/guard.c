/* SPDX-License-Identifier: MIT */
/* Waits for a leader's end. Owns the two FIFO descriptors and the pidfd; knows nothing of spools and stores. */
#include "cmd/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/own.h"
#include "base/proc.h"
#include "cmd/finishing.h"
#include "cmd/leftovers.h"
#include "spool/handshake.h"
#include "spool/reader.h"

#define POLL_MS 100 /* where the kernel has no pidfd: Linux before 5.3 */

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
};

/* A pidfd may have been opened for a process that took over the pid: look at the start time afterwards. */
static void guard_watch(struct guard *g)
{
    g->pidfd = (int)syscall(SYS_pidfd_open, g->pid, 0);
    if (g->pidfd < 0 || proc_is_alive(g->pid, g->ticks))
        return;
    close(g->pidfd);
    g->pidfd = -1;
}

/* Whether one look at both signs says that the run is over; waits for them at most `timeout_ms`. */
static int guard_look(struct guard *g, int timeout_ms)
{
    struct pollfd fds[2] = {{.fd = HANDSHAKE_FD_END, .events = POLLIN}, {.fd = g->pidfd, .events = POLLIN}};
    int ready = poll(fds, g->pidfd < 0 ? 1 : 2, timeout_ms);
    if (ready < 0)
        return errno != EINTR;
    g->leader_said_so = fds[0].revents != 0;
    return ready > 0 || (g->pidfd < 0 && !proc_is_alive(g->pid, g->ticks));
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

/* The job's limits and ignored signals came along; none of them is meant for us. */
static void guard_settle(void)
{
    static const int signals[] = {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGXFSZ, SIGXCPU};
    static const int limits[] = {RLIMIT_AS, RLIMIT_CPU, RLIMIT_DATA, RLIMIT_FSIZE, RLIMIT_NOFILE};
    struct rlimit limit;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        signal(signals[i], SIG_IGN);
    signal(SIGCHLD, SIG_DFL);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (!getrlimit((__rlimit_resource_t)limits[i], &limit) && limit.rlim_cur != limit.rlim_max) {
            limit.rlim_cur = limit.rlim_max;
            setrlimit((__rlimit_resource_t)limits[i], &limit);
        }
    umask(077);
    fcntl(HANDSHAKE_FD_END, F_SETFD, FD_CLOEXEC);
    fcntl(HANDSHAKE_FD_DONE, F_SETFD, FD_CLOEXEC);
}

static int guard_read_leader(const char *folder, struct guard *g)
{
    char path[4096];
    struct spool_reader reader;
    snprintf(path, sizeof path, "%s/spool", folder);
    int err = spool_reader_open(&reader, path);
    if (err)
        return err;
    g->pid = reader.header.leader_pid;
    g->ticks = reader.header.leader_ticks;
    spool_reader_close(&reader);
    return 0;
}

int guard_run(const char *folder)
{
    struct guard g = {.pidfd = -1};
    auto_buf why = BUF_EMPTY;
    guard_settle();
    if (guard_read_leader(folder, &g))
        return EXIT_FAILURE;
    guard_watch(&g);
    int unsaved = finish_save_context(folder); /* a full disk: our own environment will do */
    (void)unsaved;
    while (!guard_look(&g, g.pidfd < 0 ? POLL_MS : -1)) {
    }
    int64_t noticed = monotonic_ns();
    const struct finish f = {.folder = folder, .noticed_ns = noticed, .leader_is_done = g.leader_said_so,
                             .leader_status = g.leader_said_so ? -1 : guard_status(&g)};
    enum finish_result result = finish_run(&f, &why);
    close(HANDSHAKE_FD_DONE);
    struct leftovers_count count;
    leftovers_send(folder, NULL, NULL, &count);
    return result == FINISH_STORED ? EXIT_SUCCESS : EXIT_FAILURE;
}
