/* SPDX-License-Identifier: MIT */
/* The head of the page: which job, did it work, how long did it take, how busy was the machine. */
#include <string.h>

#include "export/show_parts.h"

static int64_t taken_ns(const struct summary *s, const struct show_options *options)
{
    if (s->dur_ns != SPAN_NONE || !options->now_ns)
        return s->dur_ns;
    return MAX(options->now_ns - s->start_ns, 0);
}

/* "✓ 24.4 s", "✗ exit 1 after 3m 12s", "still running after 5.00 s". */
static void put_status(struct page *p, const struct summary *s, const struct show_options *options)
{
    const struct words_end end = {s->end_by, s->exit_code, s->signal};
    bool failed = words_failed(&end), worked = !failed && s->exit_code != SPAN_NONE;
    int64_t ns = taken_ns(s, options);
    auto_buf text = BUF_EMPTY;
    page_set(p, failed ? PAGE_RED : PAGE_GREEN);
    if (failed || worked)
        page_sign(p, failed ? GLYPH_FAILED : GLYPH_DONE);
    if (failed)
        buf_char(&text, ' ');
    if (!worked)
        words_status(&text, &end);
    page_text(p, buf_text(&text));
    page_set(p, PAGE_PLAIN);
    if (ns == SPAN_NONE)
        return;
    buf_clear(&text);
    buf_str(&text, worked ? " " : " after ");
    words_duration(&text, ns);
    page_text(p, buf_text(&text));
}

/* Cores busy on average over the wall time: 1.0 on a machine of many says that nothing ran in parallel. */
static void put_busy(const struct page *p, struct buf *out, const struct summary *s, int64_t dur_ns)
{
    struct page sign = *p;
    sign.out = out;
    words_counted(out, s->processes, "process|processes");
    if (s->user_us == SPAN_NONE || s->sys_us == SPAN_NONE)
        return;
    double cpu_ns = 1e3 * ((double)s->user_us + (double)s->sys_us);
    const char *cpus = summary_fact(s->host, s->host_len, "cpus");
    page_sign(&sign, GLYPH_DOT);
    words_duration(out, (int64_t)cpu_ns);
    buf_str(out, " CPU");
    if (dur_ns <= 0)
        return;
    page_sign(&sign, GLYPH_DOT);
    buf_printf(out, "%.1f", cpu_ns / (double)dur_ns);
    if (cpus)
        buf_printf(out, " of %s", cpus);
    buf_str(out, " cores busy");
}

/* The sums stand at the right, or on a line of their own. */
static void put_name_line(struct page *p, const struct summary *s, const struct show_options *options)
{
    auto_buf busy = BUF_EMPTY;
    put_busy(p, &busy, s, taken_ns(s, options));
    page_set(p, PAGE_BOLD);
    page_fit(p, s->name, p->width / 3);
    page_set(p, PAGE_PLAIN);
    page_text(p, "  ");
    put_status(p, s, options);
    if (p->width - p->col < page_columns(p, buf_text(&busy)) + 2)
        page_end(p);
    else
        page_to(p, p->width - page_columns(p, buf_text(&busy)));
    page_fit(p, buf_text(&busy), p->width - p->col);
    page_end(p);
}

/* Append a fact behind a dot, on a new line when this one has no room. */
static void put_fact(struct page *p, const char *text)
{
    if (p->col && p->width - p->col < page_columns(p, text) + 3)
        page_end(p);
    if (p->col)
        page_sign(p, GLYPH_DOT);
    page_fit(p, text, p->width - p->col);
}

/* "main @ 3f2c1d9": a branch with its commit, shortened as people know them. */
static void put_source(struct page *p, const struct summary *s)
{
    const char *branch = summary_fact(s->ci, s->ci_len, "branch"), *commit = summary_fact(s->ci, s->ci_len, "commit");
    auto_buf text = BUF_EMPTY;
    if (branch)
        buf_str(&text, branch);
    if (commit)
        buf_printf(&text, "%s%.10s", branch ? " @ " : "", commit);
    if (branch || commit)
        put_fact(p, buf_text(&text));
}

/* "GitHub-Actions 1183/deploy": what finds the job again. */
static void put_pipeline(struct page *p, const struct summary *s)
{
    static const char *const keys[] = {"provider", "pipeline", "build", "job"};
    auto_buf text = BUF_EMPTY;
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        const char *fact = summary_fact(s->ci, s->ci_len, keys[i]);
        if (fact)
            buf_printf(&text, "%s%s", text.len ? " " : "", fact);
    }
    if (text.len)
        put_fact(p, buf_text(&text));
}

static void put_facts(struct page *p, const struct summary *s)
{
    auto_buf when = BUF_EMPTY;
    const char *host = summary_fact(s->host, s->host_len, "hostname");
    words_time(&when, s->start_ns);
    buf_str(&when, " UTC");
    page_set(p, PAGE_DIM);
    put_fact(p, buf_text(&when));
    if (host)
        put_fact(p, host);
    put_source(p, s);
    put_pipeline(p, s);
    put_fact(p, s->run_id);
    page_set(p, PAGE_PLAIN);
    page_end(p);
}

/* Unless it is the name already. Cut by bytes only to bound the work; page_fit() cuts by columns. */
static void put_command(struct page *p, const struct summary *s)
{
    auto_buf text = BUF_EMPTY;
    for (char *const *word = s->command; word && *word && text.len < 2000; word++) {
        buf_str(&text, word == s->command ? "" : " ");
        words_argument(&text, *word, 2000);
    }
    if (!text.len || !strcmp(buf_text(&text), s->name))
        return;
    page_set(p, PAGE_DIM);
    page_fit(p, buf_text(&text), p->width);
    page_set(p, PAGE_PLAIN);
    page_end(p);
}

/* What one fact of every page was before it is asked for. */
static void put_more(struct page *p, const struct summary *s)
{
    static const char *const host[] = {"os", "kernel", "arch"};
    auto_buf text = BUF_EMPTY;
    page_set(p, PAGE_DIM);
    for (size_t i = 0; i < ARRAY_LEN(host); i++)
        if (summary_fact(s->host, s->host_len, host[i]))
            put_fact(p, summary_fact(s->host, s->host_len, host[i]));
    if (s->maxrss_kb != SPAN_NONE) {
        buf_str(&text, "largest process ");
        words_memory(&text, s->maxrss_kb);
        put_fact(p, buf_text(&text));
    }
    for (size_t i = 0; i < s->ci_len; i++) {
        buf_clear(&text);
        buf_printf(&text, "%s %s", s->ci[i].key, s->ci[i].value);
        put_fact(p, buf_text(&text));
    }
    page_set(p, PAGE_PLAIN);
    if (p->col)
        page_end(p);
}

void show_head(struct buf *out, const struct summary *s, const struct show_options *options)
{
    struct page p = {.out = out, .width = options->width, .utf8 = options->utf8, .colour = options->colour};
    put_name_line(&p, s, options);
    put_facts(&p, s);
    put_command(&p, s);
    if (options->all)
        put_more(&p, s);
    if (s->unsettled) {
        page_fit(
            &p, "unsettled: its settings were never written down: the name is its command's, its pipeline is not known",
            p.width);
        page_end(&p);
    }
}
