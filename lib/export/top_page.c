/* SPDX-License-Identifier: MIT */
/* The frame's lines, and which of them are left out where there are fewer lines than it takes. */
#include "export/top_page.h"

#include <string.h>

#include "export/page.h"
#include "export/words.h"

#define LABEL_COLUMNS 10
#define SINCE_END 10 /* durations end here */
#define PID_END 19
#define TASK_COL 21
#define TASK_COLUMNS 14
#define BAR_MIN 10
#define BAR_MAX 40
#define LINES_ENOUGH 1000000

/* A frame being put together. */
struct frame {
    struct page page;
    const struct top_options *options;
    int64_t as_of_ns;
};

static void put_label(struct page *p, const char *label)
{
    page_set(p, PAGE_DIM);
    page_fit(p, label, p->width);
    page_set(p, PAGE_PLAIN);
    page_to(p, MIN(LABEL_COLUMNS, p->width));
}

/* As much of the text as the line has room for. */
static void put_rest(struct page *p, enum page_style style, const char *text)
{
    if (style != PAGE_PLAIN)
        page_set(p, style);
    page_fit(p, text, p->width - p->col);
    if (style != PAGE_PLAIN)
        page_set(p, PAGE_PLAIN);
}

/* A fact that the line has no room for is left out: the first ones matter most. */
static void put_fact(struct page *p, const char *text)
{
    int dot = p->col > LABEL_COLUMNS ? 3 : 0;
    if (p->col > LABEL_COLUMNS && p->col + dot + page_columns(p, text) > p->width)
        return;
    if (dot)
        page_sign(p, GLYPH_DOT);
    put_rest(p, PAGE_PLAIN, text);
}

static int64_t since(int64_t from_ns, int64_t until_ns)
{
    int64_t ns;
    return __builtin_sub_overflow(until_ns, from_ns, &ns) || ns < 0 ? 0 : ns;
}

/* Which job, and how long it goes on; or that it has ended, and how. */
static void put_name_line(struct frame *f, const struct live *l)
{
    const struct words_end end = {l->end_by, l->exit_code, l->signal};
    struct page *p = &f->page;
    auto_buf text = BUF_EMPTY;
    page_set(p, PAGE_BOLD);
    page_fit(p, l->name, p->width / 2);
    page_set(p, PAGE_PLAIN);
    buf_str(&text, "  ");
    if (l->goes_on) {
        buf_str(&text, "goes on since ");
        words_duration(&text, since(l->start_ns, l->as_of_ns));
    } else {
        buf_str(&text, "has ended: ");
        words_status(&text, &end);
        buf_str(&text, " after ");
        words_duration(&text, l->dur_ns);
    }
    put_rest(p, l->goes_on ? PAGE_CYAN : words_failed(&end) ? PAGE_RED : PAGE_GREEN, buf_text(&text));
    page_end(p);
}

static void put_run_line(struct frame *f, const struct live *l)
{
    auto_buf text = BUF_EMPTY;
    put_label(&f->page, "run");
    put_fact(&f->page, l->run_id);
    if (f->options->others) {
        words_counted(&text, f->options->others, "other goes on|others go on");
        put_fact(&f->page, buf_text(&text));
    }
    page_end(&f->page);
}

/* Whole per cent, and never all of it: nobody knows that before the end. */
static int percent_of(const struct estimate *e)
{
    double done = 1.0 - (double)e->left_ns / (double)e->total_ns;
    return MIN(MAX((int)(100 * done), 0), 99);
}

static void put_bar(struct page *p, int percent)
{
    int columns = MIN(MAX(p->width / 3, BAR_MIN), BAR_MAX), used = columns * percent / 100;
    auto_buf text = BUF_EMPTY;
    page_set(p, PAGE_GREEN);
    for (int i = 0; i < used; i++)
        page_sign(p, GLYPH_BAR);
    page_set(p, PAGE_DIM);
    for (int i = used; i < columns; i++)
        page_sign(p, GLYPH_REST);
    page_set(p, PAGE_PLAIN);
    buf_printf(&text, "  %2d %%  ", percent);
    page_text(p, buf_text(&text));
}

/* In words as exact as an estimate is: whole seconds, minutes, hours. */
static void put_about(struct buf *out, int64_t ns)
{
    int64_t s = (ns + 500000000) / 1000000000;
    if (s < 100)
        buf_printf(out, "%lld s", (long long)MAX(s, 1));
    else if (s < 6000)
        buf_printf(out, "%lld min", (long long)((s + 30) / 60));
    else
        buf_printf(out, "%lld h", (long long)((s + 1800) / 3600));
}

