/* SPDX-License-Identifier: MIT */
/* The fold of a run that goes on, with nothing kept but what is there now. A row is neither hidden nor written unless it is
 * shown: that is most of what a fold for a store costs. */
#include "run/watch_run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/own.h"
#include "model/assemble.h"
#include "model/conceal.h"
#include "run/context.h"
#include "spool/reader.h"
#include "sys/clock.h"
#include "sys/proc.h"

#define EVENTS_BYTES \
    ((size_t)32 << 20) /* a run of a million processes is read three times, not nine: 4.7 s and 90 MiB */

#define STOP_EACH 8192 /* spans: some 30 ms */

/* One look. */
struct look {
    struct watch_run *watch;
    struct live *live;
    struct conceal conceal;
    bool rebooted;
    uint32_t spans;
};

int watch_run_open(struct watch_run *w, const char *path, environment_fn env)
{
    *w = (struct watch_run){.folder = RUN_FOLDER_NONE, .getenv = env};
    if (snprintf(w->path, sizeof w->path, "%s", path) >= (int)sizeof w->path)
        return -ENAMETOOLONG;
    int err = run_folder_open(&w->folder, w->path);
    if (err)
        return err;
    const struct spool_header *h = w->folder.header;
    if (!h)
        return -ENOENT;
    w->leader_pid = h->leader_pid;
    w->leader_ticks = h->leader_ticks;
    snprintf(w->run_id, sizeof w->run_id, "%.*s", (int)sizeof h->run_id - 1, h->run_id);
    return 0;
}

void watch_run_close(struct watch_run *w)
{
    context_release(&w->context);
    run_folder_close(&w->folder);
}

/* The folder is asked for first: who removes it has closed the spool before, and a leader may wait for that. */
enum watch_state watch_run_state(const struct watch_run *w)
{
    bool is_there = run_folder_is_in_place(&w->folder);
    bool lives = proc_is_alive(w->leader_pid, w->leader_ticks) || run_folder_may_go_on(&w->folder);
    if (!lives || __atomic_load_n(&w->folder.header->closed, __ATOMIC_ACQUIRE) == 1)
        return WATCH_ENDED;
    return is_there ? WATCH_GOES_ON : WATCH_LOST;
}

static bool process_lives(void *ctx, int32_t pid, int64_t start_ns)
{
    const struct look *k = ctx;
    return !k->rebooted && run_folder_process_lives(&k->watch->folder, pid, start_ns);
}

/* CPU of a process that still runs: its record has none before its end. */
static int64_t cpu_us_of(int64_t pid)
{
    clockid_t clock;
    struct timespec used;
    if (pid <= 0 || pid > INT32_MAX || clock_getcpuclockid((pid_t)pid, &clock) || clock_gettime(clock, &used))
        return 0;
    return used.tv_sec * INT64_C(1000000) + used.tv_nsec / 1000;
}

static int take_clean(void *ctx, const struct span *span)
{
    return live_add(ctx, span);
}

static int take_span(void *ctx, const struct span *span)
{
    struct look *k = ctx;
    const struct watch_run *w = k->watch;
    if (++k->spans % STOP_EACH == 0 && w->stop && w->stop(w->stop_ctx))
        return -ECANCELED;
    if (!live_wants(k->live, span))
        return 0;
    if (span->kind == SPAN_PROCESS && span->end_by == SPAN_END_RUNNING)
        k->live->cpu_us += cpu_us_of(span->pid);
    return conceal_span(&k->conceal, span);
}

static int fold(struct look *k, struct spool_reader *reader, bool goes_on)
{
    struct summary s;
    const int64_t now_ns = clock_now_ns();
    const struct assemble a = {
        .reader = reader,
        .marks_fd = k->watch->folder.marks_fd,
        .name = k->watch->context.name,
        .rules = k->watch->context.rules,
        .noticed_ns = now_ns,
        .latest_ns = now_ns,
        .leader_status = WAIT_STATUS_UNKNOWN,
        .leader_runs = goes_on,
        .memory_bytes = EVENTS_BYTES,
        .alive = process_lives,
        .alive_ctx = k,
        .emit = take_span,
        .emit_ctx = k,
    };
    k->conceal = (struct conceal){.rules = k->watch->context.rules,
                                  .keep_args = k->watch->context.keep_args,
                                  .emit = take_clean,
                                  .emit_ctx = k->live};
    k->live->as_of_ns = reader->header.start_wall_ns + now_ns - reader->header.start_mono_ns;
    summary_init(&s);
    int err = assemble(&a, &s);
    if (!err)
        err = conceal_summary(&k->conceal, &s);
    if (!err)
        err = live_complete(k->live, &s);
    conceal_release(&k->conceal);
    summary_release(&s);
    return err;
}

/* The guardian writes it when the run has begun already, and then nobody changes it. */
static int find_context(struct watch_run *w)
{
    if (w->has_context)
        return 0;
    context_release(&w->context);
    int err = context_load(&w->context, w->folder.folder_fd, w->folder.header, w->getenv);
    w->has_context = !err && !w->context.is_lost;
    return err;
}

static int look(struct look *k, bool goes_on)
{
    struct run_folder *folder = &k->watch->folder;
    struct spool_reader reader;
    int err = find_context(k->watch);
    if (err)
        return err;
    if (k->watch->context.bad_rules)
        return -EINVAL; /* what is to be hidden is not known */
    k->rebooted = context_is_of_another_boot(&k->watch->context);
    run_folder_find_marks(folder);
    auto_fd fd = fcntl(folder->spool_fd, F_DUPFD_CLOEXEC, 3);
    if (fd < 0)
        return -errno;
    err = spool_reader_open_fd(&reader, fd);
    if (err)
        return err;
    take_fd(&fd);
    err = fold(k, &reader, goes_on);
    spool_reader_close(&reader);
    return err;
}

static int64_t cpu_now_ns(void)
{
    struct timespec used;
    return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) ? 0 : used.tv_sec * CLOCK_SECOND_NS + used.tv_nsec;
}

int watch_run_look(struct watch_run *w, bool goes_on, struct live *l)
{
    struct look k = {.watch = w, .live = l};
    int64_t began_ns = cpu_now_ns();
    live_release(l);
    int err = look(&k, goes_on);
    w->cost_ns = cpu_now_ns() - began_ns;
    return err;
}
