/* SPDX-License-Identifier: MIT */
/* The order of keys is that of the page. */
#include "export/show_json.h"

#include "base/json_write.h"

/* One object or list being written. */
struct writing {
    struct buf *out;
    const struct digest *digest;
    const struct show_options *options;
    bool first; /* the next member has none before it */
};

static const char *const by_words[] = {
    [DIGEST_BY_COMMAND] = "command", [DIGEST_BY_EXE] = "exe",   [DIGEST_BY_ARGS] = "args",
    [DIGEST_BY_DIR] = "dir",         [DIGEST_BY_TASK] = "task",
};

static void open_with(struct writing *w, char bracket)
{
    if (!w->first)
        buf_char(w->out, ',');
    buf_char(w->out, bracket);
    w->first = true;
}

static void close_with(struct writing *w, char bracket)
{
    buf_char(w->out, bracket);
    w->first = false;
}

static void put_key(struct writing *w, const char *key)
{
    buf_printf(w->out, "%s\"%s\":", w->first ? "" : ",", key);
    w->first = false;
}

static void put_int(struct writing *w, const char *key, int64_t value)
{
    put_key(w, key);
    json_put_int_or_null(w->out, value);
}

static void put_text(struct writing *w, const char *key, const char *value)
{
    put_key(w, key);
    json_put_string(w->out, value);
}

static void put_bool(struct writing *w, const char *key, bool value)
{
    put_key(w, key);
    json_put_bool(w->out, value);
}

static void open_list(struct writing *w, const char *key)
{
    put_key(w, key);
    buf_char(w->out, '[');
    w->first = true;
}

/* Of a row that there is not: null. */
static void put_label(struct writing *w, const char *key, uint32_t row)
{
    put_text(w, key, row == FIGURES_RUN ? NULL : digest_label(w->digest, row));
}

static bool has_room(const struct writing *w, size_t at, int64_t ns)
{
    return (!w->options->top || at < (size_t)w->options->top) && ns >= w->options->min_ns;
}

static void put_status(struct writing *w, const struct figures_row *row)
{
    bool known = row->flags & FIGURES_STATUS;
    put_int(w, "exit_code", known && !row->signal ? row->exit_code : SPAN_NONE);
    put_int(w, "signal", known && row->signal ? row->signal : SPAN_NONE);
}

static void put_head(struct writing *w, const struct summary *s)
{
    const struct digest *d = w->digest;
    put_text(w, "schema", "dtrack.show/1");
    put_text(w, "run_id", s->run_id);
    put_text(w, "name", s->name);
    put_int(w, "start_ns", s->start_ns);
    put_int(w, "dur_ns", d->figures.dur_ns);
    put_bool(w, "running", d->figures.is_running);
    put_int(w, "exit_code", s->exit_code);
    put_int(w, "signal", s->signal);
    put_int(w, "processes", s->processes);
    put_int(w, "cpu_us", d->parallelism.cpu_us);
    put_int(w, "cores", d->cores ? d->cores : SPAN_NONE);
    put_text(w, "task", d->options.task);
    put_int(w, "whole_ns", digest_whole_ns(d));
}

static void put_failures(struct writing *w)
{
    const struct digest *d = w->digest;
    open_list(w, "failed");
    for (size_t i = 0; i < d->failures.len; i++) {
        const struct figures_failure *e = &d->failures.list[i];
        const struct figures_row *row = &d->figures.rows[e->row];
        if (!digest_has(d, e->row))
            continue;
        open_with(w, '{');
        put_int(w, "depth", e->depth);
        put_text(w, "kind", e->row == FIGURES_RUN ? "run" : row->flags & FIGURES_TASK ? "task" : "process");
        put_text(w, "command", digest_label(d, e->row));
        put_text(w, "task", row->flags & FIGURES_TASK || !row->task ? NULL : figures_key(&d->figures, row->task));
        put_status(w, row);
        put_int(w, "at_ns", row->start_ns);
        put_int(w, "dur_ns", e->row == FIGURES_RUN ? d->figures.dur_ns : figures_dur_ns(row));
        put_bool(w, "began", e->began);
        put_bool(w, "sure", e->sure);
        close_with(w, '}');
    }
    close_with(w, ']');
    put_int(w, "failed_left_out", d->failures.left_out);
    put_int(w, "handled", d->failures.handled);
}

static void put_tasks(struct writing *w)
{
    const struct digest *d = w->digest;
    size_t put = 0;
    open_list(w, "tasks");
    for (size_t i = 0; i < d->tasks.len; i++) {
        const struct figures_task_group *t = &d->tasks.list[i];
        if (!digest_has(d, t->longest) || !has_room(w, put, t->total_ns))
            continue;
        put++;
        open_with(w, '{');
        put_text(w, "name", figures_names_text(&d->figures.task_names, t->name));
        put_int(w, "count", t->count);
        put_int(w, "failed", t->failed);
        put_int(w, "least", t->least);
        put_int(w, "total_ns", t->total_ns);
        put_int(w, "longest_ns", t->longest_ns);
        put_int(w, "path_ns", t->path_ns);
        put_int(w, "processes", t->processes);
        put_int(w, "cpu_us", t->cpu_us);
        put_int(w, "work_ns", t->work_ns);
        close_with(w, '}');
    }
    close_with(w, ']');
}

