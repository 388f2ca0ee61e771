/* SPDX-License-Identifier: MIT */
/* Order of computing, and texts; what a figure means is lib/model's. */
#include "export/digest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"

#define LABEL_BYTES 200
#define LABELS_MAX 4000000u

static const char *const by_names[] = {[DIGEST_BY_COMMAND] = "", [DIGEST_BY_EXE] = "(no program)", [DIGEST_BY_ARGS] = "",
                                       [DIGEST_BY_DIR] = "(no folder)", [DIGEST_BY_TASK] = "(in no task)"};

int digest_init(struct digest *d, const struct summary *summary, const struct digest_options *options)
{
    *d = (struct digest){.summary = summary};
    if (options)
        d->options = *options;
    const char *cpus = summary_fact(summary->host, summary->host_len, "cpus");
    d->cores = cpus ? strtol(cpus, NULL, 10) : 0;
    const struct figures_options figures = {.until_ns = d->options.until_ns};
    int err = figures_init(&d->figures, &figures);
    return err ? err : figures_names_init(&d->labels, LABELS_MAX);
}

/* The name that it runs by and what it was called with. */
static void put_label(struct buf *out, const struct span *span)
{
    buf_str(out, span->name ? span->name : "");
    for (size_t i = 1; i < span->argc && !span->forked && out->len < LABEL_BYTES; i++) {
        buf_char(out, ' ');
        buf_str(out, span->args[i]);
    }
    if (out->len > LABEL_BYTES) {
        out->len = LABEL_BYTES;
        out->data[out->len] = '\0';
    }
}

static int keep_label(struct digest *d, const struct span *span, uint32_t row)
{
    auto_buf text = BUF_EMPTY;
    if (row >= d->label_cap) {
        size_t cap = 2 * d->label_cap + 256;
        uint32_t *label = realloc(d->label, cap * sizeof *label);
        if (!label)
            return -ENOMEM;
        d->label = label;
        d->label_cap = cap;
    }
    put_label(&text, span);
    return buf_error(&text) ? -ENOMEM : figures_names_put(&d->labels, buf_text(&text), &d->label[row]);
}

/* What the row is grouped by. NULL: its name. */
static const char *key_of(const struct digest *d, const struct span *span, struct buf *room)
{
    const char *key = NULL;
    if (d->options.by == DIGEST_BY_COMMAND || span->kind != SPAN_PROCESS)
        return NULL;
    if (d->options.by == DIGEST_BY_ARGS) {
        put_label(room, span);
        return buf_text(room);
    }
    key = d->options.by == DIGEST_BY_EXE ? span->exe : d->options.by == DIGEST_BY_DIR ? span->cwd : span->task;
    return key ? key : by_names[d->options.by];
}

int digest_add(struct digest *d, const struct span *span)
{
    auto_buf key = BUF_EMPTY;
    if (span->kind == SPAN_MARK)
        return 0;
    int err = figures_add(&d->figures, span, key_of(d, span, &key));
    if (err || span->kind == SPAN_RUN)
        return err;
    return keep_label(d, span, d->figures.len - 1);
}

/* What one key has of the path so far. */
static int add_share(struct digest *d, uint32_t *by_key, const struct figures_piece *piece)
{
    bool is_run = piece->row == FIGURES_RUN;
    uint32_t key = is_run ? d->figures.keys.len : d->figures.rows[piece->row].key;
    if (!by_key[key]) {
        by_key[key] = (uint32_t)++d->shares_len;
        d->shares[d->shares_len - 1] = (struct digest_share){.key = key, .longest = FIGURES_RUN};
    }
    struct digest_share *share = &d->shares[by_key[key] - 1];
    int64_t ns = piece->to_ns - piece->from_ns;
    share->path_ns += ns;
    share->count++;
    if (ns > share->longest_ns) {
        share->longest_ns = ns;
        share->longest = piece->row;
    }
    return 0;
}

static int by_path(const void *a, const void *b)
{
    const struct digest_share *x = a, *y = b;
    if (x->path_ns != y->path_ns)
        return x->path_ns < y->path_ns ? 1 : -1;
    return (x->key > y->key) - (x->key < y->key);
}

static int make_shares(struct digest *d)
{
    size_t keys = d->figures.keys.len + 1;
    auto_free uint32_t *by_key = calloc(keys, sizeof *by_key);
    d->shares = calloc(keys, sizeof *d->shares);
    if (!by_key || !d->shares)
        return -ENOMEM;
    for (size_t i = 0; i < d->path.len; i++)
        add_share(d, by_key, &d->path.pieces[i]);
    qsort(d->shares, d->shares_len, sizeof *d->shares, by_path);
    return 0;
}

static int compute(struct digest *d)
{
    int err = figures_path(&d->figures, &d->path);
    if (!err)
        err = figures_path_by_row(&d->figures, d->path_ns);
    if (!err)
        err = make_shares(d);
    if (!err)
        err = figures_group(&d->figures, FIGURES_PERCENTILES, &d->groups);
    if (!err)
        err = figures_group_tasks(&d->figures, &d->tasks);
    if (!err)
        err = figures_failures(&d->figures, &d->failures);
    if (!err)
        err = figures_parallelism(&d->figures, d->curve_centi, DIGEST_CURVE, &d->parallelism);
    return err ? err : figures_gaps(&d->figures, d->gaps, DIGEST_GAPS, &d->gaps_len);
}

int digest_finish(struct digest *d)
{
    int err = figures_link(&d->figures);
    if (err)
        return err;
    d->self_ns = calloc(d->figures.len, sizeof *d->self_ns);
    d->path_ns = calloc(d->figures.len, sizeof *d->path_ns);
    if (!d->self_ns || !d->path_ns)
        return -ENOMEM;
    figures_times(&d->figures, d->self_ns);
    return compute(d);
}

const char *digest_label(const struct digest *d, uint32_t row)
{
    if (row == FIGURES_RUN || row >= d->label_cap)
        return d->summary->name ? d->summary->name : d->summary->run_id;
    return figures_names_text(&d->labels, d->label[row]);
}

bool digest_is_helper(const struct digest *d, uint32_t row)
{
    static const char *const helpers[] = {"dtrack-mark", "dtrack"};
    const char *label = digest_label(d, row);
    size_t len = strcspn(label, " ");
    for (size_t i = 0; i < sizeof helpers / sizeof *helpers; i++)
        if (strlen(helpers[i]) == len && !strncmp(label, helpers[i], len))
            return true;
    return false;
}

void digest_release(struct digest *d)
{
    figures_release(&d->figures);
    free(d->self_ns);
    free(d->path_ns);
    figures_path_release(&d->path);
    free(d->shares);
    figures_groups_release(&d->groups);
    figures_task_groups_release(&d->tasks);
    figures_failures_release(&d->failures);
    figures_names_release(&d->labels);
    free(d->label);
    *d = (struct digest){0};
}
