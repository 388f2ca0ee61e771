/* SPDX-License-Identifier: MIT */
/* The page of a run: its head, the order of its parts, and the line about coverage. */
#include "export/show_run.h"

#include <string.h>

#include "export/show_parts.h"

#define LABEL_COLUMNS 10
#define DOT_COLUMNS 3

static struct page page_of(struct buf *out, const struct show_options *options)
{
    return (struct page){
        .out = out, .width = options->width, .utf8 = options->utf8, .colour = options->colour};
}

/* Start a line of the head with what it is about. */
static void put_label(struct page *p, const char *label)
{
    page_styled(p, PAGE_DIM, label);
    page_to(p, LABEL_COLUMNS);
}

/* Append a fact, behind a dot unless it is the line's first; on a new line when this one has no room for it.
 */
static void put_fact(struct page *p, const char *text)
{
    int room = p->width - p->col - page_columns(p, text);
    if (p->col > LABEL_COLUMNS && room < DOT_COLUMNS) {
        page_end(p);
        page_to(p, LABEL_COLUMNS);
    } else if (p->col > LABEL_COLUMNS) {
        page_sign(p, GLYPH_DOT);
    }
    page_fit(p, text, p->width - p->col);
}

/* What anybody wants to know first: which job, did it work, how long did it take. */
static void put_name_line(struct page *p, const struct summary *s)
{
    const struct words_end end = {s->end_by, s->exit_code, s->signal};
    auto_buf text = BUF_EMPTY;
    page_set(p, PAGE_BOLD);
    page_fit(p, s->name, p->width / 2);
    page_set(p, PAGE_PLAIN);
    page_text(p, "  ");
    words_status(&text, &end);
    page_set(p, words_failed(&end) ? PAGE_RED : PAGE_GREEN);
    if (words_failed(&end)) {
        page_sign(p, GLYPH_FAILED);
        page_text(p, " ");
    }
    page_text(p, buf_text(&text));
    page_set(p, PAGE_PLAIN);
    if (s->dur_ns != SPAN_NONE) {
        page_text(p, " after ");
        buf_clear(&text);
        words_duration(&text, s->dur_ns);
        page_text(p, buf_text(&text));
    }
    page_end(p);
}

static void put_run_line(struct page *p, const struct summary *s)
{
    auto_buf text = BUF_EMPTY;
    put_label(p, "run");
    put_fact(p, s->run_id);
    words_time(&text, s->start_ns);
    buf_str(&text, " UTC");
    put_fact(p, buf_text(&text));
    page_end(p);
}

static void put_processes(struct page *p, const struct summary *s)
{
    auto_buf text = BUF_EMPTY;
    words_counted(&text, s->processes, "process|processes");
    if (s->failed)
        buf_printf(&text, ", %lld failed", (long long)s->failed);
    put_fact(p, buf_text(&text));
}

/* Cores busy on average over the wall time: 1.0 on a machine of many says that nothing ran in parallel. */
static void put_cpu(struct page *p, const struct summary *s)
{
    if (s->user_us == SPAN_NONE || s->sys_us == SPAN_NONE)
        return;
    auto_buf text = BUF_EMPTY;
    double cpu_ns = 1e3 * ((double)s->user_us + (double)s->sys_us);
    buf_str(&text, "CPU ");
    words_duration(&text, (int64_t)cpu_ns);
    if (s->dur_ns > 0)
        buf_printf(&text, " (%.1f cores busy)", cpu_ns / (double)s->dur_ns);
    put_fact(p, buf_text(&text));
}

static void put_work_line(struct page *p, const struct summary *s)
{
    put_label(p, "work");
    put_processes(p, s);
    put_cpu(p, s);
    if (s->maxrss_kb != SPAN_NONE) {
        auto_buf text = BUF_EMPTY;
        buf_str(&text, "largest ");
        words_memory(&text, s->maxrss_kb);
        put_fact(p, buf_text(&text));
    }
    page_end(p);
}

