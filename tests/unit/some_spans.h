/* SPDX-License-Identifier: MIT */
/* Spans made in one line, for the tests of trees and pages. Times are in milliseconds from the run's start.
 */
#ifndef TESTS_SOME_SPANS_H
#define TESTS_SOME_SPANS_H

#include "export/tree.h"

#define SOME_START_NS INT64_C(1795422982000000000)
#define SOME_MS INT64_C(1000000)

/* A span with an id, a parent, a name and a time; the rest is absent. */
static inline struct span some_span(enum span_kind kind, const char *id, const char *parent, const char *name)
{
    return (struct span){.run_id = "r",
                         .span_id = id,
                         .parent_id = parent,
                         .kind = kind,
                         .name = name,
                         .dur_ns = SPAN_NONE,
                         .exit_code = SPAN_NONE,
                         .signal = SPAN_NONE,
                         .user_us = SPAN_NONE,
                         .sys_us = SPAN_NONE,
                         .tree_user_us = SPAN_NONE,
                         .tree_sys_us = SPAN_NONE,
                         .pid = SPAN_NONE,
                         .ppid = SPAN_NONE,
                         .reaped_ns = SPAN_NONE,
                         .ended_by_ns = SPAN_NONE,
                         .load_ns = SPAN_NONE,
                         .start_ns = SOME_START_NS};
}

/* A process that ended with exit 0. */
static inline struct span some_process(const char *id, const char *parent, int64_t from_ms, int64_t dur_ms)
{
    struct span span = some_span(SPAN_PROCESS, id, parent, id);
    span.start_ns += from_ms * SOME_MS;
    span.dur_ns = dur_ms * SOME_MS;
    span.exit_code = 0;
    return span;
}

/* A task that was ended. */
static inline struct span some_task(const char *id, const char *name, int64_t from_ms, int64_t dur_ms)
{
    struct span span = some_span(SPAN_TASK, id, "run", name);
    span.start_ns += from_ms * SOME_MS;
    span.dur_ns = dur_ms * SOME_MS;
    span.end_by = SPAN_END_MARK;
    return span;
}

/* The node whose label is `label`, or the root. */
static inline const struct tree_node *some_node(const struct tree *tree, const char *label)
{
    for (uint32_t i = 1; i < tree->len; i++)
        if (!strcmp(tree_text(tree, tree->nodes[i].label), label))
            return &tree->nodes[i];
    return &tree->nodes[TREE_ROOT];
}

/* The label of the node's n-th child from 0, or "". */
static inline const char *some_child(const struct tree *tree, const struct tree_node *node, int n)
{
    uint32_t child = node->first;
    while (child && n--)
        child = tree->nodes[child].next;
    return child ? tree_text(tree, tree->nodes[child].label) : "";
}

#endif
