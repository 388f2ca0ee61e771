/* SPDX-License-Identifier: MIT */
/* What stdout looks like: width, character set, colour. */
#ifndef CMD_TERMINAL_H
#define CMD_TERMINAL_H

#include "export/page.h"

/* A page for stdout that is put together in `out`: as wide as COLUMNS says, else as the terminal is, else 100
 * columns; UTF-8 when the locale's variables say so; colour on a terminal unless NO_COLOR is set. */
struct page terminal_page(struct buf *out);

#endif
