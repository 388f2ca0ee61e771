/* SPDX-License-Identifier: MIT */
/* Order of computing, and texts; what a figure means is lib/model's. */
#include "export/digest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"

#define LABEL_BYTES 200
#define LABELS_MAX 100000u
#define LABEL_OTHER 1u        /* what figures_names has for one too many */
#define ALONE_MAX 20          /* so many shares are looked at for who else was at work */
#define ALONE_PERCENT 1       /* and so much of others' work does not count */
#define OUTSIDE "\x01outside" /* no program has such a name */

static const char *const by_names[] = {[DIGEST_BY_COMMAND] = "",
                                       [DIGEST_BY_EXE] = "(no program)",
                                       [DIGEST_BY_ARGS] = "",
                                       [DIGEST_BY_DIR] = "(no folder)",
                                       [DIGEST_BY_TASK] = "(in no task)"};

/* Rows were left out, and this one has another number now. */
static void move_label(void *ctx, uint32_t from, uint32_t to)
{
    struct digest *d = ctx;
    if (from < d->label_cap)
        d->label[to] = d->label[from];
}

int digest_init(struct digest *d, const struct summary *summary, const struct digest_options *options)
{
    *d = (struct digest){.summary = summary};
    if (options)
        d->options = *options;
    const char *cpus = summary_fact(summary->host, summary->host_len, "cpus");
    d->cores = cpus ? strtol(cpus, NULL, 10) : 0;
    const struct figures_options figures = {
        .until_ns = d->options.until_ns, .rows_max = d->options.rows_max, .moved = move_label, .moved_ctx = d};
    int err = figures_init(&d->figures, &figures);
    return err ? err : figures_names_init(&d->labels, LABELS_MAX);
}

/* A compiler's file is what is worth knowing, and often the last of many words. */
static void put_source(struct buf *out, const struct span *span, size_t from)
{
    const char *source = NULL;
    size_t len = 0;
    for (size_t i = from; i < span->argc && !source; i++)
        source = words_source(span->args[i], &len);
    if (!source || words_source(buf_text(out), &(size_t){0}) || len > LABEL_BYTES / 2)
        return;
    out->len = MIN(out->len, LABEL_BYTES - len - strlen(" ... "));
    buf_str(out, " ... ");
    buf_add(out, source, len);
}

/* The name that it runs by and what it was called with; a fork repeats its parent's, which is not what it was called with. */
static void put_label(struct buf *out, const struct span *span)
{
    const char *name = span->name ? span->name : "";
    size_t i = 1;
    if (span->forked)
        buf_str(out, words_is_shell(span->exe ? span->exe : name) ? "subshell of " : "fork of ");
    buf_str(out, name);
    for (; i < span->argc && out->len < LABEL_BYTES; i++) {
        buf_char(out, ' ');
        words_argument(out, span->args[i], LABEL_BYTES);
    }
    if (out->len <= LABEL_BYTES)
        return;
    out->len = LABEL_BYTES;
    out->data[out->len] = '\0';
    put_source(out, span, i);
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

/* All are counted; a job may set a value a million times. */
static int keep_mark(struct digest *d, const struct span *span)
{
    if (d->marks_seen++ >= DIGEST_MARKS)
        return 0;
    if (!d->marks)
        d->marks = calloc(DIGEST_MARKS, sizeof *d->marks);
    if (!d->marks)
        return -ENOMEM;
    struct digest_mark *mark = &d->marks[d->marks_len];
    mark->at_ns = MAX(span->start_ns, 0); /* counted from the run's start once all is in: that may come last */
    int err = figures_names_put(&d->labels, span->name, &mark->name);
    if (!err)
        err = figures_names_put(&d->labels, span->value, &mark->value);
    d->marks_len += !err;
    return err;
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
        return keep_mark(d, span);
    if (span_is_derived(span))
        return 0;
    int64_t left_out = d->figures.left_out;
    int err = figures_add(&d->figures, span, key_of(d, span, &key));
    if (err || span->kind == SPAN_RUN)
        return err;
    bool kept =
        d->figures.len > 1 && (d->figures.left_out == left_out || d->figures.len <= d->figures.options.rows_max);
    return kept ? keep_label(d, span, d->figures.len - 1) : 0;
}

/* The task and what is in it: for a task its number in what encloses it, for a process in its innermost task. */
static bool in_task(const struct figures *f, uint32_t row, uint32_t name)
{
    uint32_t task = f->rows[row].flags & FIGURES_TASK ? row : f->rows[row].task;
    for (; task != FIGURES_RUN; task = f->rows[task].parent)
        if (f->rows[task].key == name)
            return true;
    return false;
}

/* Everything that is not in the task gets a key of its own, which no list has. Of what was left out the task is not known. */
static int keep_to_task(struct digest *d)
{
    struct figures *f = &d->figures;
    uint32_t name;
    int err = figures_names_put(&f->task_names, d->options.task, &name);
    if (!err)
        err = figures_names_put(&f->keys, OUTSIDE, &d->outside);
    for (uint32_t i = 1; i < f->len && !err; i++)
        if (!(f->rows[i].flags & FIGURES_TASK) && !in_task(f, i, name))
            f->rows[i].key = d->outside;
    free(f->left);
    f->left = NULL;
    return err;
}

bool digest_has(const struct digest *d, uint32_t row)
{
    const struct figures *f = &d->figures;
    if (!d->outside)
        return true;
    if (row == FIGURES_RUN)
        return false;
    if (!(f->rows[row].flags & FIGURES_TASK))
        return f->rows[row].key != d->outside;
    uint32_t task = row;
    while (task != FIGURES_RUN && strcmp(figures_key(f, task), d->options.task))
        task = f->rows[task].parent;
    return task != FIGURES_RUN;
}

int64_t digest_whole_ns(const struct digest *d)
{
    for (size_t i = 0; i < d->tasks.len && d->outside; i++)
        if (!strcmp(figures_names_text(&d->figures.task_names, d->tasks.list[i].name), d->options.task))
            return d->tasks.list[i].total_ns;
    return d->outside ? 0 : d->figures.dur_ns;
}

/* What one key has of the path so far. */
static void add_share(struct digest *d, uint32_t *by_key, uint8_t *met, const struct figures_piece *piece)
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
    share->count += !is_run && !(met[piece->row / 8] >> piece->row % 8 & 1);
    met[piece->row / 8] |= (uint8_t)(1u << piece->row % 8);
    if (ns > share->longest_ns) {
        share->longest_ns = ns;
        share->longest = piece->row;
        share->from_ns = piece->from_ns;
    }
}

