/* SPDX-License-Identifier: MIT */
/* The plain part of the page, in the order of the terminal's; then the data, then the script. */
#include "export/report_page.h"

#include <string.h>

#include "export/html.h"
#include "export/report_assets.h"
#include "export/words.h"

#define COMMANDS_SHOWN 40
#define TASKS_AT_ONCE 8 /* what is more is one click away, that the timeline is in sight */
#define TASKS_SHOWN 200
#define SHARES_SHOWN 20
#define SHARES_AT_LEAST 6 /* however small */
#define FAILURES_SHOWN 60

int report_init(struct report *r, const struct summary *summary, int64_t until_ns)
{
    const struct digest_options options = {.until_ns = until_ns};
    *r = (struct report){.summary = summary};
    int err = digest_init(&r->digest, summary, &options);
    return err ? err : report_data_init(&r->data, summary, REPORT_SPANS_MAX);
}

int report_add(struct report *r, const struct span *span)
{
    int err = digest_add(&r->digest, span);
    bool has_row = span->kind == SPAN_PROCESS || span->kind == SPAN_TASK;
    return err ? err : report_data_add(&r->data, span, has_row ? r->digest.figures.len - 1 : REPORT_NONE);
}

static const char *duration(struct buf *room, int64_t ns)
{
    buf_clear(room);
    words_duration(room, ns);
    return buf_text(room);
}

static const char *count(struct buf *room, int64_t n)
{
    buf_clear(room);
    words_count(room, n);
    return buf_text(room);
}

/* A table that scrolls by itself where the page is narrow, also by keyboard. */
static void begin_table(struct buf *out, const char *id, const char *about, const char *heads)
{
    html_printf(out,
                "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"%s\"><table id=\"%s\"><thead><tr>",
                about, id);
    buf_str(out, heads);
    buf_str(out, "</tr></thead><tbody>\n");
}

static void end_table(struct buf *out)
{
    buf_str(out, "</tbody></table></div>\n");
}

/* A command line, which is cut where it is too long for its cell. */
static void put_line(struct buf *out, const char *line)
{
    html_printf(out, "<td class=\"line\"><code title=\"%s\">%s</code></td>", line, line);
}

static long long percent(int64_t part, int64_t whole)
{
    return whole > 0 ? (long long)(100.0 * (double)part / (double)whole + 0.5) : 0;
}

/* A cell with a part of a whole, as a bar and in hundredths. */
static void put_part(struct buf *out, int64_t part, int64_t whole)
{
    long long hundredths = percent(part, whole);
    html_printf(out,
                "<td class=\"share\"><meter min=\"0\" max=\"100\" value=\"%d\" aria-hidden=\"true\"></meter> "
                "%s%d %</td>",
                hundredths, part > 0 && !hundredths ? "<" : "", part > 0 && !hundredths ? 1LL : hundredths);
}

/* Only what stands here may run or style: a policy by their digests. */
static void put_head(struct buf *out, const struct summary *s)
{
    html_printf(out,
                "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'sha256-%s'; "
                "style-src 'sha256-%s'\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                "<meta name=\"generator\" content=\"dtrack\">\n<title>%s · dtrack</title>\n<style>",
                report_script_digest, report_style_digest, s->name ? s->name : s->run_id);
    buf_add(out, report_style, report_style_len);
    buf_str(out, "</style>\n</head>\n<body>\n");
}

static void put_status(struct buf *out, const struct summary *s)
{
    const struct words_end end = {s->end_by, s->exit_code, s->signal};
    auto_buf text = BUF_EMPTY;
    bool failed = words_failed(&end), goes_on = s->end_by == SPAN_END_RUNNING && !failed;
    words_status(&text, &end);
    html_printf(out, "<span class=\"%s\">%s %s</span>",
                failed    ? "bad"
                : goes_on ? "dim"
                          : "good",
                failed    ? "✗"
                : goes_on ? "…"
                          : "✓",
                buf_text(&text));
}

