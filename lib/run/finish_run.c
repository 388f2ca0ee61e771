/* SPDX-License-Identifier: MIT */
/* Finishing a run, in steps that are each idempotent: lock, close the spool, fold and keep the result, upload it, remove the
 * folder. If the process is killed between two of them, nothing is lost or stored twice: the next process continues from there. */
#include "run/finish_run.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "base/utf8.h"
#include "run/context.h"
#include "run/fold_run.h"
#include "run/places.h"
#include "run/retention.h"
#include "sys/clock.h"

/* The state while one run is finished. */
struct finish_work {
    const struct finish *in;
    struct buf *why;
    struct run_folder *run, own; /* `run` is `own` unless the caller holds one */
    struct context context;
    struct folded_run folded;
    bool is_kept; /* `folded` is also saved in the folder */
    bool rebooted;
    int64_t started_ns;
};

/* Whether a later attempt may succeed, by itself or after somebody has freed space. */
static bool is_transient(int err)
{
    static const int transient[] = {EAGAIN, EDQUOT, EFBIG,  EINTR, EIO,    EMFILE,   ENFILE,
                                    ENOLCK, ENOMEM, ENOSPC, EROFS, ESTALE, ETIMEDOUT};
    for (size_t i = 0; i < ARRAY_LEN(transient); i++)
        if (err == -transient[i])
            return true;
    return false;
}

/* Whether the error means that spans can't be written to the run's folder now. */
static bool has_no_room(int err)
{
    return err == -ENOSPC || err == -EDQUOT || err == -EFBIG || err == -EROFS || err == -ENOENT;
}

/* Write a message to f->why and decide from the error whether the run is kept or set aside. */
static enum finish_result failed(struct finish_work *f, const char *what, int err)
{
    const char *reason = err == -EPROTO ? "it holds no run that can be read" : strerror(-err);
    buf_clear(f->why);
    if (err == -ENOTSUP) {
        buf_printf(f->why, "cannot %s '%s': another version of dtrack recorded it, which can flush it", what,
                   f->in->folder);
        return FINISH_KEPT;
    }
    buf_printf(f->why, "cannot %s '%s': %s", what, f->in->folder, reason);
    return is_transient(err) ? FINISH_KEPT : FINISH_BAD;
}

static bool leader_lives(const struct finish_work *f)
{
    return !f->in->leader_is_done && !f->rebooted && run_folder_leader_lives(f->run);
}

/* If the guardian could not save the context (disk full), it takes it from its own environment, which is the job's. Any other
 * process must not: its environment may be another job's. */
static int read_context(struct finish_work *f)
{
    int err = context_load(&f->context, f->run->folder_fd, f->run->header, f->in->getenv);
    if (!f->context.is_lost || !f->in->held)
        return err;
    context_release(&f->context);
    return context_from_environment(&f->context, f->in->getenv);
}

/* The result when the run could not be opened or locked: another process may have finished it meanwhile. */
static enum finish_result gone_or_failed(struct finish_work *f, const char *what, int err)
{
    return err == -ENOENT ? FINISH_GONE : failed(f, what, err);
}

/* Open the run, read its context, and take the lock. True when the caller is to finish it; else *result says why not. */
static bool acquire(struct finish_work *f, enum finish_result *result)
{
    int err = f->in->held ? 0 : run_folder_open(f->run, f->in->folder);
    if (err) {
        *result = gone_or_failed(f, "open the run in", err);
        return false;
    }
    err = read_context(f);
    if (err) {
        *result = failed(f, "read the context of", err);
        return false;
    }
    f->rebooted = context_is_of_another_boot(&f->context);
    if (leader_lives(f)) {
        *result = FINISH_ALIVE;
        return false;
    }
    err = f->in->held ? 0 : run_folder_lock(f->run);
    if (err)
        *result = err == -EWOULDBLOCK ? FINISH_BUSY : gone_or_failed(f, "lock", err);
    return !err;
}

static struct fold_run fold_run_of(struct finish_work *f)
{
    run_folder_find_marks(f->run);
    return (struct fold_run){
        .run = f->run,
        .context = &f->context,
        .leader_status = f->in->leader_status,
        .leader_runs = leader_lives(f),
        .noticed_ns = f->in->noticed_ns ? f->in->noticed_ns : run_folder_last_sign(f->run),
        .rebooted = f->rebooted,
        .started_ns = f->started_ns,
    };
}

/* Fold the run, unless an earlier attempt has kept its result. If the folder can't be written to, the result is in memory only. */
static int fold_once(struct finish_work *f)
{
    int err = folded_run_load(&f->folded, f->run->folder_fd);
    f->is_kept = !err;
    if (!err || (!f->run->header && err != -EPROTO))
        return err;
    folded_run_release(&f->folded);
    if (!f->run->header)
        return err;
    const struct fold_run in = fold_run_of(f);
    run_folder_close_spool(f->run);
    err = fold_run_to_folder(&in, &f->folded);
    if (!err)
        f->is_kept = !folded_run_save(&f->folded, f->run->folder_fd, false);
    if (!has_no_room(err))
        return err;
    folded_run_release(&f->folded);
    return fold_run_to_memory(&in, &f->folded);
}

/* Prepare the run for a later upload. Once the folded run is synced to disk, the spool is removed; if the context was lost, it is
 * written first, since the store URLs may be in the spool's header only. */
static void keep(struct finish_work *f)
{
    if (f->context.is_lost && context_save(&f->context, f->run->folder_fd))
        return;
    if (f->is_kept && f->run->header && !folded_run_save(&f->folded, f->run->folder_fd, true))
        run_folder_drop_spool(f->run);
}

