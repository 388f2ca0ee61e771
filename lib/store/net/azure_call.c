/* SPDX-License-Identifier: MIT */
/* One request to the blob service: built, signed again for each attempt, repeated by the retry policy. Knows the service's
 * headers and statuses, not the purpose of a request. */
#include "store/net/azure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/wipe.h"
#include "store/name.h"
#include "store/net/azure_xml.h"
#include "store/net/endpoint.h"
#include "store/net/sharedkey.h"
#include "store/random.h"
#include "store/retry.h"
#include "sys/clock.h"

#define SLOW_LINE 256                      /* bytes a millisecond */
#define PATIENT_BYTES ((uint64_t)64 << 20) /* only so many bytes of a read extend its deadline: it may be endless */
#define API_VERSION "2021-12-02"           /* newest that every emulator and sovereign cloud in use knows */

/* The state of one request across its attempts. */
struct wire {
    struct azure_op *op;
    struct azure_call *call;
    struct http_reply answer;
    struct buf url, authorization; /* the URL without a SAS */
    char *target;                  /* the URL to request; may contain a SAS, and is wiped at the end */
    struct name_value headers[SHAREDKEY_HEADERS];
    char date[SHAREDKEY_DATE];
    char id[RANDOM_UUID]; /* of this request, the same for all attempts */
    char range[48];
    char first_etag[128]; /* of the answer whose body is being read */
    uint64_t resumed_at;
    unsigned tries;
};

/* Once the caller has been told to end, shorten the deadline of this call and of those that follow. */
static void hasten(struct azure_op *op)
{
    const struct azure *az = op->az;
    if (op->hastened || !az->hurry || !az->hurry())
        return;
    op->hastened = true;
    op->deadline = MIN(op->deadline, clock_now_ms() + STORE_HURRY_MS);
    if (az->until_ms)
        *az->until_ms = MIN(*az->until_ms, op->deadline);
}

void azure_begin(struct azure_op *op, const struct azure *az, const char *name, struct buf *why)
{
    *op = (struct azure_op){.az = az, .name = name, .why = why, .verb = "read"};
    op->deadline = clock_now_ms() + az->deadline_ms;
    if (az->until_ms)
        op->deadline = MIN(op->deadline, *az->until_ms);
    random_uuid(op->id);
    hasten(op);
}

void azure_grant(struct azure_op *op, uint64_t bytes)
{
    op->deadline += (int64_t)(bytes / SLOW_LINE);
    if (op->az->until_ms)
        *op->az->until_ms += (int64_t)(bytes / SLOW_LINE);
}

bool azure_is_over(struct azure_op *op)
{
    hasten(op);
    return op->hastened && clock_now_ms() >= op->deadline;
}

/* --- the request --- */

/* Account, container, name and query. */
static void put_url(struct wire *w)
{
    const struct azure *az = w->op->az;
    const struct azure_call *call = w->call;
    struct buf *url = &w->url;
    buf_clear(url);
    buf_printf(url, "%s/%s", az->account.endpoint, az->container);
    if (call->name) {
        buf_char(url, '/');
        name_encode(url, az->prefix, "/");
        name_encode(url, call->name, "/");
    }
    char glue = '?';
    for (const struct name_value *param = call->params; param->name; param++, glue = '&') {
        buf_printf(url, "%c%s=", glue, param->name);
        name_encode(url, param->value, "");
    }
}

/* Build the URL with the SAS appended, which is encoded already and not signed. The block has its final size from the start:
 * growing it would leave copies that are not wiped. */
static int put_target(struct wire *w)
{
    const char *sas = w->op->az->account.sas ? w->op->az->account.sas : "";
    const char *glue = !*sas ? "" : w->call->params[0].name ? "&" : "?";
    put_url(w);
    size_t room = w->url.len + strlen(sas) + 2;
    w->target = buf_error(&w->url) ? NULL : malloc(room);
    if (!w->target)
        return -ENOMEM;
    snprintf(w->target, room, "%s%s%s", buf_text(&w->url), glue, sas);
    return 0;
}

