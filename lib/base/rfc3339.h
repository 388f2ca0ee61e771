/* SPDX-License-Identifier: MIT */
/* Dates as RFC 3339 and `date --iso-8601=ns` write them. */
#ifndef BASE_RFC3339_H
#define BASE_RFC3339_H

#include <stdint.h>

#include "sys/attr.h"

/* Read a date, a time and an offset from UTC, such as 2026-01-02T03:04:05.678Z or 2026-01-02 04:04:05,678+01:00, as ns of Unix
 * time. Digits behind the ninth of a fraction are dropped. 0, or -EINVAL for any other text, for a time without its offset,
 * and for one before 1970 or after 2261. */
must_check int rfc3339_parse(const char *text, int64_t *out);

#endif
