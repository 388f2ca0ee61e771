/* SPDX-License-Identifier: MIT */
/* What failed: the chain from the run's status, or a task's, down to the process that began it. Of a long one the two ends are
 * shown; a subshell that only passed its status on comes last. */
#include <errno.h>
#include <stdlib.h>

#include "base/own.h"
#include "export/show_parts.h"

#define LINES 8 /* on a first page */
#define STATUS_COLUMNS 42
#define STATUS_COLUMNS_LEAST 26 /* on pages that are narrower than */
#define STATUS_WIDTH 100
#define WAITED_LEAST INT64_C(100000000) /* what took less has waited for nothing worth a word */
#define INDENT_MAX 12

/* One failure, and whether it gets a line. */
struct entry {
    const struct figures_failure *failure;
    uint32_t depth;   /* among those that are shown */
    bool shown, last; /* last: of those below the same one */
};

struct chain {
    struct show *show;
    struct entry *entries;
    size_t len, shown;
};

static const struct figures_row *row_of(const struct chain *c, const struct entry *e)
{
    return &c->show->digest->figures.rows[e->failure->row];
}

/* 3: where it began. 2: whoever started something by himself. 1: who only passed on a status. 0: the run, which the head has. */
static int worth(const struct chain *c, const struct entry *e)
{
    if (e->failure->row == FIGURES_RUN || !digest_has(c->show->digest, e->failure->row))
        return 0;
    if (e->failure->began || row_of(c, e)->flags & FIGURES_TASK)
        return 3;
    return row_of(c, e)->flags & FIGURES_FORKED ? 1 : 2;
}

/* The uppermost; then by worth, and of those in between the lower ones, as what is nearer to the cause says more. */
static void choose(struct chain *c)
{
    bool full = c->show->options->all || c->show->options->failures;
    size_t room = full ? c->len : c->show->options->top ? (size_t)c->show->options->top : LINES;
    for (size_t i = 0; i < c->len && !c->shown; i++) {
        c->entries[i].shown = worth(c, &c->entries[i]) > 1;
        c->shown += c->entries[i].shown;
    }
    for (int least = 3; least > 0; least--)
        for (size_t i = 0; i < c->len && c->shown < room; i++) {
            struct entry *e = &c->entries[least == 2 ? c->len - 1 - i : i];
            bool wanted = worth(c, e) == least && (full || least > 1);
            c->shown += wanted && !e->shown;
            e->shown |= wanted;
        }
}

/* Levels without those that are not shown; a run's own level is none. */
static void set_depths(struct chain *c)
{
    for (size_t i = 0; i < c->len; i++) {
        struct entry *e = &c->entries[i];
        e->depth = 0;
        for (size_t j = i; j-- > 0 && e->failure->depth;) {
            if (c->entries[j].failure->depth >= e->failure->depth)
                continue;
            /* the nearest one above */
            e->depth = c->entries[j].depth + c->entries[j].shown;
            break;
        }
    }
}

static void set_last(struct chain *c)
{
    for (size_t i = 0; i < c->len; i++) {
        struct entry *e = &c->entries[i];
        e->last = true;
        for (size_t j = i + 1; j < c->len && c->entries[j].depth >= e->depth; j++)
            if (c->entries[j].shown && c->entries[j].depth == e->depth)
                e->last = false;
    }
}

static int status_columns(const struct page *p)
{
    return p->width < STATUS_WIDTH ? STATUS_COLUMNS_LEAST : STATUS_COLUMNS;
}

/* Less than a twentieth of it was CPU. */
static bool has_waited(const struct figures_row *row)
{
    int64_t ns = figures_dur_ns(row);
    return row->flags & FIGURES_CPU && ns >= WAITED_LEAST && figures_cpu_us(row) < ns / 20 / 1000;
}

static void put_status(struct show *show, uint32_t at, bool began)
{
    const struct figures_row *row = &show->digest->figures.rows[at];
    const struct words_end end = digest_end(show->digest, at);
    auto_buf text = BUF_EMPTY;
    words_status(&text, &end);
    page_text(&show->page, "  ");
    page_set(&show->page, PAGE_RED);
    page_text(&show->page, buf_text(&text));
    page_set(&show->page, PAGE_PLAIN);
    buf_clear(&text);
    buf_str(&text, " after ");
    words_duration(&text, figures_dur_ns(row));
    if (began && has_waited(row) && show->page.width >= STATUS_WIDTH)
        buf_str(&text, ", waiting");
    page_fit(&show->page, buf_text(&text), show->page.width - show->page.col);
}

