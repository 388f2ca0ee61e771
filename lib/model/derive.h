/* SPDX-License-Identifier: MIT */
/* Tasks without marks: a filter between the fold and who takes the spans, which adds a task behind each process that is one, by
 * the user's rules or by what tools say themselves (recognise.h). Such a task lasts as long as its process, over execs, ends as
 * it does, and is known by its end (SPAN_END_DERIVED); named tasks, and which process belongs to them, stay what they are.
 * Linear in the number of spans. */
#ifndef MODEL_DERIVE_H
#define MODEL_DERIVE_H

#include "model/assemble.h"
#include "model/figures_names.h"
#include "model/recognise.h"
#include "model/task_rules.h"

#define DERIVED_MAX 100000 /* further ones are counted, not emitted */
#define DERIVED_NAMES 10000
#define DERIVED_A_LIFE 4 /* of one process, over its execs */

/* A task whose process has not come to its end, so far. */
struct derived {
    char id[24], parent_id[24];
    char *name;
    int64_t start_ns;
};

/* A process that children are compared with. */
struct derive_known {
    uint32_t ref;  /* 0 = free */
    uint32_t name; /* number of a task's name */
};

/* Set the first five; the rest must be zero. */
struct derive {
    bool is_off; /* hands spans on and no more */
    const struct task_rules *rules;
    struct summary *summary; /* gets the sums */
    assemble_fn emit;
    void *emit_ctx;
    struct derived open[DERIVED_A_LIFE];
    size_t open_len;
    int64_t open_pid, until_ns; /* of the open ones: whose they are, and until when he was seen */
    char run_id[RUN_ID_BYTES];
    struct makers {
        uint32_t ref;
        enum recognise_maker what;
    } * makers; /* by reference */
    size_t makers_len;
    struct derive_known *known;
    struct figures_names names;
    struct summary_task *sums; /* by the number of the name */
    int64_t count;
    struct buf name, args;
};

/* Before the fold: find those whose children say something by being theirs. 0 or -errno. */
must_check int derive_begin(struct derive *d, struct spool_reader *reader);

/* Hand on the span, and what is derived from it; an assemble_fn, whose context is the struct derive. */
must_check int derive_span(void *ctx, const struct span *span);

/* After the fold: what is still held back, and the summary's list. 0, -ENOMEM, or what emit returned. */
must_check int derive_end(struct derive *d);

/* Free what it holds. */
void derive_release(struct derive *d);

#endif
