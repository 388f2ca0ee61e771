/* SPDX-License-Identifier: MIT */
/* The only file that includes libcurl. Turns a request into curl's options and curl's results into ours. */
#include "store/net/http.h"

#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/own.h"
#include "store/body.h"
#include "store/net/header.h"
#include "store/net/wiping.h"

#define CONNECT_MS 10000
#define STALL_S 20 /* after so long without a byte the connection counts as dead */
#define HEADERS_MAX \
    ((size_t)64 << 10) /* bytes of headers per request, including interim answers and those of proxies */
#define UNWANTED_MAX ((size_t)1 << 20) /* bytes of an unneeded body that are read to keep the connection */

struct http {
    CURL *curl;
    char *ca_file, *ca_folder;
    char agent[64];
};

/* The state of one request. */
struct exchange {
    const struct http_request *request;
    struct http_reply *reply;
    CURL *curl;
    uint64_t sent;
    size_t headers, unwanted; /* bytes so far */
    bool final;               /* the current headers belong to the answer itself, not to an interim 1xx */
};

/* Copy a text that may be NULL. False when out of memory. */
static bool copy_text(char **to, const char *text)
{
    *to = text ? strdup(text) : NULL;
    return *to || !text;
}

struct http *http_new(const struct http_trust *trust)
{
    struct http *http = calloc(1, sizeof *http);
    /* curl copies URLs and headers, which contain secrets, and would free the copies without wiping them */
    if (!http || curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wiping_free, wiping_realloc, strdup, calloc)) {
        free(http);
        return NULL;
    }
    http->curl = curl_easy_init();
    bool copied = copy_text(&http->ca_file, trust->file) && copy_text(&http->ca_folder, trust->folder);
    snprintf(http->agent, sizeof http->agent, "dtrack libcurl/%s", curl_version_info(CURLVERSION_NOW)->version);
    if (http->curl && copied)
        return http;
    http_free(http);
    return NULL;
}

void http_free(struct http *http)
{
    if (!http)
        return;
    curl_easy_cleanup(http->curl);
    curl_global_cleanup();
    free(http->ca_file);
    free(http->ca_folder);
    free(http);
}

/* --- callbacks --- */

/* curl's read callback: the body is streamed. */
static size_t on_send(char *to, size_t size, size_t count, void *ctx)
{
    struct exchange *x = ctx;
    const struct http_request *request = x->request;
    size_t len = (size_t)MIN((uint64_t)size * count, request->length - x->sent);
    int err = len ? body_read(request->body, request->offset + x->sent, to, len) : 0;
    if (err) {
        x->reply->error = err;
        return CURL_READFUNC_ABORT;
    }
    x->sent += len;
    return len;
}

/* Discard an unneeded body. It is read to its end so that the connection can be kept, unless it is too long. */
static size_t drop(struct exchange *x, size_t len)
{
    x->unwanted += len;
    return x->unwanted > UNWANTED_MAX ? 0 : len;
}

/* curl's write callback: the start of an error's body is kept, a success body goes to the sink. */
static size_t on_body(char *data, size_t size, size_t count, void *ctx)
{
    struct exchange *x = ctx;
    size_t len = size * count;
    bool fault = x->reply->status / 100 != 2;
    if (fault)
        buf_add(&x->reply->fault, data, MIN(len, HTTP_FAULT_MAX - x->reply->fault.len));
    if (fault || !x->request->sink)
        return drop(x, len);
    int err = x->request->sink(x->request->ctx, data, len);
    x->reply->error = err;
    return err ? 0 : len;
}

/* "HTTP/1.1 200 OK": every answer starts with a status line, including interim answers and those of proxies. */
static void on_status_line(struct exchange *x)
{
    long status = 0;
    curl_easy_getinfo(x->curl, CURLINFO_RESPONSE_CODE, &status);
    x->reply->status = (int)status;
    x->final = status >= 200;
}

/* Pass one header of the answer itself to the request's callback. */
static void on_header_line(const struct exchange *x, const char *line, size_t len)
{
    struct header header;
    if (x->final && x->request->header && header_split(line, len, &header))
        x->request->header(x->request->ctx, header.name, header.value);
}

/* curl's header callback. curl keeps all headers of an answer in memory, so their total size is limited. */
static size_t on_header(char *line, size_t size, size_t count, void *ctx)
{
    struct exchange *x = ctx;
    size_t len = size * count;
    x->headers += len;
    if (x->headers > HEADERS_MAX)
        return 0;
    if (len >= 5 && !memcmp(line, "HTTP/", 5))
        on_status_line(x);
    else
        on_header_line(x, line, len);
    return len;
}

/* curl's progress callback, called with each piece and about once a second. */
static int on_progress(void *ctx, unused curl_off_t down_all, unused curl_off_t down, unused curl_off_t up_all,
                       unused curl_off_t up)
{
    const struct exchange *x = ctx;
    return x->request->is_over && x->request->is_over(x->request->ctx);
}

/* --- a request as curl's options --- */

static void set_protocols(CURL *curl)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

/* Certificates are always verified; only the trusted authorities can be chosen. */
static void set_trust(const struct http *http)
{
    curl_easy_setopt(http->curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(http->curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(http->curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (http->ca_file)
        curl_easy_setopt(http->curl, CURLOPT_CAINFO, http->ca_file);
    if (http->ca_folder)
        curl_easy_setopt(http->curl, CURLOPT_CAPATH, http->ca_folder);
}

/* No request hangs: connecting, stalling and the total time are limited. Redirects are off, which is curl's default. */
static void set_limits(const struct http *http, const struct http_request *request)
{
    CURL *curl = http->curl;
    set_protocols(curl);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, http->agent);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)MIN(request->timeout_ms, (int64_t)CONNECT_MS));
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)STALL_S);
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, request->alone ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, request->alone ? 1L : 0L);
}