/* The task that it is in, where that is not the task of the one above. */
static const char *task_of(const struct chain *c, size_t i)
{
    const struct figures *f = &c->show->digest->figures;
    const struct figures_row *row = row_of(c, &c->entries[i]);
    bool same = i && !(row->flags & FIGURES_TASK) && row_of(c, &c->entries[i - 1])->task == row->task &&
                c->entries[i - 1].shown;
    return row->flags & FIGURES_TASK || !row->task || same ? NULL : figures_key(f, row->task);
}

static void put_entry(struct chain *c, size_t i)
{
    struct show *show = c->show;
    struct page *p = &show->page;
    const struct entry *e = &c->entries[i];
    const struct figures_row *row = row_of(c, e);
    auto_buf label = BUF_EMPTY;
    page_to(p, 2);
    if (e->depth) {
        page_to(p, 2 + 3 * ((int)MIN(e->depth, INDENT_MAX) - 1));
        page_set(p, PAGE_DIM);
        page_sign(p, e->last ? GLYPH_LAST : GLYPH_BRANCH);
        page_set(p, PAGE_PLAIN);
        page_text(p, " ");
    }
    if (row->flags & FIGURES_TASK)
        buf_str(&label, "task ");
    buf_str(&label, digest_label(show->digest, e->failure->row));
    const char *task = task_of(c, i);
    int task_columns = task ? MIN(page_columns(p, task) + 8, 24) : 0;
    page_set(p, e->failure->began ? PAGE_BOLD : PAGE_PLAIN);
    page_fit(p, buf_text(&label), MAX(MIN(p->width, STATUS_WIDTH) - p->col - status_columns(p) - task_columns, 12));
    page_set(p, PAGE_PLAIN);
    if (task) {
        page_text(p, "  task: ");
        page_fit(p, task, 16);
    }
    page_to(p, MIN(p->width, STATUS_WIDTH) - status_columns(p));
    put_status(show, e->failure->row, e->failure->began);
    page_end(p);
}

static void put_folded(struct chain *c)
{
    const struct figures_failures *failures = &c->show->digest->failures;
    int64_t began = failures->left_out, between = 0;
    for (size_t i = 0; i < c->len; i++) {
        began += !c->entries[i].shown && worth(c, &c->entries[i]) == 3;
        between += !c->entries[i].shown && worth(c, &c->entries[i]) > 0 && worth(c, &c->entries[i]) < 3;
    }
    auto_buf text = BUF_EMPTY;
    if (began)
        buf_printf(&text, "%lld more failed", (long long)began);
    if (between)
        buf_printf(&text, "%s%lld in between only passed it on", began ? ", " : "", (long long)between);
    if (!text.len)
        return;
    page_to(&c->show->page, 2);
    page_set(&c->show->page, PAGE_DIM);
    page_sign(&c->show->page, GLYPH_MORE);
    buf_str(&text, " (--failures)");
    page_text(&c->show->page, " ");
    show_rest_of_line(c->show, buf_text(&text));
    page_set(&c->show->page, PAGE_PLAIN);
}

/* The task that ended last before a moment, or FIGURES_RUN. */
static uint32_t task_before(const struct figures *f, int64_t ns)
{
    uint32_t found = FIGURES_RUN;
    for (uint32_t i = 1; i < f->len && f->tasks; i++)
        if (f->rows[i].flags & FIGURES_TASK && f->rows[i].end_ns <= ns &&
            (!found || f->rows[i].end_ns >= f->rows[found].end_ns))
            found = i;
    return found;
}

/* How many processes began after a moment; marks are no part of the job. */
static int64_t processes_after(const struct figures *f, int64_t ns)
{
    int64_t count = 0;
    for (uint32_t i = 1; i < f->len; i++)
        count += !(f->rows[i].flags & FIGURES_TASK) && f->rows[i].life == i && f->rows[i].start_ns > ns &&
                 figures_program(&f->rows[i]) != FIGURES_OURS;
    return count;
}

