/* SPDX-License-Identifier: MIT */
/* One header line of an answer, taken apart. Pure text. */
#ifndef STORE_NET_HEADER_H
#define STORE_NET_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "sys/attr.h"

#define HEADER_LINE_MAX 1024 /* longer lines are none of ours */

struct header {
    char text[HEADER_LINE_MAX]; /* both strings, each with its NUL */
    const char *name;           /* in lower case */
    const char *value;          /* without the blanks around it */
};

/* Take apart "Name: value", with or without its line end. False, and nothing to be used in *header, for a line
 * without a name, a longer one, and one with a NUL or another control character in it. */
must_check nonnull bool header_split(const char *line, size_t len, struct header *header);

#endif
