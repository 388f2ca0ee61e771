/* SPDX-License-Identifier: MIT */
/* Recorded text within other formats. Whatever its bytes are, it cannot end the place it stands in, obey a
 * terminal's or a CI agent's bidding, or break the reader: UTF-8, no control characters. */
#ifndef EXPORT_ESCAPE_H
#define EXPORT_ESCAPE_H

#include <stddef.h>

#include "base/buf.h"
#include "model/span.h"

/* Append the text as one line of at most `max` bytes of it, with a sign at the end when it was longer. What a
 * terminal would obey is a blank or '?'. */
void text_put_cut(struct buf *out, const char *text, size_t max);

/* Append a process's command line: its words, those with blanks or signs in them quoted for the eye. One
 * line, cut as by text_put_cut(). Without arguments its name. */
void text_put_command(struct buf *out, const struct span *span, size_t max);

/* Append as a JSON string. */
void text_put_json(struct buf *out, const char *text);

/* Append as text or attribute of XML 1.0. What XML has no way to write is U+FFFD. */
void text_put_xml(struct buf *out, const char *text);

/* Append as text of Markdown, on one line: all signs that Markdown, HTML or an agent that reads the log might
 * take for its own are character references. Shows as it is, also in a table. */
void text_put_markdown(struct buf *out, const char *text);

/* Append as a quoted field of CSV, on one line. Between two '#' there is a blank. */
void text_put_csv(struct buf *out, const char *text);

/* Append one line whose readers know no way to quote: what CI agents take for commands anywhere in a line is
 * broken by a blank. */
void text_put_broken(struct buf *out, const char *text);

#endif
