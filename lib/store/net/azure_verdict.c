/* SPDX-License-Identifier: MIT */
/* Maps an answer of the blob service to a result and a message. Pure except for the message. */
#include <string.h>

#include "store/net/azure.h"
#include "store/retry.h"

/* The input of one verdict, and the destination of its message. */
struct verdict {
    const struct azure_op *op;
    const struct azure_reply *reply;
};

void azure_explain(const struct azure_op *op, const char *reason)
{
    buf_clear(op->why);
    buf_printf(op->why, "cannot %s '%s' at %s: %s", op->verb, op->name, op->az->label, reason);
}

static enum store_result say(const struct verdict *v, enum store_result result, const char *advice)
{
    azure_explain(v->op, "the service answered");
    buf_printf(v->op->why, " %d%s%s%s", v->reply->status, *v->reply->code ? " " : "", v->reply->code, advice);
    return result;
}

static bool code_is(const struct verdict *v, const char *code)
{
    return !strcmp(v->reply->code, code);
}

static enum store_result on_missing(const struct verdict *v)
{
    if (code_is(v, "BlobNotFound") || code_is(v, "ContainerNotFound"))
        return say(v, STORE_MISSING, "");
    return say(v, STORE_REFUSED, "; check the account name and the endpoint");
}

static enum store_result on_conflict(const struct verdict *v)
{
    if (code_is(v, "BlobAlreadyExists") || code_is(v, "ContainerAlreadyExists"))
        return say(v, STORE_EXISTS, "");
    if (code_is(v, "ContainerBeingDeleted"))
        return say(v, STORE_RETRY, "");
    return say(v, STORE_REFUSED, "");
}

static enum store_result on_failed_condition(const struct verdict *v, bool resuming)
{
    if (code_is(v, "LeaseIdMissing"))
        return say(v, STORE_REFUSED, "; somebody holds a lease on it");
    if (resuming)
        return say(v, STORE_RETRY, "; it was replaced while it was read");
    return say(v, STORE_CHANGED, "");
}

enum store_result azure_verdict(const struct azure_op *op, const struct azure_call *call)
{
    struct verdict v = {op, &call->reply};
    int status = call->reply.status;
    if (status / 100 == 2)
        return STORE_OK;
    if (code_is(&v, "Md5Mismatch"))
        return say(&v, STORE_RETRY, "; the body changed on its way");
    switch (status) {
    case 401:
    case 403:
        return say(&v, STORE_REFUSED, "; check the key or SAS, what it permits, and this machine's clock");
    case 404:
        return on_missing(&v);
    case 409:
        return on_conflict(&v);
    case 412:
        return on_failed_condition(&v, call->got > 0);
    default:
        return say(&v, retry_worth(status) ? STORE_RETRY : STORE_REFUSED, "");
    }
}