static void put_facts(struct buf *out, const struct summary *s)
{
    static const char *const ci[] = {"provider", "repository", "pipeline", "job", "build", "branch", "commit"};
    auto_buf when = BUF_EMPTY;
    words_time(&when, s->start_ns);
    html_printf(out, "<p class=\"dim\">%s UTC", buf_text(&when));
    const char *host = summary_fact(s->host, s->host_len, "hostname");
    if (host)
        html_printf(out, " · %s", host);
    for (size_t i = 0; i < sizeof ci / sizeof *ci; i++) {
        const char *fact = summary_fact(s->ci, s->ci_len, ci[i]);
        if (fact)
            html_printf(out, " · %s", fact);
    }
    html_printf(out, " · <code>%s</code></p>\n", s->run_id);
}

static void put_command(struct buf *out, const struct summary *s)
{
    if (!s->command)
        return;
    buf_str(out, "<p><code>");
    for (size_t i = 0; s->command[i]; i++)
        html_printf(out, i ? " %s" : "%s", s->command[i]);
    buf_str(out, "</code></p>\n");
}

static void put_header(struct buf *out, const struct report *r)
{
    const struct summary *s = r->summary;
    const struct digest *d = &r->digest;
    auto_buf a = BUF_EMPTY, b = BUF_EMPTY, c = BUF_EMPTY;
    html_printf(out, "<header>\n<h1>%s ", s->name ? s->name : s->run_id);
    put_status(out, s);
    html_printf(out, " after %s</h1>\n", duration(&a, s->dur_ns == SPAN_NONE ? d->figures.dur_ns : s->dur_ns));
    html_printf(out, "<p>%s processes · %s CPU · ", count(&a, s->processes),
                duration(&b, d->parallelism.cpu_us * 1000));
    buf_printf(&c, "%lld.%lld", (long long)d->parallelism.busy_centi / 100,
               (long long)d->parallelism.busy_centi / 10 % 10);
    html_printf(out, "%s", buf_text(&c));
    if (d->cores)
        html_printf(out, " of %d", (long long)d->cores);
    buf_str(out, " cores busy</p>\n");
    put_command(out, s);
    put_facts(out, s);
    buf_str(out, "</header>\n<main>\n");
}

static void put_failure(struct buf *out, const struct digest *d, const struct figures_failure *failure)
{
    const struct figures_row *row = &d->figures.rows[failure->row];
    const struct words_end end = digest_end(d, failure->row);
    auto_buf status = BUF_EMPTY, after = BUF_EMPTY;
    words_status(&status, &end);
    html_printf(out, "<li><code>%s</code> <span class=\"bad\">✗ %s</span> <span class=\"dim\">after %s%s</span>",
                digest_label(d, failure->row), buf_text(&status), duration(&after, figures_dur_ns(row)),
                failure->began ? ": here it began" : "");
}

/* Nested lists, one level a step of the chain. `open`: lists that are. */
static void put_failures(struct buf *out, const struct digest *d)
{
    const struct figures_failures *failures = &d->failures;
    size_t shown = MIN(failures->len, (size_t)FAILURES_SHOWN);
    uint32_t open = 0;
    if (!failures->len)
        return;
    buf_str(out, "<section aria-labelledby=\"failed\">\n<h2 id=\"failed\">What failed</h2>\n");
    for (size_t i = 0; i < shown; i++) {
        uint32_t level = MIN(failures->list[i].depth, open);
        for (; open > level + 1; open--)
            buf_str(out, "</li>\n</ol>\n");
        buf_str(out, open > level ? "</li>\n" : "<ol class=\"chain\">\n");
        open = level + 1;
        put_failure(out, d, &failures->list[i]);
    }
    for (; open; open--)
        buf_str(out, "</li>\n</ol>\n");
    if (failures->len > shown || failures->left_out)
        html_printf(out, "<p class=\"dim\">%d more</p>\n", (long long)(failures->len - shown) + failures->left_out);
    buf_str(out, "</section>\n");
}

static void put_handled(struct buf *out, const struct digest *d)
{
    auto_buf n = BUF_EMPTY;
    if (d->failures.handled)
        html_printf(out, "<p class=\"dim\">Handled failures: %s (probes and the like: they went on to nobody)</p>\n",
                    count(&n, d->failures.handled));
}

