/* SPDX-License-Identifier: MIT */
/* Writes an object to Azure, in one request or in blocks that are committed at the end. Either way the request that makes the
 * object visible carries the condition. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/own.h"
#include "store/net/azure.h"
#include "store/net/body_digest.h"

#define BLOCK_BYTES ((uint64_t)8 << 20)  /* larger objects are sent in blocks */
#define BLOCKS_MAX 50000                 /* the service's limit */
#define WHOLE_MAX ((uint64_t)5000 << 20) /* that the service takes in one request */
#define BLOCK_ID 80                      /* room for a block's id with its NUL */

/* The state of writing one object. */
struct upload {
    struct azure_op op;
    const struct store_body *body;
    enum store_mode mode;
    struct name_value condition;
    char md5[SIGN_TEXT];
};

/* Write the digest of a part of the body to `to`, and add the same bytes to `whole` unless NULL. `to` is "" when the crypto
 * library has no MD5, as on a FIPS host: the service accepts that. On failure u->op.why has a message. */
static enum store_result digest_part(const struct upload *u, uint64_t offset, uint64_t len, struct sign_digest *whole,
                                     char to[SIGN_TEXT])
{
    auto_digest *part = sign_digest_new();
    to[0] = '\0';
    if (!part)
        return STORE_OK;
    int err = body_digest(u->body, offset, len, (struct sign_digest *[]){part, whole, NULL});
    if (!err)
        err = sign_digest_end(part, to);
    if (!err)
        return STORE_OK;
    azure_explain(&u->op, err == -ENODATA ? "the body ends before its stated size" : strerror(-err));
    return err == -ENOMEM ? STORE_RETRY : STORE_REFUSED;
}

/* The header with a digest; without one, the terminator of a list of headers. */
static struct name_value digest_header(const char *name, const char *md5)
{
    return *md5 ? (struct name_value){name, md5} : (struct name_value){0};
}

/* --- the container --- */

static enum store_result create_container(struct azure_op *op)
{
    struct azure_call call = {
        .method = "PUT",
        .params = {{"restype", "container"}},
        .headers = {{"content-type", ""}},
    };
    enum store_result result = azure_call(op, &call);
    if (result == STORE_REFUSED)
        buf_str(op->why, "; the container is missing and could not be created");
    return result == STORE_EXISTS ? STORE_OK : result; /* another process created it first */
}

/* azure_call() for a write; creates the container if it is missing, and retries. */
static enum store_result call_creating(struct azure_op *op, struct azure_call *call)
{
    enum store_result result = azure_call(op, call);
    if (result != STORE_MISSING)
        return result;
    if (!strcmp(call->reply.code, "BlobNotFound"))
        return STORE_CHANGED; /* the object to replace is gone */
    result = create_container(op);
    if (result == STORE_OK)
        result = azure_call(op, call);
    return result == STORE_MISSING ? STORE_RETRY : result; /* the container was deleted meanwhile */
}

/* --- in one request --- */

/* Put Blob. The service checks Content-MD5 against the received bytes and stores it with the object. */
static enum store_result put_whole(struct upload *u, struct azure_call *call)
{
    enum store_result result = digest_part(u, 0, u->body->size, NULL, u->md5);
    if (result)
        return result;
    *call = (struct azure_call){
        .method = "PUT",
        .name = u->op.name,
        .headers = {{"content-type", "application/octet-stream"},
                    {"x-ms-blob-type", "BlockBlob"},
                    {"x-ms-blob-content-type", u->body->type},
                    {"x-ms-meta-dtrackwriter", u->op.id},
                    u->condition,
                    digest_header("content-md5", u->md5)},
        .body = u->body,
        .length = u->body->size,
        .alone = true,
    };
    return call_creating(&u->op, call);
}

/* --- in blocks --- */

/* All block ids of a blob must have the same length, whoever wrote them. They contain the id of the operation: otherwise two
 * uploads to the same name would commit each other's blocks. */
static void block_id(const struct upload *u, unsigned index, char id[BLOCK_ID])
{
    auto_buf text = BUF_EMPTY;
    char plain[64];
    int len = snprintf(plain, sizeof plain, "%s-%08u", u->op.id, index);
    base64_put(&text, plain, (size_t)len);
    snprintf(id, BLOCK_ID, "%s", buf_text(&text));
}

/* Put Block. A block is invisible until it is committed; the service deletes uncommitted ones after a week. Sending it twice does
 * no harm, so it may use a kept-alive connection. */
static enum store_result put_block(struct upload *u, unsigned index, struct sign_digest *whole, struct azure_call *call)
{
    char id[BLOCK_ID], md5[SIGN_TEXT];
    uint64_t offset = index * BLOCK_BYTES, len = MIN(BLOCK_BYTES, u->body->size - offset);
    block_id(u, index, id);
    enum store_result result = digest_part(u, offset, len, whole, md5);
    if (result)
        return result;
    *call = (struct azure_call){
        .method = "PUT",
        .name = u->op.name,
        .params = {{"blockid", id}, {"comp", "block"}},
        .headers = {{"content-type", "application/octet-stream"}, digest_header("content-md5", md5)},
        .body = u->body,
        .offset = offset,
        .length = len,
    };
    result = call_creating(&u->op, call);
    memset(call->params, 0, sizeof call->params); /* they point into this stack frame */
    memset(call->headers, 0, sizeof call->headers);
    return result;
}

