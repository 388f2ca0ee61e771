/* SPDX-License-Identifier: MIT */
/* What the parts of the page have in common. */
#include "export/show_parts.h"

#define LABEL_COLUMNS 10
#define DOT_COLUMNS 3

void show_title(struct show *show, const char *title, const char *about)
{
    struct page *p = &show->page;
    page_end(p);
    page_styled(p, PAGE_BOLD, title);
    if (about && p->width - p->col > page_columns(p, about)) {
        page_text(p, " ");
        page_styled(p, PAGE_DIM, about);
    }
    page_end(p);
}

void show_duration(struct show *show, int64_t ns, int col)
{
    auto_buf text = BUF_EMPTY;
    words_duration(&text, ns);
    page_right(&show->page, buf_text(&text), col);
}

void show_count(struct show *show, int64_t count, int col)
{
    auto_buf text = BUF_EMPTY;
    words_count(&text, count);
    page_right(&show->page, buf_text(&text), col);
}

void show_percent(struct show *show, int64_t part, int64_t whole, int col)
{
    auto_buf text = BUF_EMPTY;
    double percent = whole > 0 ? 100.0 * (double)part / (double)whole : 0;
    if (percent > 0 && percent < 1)
        buf_str(&text, "<1 %");
    else
        buf_printf(&text, "%.0f %%", percent);
    page_right(&show->page, buf_text(&text), col);
}

/* An end is worth a word when it was a failure, or when nobody saw it and its status is not known either. */
void show_end(struct show *show, const struct words_end *end)
{
    struct page *p = &show->page;
    bool failed = words_failed(end), unclear = end->end_by == SPAN_END_RUNNING || end->end_by == SPAN_END_INFERRED;
    if (!failed && (!unclear || end->exit_code != SPAN_NONE))
        return;
    auto_buf text = BUF_EMPTY;
    words_status(&text, end);
    page_set(p, failed ? PAGE_RED : PAGE_DIM);
    if (failed) {
        page_sign(p, GLYPH_FAILED);
        page_text(p, " ");
    }
    page_text(p, buf_text(&text));
    page_set(p, PAGE_PLAIN);
    page_text(p, "  ");
}

void show_rest_of_line(struct show *show, const char *text)
{
    struct page *p = &show->page;
    page_fit(p, text, p->width - p->col);
    page_end(p);
}

size_t show_lines(const struct show *show, size_t len, size_t usual)
{
    size_t most = show->options->top ? (size_t)show->options->top : usual;
    return show->options->all && !show->options->top ? len : MIN(len, most);
}

void show_label(struct show *show, const char *label)
{
    page_styled(&show->page, PAGE_DIM, label);
    page_to(&show->page, LABEL_COLUMNS);
}

void show_fact(struct show *show, const char *text)
{
    struct page *p = &show->page;
    int room = p->width - p->col - page_columns(p, text);
    if (p->col > LABEL_COLUMNS && room < DOT_COLUMNS) {
        page_end(p);
        page_to(p, LABEL_COLUMNS);
    } else if (p->col > LABEL_COLUMNS) {
        page_sign(p, GLYPH_DOT);
    }
    page_fit(p, text, p->width - p->col);
}

bool show_is_worth(const struct show *show, int64_t ns)
{
    return ns >= show->options->min_ns;
}
