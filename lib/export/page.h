/* SPDX-License-Identifier: MIT */
/* Lines for a terminal or a log: columns, cutting, colour, and text that cannot play tricks on the terminal.
 * Knows nothing of what the lines say, and asks nobody: width, character set and colour are given. */
#ifndef EXPORT_PAGE_H
#define EXPORT_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum page_style { PAGE_PLAIN, PAGE_BOLD, PAGE_DIM, PAGE_RED, PAGE_GREEN, PAGE_CYAN };

/* Signs that look better in UTF-8 and have a stand-in elsewhere. */
enum page_glyph {
    GLYPH_FAILED, /* of a failed step */
    GLYPH_TASK,   /* before a task's name */
    GLYPH_BRANCH, /* to a child with siblings behind it */
    GLYPH_LAST,   /* to the last child */
    GLYPH_TRUNK,  /* past the children of an earlier sibling */
    GLYPH_MORE,   /* something is left out */
    GLYPH_CHAIN,  /* between a process and the only one that it started, with its blanks */
    GLYPH_DOT,    /* between two facts, with its blanks */
    GLYPH_BAR,    /* one column of a time line: in use */
    GLYPH_REST,   /* and not in use */
    GLYPH_DONE,   /* of what worked */
    GLYPH_TIMES,  /* behind a count */
    GLYPH_LOOK,   /* before a remark */
    GLYPH_LEAST,  /* before a figure that is a lower bound */
};

struct page {
    struct buf *out;
    int width; /* columns of a line */
    bool utf8, colour;
    int col; /* where the next character goes; from 0 */
};

/* Append text. Control characters, and those that would reorder a line, become '?'; without UTF-8 so does
 * whatever is not ASCII. Line breaks and tabs become blanks. */
void page_text(struct page *p, const char *text);

/* As page_text() in at most `room` columns: longer text ends with a sign of being cut. */
void page_fit(struct page *p, const char *text, int room);

/* How many columns page_text() would take. */
int page_columns(const struct page *p, const char *text);

/* Append a sign. */
void page_sign(struct page *p, enum page_glyph glyph);

/* Append a bar of so many thousandths of `columns`: never longer, and not nothing if there is anything. */
void page_bar(struct page *p, int64_t thousandths, int columns);

/* Append a curve of `len` numbers, hundredths, one column each: blocks scaled by `most`; without UTF-8 digits, which are the
 * rounded numbers themselves, 9 for all above. */
void page_curve(struct page *p, const int64_t *centi, size_t len, int64_t most);

/* Append blanks up to column `col`; nothing when that is passed already. */
void page_to(struct page *p, int col);

/* Append text so that it ends right before column `col`. */
void page_right(struct page *p, const char *text, int col);

/* Switch the style from here on; nothing without colour. */
void page_set(struct page *p, enum page_style style);

/* Append text in a style and go back to the plain one. */
void page_styled(struct page *p, enum page_style style, const char *text);

/* End the line, without blanks at its end. */
void page_end(struct page *p);

#endif
