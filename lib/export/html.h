/* SPDX-License-Identifier: MIT */
/* Text inside of HTML. Whatever a record holds, it is text: never markup, and nothing that a page shows
 * otherwise than it is. */
#ifndef EXPORT_HTML_H
#define EXPORT_HTML_H

#include "base/buf.h"

/* Append text for an element or for an attribute in double quotes: & < > " ' escaped, controls and direction
 * characters replaced, invalid UTF-8 mended. NULL is "". */
void html_put(struct buf *out, const char *text);

/* Append markup with texts in it: each %s of `format` is escaped as by html_put(); %d takes a long long;
 * nothing else is known. */
void html_printf(struct buf *out, const char *format, ...);

#endif
