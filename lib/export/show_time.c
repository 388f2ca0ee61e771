/* SPDX-License-Identifier: MIT */
/* Over time: how many were at work, when nobody was, and what was set meanwhile. */
#include "export/show_parts.h"

#define CURVE_COLUMNS 60
#define GAP_LEAST 100 /* a gap below this share of the run is none worth a line */
#define MARKS 3
#define NAMES_COL 21
#define NARROW 80

static void put_centi(struct buf *out, int64_t centi)
{
    buf_printf(out, "%lld.%lld", (long long)centi / 100, (long long)centi / 10 % 10);
}

/* The parts of the curve, averaged to as many as there is room for. */
static size_t shrink(const int64_t *curve, size_t room, int64_t *out)
{
    for (size_t i = 0; i < room; i++) {
        size_t from = i * DIGEST_CURVE / room, to = (i + 1) * DIGEST_CURVE / room;
        out[i] = 0;
        for (size_t j = from; j < to; j++)
            out[i] += curve[j] / (int64_t)(to - from);
    }
    return room;
}

static void put_curve(struct show *show)
{
    struct page *p = &show->page;
    const struct digest *d = show->digest;
    int64_t curve[DIGEST_CURVE];
    auto_buf text = BUF_EMPTY;
    int room = MIN(MAX(p->width - 40, 10), CURVE_COLUMNS);
    page_end(p);
    page_styled(p, PAGE_BOLD, "At work");
    page_to(p, 10);
    page_curve(p, curve, shrink(d->curve_centi, (size_t)room, curve), d->parallelism.most_centi);
    page_to(p, 12 + room);
    buf_str(&text, "mean ");
    put_centi(&text, d->parallelism.mean_centi);
    buf_str(&text, ", most ");
    put_centi(&text, d->parallelism.most_centi);
    page_set(p, PAGE_DIM);
    page_fit(p, buf_text(&text), p->width - p->col);
    page_set(p, PAGE_PLAIN);
    page_end(p);
}

static void put_neighbour(struct show *show, const char *word, uint32_t row, int room)
{
    struct page *p = &show->page;
    if (row == FIGURES_RUN)
        return;
    page_styled(p, PAGE_DIM, word);
    page_fit(p, digest_label(show->digest, row), MAX(room, 8));
}

static void put_gap(struct show *show, const struct figures_gap *gap)
{
    struct page *p = &show->page;
    show_duration(show, gap->to_ns - gap->from_ns, 10);
    page_set(p, PAGE_DIM);
    page_text(p, " at");
    page_set(p, PAGE_PLAIN);
    show_duration(show, gap->from_ns, p->col + 8);
    page_to(p, NAMES_COL + 2);
    bool narrow = p->width < NARROW;
    int parts = (gap->during != FIGURES_RUN) + (gap->before != FIGURES_RUN) + (gap->after != FIGURES_RUN && !narrow);
    int room = (p->width - p->col - (narrow ? 8 : 17)) / MAX(parts, 1);
    put_neighbour(show, "", gap->during, room);
    put_neighbour(show, gap->during == FIGURES_RUN ? "after " : "  after ", gap->before, room);
    if (!narrow)
        put_neighbour(show, parts > 1 ? ", before " : "before ", gap->after, room);
    page_end(p);
}

static void put_gaps(struct show *show)
{
    const struct digest *d = show->digest;
    size_t most = show_lines(show, d->gaps_len, show->room.gaps), shown = 0;
    auto_buf about = BUF_EMPTY;
    for (size_t i = 0; i < d->gaps_len && shown < most; i++) {
        const struct figures_gap *gap = &d->gaps[i];
        int64_t ns = gap->to_ns - gap->from_ns;
        if ((ns < d->figures.dur_ns / GAP_LEAST && !show->options->all) || !show_is_worth(show, ns))
            continue;
        if (!shown++) {
            words_duration(&about, d->parallelism.idle_ns);
            buf_str(&about, " in all: nobody at work, or everybody waited");
            page_styled(&show->page, PAGE_BOLD, "Idle");
            page_to(&show->page, 10);
            page_set(&show->page, PAGE_DIM);
            show_rest_of_line(show, buf_text(&about));
            page_set(&show->page, PAGE_PLAIN);
        }
        put_gap(show, gap);
    }
}

void show_time(struct show *show)
{
    if (show->digest->figures.len <= 1) {
        page_end(&show->page);
        page_text(&show->page, "No process of it was recorded.");
        page_end(&show->page);
        return;
    }
    if (show->digest->outside)
        return;
    put_curve(show);
    put_gaps(show);
}

/* On a first page in one line; else one each, by time counted from the start of the run. */
static void put_mark(struct show *show, const struct digest_mark *mark)
{
    struct page *p = &show->page;
    show_duration(show, mark->at_ns, 8);
    page_to(p, 10);
    page_fit(p, digest_text(show->digest, mark->name), p->width - p->col - 4);
    if (mark->value) {
        page_text(p, " = ");
        page_fit(p, digest_text(show->digest, mark->value), p->width - p->col);
    }
    page_end(p);
}

static void put_marks_in_line(struct show *show)
{
    const struct digest *d = show->digest;
    size_t shown = MIN(d->marks_len, (size_t)MARKS);
    page_styled(&show->page, PAGE_BOLD, "Marks");
    page_to(&show->page, 10);
    for (size_t i = 0; i < shown; i++) {
        auto_buf text = BUF_EMPTY;
        const struct digest_mark *mark = &d->marks[i];
        buf_printf(&text, "%.60s%s%.60s", digest_text(d, mark->name), mark->value ? "=" : "",
                   mark->value ? digest_text(d, mark->value) : "");
        show_fact(show, buf_text(&text));
    }
    if (d->marks_seen > (int64_t)shown) {
        auto_buf text = BUF_EMPTY;
        words_count(&text, d->marks_seen - (int64_t)shown);
        buf_str(&text, " more (--all)");
        show_fact(show, buf_text(&text));
    }
    page_end(&show->page);
}

void show_marks(struct show *show)
{
    const struct digest *d = show->digest;
    if (!d->marks_seen || d->outside)
        return;
    if (!show->options->all) {
        page_end(&show->page);
        put_marks_in_line(show);
        return;
    }
    show_title(show, "Marks", NULL);
    for (size_t i = 0; i < d->marks_len; i++)
        put_mark(show, &d->marks[i]);
    if (d->marks_seen > (int64_t)d->marks_len) {
        auto_buf text = BUF_EMPTY;
        words_count(&text, d->marks_seen - (int64_t)d->marks_len);
        buf_str(&text, " more (dtrack export)");
        page_to(&show->page, 10);
        show_rest_of_line(show, buf_text(&text));
    }
}
