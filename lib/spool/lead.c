/* SPDX-License-Identifier: MIT */
/* A run's begin and end, as its leader sees them. */
#include "spool/lead.h"

#include <errno.h>
#include <signal.h>

#include "spool/handshake.h"
#include "sys/clock.h"
#include "sys/proc.h"
#include "sys/slots.h"
#include "sys/sys.h"

#define SIGNAL(number) (UINT64_C(1) << ((number)-1)) /* in a mask, as the kernel has it */
#define END_SIGNALS (SIGNAL(SIGINT) | SIGNAL(SIGTERM) | SIGNAL(SIGHUP) | SIGNAL(SIGQUIT))
#define LOOK_NS INT64_C(100000000) /* how often a wait looks whether such a signal has come */

static int lead_make_run(const struct folder_env *env, const struct spool_start *start, struct spool *spool, char *at)
{
    char base[SPOOL_PATH_MAX];
    int err = -ENOENT;
    for (unsigned nth = 0; err && folder_base(env, nth, base, sizeof base) == 0; nth++) {
        err = folder_make_base(env, nth, base, at);
        if (err)
            continue;
        err = folder_create_run(base, start, spool);
        if (err == -EPERM) /* what a file system that knows no FIFOs says, not that others may write there */
            err = -EACCES;
    }
    return err;
}

/* Three clocks at one moment: all times of the run are monotonic, and are turned into others by these. */
int lead_begin(const struct folder_env *env, int32_t pid, int64_t mono_ns, struct spool *spool, char *at)
{
    uint64_t random = at[0] = 0;
    struct proc_stat self = {.start_ticks = 0};
    struct spool_start start = {.leader_pid = pid, .uid = env->uid, .mono_ns = mono_ns};
    int err = proc_stat_read(pid, &self);
    if (err && err != -ENOENT) /* without /proc the pid alone must do */
        return err;
    SYS_ARG3(SYS_getrandom, &random, sizeof random, 1 /* GRND_NONBLOCK */);
    start.leader_ticks = self.start_ticks;
    int64_t since = clock_now_ns() - mono_ns;
    start.wall_ns = clock_ns(CLOCK_REALTIME) - since;
    start.boot_ns = clock_ns(CLOCK_BOOTTIME) - since;
    folder_run_id(start.wall_ns, random ^ (uint64_t)pid << 16, start.run_id);
    return lead_make_run(env, &start, spool, at);
}

enum lead_problem lead_place_problem(int err)
{
    if (err == -ENOSPC || err == -EDQUOT)
        return LEAD_PLACE_FULL;
    return err == -EPERM ? LEAD_PLACE_OPEN : err == -EROFS ? LEAD_PLACE_READ_ONLY : LEAD_PLACE_USELESS;
}

int lead_guards_late(uint32_t uid)
{
    return slots_are_few(uid);
}

static int lead_is_asked_to_end(uint64_t mask)
{
    uint64_t pending = 0;
    SYS_ARG2(SYS_rt_sigpending, &pending, sizeof pending);
    return (pending & ~mask & END_SIGNALS) != 0;
}

/* 1 when the guardian is done, or gone. */
static int lead_wait(const struct lead_end *e)
{
    for (int64_t left = e->wait_ns; left > 0; left -= LOOK_NS) {
        if (handshake_wait(e->spool->folder, MIN(left, LOOK_NS)))
            return 1;
        if (lead_is_asked_to_end(e->mask))
            return 0;
    }
    return 0;
}

static enum lead_problem lead_outcome(const struct lead_end *e)
{
    uint32_t failed = __atomic_load_n(&e->spool->header->failed, __ATOMIC_ACQUIRE);
    if (failed)
        return failed == SPOOL_FAILED_VALUES ? LEAD_STORED_BUT : LEAD_NOT_STORED;
    if (sys_access(e->spool->folder, F_OK) == 0) /* a stored run's folder is gone */
        return __atomic_load_n(&e->spool->header->guardian_pid, __ATOMIC_RELAXED) > 0 ? LEAD_GUARDIAN_KILLED
                                                                                      : LEAD_NO_PROGRAM;
    return e->wait_is_bad ? LEAD_BAD_LIMIT : LEAD_FINE; /* one line at most */
}