/* What explains a time; the rest of the facts is in the summary. */
static void put_host_line(struct page *p, const struct summary *s)
{
    static const struct {
        const char *key, *unit;
    } shown[] = {{"hostname", ""}, {"os", ""}, {"arch", ""}, {"cpus", " CPUs"}};
    if (!s->host_len)
        return;
    put_label(p, "host");
    for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
        const char *value = summary_fact(s->host, s->host_len, shown[i].key);
        auto_buf text = BUF_EMPTY;
        buf_printf(&text, "%s%s", value ? value : "", shown[i].unit);
        if (value)
            put_fact(p, buf_text(&text));
    }
    page_end(p);
}

/* The provider's name says what it is by itself; other facts need their key. */
static void put_ci_line(struct page *p, const struct summary *s)
{
    if (!s->ci_len)
        return;
    put_label(p, "ci");
    for (size_t i = 0; i < s->ci_len; i++) {
        auto_buf text = BUF_EMPTY;
        if (strcmp(s->ci[i].key, "provider"))
            buf_printf(&text, "%s ", s->ci[i].key);
        buf_str(&text, s->ci[i].value);
        put_fact(p, buf_text(&text));
    }
    page_end(p);
}

static void put_unsettled_line(struct page *p, const struct summary *s)
{
    if (!s->unsettled)
        return;
    put_label(p, "unsettled");
    put_fact(p, "its settings were never written down: the name is its command's, and nothing is known of its pipeline");
    page_end(p);
}

/* Cut by bytes only to bound the work; page_fit() cuts by columns. */
static void put_command_line(struct page *p, const struct summary *s)
{
    if (!s->command || !s->command[0])
        return;
    put_label(p, "command");
    auto_buf text = BUF_EMPTY;
    for (char *const *word = s->command; *word && text.len < 2000; word++)
        buf_printf(&text, "%s%s", word == s->command ? "" : " ", *word);
    page_fit(p, buf_text(&text), p->width - p->col);
    page_end(p);
}

void show_head(struct buf *out, const struct summary *s, const struct show_options *options)
{
    struct page p = page_of(out, options);
    put_name_line(&p, s);
    put_run_line(&p, s);
    put_work_line(&p, s);
    put_host_line(&p, s);
    put_ci_line(&p, s);
    put_unsettled_line(&p, s);
    put_command_line(&p, s);
}

/* Append "N what" unless N is 0. */
static void put_count(struct page *p, int64_t count, const char *what)
{
    if (count <= 0)
        return;
    auto_buf text = BUF_EMPTY;
    words_count(&text, count);
    buf_printf(&text, " %s", what);
    put_fact(p, buf_text(&text));
}

/* How much of the run its children account for: what the first process did by itself is no mystery, but a large share of
 * it may be work that nobody saw. */
static void put_explained(struct page *p, const struct summary_coverage *c)
{
    auto_buf text = BUF_EMPTY;
    if (c->explained_percent == SPAN_NONE)
        return;
    buf_printf(&text, "%lld %% of the time in children", (long long)c->explained_percent);
    put_fact(p, buf_text(&text));
}

/* Who saw the ends, and what was not seen. */
static void put_coverage(struct page *p, const struct summary *s)
{
    static const char *const witnesses[] = {
        [SPAN_END_SELF] = "ends self-reported", [SPAN_END_PARENT] = "by the parent's wait",
        [SPAN_END_EXEC] = "by the next exec",   [SPAN_END_INFERRED] = "inferred",
        [SPAN_END_RUNNING] = "still running",
    };
    const struct summary_coverage *c = &s->coverage;
    put_label(p, "coverage");
    for (size_t i = 0; i < ARRAY_LEN(witnesses); i++)
        put_count(p, c->by_end[i], witnesses[i]);
    put_count(p, c->unpreloaded, "timed from outside");
    put_count(p, c->bad_marks, "unreadable marks");
    put_count(p, c->missed_marks, "marks without room");
    put_count(p, c->unread_mark_bytes, "bytes of marks not read");
    put_count(p, c->missed_values, "values without room in the collection");
    put_count(p, c->damaged_bytes, "bytes damaged");
    if (c->missed > 0)
        page_set(p, PAGE_RED);
    put_count(p, c->missed, "missed");
    if (c->missed > 0)
        page_set(p, PAGE_PLAIN);
    else
        put_fact(p, "none missed");
    put_explained(p, c);
    page_end(p);
}

