/* SPDX-License-Identifier: MIT */
/* The last look before a run leaves the machine: secrets out of what its spans and its summary say. Whatever
 * the shim wrote, and in whichever version, passes here. Marks come clean from the fold already. */
#ifndef MODEL_CONCEAL_H
#define MODEL_CONCEAL_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "model/assemble.h"

/* A filter between the fold and who takes the spans. Set the first four; the rest must be zero. */
struct conceal {
    const char *rules; /* the user's, as for redact_init(), or NULL */
    bool keep_args;    /* command lines stay as they were recorded: DTRACK_ARGS=full */
    assemble_fn emit;
    void *emit_ctx;
    struct buf name, exe, cwd, args; /* of the span in hand */
    const char **words;
    size_t words_cap;
};

/* Free what it holds. */
void conceal_release(struct conceal *c);

/* Hand on a redacted copy of the span; an assemble_fn, whose context is the struct conceal. */
must_check int conceal_span(void *ctx, const struct span *span);

/* Redact the run's name, folder and command. 0 or -ENOMEM. */
must_check int conceal_summary(struct conceal *c, struct summary *s);

#endif