/* The body of Put Block List. "Latest" finds a block whether or not an earlier attempt of ours has committed it. */
static int block_list(const struct upload *u, unsigned count, struct buf *xml)
{
    char id[BLOCK_ID];
    buf_str(xml, "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>");
    for (unsigned i = 0; i < count; i++) {
        block_id(u, i, id);
        buf_printf(xml, "<Latest>%s</Latest>", id);
    }
    buf_str(xml, "</BlockList>");
    return buf_error(xml);
}

/* Put Block List makes the object visible, so this request carries the condition. The service does not compute the MD5 of the whole
 * object: it stores the one that we send. */
static enum store_result join_blocks(struct upload *u, unsigned count, struct azure_call *call)
{
    auto_buf xml = BUF_EMPTY;
    if (block_list(u, count, &xml)) {
        azure_explain(&u->op, "out of memory");
        return STORE_RETRY;
    }
    struct store_body body = {.data = xml.data, .fd = -1, .size = xml.len};
    *call = (struct azure_call){
        .method = "PUT",
        .name = u->op.name,
        .params = {{"comp", "blocklist"}},
        .headers = {{"content-type", "application/xml"},
                    {"x-ms-blob-content-type", u->body->type},
                    {"x-ms-meta-dtrackwriter", u->op.id},
                    u->condition,
                    digest_header("x-ms-blob-content-md5", u->md5)},
        .body = &body,
        .length = body.size,
        .alone = true,
    };
    enum store_result result = azure_call(&u->op, call);
    call->body = NULL;
    return result;
}

/* Each block of the body is read twice: for its digest, which is sent in a header before it, and for sending. */
static enum store_result put_blocks(struct upload *u, struct azure_call *call)
{
    uint64_t count = (u->body->size + BLOCK_BYTES - 1) / BLOCK_BYTES;
    auto_digest *whole = sign_digest_new();
    if (count > BLOCKS_MAX) {
        azure_explain(&u->op, "it is larger than the service takes");
        return STORE_REFUSED;
    }
    for (unsigned i = 0; i < count; i++) {
        enum store_result result = put_block(u, i, whole, call);
        if (result)
            return result;
    }
    if (whole && sign_digest_end(whole, u->md5)) {
        azure_explain(&u->op, "cannot compute its MD5");
        return STORE_REFUSED;
    }
    return join_blocks(u, (unsigned)count, call);
}

/* --- the outcome --- */

/* The writer id of the existing object: "" when it has none, NULL when there is no object or we may not read it. */
static const char *ask_writer(const struct upload *u, struct azure_call *call)
{
    auto_buf ignored = BUF_EMPTY;
    struct azure_op op = u->op;
    op.why = &ignored;
    *call = (struct azure_call){.method = "HEAD", .name = op.name};
    return azure_call(&op, call) == STORE_OK ? call->reply.writer : NULL;
}

/* Whether the write lost against another one. If another writer commits its blocks first, the service discards ours and reports
 * invalid blocks instead of a failed condition. */
static bool lost_race(enum store_result result, const struct azure_call *call)
{
    return result == STORE_EXISTS || result == STORE_CHANGED || !strcmp(call->reply.code, "InvalidBlockList");
}

/* Whether the refusal may only mean that the object exists and must not be overwritten, because of the SAS's permissions or a
 * policy of the container. */
static bool may_exist(const struct upload *u, enum store_result result, const struct azure_call *call)
{
    return result == STORE_REFUSED && u->mode == STORE_CREATE &&
           (call->reply.status == 403 || call->reply.status == 409);
}

/* Determine the result by asking who wrote the existing object: a failed condition after an attempt of unknown outcome may be
 * caused by our own success. With a SAS that only permits creating, asking is impossible, and the result stays "refused". */
static enum store_result settle(const struct upload *u, enum store_result result, const struct azure_call *call)
{
    bool lost = lost_race(result, call), refused = !lost && may_exist(u, result, call);
    if (!lost && !refused)
        return result;
    struct azure_call head;
    const char *writer = call->doubtful || refused ? ask_writer(u, &head) : NULL;
    if (refused && !writer)
        return result;
    if (writer && call->doubtful && !strcmp(writer, u->op.id)) {
        buf_clear(u->op.why);
        return STORE_OK;
    }
    azure_explain(&u->op, u->mode == STORE_CREATE ? "it exists" : "it changed since it was read");
    return u->mode == STORE_CREATE ? STORE_EXISTS : STORE_CHANGED;
}

/* Write in blocks, unless the credential only permits creating objects: committing blocks requires more. */
static enum store_result put_large(struct upload *u, struct azure_call *call)
{
    enum store_result result = put_blocks(u, call);
    bool is_barred = result == STORE_REFUSED && call->reply.status == 403;
    return is_barred && u->body->size <= WHOLE_MAX ? put_whole(u, call) : result;
}

enum store_result azure_put(struct store *store, const char *name, const struct store_body *body, enum store_mode mode,
                            const char *etag, struct buf *why)
{
    struct upload u = {.body = body, .mode = mode};
    struct azure_call call = {0};
    azure_begin(&u.op, store->self, name, why);
    azure_grant(&u.op, body->size);
    u.op.verb = "write";
    u.condition =
        mode == STORE_CREATE ? (struct name_value){"if-none-match", "*"} : (struct name_value){"if-match", etag};
    enum store_result result = body->size <= BLOCK_BYTES ? put_whole(&u, &call) : put_large(&u, &call);
    return settle(&u, result, &call);
}
