/* SPDX-License-Identifier: MIT */
/* The retry policy. Decides only: the caller measures time, draws the random number and waits. */
#include "store/retry.h"

#include <stdio.h>
#include <string.h>

bool retry_worth(int status)
{
    /* the union of what the official clients retry */
    static const int later[] = {0, 408, 429, 500, 502, 503, 504};
    for (size_t i = 0; i < ARRAY_LEN(later); i++)
        if (status == later[i])
            return true;
    return false;
}

int64_t retry_backoff_ms(unsigned attempt, uint32_t random)
{
    int64_t most = RETRY_BASE_MS << MIN(attempt, 16U);
    most = MIN(most, RETRY_CAP_MS);
    return most / 2 + random % (most / 2 + 1);
}

/* What was asked for at least: whoever comes earlier is only sent away again. */
static int64_t asked_pause_ms(int64_t asked, uint32_t random)
{
    int64_t spread = MIN(asked / 4, (int64_t)RETRY_CAP_MS);
    return asked + random % (spread + 1);
}

int64_t retry_delay_ms(const struct retry_try *last)
{
    if (!retry_worth(last->status))
        return RETRY_STOP;
    int64_t delay = last->retry_after_ms > 0 ? asked_pause_ms(last->retry_after_ms, last->random)
                                             : retry_backoff_ms(last->attempt, last->random);
    return delay < last->left_ms ? delay : RETRY_STOP;
}

/* Digits only, and nothing behind them; more than a day's worth is a day. -1 for anything else. */
static int64_t parse_seconds(const char *text)
{
    int64_t seconds = 0;
    if (!*text || text[strspn(text, "0123456789")])
        return -1;
    for (; *text; text++)
        seconds = MIN(seconds * 10 + (*text - '0'), RETRY_AFTER_MAX_MS / 1000);
    return seconds;
}

/* The month's number from 0, or -1. */
static int parse_month(const char *name)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const char *found = strlen(name) == 3 ? strstr(months, name) : NULL;
    return found && (found - months) % 3 == 0 ? (int)(found - months) / 3 : -1;
}

/* Unix seconds of an HTTP date, or -1. The weekday is not looked at: it says nothing new. */
static int64_t parse_date(const char *text)
{
    struct tm tm = {0};
    char month[4];
    int used = 0;
    int found = sscanf(text, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &tm.tm_mday, month, &tm.tm_year,
                       &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &used);
    if (found != 6 || !used || text[used])
        return -1;
    tm.tm_mon = parse_month(month);
    tm.tm_year -= 1900;
    return tm.tm_mon < 0 ? -1 : (int64_t)timegm(&tm);
}

int64_t retry_after_ms(const char *value, time_t now)
{
    int64_t seconds = parse_seconds(value);
    if (seconds < 0)
        seconds = parse_date(value) - (int64_t)now;
    return MIN(MAX(seconds, INT64_C(0)) * 1000, RETRY_AFTER_MAX_MS);
}