/* Append to an array that ends with a NULL name. */
static void add_header(struct name_value *headers, const char *name, const char *value)
{
    size_t len = 0;
    while (headers[len].name)
        len++;
    if (len + 1 < SHAREDKEY_HEADERS)
        headers[len] = (struct name_value){name, value};
}

/* Everything but the signature. */
static void put_headers(struct wire *w)
{
    memset(w->headers, 0, sizeof w->headers);
    for (const struct name_value *header = w->call->headers; header->name; header++)
        add_header(w->headers, header->name, header->value);
    sharedkey_date(time(NULL), w->date);
    add_header(w->headers, "x-ms-date", w->date);
    add_header(w->headers, "x-ms-version", API_VERSION);
    add_header(w->headers, "x-ms-client-request-id", w->id);
    w->resumed_at = w->call->got;
    if (!w->resumed_at)
        return;
    snprintf(w->range, sizeof w->range, "bytes=%llu-", (unsigned long long)w->resumed_at);
    add_header(w->headers, "x-ms-range", w->range);
    if (*w->first_etag)
        add_header(w->headers, "if-match", w->first_etag);
}

/* Add the authorization. The path is signed as it is sent, the query decoded. */
static int sign(struct wire *w)
{
    const struct azure *az = w->op->az;
    if (az->account.sas)
        return 0;
    auto_buf path = BUF_EMPTY;
    const char *host = endpoint_host(buf_text(&w->url));
    const char *slash = host + strcspn(host, "/");
    buf_add(&path, slash, strcspn(slash, "?"));
    struct sharedkey_request request = {
        .method = w->call->method,
        .account = az->account.account,
        .path = buf_text(&path),
        .params = w->call->params,
        .headers = w->headers,
        .length = w->call->length,
    };
    buf_clear(&w->authorization);
    int err = sharedkey_header(&w->authorization, &request, &az->key);
    add_header(w->headers, "authorization", buf_text(&w->authorization));
    return err ? err : buf_error(&path);
}

/* --- the answer --- */

static void on_header(void *ctx, const char *name, const char *value)
{
    azure_reply_header(&((struct wire *)ctx)->call->reply, name, value, time(NULL));
}

/* Pass bytes of a 2xx answer to the caller. */
static int on_body(void *ctx, const void *bytes, size_t len)
{
    struct wire *w = ctx;
    struct azure_call *call = w->call;
    if (call->collect) {
        buf_add(call->collect, bytes, len);
        return buf_error(call->collect);
    }
    if (w->resumed_at && w->answer.status != 206)
        return -EPROTO; /* the rest was requested, but the whole object was sent */
    if (!call->got)
        snprintf(w->first_etag, sizeof w->first_etag, "%s", call->reply.etag);
    int64_t began = clock_now_ms();
    int err = call->sink(call->ctx, bytes, len);
    w->op->deadline += clock_now_ms() - began; /* the sink may block: a pipe to a pager, for instance */
    azure_grant(w->op, call->got < PATIENT_BYTES ? len : 0);
    call->got += err ? 0 : len;
    return err;
}

static bool is_over(void *ctx)
{
    return azure_is_over(((struct wire *)ctx)->op);
}

/* Get the error code of an error reply: nearly always in a header, and also in the body. */
static void note_answer(struct wire *w)
{
    struct azure_reply *reply = &w->call->reply;
    reply->status = w->answer.status;
    if (*reply->code || reply->status / 100 == 2)
        return;
    auto_buf code = BUF_EMPTY;
    azure_xml_error(buf_text(&w->answer.fault), w->answer.fault.len, &code);
    azure_reply_code(reply, buf_text(&code));
}