/* What became of all of that name, as far as it is known. */
static const char *task_status(const struct figures_task_group *t)
{
    if (t->failed)
        return "<span class=\"bad\">✗ failed</span>";
    return t->least ? "<span class=\"dim\">not ended</span>" : "<span class=\"good\">✓</span>";
}

static void put_task(struct buf *out, const struct digest *d, const struct figures_task_group *t)
{
    auto_buf wall = BUF_EMPTY, longest = BUF_EMPTY, cpu = BUF_EMPTY, n = BUF_EMPTY;
    int64_t work = t->total_ns > 0 ? (int64_t)(10.0 * (double)t->work_ns / (double)t->total_ns) : 0;
    html_printf(out, "<tr><th scope=\"row\">%s</th><td>", figures_names_text(&d->figures.task_names, t->name));
    buf_str(out, task_status(t));
    html_printf(out, "</td><td class=\"number\">%s%s</td>", t->least ? "≥ " : "", duration(&wall, t->total_ns));
    put_part(out, t->path_ns, d->figures.dur_ns);
    html_printf(out,
                "<td class=\"number\">%s</td><td class=\"number\">%s</td><td class=\"number\">%s</td>"
                "<td class=\"number\">%d.%d</td></tr>\n",
                count(&n, t->count), duration(&longest, t->longest_ns), duration(&cpu, t->cpu_us * 1000),
                (long long)work / 10, (long long)work % 10);
}

static void put_tasks(struct buf *out, const struct digest *d)
{
    if (!d->tasks.len)
        return;
    buf_str(out, "<section aria-labelledby=\"tasks\">\n<h2 id=\"tasks\">Tasks</h2>\n");
    begin_table(out, "task-table", "Tasks",
                "<th>Task</th><th>Status</th><th class=\"number\">Wall</th><th title=\"of what the run waited "
                "for\">Share of the wait</th>"
                "<th class=\"number\">Times</th><th class=\"number\">Longest</th><th class=\"number\">CPU</th>"
                "<th class=\"number\" title=\"processes at work at a time\">At work</th>");
    for (size_t i = 0; i < MIN(d->tasks.len, (size_t)TASKS_SHOWN); i++) {
        if (i == TASKS_AT_ONCE && d->tasks.len > TASKS_AT_ONCE + 2) {
            end_table(out);
            html_printf(out, "<details><summary>%d more tasks</summary>\n", (long long)(d->tasks.len - i));
            begin_table(out, "more-tasks", "More tasks",
                        "<th>Task</th><th>Status</th><th class=\"number\">Wall</th><th>Share of the wait</th>"
                        "<th class=\"number\">Times</th><th class=\"number\">Longest</th><th "
                        "class=\"number\">CPU</th><th class=\"number\">At work</th>");
        }
        put_task(out, d, &d->tasks.list[i]);
    }
    end_table(out);
    if (d->tasks.len > TASKS_SHOWN)
        html_printf(out, "<p class=\"dim\">and %d more</p>\n", (long long)(d->tasks.len - TASKS_SHOWN));
    buf_str(out, d->tasks.len > TASKS_AT_ONCE + 2 ? "</details>\n</section>\n" : "</section>\n");
}

static void put_share(struct buf *out, const struct digest *d, const struct digest_share *share)
{
    auto_buf time = BUF_EMPTY, n = BUF_EMPTY;
    bool is_run = share->longest == FIGURES_RUN;
    buf_str(out, "<tr>");
    put_part(out, share->path_ns, d->figures.dur_ns);
    html_printf(out, "<td class=\"number\">%s</td><th scope=\"row\">%s</th><td class=\"number\">%s%s</td>",
                duration(&time, share->path_ns),
                is_run ? "(no process of the run)" : figures_names_text(&d->figures.keys, share->key),
                is_run ? "" : "× ", is_run ? "" : count(&n, share->count));
    put_line(out, is_run ? "" : digest_label(d, share->longest));
    buf_str(out, "</tr>\n");
}