/* A guardian that can't be asked for, as its folder can't be reached from here, sees us go. */
/* A guardian is there, or is started now. LEAD_FINE, with *guarded as handshake_is_guarded() has it, or why there is none. */
static enum lead_problem lead_ensure(const struct lead_end *e, int *guarded)
{
    *guarded = handshake_is_guarded(e->spool->folder);
    if (*guarded)
        return LEAD_FINE;
    int err = e->start(e->with);
    *guarded = err ? 0 : handshake_is_guarded(e->spool->folder);
    return *guarded ? LEAD_FINE : err == -EPERM ? LEAD_PROGRAM_OPEN : LEAD_NO_PROGRAM;
}

/* One that was there may be gone when it is spoken to: its program could not be executed. Another one is tried then. */
enum lead_problem lead_end(const struct lead_end *e)
{
    int guarded, told = -ENXIO;
    for (int tries = 0; tries < 2 && told == -ENXIO; tries++) {
        enum lead_problem problem = lead_ensure(e, &guarded);
        if (problem || guarded < 0)
            return problem;
        told = handshake_say_end(e->spool->folder);
    }
    if (told || !e->wait_ns)
        return LEAD_FINE;
    return lead_wait(e) ? lead_outcome(e) : LEAD_LATE;
}

/* By number of the problem: one string, for a loader would have to relocate pointers. */
static const char lead_texts[] =
    "\0"
    "others may write to '\0"
    "no room in '\0"
    "read-only: '\0"
    "cannot use '\0" HANDSHAKE_BAD_LIMIT "\0"
    "\0"
    "\0"
    "the run is not stored yet and is left to the background\0"
    "the run is not stored, for what was to do it has been killed\0"
    "cannot start the program 'dtrack'\0"
    "cannot start the program 'dtrack': others may write to a folder that it or libdtrack.so is in\0";

/* How many bytes at `s` are one control or direction character: C0, C1, U+061C, U+2000 to U+200F, U+2028 to U+202F, and U+2060 to
 * U+207F. 0 = it is another. */
static size_t lead_control(const uint8_t *s)
{
    if (s[0] < ' ' || s[0] == 0x7f)
        return 1;
    if (s[0] == 0xe2 && (s[1] & 0xfe) == 0x80 && s[2]) /* U+2000 to U+207F: a bit for each eight of them */
        return 0xf023 >> ((s[1] & 1) << 3 | (s[2] >> 3 & 7)) & 1 ? 3 : 0;
    return ((s[0] == 0xc2 && s[1] < 0xa0) || (s[0] == 0xd8 && s[1] == 0x9c)) && s[1] ? 2 : 0;
}

void lead_words(struct text *out, enum lead_problem problem, const char *about, const char *folder)
{
    const char *words = lead_texts;
    const size_t from = out->len;
    for (enum lead_problem nth = LEAD_FINE; nth < problem; words++)
        nth += !*words;
    int is_place = problem <= LEAD_PLACE_USELESS;
    text_str(out, is_place ? "this run is not recorded: " : "");
    text_str(out, words);
    if (is_place || problem == LEAD_STORED_BUT || problem == LEAD_NOT_STORED)
        text_add(out, about, text_len(about, TRUST_PATH_MAX - 1));
    text_str(out, is_place ? "'" : "");
    if (problem >= LEAD_NOT_STORED) {
        text_str(out, "; the run is kept in '");
        text_str(out, folder);
        text_str(out, "', 'dtrack flush' sends it");
    }
    for (size_t i = from, n; i < out->len; i += n + !n) {
        n = lead_control((const uint8_t *)out->out + i);
        __builtin_memset(out->out + i, '?', n);
    }
}
