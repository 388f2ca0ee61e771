/* SPDX-License-Identifier: MIT */
/* Dates in text. Knows no clock and no time zone. */
#include "base/rfc3339.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#define NS_PER_S INT64_C(1000000000)
#define SECONDS_MAX (INT64_MAX / NS_PER_S - 1)

/* Take `count` digits that spell a number up to `most`. */
static bool take_number(const char **at, int count, int most, int *out)
{
    int value = 0;
    for (int i = 0; i < count; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        value = value * 10 + (**at - '0');
    }
    *out = value;
    return value <= most;
}

/* Take one of the characters. */
static bool take_one(const char **at, const char *of)
{
    if (!**at || !strchr(of, **at))
        return false;
    (*at)++;
    return true;
}

static bool take_clock(const char **at, struct tm *tm)
{
    return take_number(at, 2, 23, &tm->tm_hour) && take_one(at, ":") && take_number(at, 2, 59, &tm->tm_min) &&
           take_one(at, ":") && take_number(at, 2, 60, &tm->tm_sec);
}

/* The 31st of June is none. */
static bool take_date(const char **at, struct tm *tm)
{
    if (!take_number(at, 4, 9999, &tm->tm_year) || !take_one(at, "-") || !take_number(at, 2, 12, &tm->tm_mon) ||
        !take_one(at, "-") || !take_number(at, 2, 31, &tm->tm_mday))
        return false;
    tm->tm_year -= 1900;
    tm->tm_mon--;
    struct tm day = *tm;
    timegm(&day);
    return day.tm_mon == tm->tm_mon && day.tm_mday == tm->tm_mday;
}

/* A fraction, if there is one. */
static bool take_fraction(const char **at, int64_t *ns)
{
    int64_t unit = NS_PER_S / 10;
    *ns = 0;
    if (!take_one(at, ".,"))
        return true;
    const char *from = *at;
    for (; **at >= '0' && **at <= '9'; (*at)++, unit /= 10)
        *ns += (**at - '0') * unit;
    return *at > from;
}

/* By how many seconds the clock is ahead of UTC. */
static bool take_offset(const char **at, int64_t *seconds)
{
    int hours, minutes;
    *seconds = 0;
    if (take_one(at, "Zz"))
        return true;
    int64_t sign = **at == '-' ? -1 : 1;
    if (!take_one(at, "+-") || !take_number(at, 2, 23, &hours) || !take_one(at, ":") ||
        !take_number(at, 2, 59, &minutes))
        return false;
    *seconds = sign * (hours * 3600 + minutes * 60);
    return true;
}

int rfc3339_parse(const char *text, int64_t *out)
{
    struct tm tm = {0};
    int64_t ns, offset;
    bool is_one = take_date(&text, &tm) && take_one(&text, "Tt ") && take_clock(&text, &tm) &&
                  take_fraction(&text, &ns) && take_offset(&text, &offset) && !*text;
    int64_t seconds = is_one ? (int64_t)timegm(&tm) - offset : -1;
    if (seconds < 0 || seconds > SECONDS_MAX)
        return -EINVAL;
    *out = seconds * NS_PER_S + ns;
    return 0;
}