static void set_callbacks(struct exchange *x)
{
    curl_easy_setopt(x->curl, CURLOPT_READFUNCTION, on_send);
    curl_easy_setopt(x->curl, CURLOPT_READDATA, x);
    curl_easy_setopt(x->curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(x->curl, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(x->curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(x->curl, CURLOPT_HEADERDATA, x);
    curl_easy_setopt(x->curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(x->curl, CURLOPT_XFERINFODATA, x);
    curl_easy_setopt(x->curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(x->curl, CURLOPT_ERRORBUFFER, x->reply->text);
}

/* curl reads the body of an upload through on_send; for HEAD it needs NOBODY, or it would wait for a body. */
static void set_method(CURL *curl, const struct http_request *request)
{
    if (!strcmp(request->method, "PUT")) {
        curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)request->length);
    } else if (!strcmp(request->method, "HEAD")) {
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    }
}

/* Append one line to *list. False when out of memory; *list is unchanged then. */
static bool add_line(struct curl_slist **list, const char *line)
{
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (longer)
        *list = longer;
    return longer;
}

static struct curl_slist *header_list(const struct name_value *headers)
{
    struct curl_slist *list = NULL;
    /* for larger bodies curl would wait for "100 Continue", and lose a second if the server does not send it */
    bool ok = add_line(&list, "Expect:");
    auto_buf line = BUF_EMPTY;
    for (; ok && headers->name; headers++) {
        buf_clear(&line);
        buf_printf(&line, *headers->value ? "%s: %s" : "%s;", headers->name, headers->value);
        ok = !buf_error(&line) && add_line(&list, buf_text(&line));
    }
    if (ok)
        return list;
    curl_slist_free_all(list);
    return NULL;
}

/* --- carrying it out --- */

/* With NOSIGNAL, curl does not handle SIGPIPE, and OpenSSL writes without MSG_NOSIGNAL: block the signal during the request, and
 * consume one that our own write raised. */
static CURLcode perform_without_sigpipe(CURL *curl)
{
    sigset_t pipe_only, before, pending;
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    sigpending(&pending);
    bool was_pending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
    CURLcode code = curl_easy_perform(curl);
    if (!was_pending)
        while (sigtimedwait(&pipe_only, NULL, &(struct timespec){0}) < 0 && errno == EINTR)
            continue;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return code;
}

/* Write a message that names the proxy by its address: its URL may contain the password. */
static void explain_barred(CURL *curl, struct http_reply *reply)
{
    char *address = NULL;
    long port = 0;
    curl_easy_getinfo(curl, CURLINFO_PRIMARY_IP, &address);
    curl_easy_getinfo(curl, CURLINFO_PRIMARY_PORT, &port);
    snprintf(reply->text, sizeof reply->text,
             "the proxy at %s port %ld answered 407; check the user and password in https_proxy",
             address ? address : "an unknown address", port);
}

/* Whether the proxy itself answered 407. */
static bool is_barred(CURL *curl)
{
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_HTTP_CONNECTCODE, &status);
    return status == 407;
}

/* Map curl's error code to an outcome, by what the caller can do about it. */
static enum http_outcome outcome_of(CURLcode code, struct http_reply *reply)
{
    if (code == CURLE_OK && reply->status)
        return HTTP_ANSWERED;
    if (reply->error)
        return HTTP_STOPPED;
    /* curl's message may quote a malformed proxy URL, including its password */
    if (!*reply->text || strchr(reply->text, '@'))
        snprintf(reply->text, sizeof reply->text, "%s", curl_easy_strerror(code));
    if (code == CURLE_WRITE_ERROR)
        snprintf(reply->text, sizeof reply->text, "the answer does not end");
    if (code == CURLE_ABORTED_BY_CALLBACK)
        snprintf(reply->text, sizeof reply->text, "told to end meanwhile");
    switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_URL_MALFORMAT:
    case CURLE_BAD_FUNCTION_ARGUMENT:
        return HTTP_REFUSED;
    default:
        return HTTP_BROKEN;
    }
}

enum http_outcome http_do(struct http *http, const struct http_request *request, struct http_reply *reply)
{
    struct exchange x = {.request = request, .reply = reply, .curl = http->curl};
    buf_clear(&reply->fault);
    reply->status = reply->error = 0;
    reply->text[0] = '\0';
    struct curl_slist *headers = header_list(request->headers);
    if (!headers) {
        snprintf(reply->text, sizeof reply->text, "out of memory");
        return HTTP_BROKEN;
    }
    curl_easy_reset(http->curl); /* keeps connections */
    curl_easy_setopt(http->curl, CURLOPT_URL, request->url);
    curl_easy_setopt(http->curl, CURLOPT_HTTPHEADER, headers);
    set_limits(http, request);
    set_trust(http);
    set_callbacks(&x);
    set_method(http->curl, request);
    if (!strncasecmp(request->url, "http:", 5))
        curl_easy_setopt(http->curl, CURLOPT_PROXY, ""); /* http:// is for this host: no proxy may read it */
    enum http_outcome outcome = outcome_of(perform_without_sigpipe(http->curl), reply);
    if (outcome == HTTP_BROKEN && is_barred(http->curl)) {
        explain_barred(http->curl, reply);
        outcome = HTTP_BARRED;
    }
    curl_easy_reset(http->curl); /* drops pointers into this stack frame */
    curl_slist_free_all(headers);
    return outcome;
}
