/* SPDX-License-Identifier: MIT */
/* A run's context: what the job's environment says about the run, kept in the run's folder as `context`, one KEY<tab>VALUE per
 * line. The guardian writes it when the run begins; whichever process finishes the run reads it. It never holds a credential. */
#ifndef RUN_CONTEXT_H
#define RUN_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "model/summary.h"
#include "run/environment.h"
#include "spool/record.h"
#include "sys/attr.h"

#define CONTEXT_NAME "context"

struct context {
    char *name;       /* DTRACK_NAME, or NULL */
    char *collection; /* DTRACK_COLLECTION or its default */
    char *boot;       /* the kernel's boot id when the run was recorded, or NULL */
    char **stores;    /* store URLs without queries; NULL-terminated */
    char *rules;      /* the user's words for secrets, as for redact_init(), or NULL */
    char *bad_rules;  /* what is wrong with DTRACK_REDACT, or NULL: what is to be hidden is not known then */
    char *task_rules; /* the text of the file that DTRACK_RULES names, or NULL */
    bool no_derived;  /* DTRACK_RULES=off */
    bool keep_args;   /* DTRACK_ARGS=full */
    bool is_lost;     /* the file is missing: the guardian died before it could write it */
    bool unsettled;   /* the file was missing when a process other than the guardian came to finish the run */
    struct summary_fact *ci;
    size_t ci_len;
};

/* Free what the context owns. */
void context_release(struct context *c);

/* Fill *c from an environment. 0 or -errno; release *c in either case. */
must_check int context_from_environment(struct context *c, environment_fn env);

/* Store the kernel's current boot id in *c. 0, also without /proc; or -errno. */
must_check int context_note_boot(struct context *c);

/* Whether the machine has rebooted since the context was written. */
bool context_is_of_another_boot(const struct context *c);

/* Write the file `context` in the folder, mode 0600. 0 or -errno. */
must_check int context_save(const struct context *c, int folder_fd);

/* Read the file `context` in the folder. What it lacks is not taken from `env`, the environment of this process, which may belong
 * to another job: a run without a name is named after its command and has no CI facts. Missing stores come from the spool's
 * `header` (may be NULL), else the default store is used. One exception: DTRACK_REDACT in `env` adds to the rules of the file, and
 * replaces them when they are bad. 0 or -errno; release *c in either case. */
must_check int context_load(struct context *c, int folder_fd, const struct spool_header *header, environment_fn env);

/* The URL to open for a store of the context: the same one from this process's DTRACK_STORE when there is one, for it
 * may carry a credential. Owned by `urls` (see store_urls_read) or by the context. */
const char *context_store_url(const char *kept, char *const *urls);

/* Append facts about this machine to the summary: hostname, os, kernel, arch, cpus, mem_kb. 0 or -ENOMEM. */
must_check int context_add_host(struct summary *s);

#endif
