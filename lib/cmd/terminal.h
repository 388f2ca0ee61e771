/* SPDX-License-Identifier: MIT */
/* What stdout looks like: width, character set, colour; and a pager in front of it. */
#ifndef CMD_TERMINAL_H
#define CMD_TERMINAL_H

#include "cmd/cmd.h"
#include "export/page.h"
#include "sys/attr.h"

/* Whether to colour: what an option says, or what is to be found out. */
enum terminal_colour { TERMINAL_AUTO, TERMINAL_ALWAYS, TERMINAL_NEVER };

/* A page for stdout that is put together in `out`: as wide as COLUMNS says, else as the terminal is, else 100
 * columns; UTF-8 when the locale's variables say so. Colour as `colour` says; left to itself never when NO_COLOR is set, always
 * when CLICOLOR_FORCE is, else on a terminal that is not dumb. Empty variables are none, and CLICOLOR_FORCE=0 is none. */
struct page terminal_page(struct buf *out, enum terminal_colour colour);

/* Read "auto", "always" or "never". False, and *out untouched, for any other word. */
must_check bool terminal_read_colour(const char *word, enum terminal_colour *out);

/* Write a page to stdout: through PAGER, else less, when stdout is a terminal and the page has more lines than it; directly when
 * not, or when `paged` is false, or PAGER is "cat" or empty, or there is no pager. As cmd_write(). */
must_check int terminal_write(const struct command *self, const struct buf *page, bool paged);

#endif
