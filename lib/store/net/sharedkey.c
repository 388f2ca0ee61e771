/* SPDX-License-Identifier: MIT */
/* Builds the string to sign of SharedKey, by the service's rules. Knows nothing of sending. */
#include "store/net/sharedkey.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The value of a header of the request, or "". */
static const char *header_value(const struct name_value *headers, const char *name)
{
    for (; headers->name; headers++)
        if (!strcmp(headers->name, name))
            return headers->value;
    return "";
}

/* The fixed part: one line per standard header, empty when it is not sent. The line of Date is empty, because x-ms-date is signed
 * instead. */
static void put_standard(struct buf *out, const struct sharedkey_request *request)
{
    static const char *const before[] = {"content-encoding", "content-language"};
    static const char *const after[] = {"content-md5",   "content-type",        "date", "if-modified-since", "if-match",
                                        "if-none-match", "if-unmodified-since", "range"};
    buf_printf(out, "%s\n", request->method);
    for (size_t i = 0; i < ARRAY_LEN(before); i++)
        buf_printf(out, "%s\n", header_value(request->headers, before[i]));
    if (request->length)
        buf_printf(out, "%" PRIu64, request->length);
    buf_char(out, '\n'); /* a length of 0 is an empty line, not "0" */
    for (size_t i = 0; i < ARRAY_LEN(after); i++)
        buf_printf(out, "%s\n", header_value(request->headers, after[i]));
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct name_value *)a)->name, ((const struct name_value *)b)->name);
}

/* The x-ms headers, sorted. */
static void put_service_headers(struct buf *out, const struct name_value *headers)
{
    struct name_value sorted[SHAREDKEY_HEADERS];
    size_t len = 0;
    for (; headers->name && len < SHAREDKEY_HEADERS; headers++)
        if (!strncmp(headers->name, "x-ms-", 5))
            sorted[len++] = *headers;
    qsort(sorted, len, sizeof *sorted, by_name);
    for (size_t i = 0; i < len; i++)
        buf_printf(out, "%s:%s\n", sorted[i].name, sorted[i].value);
}

void sharedkey_string(struct buf *out, const struct sharedkey_request *request)
{
    put_standard(out, request);
    put_service_headers(out, request->headers);
    buf_printf(out, "/%s%s", request->account, request->path);
    for (const struct name_value *param = request->params; param->name; param++)
        buf_printf(out, "\n%s:%s", param->name, param->value);
}

int sharedkey_header(struct buf *out, const struct sharedkey_request *request, const struct sign_key *key)
{
    char signature[SIGN_TEXT];
    auto_buf text = BUF_EMPTY;
    sharedkey_string(&text, request);
    int err = buf_error(&text);
    if (!err)
        err = sign_hmac(key, text.data, text.len, signature);
    if (err)
        return err;
    buf_printf(out, "SharedKey %s:%s", request->account, signature);
    return buf_error(out);
}

void sharedkey_date(time_t when, char text[SHAREDKEY_DATE])
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct tm tm = {0};
    gmtime_r(&when, &tm);
    snprintf(text, SHAREDKEY_DATE, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT", days + tm.tm_wday % 7 * 3,
             (unsigned)tm.tm_mday % 100, months + tm.tm_mon % 12 * 3, (unsigned)(tm.tm_year + 1900) % 10000,
             (unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
}
