/* SPDX-License-Identifier: MIT */
/* The retry policy. Decides only: the caller measures time, draws the random number and waits. */
#include "store/retry.h"

#include <stdbool.h>
#include <string.h>

bool retry_worth(int status)
{
    /* all statuses that at least one official client retries */
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

/* At least the requested pause: an earlier attempt would only be refused again. */
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

/* Parse a number of seconds, capped at a day. -1 when there is anything but digits. */
static int64_t parse_seconds(const char *text)
{
    int64_t seconds = 0;
    if (!*text || text[strspn(text, "0123456789")])
        return -1;
    for (; *text; text++)
        seconds = MIN(seconds * 10 + (*text - '0'), RETRY_AFTER_MAX_MS / 1000);
    return seconds;
}

/* Whether `text` matches `form`, in which 'A' and 'a' stand for letters, '0' for a digit, other characters for themselves. */
static bool has_form(const char *text, const char *form)
{
    for (; *form; text++, form++) {
        bool good = *form == 'A'   ? *text >= 'A' && *text <= 'Z'
                    : *form == 'a' ? *text >= 'a' && *text <= 'z'
                    : *form == '0' ? *text >= '0' && *text <= '9'
                                   : *text == *form;
        if (!good)
            return false;
    }
    return !*text;
}

/* The month's number from 0, or -1. */
static int parse_month(const char name[3])
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int month = 0; month < 12; month++)
        if (!memcmp(name, months + 3 * month, 3))
            return month;
    return -1;
}

static int two_digits(const char *at)
{
    return (at[0] - '0') * 10 + at[1] - '0';
}

/* Unix seconds of an HTTP date, or -1. The weekday is redundant and ignored. */
static int64_t parse_date(const char *text)
{
    if (!has_form(text, "Aaa, 00 Aaa 0000 00:00:00 GMT"))
        return -1;
    struct tm tm = {
        .tm_mday = two_digits(text + 5),
        .tm_mon = parse_month(text + 8),
        .tm_year = two_digits(text + 12) * 100 + two_digits(text + 14) - 1900,
        .tm_hour = two_digits(text + 17),
        .tm_min = two_digits(text + 20),
        .tm_sec = two_digits(text + 23),
    };
    return tm.tm_mon < 0 ? -1 : (int64_t)timegm(&tm);
}

int64_t retry_after_ms(const char *value, time_t now)
{
    int64_t seconds = parse_seconds(value);
    if (seconds < 0)
        seconds = parse_date(value) - (int64_t)now;
    return MIN(MAX(seconds, INT64_C(0)) * 1000, RETRY_AFTER_MAX_MS);
}
