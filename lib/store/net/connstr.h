/* SPDX-License-Identifier: MIT */
/* Azure Storage connection strings: text in, an account out. Pure: no I/O, no environment. */
#ifndef STORE_NET_CONNSTR_H
#define STORE_NET_CONNSTR_H

#include <stdbool.h>

#include "base/buf.h"
#include "sys/attr.h"

/* An account and its credential: `key` or `sas`, never both. All strings are on the heap. */
struct connstr {
    char *account;   /* taken from the endpoint when only a SAS was given */
    char *key;       /* base64, or NULL */
    char *sas;       /* query without '?', or NULL */
    char *container; /* if the connection string is for a single container, its name; else NULL */
    char *endpoint;  /* http(s)://HOST[:PORT][/PATH] of the blob service, no slash at the end */
};

/* Parse a connection string. Fields are separated by ';' and split at the first '='; names are case-insensitive; unknown and
 * empty fields, and blanks around a value, are ignored. UseDevelopmentStorage=true means the emulator's public account at
 * http://127.0.0.1:10000; DevelopmentStorageProxyUri gives another host, and optionally a port. A key takes precedence over a
 * SAS. 0, and *out is the caller's, to be passed to connstr_release(); or -EINVAL or -ENOMEM, and `why` names the field and the
 * remedy without showing a value that may be secret. */
must_check nonnull int connstr_parse(const char *text, struct connstr *out, struct buf *why);

/* The same from an account name and a key or a SAS (one of them NULL), for the public Azure cloud. */
must_check int connstr_for_account(const char *account, const char *key, const char *sas, struct connstr *out,
                                   struct buf *why);

/* Whether the account's key is the well-known one of the emulator. */
must_check nonnull bool connstr_is_public(const struct connstr *c);

/* Wipe and free what *c holds, and empty it. */
nonnull void connstr_release(struct connstr *c);

#endif
