/* SPDX-License-Identifier: MIT */
/* Azure Storage connection strings: text in, an account out. Pure: no I/O, no environment. */
#ifndef STORE_NET_CONNSTR_H
#define STORE_NET_CONNSTR_H

#include <stdbool.h>

#include "base/buf.h"
#include "sys/attr.h"

/* An account and how to prove who we are: `key` or `sas`, never both. */
struct connstr {
    char *account;  /* taken from the endpoint when only a SAS came */
    char *key;      /* base64, or NULL */
    char *sas;      /* query without '?', or NULL */
    char *container; /* the only one that the endpoint is of, as copied for one container; or NULL */
    char *endpoint; /* http(s)://HOST[:PORT][/PATH] of the blob service, no slash at the end */
};

/* Take the connection string apart: fields are separated by ';', split at their first '=', keys are matched
 * without case, unknown and empty ones ignored, blanks around
 * a value do not count. UseDevelopmentStorage=true means the emulator's public account at
 * http://127.0.0.1:10000; DevelopmentStorageProxyUri gives another host, and port when it names one. A key
 * wins over a SAS. On 0 *out is the caller's, to be given to connstr_release(). Otherwise -EINVAL or -ENOMEM,
 * and `why` names the field and what to do, without showing any value that may be secret. */
must_check nonnull int connstr_parse(const char *text, struct connstr *out, struct buf *why);

/* The same from an account name and a key or a SAS (one of them NULL), for the public Azure cloud. */
must_check int connstr_for_account(const char *account, const char *key, const char *sas, struct connstr *out,
                                   struct buf *why);

/* Whether the account's key is the one that every emulator has, and everybody knows. */
must_check nonnull bool connstr_is_public(const struct connstr *c);

/* Wipe and free what *c holds, and empty it. */
nonnull void connstr_release(struct connstr *c);

#endif
