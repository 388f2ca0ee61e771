/* SPDX-License-Identifier: MIT */
/* A run's context: what its job's environment said about it, kept in the run's folder as `context`, one
 * KEY<tab>VALUE a line. Written when the run begins; read by whoever finishes it. Never holds a credential. */
#ifndef CMD_CONTEXT_H
#define CMD_CONTEXT_H

#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "model/summary.h"

struct context {
    char *name;       /* DTRACK_NAME, or NULL */
    char *collection; /* DTRACK_COLLECTION or its default */
    char **stores;    /* store URLs without queries; NULL-terminated */
    struct summary_fact *ci;
    size_t ci_len;
};

/* Free what the context owns. */
void context_release(struct context *c);

/* Fill from this process's environment. 0 or -ENOMEM. */
must_check int context_from_environment(struct context *c);

/* Write to FOLDER/context, 0600. 0 or -errno. */
must_check int context_save(const struct context *c, const char *folder);

/* Read FOLDER/context; where there is none, fill from the environment. 0 or -errno. */
must_check int context_load(struct context *c, const char *folder);

/* The URL to open for a store of the context: the same one from this process's DTRACK_STORE when there is one, for it
 * may carry a credential. Owned by `urls` (see cmd_store_urls) or by the context. */
const char *context_store_url(const char *kept, char *const *urls);

/* Append facts about this machine to the summary: hostname, os, kernel, arch, cpus, mem_kb. 0 or -ENOMEM. */
must_check int context_add_host(struct summary *s);

#endif