/* "Before it task plan, 900 ms · after it nothing ran", where it is one failure that all came from. */
static void put_around(const struct chain *c)
{
    struct page *p = &c->show->page;
    const struct figures *f = &c->show->digest->figures;
    const struct figures_row *row = NULL;
    for (size_t i = 0; i < c->len; i++) {
        if (!c->entries[i].failure->began)
            continue;
        if (row)
            return;
        row = row_of(c, &c->entries[i]);
    }
    if (!row || row->flags & FIGURES_TASK || row == f->rows)
        return;
    auto_buf text = BUF_EMPTY;
    uint32_t task = task_before(f, row->start_ns);
    int64_t after = processes_after(f, row->end_ns);
    page_to(p, 2);
    page_set(p, PAGE_DIM);
    if (task) {
        buf_printf(&text, "Before it task %s, ", figures_key(f, task));
        words_duration(&text, figures_dur_ns(&f->rows[task]));
        page_fit(p, buf_text(&text), p->width / 2);
        page_sign(p, GLYPH_DOT);
        buf_clear(&text);
    }
    buf_str(&text, task ? "after it " : "After it ");
    if (after)
        words_counted(&text, after, "process|processes");
    else
        buf_str(&text, "nothing");
    buf_str(&text, " ran");
    show_rest_of_line(c->show, buf_text(&text));
    page_set(p, PAGE_PLAIN);
}

void show_failed(struct show *show)
{
    const struct figures_failures *failures = &show->digest->failures;
    auto_free struct entry *entries = calloc(failures->len + 1, sizeof *entries);
    struct chain c = {.show = show, .entries = entries, .len = entries ? failures->len : 0};
    for (size_t i = 0; i < c.len; i++)
        entries[i].failure = &failures->list[i];
    choose(&c);
    if (!c.shown)
        return;
    set_depths(&c);
    set_last(&c);
    show_title(show, "What failed", NULL);
    for (size_t i = 0; i < c.len; i++)
        if (c.entries[i].shown)
            put_entry(&c, i);
    put_folded(&c);
    put_around(&c);
}

/* The handled ones of a command line. */
struct handled {
    const char *label;
    int64_t count;
    uint32_t row; /* the first of them */
};

static int by_label(const void *a, const void *b)
{
    const struct handled *x = a, *y = b;
    return x->label != y->label ? (x->label > y->label) - (x->label < y->label) : (x->row > y->row) - (x->row < y->row);
}

static int by_count(const void *a, const void *b)
{
    const struct handled *x = a, *y = b;
    return x->count != y->count ? (x->count < y->count) - (x->count > y->count) : (x->row > y->row) - (x->row < y->row);
}

/* The processes whose failure went on to nobody. */
static size_t gather(const struct digest *d, struct handled *list)
{
    const struct figures *f = &d->figures;
    size_t len = 0, kept = 0;
    for (uint32_t i = 1; i < f->order_len; i++) {
        uint32_t life = f->order[i], last = figures_last(f, life);
        if (figures_failed(&f->rows[last]) && !(f->rows[life].flags & FIGURES_WENT_ON) && digest_has(d, last))
            list[len++] = (struct handled){digest_label(d, last), 1, last};
    }
    qsort(list, len, sizeof *list, by_label);
    for (size_t i = 0; i < len; i++) {
        if (kept && list[kept - 1].label == list[i].label)
            list[kept - 1].count++;
        else
            list[kept++] = list[i];
    }
    qsort(list, kept, sizeof *list, by_count);
    return kept;
}

int show_handled(struct show *show)
{
    const struct digest *d = show->digest;
    if (d->failures.handled <= 0)
        return 0;
    auto_free struct handled *list = calloc(d->figures.order_len, sizeof *list);
    if (!list)
        return -ENOMEM;
    size_t len = gather(d, list), shown = show_lines(show, len, 200);
    show_title(show, "Handled failures", "(they went on to nobody)");
    for (size_t i = 0; i < shown; i++) {
        show_count(show, list[i].count, 7);
        page_text(&show->page, " ");
        page_sign(&show->page, GLYPH_TIMES);
        page_text(&show->page, "  ");
        const struct words_end end = digest_end(d, list[i].row);
        show_end(show, &end);
        show_rest_of_line(show, list[i].label);
    }
    if (len > shown) {
        auto_buf text = BUF_EMPTY;
        buf_printf(&text, "  %zu more command lines (--all)", len - shown);
        page_styled(&show->page, PAGE_DIM, buf_text(&text));
        page_end(&show->page);
    }
    return 0;
}