static void put_path(struct writing *w)
{
    const struct digest *d = w->digest;
    size_t put = 0;
    open_list(w, "path");
    for (size_t i = 0; i < d->shares_len; i++) {
        const struct digest_share *share = &d->shares[i];
        if (!has_room(w, put, share->path_ns))
            continue;
        put++;
        open_with(w, '{');
        put_text(w, "name", share->longest == FIGURES_RUN ? NULL : figures_names_text(&d->figures.keys, share->key));
        put_int(w, "count", share->count);
        put_int(w, "path_ns", share->path_ns);
        put_int(w, "longest_ns", share->longest_ns);
        put_label(w, "longest", share->longest);
        put_bool(w, "alone", share->alone && share->longest != FIGURES_RUN);
        close_with(w, '}');
    }
    close_with(w, ']');
}

static void put_groups(struct writing *w)
{
    const struct digest *d = w->digest;
    size_t put = 0;
    put_text(w, "by", by_words[d->options.by]);
    open_list(w, "commands");
    for (size_t i = 0; i < d->groups.len; i++) {
        const struct figures_group *g = &d->groups.list[i];
        if (!has_room(w, put, MAX(g->self_ns, g->cpu_us * 1000)))
            continue;
        put++;
        open_with(w, '{');
        put_text(w, "name", figures_names_text(&d->figures.keys, g->key));
        put_int(w, "count", g->count);
        put_int(w, "failed", g->failed);
        put_int(w, "cpu_us", g->cpu_us);
        put_int(w, "own_ns", g->self_ns);
        put_int(w, "p50_ns", g->p50_ns);
        put_int(w, "p95_ns", g->p95_ns);
        put_int(w, "longest_ns", g->longest_ns);
        put_label(w, "longest", g->longest);
        put_int(w, "path_ns", g->path_ns);
        close_with(w, '}');
    }
    close_with(w, ']');
}

static void put_parallelism(struct writing *w)
{
    const struct figures_parallelism *p = &w->digest->parallelism;
    put_key(w, "parallelism");
    buf_char(w->out, '{');
    w->first = true;
    put_int(w, "mean_centi", p->mean_centi);
    put_int(w, "most_centi", p->most_centi);
    put_int(w, "busy_centi", p->busy_centi);
    put_int(w, "idle_ns", p->idle_ns);
    open_list(w, "curve_centi");
    for (size_t i = 0; i < DIGEST_CURVE; i++) {
        buf_str(w->out, i ? "," : "");
        json_put_int(w->out, w->digest->curve_centi[i]);
    }
    close_with(w, ']');
    close_with(w, '}');
}

static void put_gaps(struct writing *w)
{
    const struct digest *d = w->digest;
    open_list(w, "idle");
    for (size_t i = 0; i < d->gaps_len; i++) {
        const struct figures_gap *gap = &d->gaps[i];
        open_with(w, '{');
        put_int(w, "at_ns", gap->from_ns);
        put_int(w, "dur_ns", gap->to_ns - gap->from_ns);
        put_label(w, "during", gap->during);
        put_label(w, "before", gap->before);
        put_label(w, "after", gap->after);
        close_with(w, '}');
    }
    close_with(w, ']');
}

static void put_marks(struct writing *w)
{
    const struct digest *d = w->digest;
    open_list(w, "marks");
    for (size_t i = 0; i < d->marks_len; i++) {
        open_with(w, '{');
        put_text(w, "name", digest_text(d, d->marks[i].name));
        put_text(w, "value", d->marks[i].value ? digest_text(d, d->marks[i].value) : NULL);
        put_int(w, "at_ns", d->marks[i].at_ns);
        close_with(w, '}');
    }
    close_with(w, ']');
    put_int(w, "marks_seen", d->marks_seen);
}

/* What the record can't tell; the summary has it in full. */
static void put_coverage(struct writing *w, const struct summary *s)
{
    const struct summary_coverage *c = &s->coverage;
    put_key(w, "coverage");
    buf_char(w->out, '{');
    w->first = true;
    put_int(w, "ends_not_seen", c->by_end[SPAN_END_INFERRED]);
    put_int(w, "missed", c->missed);
    put_int(w, "unpreloaded", c->unpreloaded);
    put_int(w, "explained_percent", c->explained_percent);
    put_int(w, "counted_only", w->digest->figures.left_out);
    put_int(w, "own_ns", s->cost.shim_ns);
    close_with(w, '}');
}

void show_json_put(struct buf *out, const struct summary *s, const struct digest *digest,
                   const struct show_options *options)
{
    struct writing w = {.out = out, .digest = digest, .options = options, .first = true};
    open_with(&w, '{');
    put_head(&w, s);
    put_failures(&w);
    put_tasks(&w);
    put_path(&w);
    put_groups(&w);
    put_parallelism(&w);
    put_gaps(&w);
    put_marks(&w);
    put_coverage(&w, s);
    close_with(&w, '}');
    buf_char(out, '\n');
}
