/* SPDX-License-Identifier: MIT */
/* Adding a linked tree up into what summaries say. */
#include "export/tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "export/tree_index.h"

int tally_init(struct export *e)
{
    struct tally *tally = e->state;
    const struct words_end end = {e->summary->end_by, e->summary->exit_code, e->summary->signal};
    tally->run_failed = words_failed(&end);
    return tree_init(&tally->tree, TREE_NODES_MAX);
}

int tally_plan(struct export *e, const struct span *span)
{
    struct tally *tally = e->state;
    return tree_add(&tally->tree, span);
}

void tally_release(struct export *e)
{
    struct tally *tally = e->state;
    tree_release(&tally->tree);
    free(tally->tasks);
}

bool tally_process_failed(const struct tree_node *node)
{
    return !node->is_task && node->matters && words_failed(&node->end);
}

bool tally_task_failed(const struct tally *tally, const struct tree_node *task)
{
    if (task->end.exit_code != SPAN_NONE || task->end.signal != SPAN_NONE)
        return words_failed(&task->end);
    return task->matters || (tally->run_failed && task->end.end_by == SPAN_END_RUN);
}

int tally_finish(struct tally *tally)
{
    int err = tree_link(&tally->tree);
    if (err)
        return err;
    const struct tree *tree = &tally->tree;
    auto_tree_index by_name;
    auto_free uint32_t *line_of = calloc(tree->len, sizeof *line_of);
    tally->tasks = calloc(tree->len, sizeof *tally->tasks);
    err = tree_index_init(&by_name, tree, offsetof(struct tree_node, label));
    if (err || !line_of || !tally->tasks)
        return -ENOMEM;
    for (uint32_t i = 1; i < tree->len; i++) {
        const struct tree_node *node = &tree->nodes[i];
        if (!node->is_task)
            continue;
        uint32_t namesake = tree_index_put(&by_name, i);
        line_of[i] = namesake ? line_of[namesake] : tally->tasks_len++;
        struct tally_task *task = &tally->tasks[line_of[i]];
        task->label = node->label;
        task->count++;
        task->failed += tally_task_failed(tally, node);
        tree_add_up(&task->ns, MAX(node->dur_ns, 0));
        task->longest_ns = MAX(task->longest_ns, node->dur_ns);
    }
    return 0;
}

uint32_t tally_top(const struct tally *tally, int64_t (*key)(const struct tree_node *node), uint32_t *top,
                   uint32_t max)
{
    const struct tree_node *nodes = tally->tree.nodes;
    uint32_t len = 0;
    for (uint32_t i = 1; i < tally->tree.len; i++) {
        int64_t own = key(&nodes[i]);
        uint32_t at = len;
        while (at && key(&nodes[top[at - 1]]) < own)
            at--;
        if (own < 0 || at == max)
            continue;
        len += len < max;
        memmove(&top[at + 1], &top[at], (len - at - 1) * sizeof *top);
        top[at] = i;
    }
    return len;
}

void tally_put_seconds(struct buf *out, int64_t ns)
{
    int64_t ms = MAX(ns, 0) / 1000000;
    buf_printf(out, "%lld.%03d", (long long)(ms / 1000), (int)(ms % 1000));
}