static void put_estimate(struct buf *out, const struct estimate *e)
{
    if (e->left_ns >= 0) {
        buf_str(out, "about ");
        put_about(out, e->left_ns);
        buf_str(out, " left");
    } else {
        put_about(out, -e->left_ns);
        buf_str(out, " longer than expected");
    }
    buf_str(out, " (of ");
    words_counted(out, e->runs, "earlier run");
    buf_str(out, ")");
}

static void put_progress_line(struct frame *f, const struct live *l, const struct estimate *e)
{
    struct page *p = &f->page;
    const char *no_past = f->options->no_past;
    auto_buf text = BUF_EMPTY;
    if (!l->goes_on)
        return;
    put_label(p, "progress");
    if (e->runs) {
        put_estimate(&text, e);
        if (p->width >= LABEL_COLUMNS + BAR_MIN + 10)
            put_bar(p, percent_of(e));
        put_rest(p, PAGE_PLAIN, buf_text(&text));
    } else {
        buf_printf(&text, "no estimate: %s", no_past ? no_past : "no earlier run of this name went well");
        put_rest(p, PAGE_DIM, buf_text(&text));
    }
    page_end(p);
}

static void put_work_line(struct frame *f, const struct live *l)
{
    struct page *p = &f->page;
    auto_buf text = BUF_EMPTY;
    int64_t wall_ns = l->goes_on ? since(l->start_ns, l->as_of_ns) : l->dur_ns;
    put_label(p, "work");
    words_counted(&text, l->processes, "process|processes");
    put_fact(p, buf_text(&text));
    buf_clear(&text);
    words_count(&text, (int64_t)l->running_len);
    buf_str(&text, " at work");
    put_fact(p, buf_text(&text));
    buf_clear(&text);
    double cpu_ns = 1e3 * (double)l->cpu_us;
    buf_str(&text, "CPU ");
    words_duration(&text, l->cpu_us < INT64_MAX / 1000 ? l->cpu_us * 1000 : INT64_MAX);
    if (wall_ns > 0)
        buf_printf(&text, " (%.1f cores busy)", cpu_ns / (double)wall_ns);
    put_fact(p, buf_text(&text));
    page_end(p);
}

/* Only once there is something to say: most of what fails in a build is asked for. */
static void put_failed_line(struct frame *f, const struct live *l)
{
    struct page *p = &f->page;
    auto_buf text = BUF_EMPTY;
    if (!l->failed)
        return;
    put_label(p, "failed");
    words_counted(&text, l->failed, "process|processes");
    put_fact(p, buf_text(&text));
    if (l->failed_name) {
        const struct words_end end = {SPAN_END_SELF, l->failed_code, l->failed_signal};
        buf_clear(&text);
        buf_printf(&text, "last %s, ", l->failed_name);
        words_status(&text, &end);
        buf_str(&text, ", ");
        words_duration(&text, since(l->failed_ns, l->as_of_ns));
        buf_str(&text, " ago");
        put_fact(p, buf_text(&text));
    }
    page_end(p);
}

/* Who looks for a process that is not there is told why. */
static void put_unseen_line(struct frame *f, const struct live *l)
{
    auto_buf text = BUF_EMPTY;
    if (!l->unseen && !l->missed && !l->cuts)
        return;
    put_label(&f->page, "unseen");
    if (l->cuts) {
        buf_str(&text, "the record was cut short ");
        words_counted(&text, l->cuts, "time");
        put_fact(&f->page, buf_text(&text));
    }
    buf_clear(&text);
    words_counted(&text, l->missed, "process|processes");
    buf_str(&text, " without room");
    if (l->missed)
        put_fact(&f->page, buf_text(&text));
    buf_clear(&text);
    buf_str(&text, "work of ");
    words_counted(&text, l->unseen, "process|processes");
    if (l->unseen)
        put_fact(&f->page, buf_text(&text));
    page_end(&f->page);
}

/* How many of `len` entries a list of that many lines shows: the last line says what is left out. */
static size_t shown_of(size_t len, int lines)
{
    return len <= (size_t)MAX(lines, 0) ? len : (size_t)MAX(lines - 1, 0);
}

static void put_more(struct page *p, int64_t left_out)
{
    auto_buf text = BUF_EMPTY;
    buf_str(&text, "  +");
    words_count(&text, left_out);
    buf_str(&text, " more");
    put_rest(p, PAGE_DIM, buf_text(&text));
    page_end(p);
}

