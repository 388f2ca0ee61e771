/* SPDX-License-Identifier: MIT */
/* One header line of an answer, taken apart. Pure text. */
#ifndef STORE_NET_HEADER_H
#define STORE_NET_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "sys/attr.h"

#define HEADER_LINE_MAX 1024 /* no header that we need is longer */

struct header {
    char text[HEADER_LINE_MAX]; /* both strings, each with its NUL */
    const char *name;           /* in lower case */
    const char *value;          /* without the blanks around it */
};

/* Split "Name: value", with or without its line end. False, with *header undefined, for a line that has no name, is too long, or
 * contains a NUL or another control character. */
must_check nonnull bool header_split(const char *line, size_t len, struct header *header);

#endif