static void put_path(struct buf *out, const struct digest *d)
{
    int64_t rest = 0;
    auto_buf time = BUF_EMPTY;
    buf_str(out, "<section aria-labelledby=\"path\">\n<h2 id=\"path\">What the time waited for<span "
                 "data-about></span></h2>\n"
                 "<p class=\"dim\">The critical path: at each moment the process whose end was waited for.</p>\n");
    begin_table(out, "path-table", "What the time waited for",
                "<th>Share</th><th class=\"number\">Time</th><th>Command</th>"
                "<th class=\"number\">Times</th><th>Longest</th>");
    for (size_t i = 0; i < d->shares_len; i++) {
        bool is_small = percent(d->shares[i].path_ns, d->figures.dur_ns) == 0;
        if (i < (is_small ? SHARES_AT_LEAST : SHARES_SHOWN))
            put_share(out, d, &d->shares[i]);
        else
            rest += d->shares[i].path_ns;
    }
    end_table(out);
    if (rest)
        html_printf(out, "<p class=\"dim\" data-whole>Everything else: %s</p>\n", duration(&time, rest));
    buf_str(out, "</section>\n");
}

static void put_group(struct buf *out, const struct digest *d, const struct figures_group *g)
{
    auto_buf n = BUF_EMPTY, failed = BUF_EMPTY, cpu = BUF_EMPTY, own = BUF_EMPTY, p50 = BUF_EMPTY, p95 = BUF_EMPTY,
             longest = BUF_EMPTY;
    html_printf(out,
                "<tr><th scope=\"row\">%s</th><td class=\"number\">%s</td><td class=\"number\">%s%s</td>"
                "<td class=\"number\">%s</td><td class=\"number\">%s</td><td class=\"number\">%s</td><td "
                "class=\"number\">%s</td>"
                "<td class=\"number\">%s</td>",
                figures_names_text(&d->figures.keys, g->key), count(&n, g->count), g->failed ? "✗ " : "",
                g->failed ? count(&failed, g->failed) : "", duration(&cpu, g->cpu_us * 1000),
                duration(&own, g->self_ns), duration(&p50, g->p50_ns), duration(&p95, g->p95_ns),
                duration(&longest, g->longest_ns));
    put_line(out, g->longest == FIGURES_RUN ? "" : digest_label(d, g->longest));
    buf_str(out, "</tr>\n");
}

static void put_commands(struct buf *out, const struct digest *d)
{
    buf_str(out, "<section aria-labelledby=\"by-command\">\n<h2 id=\"by-command\">By command<span "
                 "data-about></span></h2>\n");
    begin_table(out, "command-table", "By command",
                "<th>Command</th><th class=\"number\">Count</th><th class=\"number\">Failed</th><th "
                "class=\"number\">CPU</th>"
                "<th class=\"number\" title=\"time in which no child of it lived\">Own wall</th><th "
                "class=\"number\">p50</th>"
                "<th class=\"number\">p95</th><th class=\"number\">Longest</th><th>The longest one</th>");
    for (size_t i = 0; i < MIN(d->groups.len, (size_t)COMMANDS_SHOWN); i++)
        put_group(out, d, &d->groups.list[i]);
    end_table(out);
    if (d->groups.len > COMMANDS_SHOWN)
        html_printf(out, "<p class=\"dim\" data-whole>%d more commands</p>\n",
                    (long long)(d->groups.len - COMMANDS_SHOWN));
    put_handled(out, d);
    buf_str(out, "</section>\n");
}

static void put_gap(struct buf *out, const struct digest *d, const struct figures_gap *gap)
{
    auto_buf at = BUF_EMPTY, time = BUF_EMPTY;
    const uint32_t rows[] = {gap->during, gap->before, gap->after};
    html_printf(out, "<tr><td class=\"number\">%s</td><td class=\"number\">%s</td>", duration(&at, gap->from_ns),
                duration(&time, gap->to_ns - gap->from_ns));
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        put_line(out, rows[k] == FIGURES_RUN ? "" : digest_label(d, rows[k]));
    buf_str(out, "</tr>\n");
}