static void put_heading(struct page *p, const char *text)
{
    page_end(p);
    put_rest(p, PAGE_DIM, text);
    page_end(p);
}

static void put_since(struct page *p, int64_t from_ns, int64_t until_ns)
{
    auto_buf text = BUF_EMPTY;
    words_duration(&text, since(from_ns, until_ns));
    page_right(p, buf_text(&text), SINCE_END);
    page_text(p, "  ");
}

static void put_tasks(struct frame *f, const struct live *l, int lines)
{
    size_t shown = shown_of((size_t)l->tasks_open, lines);
    shown = MIN(shown, l->tasks_len);
    if (!l->tasks_open || lines < 1)
        return;
    put_heading(&f->page, "open tasks");
    for (size_t i = 0; i < shown; i++) {
        struct page *p = &f->page;
        put_since(p, l->tasks[i].start_ns, f->as_of_ns);
        page_to(p, MIN(p->col + 2 * l->tasks[i].depth, p->width / 2));
        page_sign(p, GLYPH_TASK);
        page_text(p, " ");
        put_rest(p, PAGE_CYAN, l->tasks[i].name);
        page_end(p);
    }
    if ((int64_t)shown < l->tasks_open)
        put_more(&f->page, l->tasks_open - (int64_t)shown);
}

static void put_process(struct frame *f, const struct live_process *process, bool has_tasks)
{
    struct page *p = &f->page;
    auto_buf pid = BUF_EMPTY;
    put_since(p, process->start_ns, f->as_of_ns);
    if (process->pid != SPAN_NONE)
        buf_printf(&pid, "%lld", (long long)process->pid);
    page_right(p, buf_text(&pid), PID_END);
    page_to(p, TASK_COL);
    if (has_tasks) {
        page_set(p, PAGE_CYAN);
        page_fit(p, process->task ? process->task : "", MIN(TASK_COLUMNS, p->width - p->col));
        page_set(p, PAGE_PLAIN);
        page_to(p, TASK_COL + TASK_COLUMNS + 2);
    }
    put_rest(p, PAGE_PLAIN, process->command);
    page_end(p);
}

static void put_running(struct frame *f, const struct live *l, int lines)
{
    size_t shown = shown_of(l->running_len, lines);
    bool has_tasks = false;
    if (!l->running_len || lines < 1)
        return;
    for (size_t i = 0; i < shown; i++)
        has_tasks |= l->running[i].task != NULL;
    put_heading(&f->page,
                has_tasks ? "     since      pid  task            at work now" : "     since      pid  at work now");
    for (size_t i = 0; i < shown; i++)
        put_process(f, &l->running[i], has_tasks);
    if (shown < l->running_len)
        put_more(&f->page, (int64_t)(l->running_len - shown));
}

static int lines_of(const struct buf *text)
{
    int lines = 0;
    for (size_t i = 0; i < text->len; i++)
        lines += text->data[i] == '\n';
    return lines;
}

/* The lists share what the head and the note leave, less two lines for each heading; tasks get at most half of it. */
static void put_lists(struct frame *f, const struct live *l, int head)
{
    int room = f->options->height ? f->options->height - head - (f->options->note ? 2 : 0) : LINES_ENOUGH;
    int tasks = (int)MIN(l->tasks_open, (int64_t)room);
    if (l->running_len)
        tasks = MIN(tasks, MAX(room / 2 - 2, 0));
    else
        tasks = MIN(tasks, room - 2);
    put_tasks(f, l, tasks);
    put_running(f, l, room - (tasks > 0 ? tasks + 2 : 0) - 2);
}

void top_page(struct buf *out, const struct live *l, const struct estimate *e, const struct top_options *options)
{
    auto_buf head = BUF_EMPTY;
    struct frame f = {.options = options, .as_of_ns = l->as_of_ns};
    f.page = (struct page){.out = &head, .width = options->width, .utf8 = options->utf8, .colour = options->colour};
    put_name_line(&f, l);
    put_run_line(&f, l);
    put_progress_line(&f, l, e);
    put_work_line(&f, l);
    put_failed_line(&f, l);
    put_unseen_line(&f, l);
    put_lists(&f, l, lines_of(&head));
    if (options->note) {
        page_end(&f.page);
        put_rest(&f.page, PAGE_DIM, options->note);
        page_end(&f.page);
    }
    buf_add(out, head.data, head.len);
    if (buf_error(&head))
        out->error = buf_error(&head);
}
