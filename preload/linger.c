/* SPDX-License-Identifier: MIT */
/* The end of the process that leads a run: what libc has left to do is done first, then the process waits until the run is
 * stored. The wait must show in nothing but time: the status is reached, no handler of the host runs any more, and no signal
 * changes what its parent will see. */
#include "linger.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>

#include "envp.h"
#include "guardian.h"
#include "real.h"
#include "recorder.h"
#include "shim.h"
#include "spool/lead.h"
#include "spool/usage.h"
#include "sys/proc.h"
#include "sys/sys.h"
#include "sys/text.h"

#define SIGNALS_MAX 64
#define LOOKS 8 /* at the number of threads */

void linger_say(enum lead_problem problem, const char *about)
{
    struct stat st;
    char line[TRUST_PATH_MAX + SPOOL_PATH_MAX];
    if (shim.quiet || !shim.stderr_ino || sys_stat(2, "", &st, AT_EMPTY_PATH) || st.st_dev != shim.stderr_dev ||
        st.st_ino != shim.stderr_ino)
        return;
    struct text t = text_into(line, sizeof line);
    text_str(&t, "dtrack: ");
    lead_words(&t, problem, about, shim.spool.folder);
    text_str(&t, "\n");
    /* A pipe that is full would hold the job: it says ready only when a whole line surely fits. */
    struct pollfd ready = {.fd = 2, .events = POLLOUT};
    struct timespec now = {0};
    if (SYS_ARG5(SYS_ppoll, &ready, 1, &now, NULL, 0) == 1 && ready.revents & POLLOUT)
        sys_write(2, line, t.len);
}

/* Block every signal. Returns the mask that was. */
static uint64_t linger_block(void)
{
    uint64_t all = ~UINT64_C(0), before = 0;
    SYS_ARG4(SYS_rt_sigprocmask, SIG_BLOCK, &all, &before, sizeof all);
    return before;
}

/* What has come since linger_block(): without us it would have met a process that is gone. */
static uint64_t linger_pending(uint64_t before)
{
    uint64_t pending = 0;
    SYS_ARG2(SYS_rt_sigpending, &pending, sizeof pending);
    return pending & ~before;
}

/* Take what has come out of the kernel's hands, and put the mask back: handlers that are still to run find it as it was. */
static void linger_unblock(uint64_t before)
{
    static const struct timespec now = {0};
    for (int i = 0; i < SIGNALS_MAX; i++) {
        uint64_t come = linger_pending(before);
        if (!come || SYS_ARG4(SYS_rt_sigtimedwait, &come, NULL, &now, sizeof come) < 0)
            break;
    }
    SYS_ARG4(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof before);
}

/* A stdio stream of glibc, as far as its public header shows it: <bits/types/struct_FILE.h>. */
struct linger_stream {
    int flags;
    void *pointers[12];
    struct linger_stream *next;
};
#define STREAM_IS_UNLOCKED 0x8000 /* what FSETLOCKING_BYCALLER sets: stdio_ext(3) */

/* exit() flushes stdio behind our handler: what the job has said must neither wait for us nor be lost when the wait is cut
 * short, and whoever reads it may have gone, which ends this process as it would have. glibc's exit() takes no lock of a
 * stream, for a thread that has ended may hold it; fflush() would wait for it, so the streams are told that nobody locks
 * them any more. */
static void linger_flush(void)
{
    typedef int (*fflush_fn)(void *);
    fflush_fn flush = (fflush_fn)real_function("fflush");
    union {
        real_fn symbol;
        struct linger_stream **streams;
    } list = {.symbol = real_function("_IO_list_all")};
    for (struct linger_stream *s = list.symbol ? *list.streams : NULL; s; s = s->next)
        s->flags |= STREAM_IS_UNLOCKED;
    if (flush)
        flush(NULL);
}

/* Nobody waits for the leader that could say its CPU time: it does so itself. */
static void linger_note_cpu(void)
{
    struct rusage self, children;
    struct spool_image *image = shim.image;
    if (!image || SYS_ARG2(SYS_getrusage, RUSAGE_SELF, &self) || SYS_ARG2(SYS_getrusage, RUSAGE_CHILDREN, &children))
        return;
    image->user_us = usage_us(&self.ru_utime);
    image->sys_us = usage_us(&self.ru_stime);
    image->tree_user_us = image->user_us + usage_us(&children.ru_utime);
    image->tree_sys_us = image->sys_us + usage_us(&children.ru_stime);
}

static int linger_start_guardian(void *with unused)
{
    const char *library = envp_library_path();
    return library ? guardian_start(library, real_environ(), 1) : -ENOENT;
}

/* Whether this thread is the last one. A first thread that left by pthread_exit() counts until the process ends; one that was
 * joined may count for a moment more. */
static int linger_is_alone(void)
{
    struct proc_stat self = {.threads = 2}, first;
    for (int i = 0; i < LOOKS && self.threads != 1; i++) {
        if (proc_stat_self(&self))
            return 0;
        if (self.threads == 2 && !proc_stat_read(shim.pid, &first) && first.state == 'Z')
            return 1;
        if (self.threads != 1)
            SYS_ARG0(SYS_sched_yield);
    }
    return self.threads == 1;
}

static void linger_blocked(uint64_t before, int is_alone)
{
    const struct lead_end end = {.spool = &shim.spool,
                                 .wait_ns = is_alone ? shim.wait_ns : 0,
                                 .wait_is_bad = shim.wait_is_bad,
                                 .mask = before,
                                 .start = linger_start_guardian};
    linger_note_cpu();
    enum lead_problem problem = lead_end(&end);
    if (problem)
        linger_say(problem, shim.spool.header->message);
}

void linger(struct exit_code code, enum spool_left left, int flushes)
{
    /* Other threads run on while exit() does its last work: a delay there, and they meet what has been destroyed. Such a
     * leader leaves its run to the guardian, and so does one that may be killed for any system call. */
    int is_alone = !shim.sandboxed && linger_is_alone();
    if (is_alone && flushes)
        linger_flush();
    recorder_end(code, left);
    if (shim.sandboxed)
        return; /* the guardian sees us go */
    uint64_t before = linger_block();
    linger_blocked(before, is_alone);
    linger_unblock(before);
}
