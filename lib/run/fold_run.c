/* SPDX-License-Identifier: MIT */
/* Drives the fold of one run: reader, marks and context in; compressed rows, summary and values out. */
#include "run/fold_run.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/own.h"
#include "export/gzip.h"
#include "export/names.h"
#include "export/ndjson.h"
#include "export/summary_json.h"
#include "model/conceal.h"
#include "model/derive.h"
#include "model/figures_summary.h"
#include "spool/reader.h"
#include "sys/clock.h"

/* The state of one fold. */
struct fold_work {
    const struct fold_run *in;
    struct folded_run *out;
    struct summary summary;
    struct conceal conceal;
    struct derive derive;
    struct task_rules rules;
    struct gzip *gzip;
    struct buf row;
    struct figures figures;
};

/* Up to so many rows, and different commands in them, the figures of a run are exact. Both bound the memory used. */
#define FIGURES_ROWS 1200000
#define FIGURES_COMMANDS 16000

static bool process_lives(void *ctx, int32_t pid, int64_t start_ns)
{
    const struct fold_work *w = ctx;
    return !w->in->rebooted && run_folder_process_lives(w->in->run, pid, start_ns);
}

/* Write one row through reused buffers: memory does not grow with the run. */
static int take_span(void *ctx, const struct span *span)
{
    struct fold_work *w = ctx;
    buf_clear(&w->row);
    ndjson_put(&w->row, span);
    int err = buf_error(&w->row);
    if (!err)
        err = gzip_write(w->gzip, w->row.data, w->row.len);
    if (!err)
        err = span_is_derived(span) ? 0 : figures_add(&w->figures, span, NULL);
    return err ? err : values_take_span(&w->out->values, span);
}

/* Between what hides secrets and what writes rows: a task's name is made of what is clean. */
static int begin_deriving(struct fold_work *w, struct spool_reader *reader)
{
    const struct context *c = w->in->context;
    int err = task_rules_parse(c->task_rules ? c->task_rules : "", &w->rules);
    w->derive = (struct derive){
        .is_off = c->no_derived, .rules = &w->rules, .summary = &w->summary, .emit = take_span, .emit_ctx = w};
    w->summary.coverage.bad_rules = (int64_t)w->rules.bad;
    return err ? err : derive_begin(&w->derive, reader);
}

static int fold_rows(struct fold_work *w, struct spool_reader *reader)
{
    const struct fold_run *in = w->in;
    const struct assemble a = {
        .reader = reader,
        .marks_fd = in->run->marks_fd,
        .name = in->context->name,
        .rules = in->context->rules,
        .noticed_ns = in->noticed_ns,
        .latest_ns = in->rebooted ? 0 : in->started_ns,
        .leader_status = in->leader_status,
        .leader_runs = in->leader_runs,
        .alive = process_lives,
        .alive_ctx = w,
        .emit = conceal_span,
        .emit_ctx = &w->conceal,
        .kept_bytes = sizeof(struct figures_row),
    };
    w->conceal = (struct conceal){
        .rules = in->context->rules, .keep_args = in->context->keep_args, .emit = derive_span, .emit_ctx = &w->derive};
    const struct spool_header *h = &reader->header;
    const struct figures_options limits = {.rows_max = FIGURES_ROWS,
                                           .keys_max = FIGURES_COMMANDS,
                                           .until_ns = h->start_wall_ns + in->noticed_ns - h->start_mono_ns};
    int err = gzip_new(w->out->spans_fd, &w->gzip);
    if (!err)
        err = figures_init(&w->figures, &limits);
    if (!err)
        err = begin_deriving(w, reader);
    if (!err)
        err = assemble(&a, &w->summary);
    if (!err)
        err = derive_end(&w->derive);
    if (!err)
        err = conceal_summary(&w->conceal, &w->summary);
    if (!err)
        err = gzip_finish(w->gzip, &w->out->spans_bytes);
    if (!err)
        err = figures_link(&w->figures);
    if (!err)
        err = figures_summarize(&w->figures, &w->summary);
    figures_release(&w->figures);
    return err;
}

/* The reader gets a duplicate of the descriptor, which it closes; the file can't be reopened by name, as the folder may be gone. */
static int fold_spool(struct fold_work *w)
{
    struct spool_reader reader;
    auto_fd fd = fcntl(w->in->run->spool_fd, F_DUPFD_CLOEXEC, 3);
    if (fd < 0)
        return -errno;
    int err = spool_reader_open_fd(&reader, fd);
    if (err)
        return err;
    take_fd(&fd);
    err = fold_rows(w, &reader);
    spool_reader_close(&reader);
    return err;
}

/* Copy the CI facts from the context, as the guardian saved them at the start: a later flush has another environment. */
static int copy_ci(struct summary *s, const struct context *c)
{
    int err = 0;
    for (size_t i = 0; i < c->ci_len && !err; i++)
        err = summary_add_fact(&s->ci, &s->ci_len, c->ci[i].key, c->ci[i].value);
    return err;
}

/* Written last, since it contains the size of the spans and the time that finishing took. */
static int put_summary(struct fold_work *w)
{
    struct summary *s = &w->summary;
    auto_buf object = BUF_EMPTY;
    names_put_spans(&object, s->run_id);
    s->spans_object = buf_take(&object);
    s->spans_bytes = (int64_t)w->out->spans_bytes;
    s->unsettled = w->in->context->unsettled;
    int err = s->spans_object ? copy_ci(s, w->in->context) : -ENOMEM;
    if (!err)
        err = context_add_host(s);
    s->cost.finish_ns = clock_now_ns() - w->in->started_ns;
    summary_json_put(&w->out->summary, s);
    memcpy(w->out->run_id, s->run_id, sizeof s->run_id);
    return err ? err : buf_error(&w->out->summary);
}

/* Fold into the open file out->spans_fd. The run id is checked because object names are made from it. */
static int fold(const struct fold_run *in, struct folded_run *out)
{
    struct fold_work w = {.in = in, .out = out};
    summary_init(&w.summary);
    run_folder_find_marks(in->run);
    int err = fold_spool(&w);
    w.summary.coverage.missed_values = (int64_t)out->values.missed;
    if (!err)
        err = names_is_run_id(w.summary.run_id) ? put_summary(&w) : -EPROTO;
    gzip_free(w.gzip);
    buf_release(&w.row);
    conceal_release(&w.conceal);
    derive_release(&w.derive);
    task_rules_release(&w.rules);
    summary_release(&w.summary);
    return err;
}

int fold_run_to_folder(const struct fold_run *in, struct folded_run *out)
{
    *out = FOLDED_RUN_NONE;
    unlinkat(in->run->folder_fd, FOLDED_RUN_SPANS, 0); /* left by an earlier attempt, or nothing */
    out->spans_fd =
        openat(in->run->folder_fd, FOLDED_RUN_SPANS, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    return out->spans_fd < 0 ? -errno : fold(in, out);
}

int fold_run_to_memory(const struct fold_run *in, struct folded_run *out)
{
    *out = FOLDED_RUN_NONE;
    out->spans_fd = memfd_create("spans", MFD_CLOEXEC);
    return out->spans_fd < 0 ? -errno : fold(in, out);
}
