/* SPDX-License-Identifier: MIT */
/* What the record can't tell, and what it cost: last on the page, so that nobody takes it for more than it is. */
#include "export/show_parts.h"

/* Append "N what" unless N is 0. */ #define UNMARKED 4 /* tasks that were recognised, on a first page */

    static void
    put_count(struct show *show, int64_t count, const char *what)
{
    if (count <= 0)
        return;
    auto_buf text = BUF_EMPTY;
    words_count(&text, count);
    buf_printf(&text, " %s", what);
    show_fact(show, buf_text(&text));
}

/* How much of the run its children account for: what the first process did by itself is no mystery, but a large share of
 * it may be work that nobody saw. */
static void put_explained(struct show *show)
{
    const struct summary_coverage *c = &show->summary->coverage;
    auto_buf text = BUF_EMPTY;
    if (c->explained_percent == SPAN_NONE || show->summary->processes < 2)
        return;
    buf_printf(&text, "%lld %% of the time explained", (long long)c->explained_percent);
    show_fact(show, buf_text(&text));
}

/* What was lost, or could not be read. */
static void put_losses(struct show *show)
{
    const struct summary_coverage *c = &show->summary->coverage;
    put_count(show, c->unpreloaded, "timed from outside");
    put_count(show, c->bad_marks, "unreadable marks");
    put_count(show, c->missed_marks, "marks without room");
    put_count(show, c->unread_mark_bytes, "bytes of marks not read");
    put_count(show, c->missed_values, "values without room in the collection");
    put_count(show, c->damaged_bytes, "bytes damaged");
    if (c->missed <= 0)
        return;
    page_set(&show->page, PAGE_RED);
    put_count(show, c->missed, "missed");
    page_set(&show->page, PAGE_PLAIN);
}

/* Who saw the ends, one by one. */
static void put_witnesses(struct show *show)
{
    static const char *const witnesses[] = {
        [SPAN_END_SELF] = "ends self-reported", [SPAN_END_PARENT] = "by the parent's wait",
        [SPAN_END_EXEC] = "by the next exec",   [SPAN_END_INFERRED] = "inferred",
        [SPAN_END_RUNNING] = "still running",
    };
    for (size_t i = 0; i < ARRAY_LEN(witnesses); i++)
        put_count(show, show->summary->coverage.by_end[i], witnesses[i]);
}

static void put_ends(struct show *show)
{
    const struct summary_coverage *c = &show->summary->coverage;
    auto_buf text = BUF_EMPTY;
    int64_t unseen = c->by_end[SPAN_END_INFERRED], running = c->by_end[SPAN_END_RUNNING];
    if (!unseen && !running) {
        buf_str(&text, "all ends seen");
        show_fact(show, buf_text(&text));
    }
    put_count(show, unseen, "ends not seen");
    put_count(show, running, "still running");
}

/* "46 us a process". */
static void put_cost_each(struct show *show)
{
    const struct summary *s = show->summary;
    auto_buf text = BUF_EMPTY;
    if (s->cost.shim_ns <= 0 || s->processes <= 0)
        return;
    buf_printf(&text, "own cost %.0f us a process", (double)s->cost.shim_ns / 1e3 / (double)s->processes);
    show_fact(show, buf_text(&text));
}

static void put_coverage(struct show *show)
{
    show_label(show, "Coverage");
    if (show->options->all)
        put_witnesses(show);
    else
        put_ends(show);
    put_losses(show);
    if (show->summary->coverage.missed <= 0)
        show_fact(show, "none missed");
    put_explained(show);
    if (!show->options->all)
        put_cost_each(show);
    page_end(&show->page);
}

/* Whose work is not in the record: in one line, or with what helps, one line each. */
static void put_blind(struct show *show)
{
    const struct blind *blind = &show->summary->coverage.blind;
    if (!blind->len)
        return;
    show_label(show, "Not seen");
    for (size_t i = 0; i < blind->len && !show->options->all; i++) {
        auto_buf text = BUF_EMPTY;
        const struct blind_spot *spot = &blind->list[i];
        buf_printf(&text, "below %s (%s)", spot->name, blind_word(spot->cause));
        show_fact(show, buf_text(&text));
    }
    page_end(&show->page);
    for (size_t i = 0; i < blind->len && show->options->all; i++) {
        auto_buf text = BUF_EMPTY;
        const struct blind_spot *spot = &blind->list[i];
        buf_printf(&text, "  %s, %lld times: %s; %s", spot->name, (long long)spot->count, blind_meaning(spot->cause),
                   blind_remedy(spot->cause));
        page_text(&show->page, buf_text(&text));
        page_end(&show->page);
    }
}

