/* SPDX-License-Identifier: MIT */
/* The last look before a run leaves the machine: secrets out of what its spans and its summary say. Whatever
 * the shim wrote, and in whichever version, passes here. Marks come clean from the fold already. */
#ifndef MODEL_CONCEAL_H
#define MODEL_CONCEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "model/assemble.h"
#include "sys/attr.h"

/* What one span says of itself, redacted. */
struct conceal_text {
    uint32_t program; /* of which struct span's; 0 = of none that is repeated */
    struct buf name, exe, cwd, args;
    const char **words;
    size_t words_cap;
};

/* So many images have forked children whose rows are met by turns. */
#define CONCEAL_KEPT 16

/* A filter between the fold and who takes the spans. Set the first four; the rest must be zero. */
struct conceal {
    const char *rules; /* the user's, as for redact_init(), or NULL */
    bool keep_args;    /* command lines stay as they were recorded: DTRACK_ARGS=full */
    assemble_fn emit;
    void *emit_ctx;
    struct conceal_text own; /* of the span in hand */
    struct conceal_text
        kept[CONCEAL_KEPT]; /* what forked children repeat is redacted once, not for each of thousands */
};

/* Free what it holds. */
void conceal_release(struct conceal *c);

/* Hand on a redacted copy of the span; an assemble_fn, whose context is the struct conceal. */
must_check int conceal_span(void *ctx, const struct span *span);

/* Redact the run's name, folder and command. 0 or -ENOMEM. */
must_check int conceal_summary(struct conceal *c, struct summary *s);

#endif