/* Rename a run that is stored except for its values: as run-ID it would be listed as pending, and retention would drop it. */
static enum finish_result let_values_wait(struct finish_work *f)
{
    char waiting[SPOOL_PATH_MAX];
    keep(f);
    int err = run_folder_rename(f->run, "values-", waiting);
    buf_str(f->why, "the values of the run wait for their collection, which can't be reached");
    return !err || err == -ENOENT ? FINISH_WAITS : FINISH_KEPT;
}

/* Report values that were given up: in `why` now, and at the next flush, since the leader's line may be truncated. */
static void report_given_up(struct finish_work *f, const struct buf *given_up)
{
    if (!given_up->len)
        return;
    retention_note(f->in->folder, f->folded.run_id, buf_text(given_up));
    buf_clear(f->why);
    buf_printf(f->why, "the run is stored without its values in the collection: %s", buf_text(given_up));
}

static enum finish_result finish_locked(struct finish_work *f)
{
    if (f->context.bad_rules) {
        buf_str(f->why, f->context.bad_rules);
        return FINISH_KEPT;
    }
    int err = fold_once(f);
    if (err)
        return failed(f, "fold the run in", err);
    auto_buf given_up = BUF_EMPTY;
    const struct upload s = {.run = &f->folded,
                             .context = &f->context,
                             .getenv = f->in->getenv,
                             .folder_fd = f->run->folder_fd,
                             .hurry = f->in->hurry,
                             .outages = f->in->outages,
                             .collection = f->in->collection,
                             .given_up = &given_up};
    err = upload_everywhere(&s, f->why);
    if (err < 0 && err != -EAGAIN)
        failed(f, "find a store for", err);
    if (err < 0) {
        keep(f);
        return FINISH_KEPT;
    }
    report_given_up(f, &given_up);
    if (err == UPLOAD_VALUES_WAIT)
        return let_values_wait(f);
    err = run_folder_remove(f->run);
    if (err)
        failed(f, "remove", err);
    return err ? FINISH_STUCK : FINISH_STORED;
}

/* Rename the folder to bad-ID, which is not tried again; another process may have done so already. */
static enum finish_result set_aside(struct finish_work *f)
{
    char aside[SPOOL_PATH_MAX];
    int err = run_folder_rename(f->run, "bad-", aside);
    if (err == -ENOENT)
        return FINISH_GONE;
    if (err)
        buf_printf(f->why, "; it can't be set aside: %s", strerror(-err));
    else
        buf_printf(f->why, "; it is set aside as '%s'", aside);
    return FINISH_BAD;
}

/* What the leader prints if it waits: one line that any terminal shows as it is, cut between two characters. */
static void post_message(struct finish_work *f, bool is_stored)
{
    struct spool_header *header = f->run->header;
    auto_buf line = BUF_EMPTY;
    utf8_put_line(&line, buf_text(f->why), f->why->len);
    size_t len = MIN(line.len, sizeof header->message - 1);
    while (len && len < line.len && (line.data[len] & 0xC0) == 0x80)
        len--;
    memcpy(header->message, buf_text(&line), len);
    header->message[len] = '\0';
    __atomic_store_n(&header->failed, is_stored ? SPOOL_FAILED_VALUES : SPOOL_FAILED, __ATOMIC_RELEASE);
}

static void finish_begin(struct finish_work *f, const struct finish *in, struct buf *why)
{
    *f = (struct finish_work){
        .in = in, .why = why, .own = RUN_FOLDER_NONE, .folded = FOLDED_RUN_NONE, .started_ns = clock_now_ns()};
    f->run = in->held ? in->held : &f->own;
    buf_clear(why);
}

static void finish_release(struct finish_work *f)
{
    folded_run_release(&f->folded);
    context_release(&f->context);
    run_folder_close(&f->own);
}

enum finish_result finish_run(const struct finish *in, struct buf *why)
{
    struct finish_work f;
    finish_begin(&f, in, why);
    enum finish_result result;
    if (acquire(&f, &result))
        result = finish_locked(&f);
    bool is_stored = result == FINISH_STORED || result == FINISH_STUCK;
    if (is_stored && !why->len && in->held)
        places_note(in->getenv, in->folder, why);
    if ((result == FINISH_KEPT || result == FINISH_BAD || (is_stored && why->len)) && f.in->held && f.run->header)
        post_message(&f, is_stored);
    if (result == FINISH_BAD)
        result = set_aside(&f);
    finish_release(&f);
    return result;
}

static int preview(struct finish_work *f, struct store *into)
{
    int err = run_folder_open(f->run, f->in->folder);
    if (!err)
        err = context_load(&f->context, f->run->folder_fd, f->run->header, f->in->getenv);
    if (!err && f->context.bad_rules)
        return -EINVAL;
    if (!err)
        err = folded_run_load(&f->folded, f->run->folder_fd);
    if (err && f->run->header) {
        const struct fold_run in = fold_run_of(f);
        folded_run_release(&f->folded);
        err = fold_run_to_memory(&in, &f->folded);
    }
    return err || upload_run(&f->folded, into, f->why) == STORE_OK ? err : -EIO;
}

int finish_preview(const char *folder, environment_fn env, struct store *into)
{
    const struct finish in = {
        .folder = folder, .getenv = env, .leader_status = WAIT_STATUS_UNKNOWN, .noticed_ns = clock_now_ns()};
    auto_buf why = BUF_EMPTY;
    struct finish_work f;
    finish_begin(&f, &in, &why);
    int err = preview(&f, into);
    finish_release(&f);
    return err;
}

int finish_save_context(const struct run_folder *run, environment_fn env)
{
    struct context c;
    int err = context_from_environment(&c, env);
    if (!err)
        err = context_note_boot(&c);
    if (!err)
        err = context_save(&c, run->folder_fd);
    context_release(&c);
    return err;
}