/* A success answer that does not come from the service itself counts as no answer. */
static enum http_outcome judge_answer(struct wire *w)
{
    note_answer(w);
    bool is_write = !strcmp(w->call->method, "PUT");
    if (!is_write || w->answer.status / 100 != 2 || azure_reply_is_receipt(&w->call->reply))
        return HTTP_ANSWERED;
    snprintf(w->answer.text, sizeof w->answer.text,
             "an answer %d that is not the blob service's; check the endpoint, and the proxy if there is one",
             w->answer.status);
    return HTTP_BROKEN;
}

/* One attempt. Each is signed anew, because the service refuses a date older than 15 minutes. */
static enum http_outcome try_once(struct wire *w)
{
    const struct azure_op *op = w->op;
    struct azure_call *call = w->call;
    call->reply = (struct azure_reply){0};
    if (call->collect)
        buf_clear(call->collect);
    put_headers(w);
    int err = sign(w);
    if (err) {
        w->answer.error = err;
        return HTTP_STOPPED;
    }
    int64_t left = op->deadline - clock_now_ms();
    struct http_request request = {
        .method = call->method,
        .url = w->target,
        .headers = w->headers,
        .body = call->body,
        .offset = call->offset,
        .length = call->length,
        .timeout_ms = MAX(left, 1),
        .alone = call->alone,
        .sink = call->sink || call->collect ? on_body : NULL,
        .header = on_header,
        .is_over = is_over,
        .ctx = w,
    };
    enum http_outcome outcome = http_do(op->az->http, &request, &w->answer);
    return outcome == HTTP_ANSWERED ? judge_answer(w) : outcome;
}

/* --- retries --- */

/* The final result, when there is no further attempt. */
static enum store_result conclude(const struct wire *w, enum http_outcome outcome)
{
    enum store_result result = outcome == HTTP_BROKEN || outcome == HTTP_BARRED ? STORE_RETRY : STORE_REFUSED;
    if (outcome == HTTP_ANSWERED)
        result = azure_verdict(w->op, w->call);
    else
        azure_explain(w->op, outcome == HTTP_STOPPED ? strerror(-w->answer.error) : w->answer.text);
    if (result == STORE_RETRY && outcome != HTTP_BARRED)
        buf_printf(w->op->why, " (tried %u times)", w->tries);
    return result;
}

/* Retry until the outcome is final or the policy says stop. A failed attempt may still have been carried out: a lost answer can't
 * be told from a lost request. */
static enum store_result call_until_done(struct wire *w)
{
    for (;;) {
        enum http_outcome outcome = try_once(w);
        int status = outcome == HTTP_ANSWERED ? w->call->reply.status : 0;
        w->tries++;
        if (outcome == HTTP_STOPPED || outcome == HTTP_REFUSED || outcome == HTTP_BARRED || !retry_worth(status))
            return conclude(w, outcome);
        w->call->doubtful = true;
        struct retry_try last = {
            .attempt = w->tries - 1,
            .status = status,
            .retry_after_ms = w->call->reply.retry_after_ms,
            .left_ms = w->op->deadline - clock_now_ms(),
        };
        random_fill(&last.random, sizeof last.random);
        int64_t delay = azure_is_over(w->op) ? RETRY_STOP : retry_delay_ms(&last);
        if (delay == RETRY_STOP)
            return conclude(w, outcome);
        clock_sleep_unless(delay, w->op->az->hurry);
    }
}

/* The signature is wiped as well, although it only authorizes its own request, for 15 minutes. */
static void wire_release(struct wire *w)
{
    wipe_text(&w->target);
    wipe(w->authorization.data, w->authorization.len);
    buf_release(&w->authorization);
    buf_release(&w->url);
    buf_release(&w->answer.fault);
}

enum store_result azure_call(struct azure_op *op, struct azure_call *call)
{
    struct wire w = {.op = op, .call = call};
    random_uuid(w.id);
    enum store_result result = STORE_RETRY;
    if (put_target(&w))
        azure_explain(op, "out of memory");
    else
        result = call_until_done(&w);
    wire_release(&w);
    return result;
}
