/* SPDX-License-Identifier: MIT */
/* A run in figures: its tasks by name, what failed, what took longest by itself. What the formats that
 * summarise have in common, over the tree that `dtrack show` draws. */
#ifndef EXPORT_TALLY_H
#define EXPORT_TALLY_H

#include "export/export_format.h"
#include "export/tree.h"

/* The tasks of one name. */
struct tally_task {
    uint32_t label; /* of the tree's text */
    int64_t count, failed, ns, longest_ns;
};

struct tally {
    struct tree tree;
    struct tally_task *tasks; /* in the order in which their names appear */
    uint32_t tasks_len;
    bool run_failed;
};

/* The `init` of a format whose state begins with a tally. */
int tally_init(struct export *e);

/* Its `plan`: takes one row into the tree. */
int tally_plan(struct export *e, const struct span *span);

/* Its `release`, or the first part of that. */
void tally_release(struct export *e);

/* When all rows are in: link the tree, add the tasks up. 0 or -ENOMEM. */
must_check int tally_finish(struct tally *tally);

/* Did the task fail: by its own status, if it has one; else because something in it did, and that mattered; or since it was
 * still open when the run failed? */
must_check bool tally_task_failed(const struct tally *tally, const struct tree_node *task);

/* Is the node a process that failed in a way that mattered? */
must_check bool tally_process_failed(const struct tree_node *node);

/* Find the `max` nodes with the largest key, largest first; those whose key is negative are none. Returns how
 * many. */
uint32_t tally_top(const struct tally *tally, int64_t (*key)(const struct tree_node *node), uint32_t *top,
                   uint32_t max);

/* Append nanoseconds as seconds with three decimals. */
void tally_put_seconds(struct buf *out, int64_t ns);

#endif
