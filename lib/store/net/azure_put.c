/* SPDX-License-Identifier: MIT */
/* Writing an object to Azure: in one request, or in blocks that are joined at the end. Either way the
 * condition is carried by the one request that makes the object visible. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/own.h"
#include "store/net/azure.h"
#include "store/net/body_digest.h"

#define BLOCK_BYTES ((uint64_t)8 << 20) /* also the most that goes in one request */
#define BLOCKS_MAX 50000                /* the service's limit */
#define WHOLE_MAX ((uint64_t)5000 << 20) /* that the service takes in one request */
#define BLOCK_ID 80                     /* room for a block's id with its NUL */

/* One object on its way. */
struct upload {
    struct azure_op op;
    const struct store_body *body;
    enum store_mode mode;
    struct name_value condition;
    char md5[SIGN_TEXT];
};

/* The digest in `to` of part of the body; `whole` takes the same bytes when not NULL. "" where the crypto library has no
 * MD5, as on a FIPS host: the service does without. A message on failure. */
static enum store_result digest_part(const struct upload *u, uint64_t offset, uint64_t len,
                                     struct sign_digest *whole, char to[SIGN_TEXT])
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

/* The header that carries a digest; none (which ends a list of headers) without one. */
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
    return result == STORE_EXISTS ? STORE_OK : result; /* somebody else was quicker */
}

/* azure_call() for a write, which creates the container when that is what's missing. */
static enum store_result call_creating(struct azure_op *op, struct azure_call *call)
{
    enum store_result result = azure_call(op, call);
    if (result != STORE_MISSING)
        return result;
    if (!strcmp(call->reply.code, "BlobNotFound"))
        return STORE_CHANGED; /* what was to be replaced is gone */
    result = create_container(op);
    if (result == STORE_OK)
        result = azure_call(op, call);
    return result == STORE_MISSING ? STORE_RETRY : result; /* deleted under our hands */
}

/* --- in one request --- */

/* Put Blob. The service checks Content-MD5 against what arrived and keeps it with the object. */
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

/* All ids of a blob must have one length, whoever wrote them, and none may be another writer's: two uploads
 * of one name would join each other's blocks. */
static void block_id(const struct upload *u, unsigned index, char id[BLOCK_ID])
{
    auto_buf text = BUF_EMPTY;
    char plain[64];
    int len = snprintf(plain, sizeof plain, "%s-%08u", u->op.id, index);
    base64_put(&text, plain, (size_t)len);
    snprintf(id, BLOCK_ID, "%s", buf_text(&text));
}

/* Put Block: invisible until it is joined, and thrown away by the service after a week if it never is.
 * Sending one twice does no harm, so it may go over a kept connection. */
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
    memset(call->params, 0, sizeof call->params); /* they point at what is on this stack */
    memset(call->headers, 0, sizeof call->headers);
    return result;
}

/* The body of Put Block List. "Latest" finds a block whether or not an earlier try of ours has joined it
 * already. */
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

/* Put Block List makes the object visible, so it is this request that carries the condition. The service does
 * not compute an MD5 over blocks: it keeps the one it is given. */
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

/* The body is read twice, block by block: for the digests, which go ahead of the bytes, and for sending. */
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

/* Who wrote what is there: "" when there is something without such a note, NULL when nothing is there or may be asked. */
static const char *ask_writer(const struct upload *u, struct azure_call *call)
{
    auto_buf ignored = BUF_EMPTY;
    struct azure_op op = u->op;
    op.why = &ignored;
    *call = (struct azure_call){.method = "HEAD", .name = op.name};
    return azure_call(&op, call) == STORE_OK ? call->reply.writer : NULL;
}

/* Another writer that joins its blocks first makes ours vanish: that is a failed condition, told differently.
 */
static bool lost_race(enum store_result result, const struct azure_call *call)
{
    return result == STORE_EXISTS || result == STORE_CHANGED || !strcmp(call->reply.code, "InvalidBlockList");
}

/* Some refusals only mean that there is an object already, which may not be overwritten: by this SAS, or by a policy of the
 * container. */
static bool may_exist(const struct upload *u, enum store_result result, const struct azure_call *call)
{
    return result == STORE_REFUSED && u->mode == STORE_CREATE && (call->reply.status == 403 || call->reply.status == 409);
}

/* The result for the caller, once it is clear whose object is there. A failed condition after a try of unknown outcome may
 * be our own success. A SAS that permits creating only cannot be asked, and stays refused. */
static enum store_result settle(const struct upload *u, enum store_result result,
                                const struct azure_call *call)
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

/* In blocks, unless the credential may only create objects: joining blocks is more than that to the service. */
static enum store_result put_large(struct upload *u, struct azure_call *call)
{
    enum store_result result = put_blocks(u, call);
    bool is_barred = result == STORE_REFUSED && call->reply.status == 403;
    return is_barred && u->body->size <= WHOLE_MAX ? put_whole(u, call) : result;
}

enum store_result azure_put(struct store *store, const char *name, const struct store_body *body,
                            enum store_mode mode, const char *etag, struct buf *why)
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