/* Whose work is not in the tree: in one line, or with what helps, one line each. */
static void put_blind(struct page *p, const struct summary *s, bool all)
{
    const struct blind *blind = &s->coverage.blind;
    if (!blind->len)
        return;
    put_label(p, "not seen");
    for (size_t i = 0; i < blind->len && !all; i++) {
        auto_buf text = BUF_EMPTY;
        const struct blind_spot *spot = &blind->list[i];
        buf_printf(&text, "below %s (%s)", spot->name, blind_word(spot->cause));
        put_fact(p, buf_text(&text));
    }
    page_end(p);
    for (size_t i = 0; i < blind->len && all; i++) {
        auto_buf text = BUF_EMPTY;
        const struct blind_spot *spot = &blind->list[i];
        buf_printf(&text, "  %s, %lld times: %s; %s", spot->name, (long long)spot->count, blind_meaning(spot->cause),
                   blind_remedy(spot->cause));
        page_text(p, buf_text(&text));
        page_end(p);
    }
}

/* Append "DURATION what". */
static void put_spent(struct page *p, int64_t ns, const char *what)
{
    auto_buf text = BUF_EMPTY;
    words_duration(&text, ns);
    buf_printf(&text, " %s", what);
    put_fact(p, buf_text(&text));
}

/* The same as the percentage of put_explained(), as durations. */
static void put_explained_in_full(struct page *p, const struct summary *s)
{
    if (s->coverage.explained_ns == SPAN_NONE)
        return;
    put_label(p, "explained");
    put_spent(p, s->coverage.explained_ns, "with children of the first process running");
    put_spent(p, MAX(s->dur_ns - s->coverage.explained_ns, 0), "without");
    page_end(p);
}

/* What dtrack itself took from the run, as far as it can know: without the loader's work and page faults. */
static void put_cost(struct page *p, const struct summary *s, bool all)
{
    const struct summary_cost *cost = &s->cost;
    if (cost->shim_ns <= 0 && cost->finish_ns <= 0)
        return;
    put_label(p, "own cost");
    put_spent(p, cost->shim_ns, "in the processes");
    put_spent(p, cost->finish_ns, "to finish");
    if (all && s->processes > 0) {
        auto_buf text = BUF_EMPTY;
        buf_printf(&text, "%.1f us a process", (double)cost->shim_ns / 1e3 / (double)s->processes);
        put_fact(p, buf_text(&text));
        buf_clear(&text);
        words_memory(&text, cost->spool_bytes / 1024);
        buf_printf(&text, " of spool, %lld bytes a process", (long long)(cost->spool_bytes / s->processes));
        put_fact(p, buf_text(&text));
    }
    page_end(p);
}

/* What the page does not tell for want of room or of sound rows. */
static void put_limits(struct page *p, const struct tree *tree)
{
    auto_buf text = BUF_EMPTY;
    if (!tree->folded_nodes && !tree->lost)
        return;
    put_label(p, "limits");
    if (tree->folded_nodes) {
        words_counted(&text, tree->folded_nodes, "short process|short processes");
        buf_str(&text, " counted only");
        put_fact(p, buf_text(&text));
    }
    put_count(p, tree->lost, "without a place in the tree");
    page_end(p);
}

/* Tree, tables, and last what the record can't tell: so that nobody takes it for more than it is. */
int show_body(struct buf *out, const struct summary *s, const struct tree *tree,
              const struct show_options *options)
{
    struct show show = {.page = page_of(out, options), .summary = s, .tree = tree, .options = options};
    show.run_ns = MAX(s->dur_ns, 1);
    int err = show_tree(&show);
    if (!err)
        err = show_tasks(&show);
    if (err)
        return err;
    show_slowest(&show);
    show_marks(&show);
    buf_char(out, '\n');
    put_coverage(&show.page, s);
    if (options->all)
        put_explained_in_full(&show.page, s);
    put_blind(&show.page, s, options->all);
    put_cost(&show.page, s, options->all);
    put_limits(&show.page, tree);
    return 0;
}