static void put_gaps(struct buf *out, const struct digest *d)
{
    if (!d->gaps_len)
        return;
    buf_str(out, "<section aria-labelledby=\"idle\">\n<h2 id=\"idle\">Idle</h2>\n"
                 "<p class=\"dim\">When nobody was at work, or everybody waited: the longest.</p>\n");
    begin_table(out, "idle-table", "Idle",
                "<th class=\"number\">At</th><th "
                "class=\"number\">For</th><th>Waiting</th><th>Before</th><th>After</th>");
    for (size_t i = 0; i < d->gaps_len; i++)
        put_gap(out, d, &d->gaps[i]);
    end_table(out);
    buf_str(out, "</section>\n");
}

/* Whose work was not seen, why, and what would help. */
static void put_blind(struct buf *out, const struct blind *blind)
{
    auto_buf n = BUF_EMPTY;
    if (!blind->len)
        return;
    buf_str(out, "<section aria-labelledby=\"unseen\">\n<h2 id=\"unseen\">Not seen</h2>\n<ul>\n");
    for (size_t i = 0; i < blind->len; i++) {
        const struct blind_spot *spot = &blind->list[i];
        html_printf(out, "<li>below <code>%s</code>, × %s: %s; %s</li>\n", spot->name, count(&n, spot->count),
                    blind_meaning(spot->cause), blind_remedy(spot->cause));
    }
    buf_str(out, "</ul>\n</section>\n");
}

static void put_coverage(struct buf *out, const struct report *r)
{
    const struct summary_coverage *c = &r->summary->coverage;
    auto_buf n = BUF_EMPTY, cpu = BUF_EMPTY;
    buf_str(out, "<footer>\n<p>Coverage: ");
    if (c->explained_percent >= 0)
        html_printf(out, "%d % of the time explained", (long long)c->explained_percent);
    else
        buf_str(out, "how much of the time is explained is not known");
    if (c->missed)
        html_printf(out, " · %s processes found no room", count(&n, c->missed));
    if (c->unpreloaded)
        html_printf(out, " · %s timed from outside only", count(&n, c->unpreloaded));
    if (c->bad_marks)
        html_printf(out, " · %s bad marks", count(&n, c->bad_marks));
    buf_str(out, "</p>\n");
    if (r->data.folded)
        html_printf(out,
                    "<p id=\"folded\">The timeline leaves out the %s shortest processes, %s CPU; the tables "
                    "about the whole run "
                    "have all.</p>\n",
                    count(&n, r->data.folded), duration(&cpu, r->data.folded_us * 1000));
    buf_str(out, "<p>Made by dtrack. This page needs no network.</p>\n</footer>\n");
}

/* In base64 there is nothing that could end the element. */
static int put_data(struct buf *out, const struct report *r)
{
    buf_str(out, "<script type=\"application/octet-stream\" id=\"data\">\n");
    int err = report_data_put(out, &r->data, r->summary, &r->digest.path);
    buf_str(out, "\n</script>\n<script>");
    buf_add(out, report_script, report_script_len);
    buf_str(out, "</script>\n</body>\n</html>\n");
    return err;
}

int report_put(struct report *r, struct buf *out)
{
    int err = digest_finish(&r->digest);
    if (!err)
        err = report_data_finish(&r->data, &r->digest.figures);
    if (err)
        return err;
    put_head(out, r->summary);
    put_header(out, r);
    put_failures(out, &r->digest);
    put_tasks(out, &r->digest);
    buf_add(out, report_timeline, report_timeline_len);
    put_path(out, &r->digest);
    put_commands(out, &r->digest);
    buf_add(out, report_graphs, report_graphs_len);
    put_gaps(out, &r->digest);
    put_blind(out, &r->summary->coverage.blind);
    buf_str(out, "</main>\n");
    put_coverage(out, r);
    err = put_data(out, r);
    return err ? err : buf_error(out);
}

void report_release(struct report *r)
{
    digest_release(&r->digest);
    report_data_release(&r->data);
}