/* Which shares' longest pieces nobody else was at work in: sums of others' work in them. */
struct company {
    const struct digest *d;
    int64_t others_ns[ALONE_MAX];
};

static int meet(void *ctx, uint32_t row, int64_t from_ns, int64_t to_ns)
{
    struct company *c = ctx;
    if (row == FIGURES_RUN || c->d->figures.rows[row].flags & FIGURES_WAITER)
        return 0;
    for (size_t i = 0; i < MIN(c->d->shares_len, (size_t)ALONE_MAX); i++) {
        const struct digest_share *share = &c->d->shares[i];
        int64_t both = MIN(to_ns, share->from_ns + share->longest_ns) - MAX(from_ns, share->from_ns);
        if (both > 0 && row != share->longest)
            c->others_ns[i] += both;
    }
    return 0;
}

static int find_alone(struct digest *d)
{
    struct company c = {.d = d};
    int err = figures_each_stretch(&d->figures, meet, &c);
    for (size_t i = 0; i < MIN(d->shares_len, (size_t)ALONE_MAX); i++)
        d->shares[i].alone = c.others_ns[i] <= d->shares[i].longest_ns / 100 * ALONE_PERCENT;
    return err;
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
    auto_free uint8_t *met = calloc(d->figures.len / 8 + 1, 1);
    d->shares = calloc(keys, sizeof *d->shares);
    if (!by_key || !met || !d->shares)
        return -ENOMEM;
    for (size_t i = 0; i < d->path.len; i++)
        if (digest_has(d, d->path.pieces[i].row))
            add_share(d, by_key, met, &d->path.pieces[i]);
    qsort(d->shares, d->shares_len, sizeof *d->shares, by_path);
    return find_alone(d);
}

/* Without what is in no task that was asked for. */
static int make_groups(struct digest *d)
{
    int err = figures_group(&d->figures, FIGURES_PERCENTILES, &d->groups);
    size_t kept = 0;
    for (size_t i = 0; i < d->groups.len && !err; i++)
        if (!d->outside || d->groups.list[i].key != d->outside)
            d->groups.list[kept++] = d->groups.list[i];
    d->groups.len = kept;
    return err;
}

static int compute(struct digest *d)
{
    int err = figures_path(&d->figures, &d->path);
    if (!err)
        err = figures_path_by_row(&d->figures, d->path_ns);
    if (!err)
        err = make_shares(d);
    if (!err)
        err = make_groups(d);
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
    for (size_t i = 0; i < d->marks_len; i++)
        d->marks[i].at_ns = MAX(d->marks[i].at_ns - d->figures.start_ns, 0);
    figures_times(&d->figures, d->self_ns);
    err = d->options.task ? keep_to_task(d) : 0;
    return err ? err : compute(d);
}

const char *digest_label(const struct digest *d, uint32_t row)
{
    if (row == FIGURES_RUN || row >= d->label_cap)
        return d->summary->name ? d->summary->name : d->summary->run_id;
    return d->label[row] == LABEL_OTHER ? figures_key(&d->figures, row) : figures_names_text(&d->labels, d->label[row]);
}

const char *digest_text(const struct digest *d, uint32_t number)
{
    return figures_names_text(&d->labels, number);
}

struct words_end digest_end(const struct digest *d, uint32_t row)
{
    const struct figures_row *r = &d->figures.rows[row];
    bool known = r->flags & FIGURES_STATUS, is_signal = known && r->signal;
    return (struct words_end){r->flags & FIGURES_RUNS ? SPAN_END_RUNNING
                              : known                 ? SPAN_END_SELF
                                                      : SPAN_END_INFERRED,
                              known && !is_signal ? r->exit_code : SPAN_NONE, is_signal ? r->signal : SPAN_NONE};
}

bool digest_is_helper(const struct digest *d, uint32_t row)
{
    static const char *const helpers[] = {"dtrack-mark", "dtrack"};
    const char *label = digest_label(d, row);
    size_t len = strcspn(label, " ");
    for (size_t i = 0; i < ARRAY_LEN(helpers); i++)
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
    free(d->marks);
    *d = (struct digest){0};
}