/* Append "DURATION what". */
static void put_spent(struct show *show, int64_t ns, const char *what)
{
    auto_buf text = BUF_EMPTY;
    words_duration(&text, ns);
    buf_printf(&text, " %s", what);
    show_fact(show, buf_text(&text));
}

/* The same as the percentage of put_explained(), as durations. */
static void put_explained_in_full(struct show *show)
{
    const struct summary *s = show->summary;
    if (s->coverage.explained_ns == SPAN_NONE)
        return;
    show_label(show, "Explained");
    put_spent(show, s->coverage.explained_ns, "with children of the first process running");
    put_spent(show, MAX(s->dur_ns - s->coverage.explained_ns, 0), "without");
    page_end(&show->page);
}

/* What dtrack itself took from the run, as far as it can know: without the loader's work and page faults. */
static void put_cost(struct show *show)
{
    const struct summary *s = show->summary;
    const struct summary_cost *cost = &s->cost;
    if (cost->shim_ns <= 0 && cost->finish_ns <= 0)
        return;
    show_label(show, "Own cost");
    put_spent(show, cost->shim_ns, "in the processes");
    put_spent(show, cost->finish_ns, "to finish");
    if (s->processes > 0) {
        auto_buf text = BUF_EMPTY;
        buf_printf(&text, "%.1f us a process", (double)cost->shim_ns / 1e3 / (double)s->processes);
        show_fact(show, buf_text(&text));
        buf_clear(&text);
        words_memory(&text, cost->spool_bytes / 1024);
        buf_printf(&text, " of spool, %lld bytes a process", (long long)(cost->spool_bytes / s->processes));
        show_fact(show, buf_text(&text));
    }
    page_end(&show->page);
}

/* What the page does not tell for want of room or of sound rows. */
static void put_limits(struct show *show)
{
    auto_buf text = BUF_EMPTY;
    int64_t folded = show->tree ? show->tree->folded_nodes : show->digest->figures.left_out;
    int64_t lost = show->tree ? show->tree->lost : 0;
    if (!folded && !lost)
        return;
    show_label(show, "Limits");
    if (folded) {
        words_counted(&text, folded, "short process|short processes");
        buf_str(&text, " counted only");
        show_fact(show, buf_text(&text));
    }
    put_count(show, lost, "without a place in the tree");
    page_end(&show->page);
}

/* Failures that went on to nobody need no action. */
static void put_handled(struct show *show)
{
    const struct digest *d = show->digest;
    auto_buf text = BUF_EMPTY;
    if (!d || d->failures.handled <= 0 || show->options->failures || show->options->task)
        return;
    show_label(show, "Handled");
    words_counted(&text, d->failures.handled, "failure");
    buf_str(&text, " that went on to nobody (--failures)");
    page_set(&show->page, PAGE_DIM);
    show_fact(show, buf_text(&text));
    page_set(&show->page, PAGE_PLAIN);
    page_end(&show->page);
}

/* Tasks that nobody marked and a tool's own words told of: kept apart from those that have a name by somebody's will. */
static void put_unmarked(struct show *show)
{
    const struct summary *s = show->summary;
    size_t shown = show->options->all ? s->derived_len : MIN(s->derived_len, (size_t)UNMARKED);
    if (!shown || show->options->failures || show->options->task)
        return;
    show_label(show, "Unmarked");
    for (size_t i = 0; i < shown; i++) {
        const struct summary_task *t = &s->derived[i];
        auto_buf text = BUF_EMPTY;
        buf_printf(&text, "%.60s ", t->name);
        words_duration(&text, t->total_ns);
        if (t->count > 1)
            buf_printf(&text, " (%lld times)", (long long)t->count);
        if (t->failed)
            buf_printf(&text, ", %lld failed", (long long)t->failed);
        show_fact(show, buf_text(&text));
    }
    if (s->derived_len > shown)
        put_count(show, (int64_t)(s->derived_len - shown), "more (--all)");
    page_end(&show->page);
}

void show_coverage(struct show *show)
{
    put_unmarked(show);
    put_handled(show);
    put_coverage(show);
    if (show->options->all)
        put_explained_in_full(show);
    put_blind(show);
    if (show->options->all)
        put_cost(show);
    put_limits(show);
}
