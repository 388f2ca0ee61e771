/* SPDX-License-Identifier: MIT */
/* Taking spans in: what a tree keeps of each. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "export/tree.h"

/* Longer command lines are cut: no line of a terminal shows more of them. */
#define LABEL_MAX 400

/* Keep a string; NULL is offset 0. */
static uint32_t keep(struct tree *tree, const char *text)
{
    if (!text)
        return 0;
    uint32_t offset = (uint32_t)tree->text.len;
    buf_add(&tree->text, text, strlen(text) + 1);
    return offset;
}

/* Keep what a process ran: its name, and its arguments without the first, which is the name again; of a fork, which repeats
 * those of its parent, that it is one. */
static uint32_t keep_command(struct tree *tree, const struct span *span)
{
    uint32_t offset = (uint32_t)tree->text.len;
    buf_str(&tree->text, span->name);
    if (span->forked)
        buf_str(&tree->text, words_is_shell(span->exe ? span->exe : span->name) ? " (subshell)" : " (fork)");
    for (size_t i = 1; i < span->argc && !span->forked && tree->text.len - offset < LABEL_MAX; i++) {
        buf_char(&tree->text, ' ');
        words_argument(&tree->text, span->args[i], LABEL_MAX);
    }
    if (tree->text.len - offset > LABEL_MAX && !buf_error(&tree->text))
        tree->text.len = offset + LABEL_MAX;
    if ((span->args_cut && !span->forked) || tree->text.len - offset == LABEL_MAX)
        buf_str(&tree->text, "...");
    buf_char(&tree->text, '\0');
    return offset;
}

static int grow(struct tree *tree)
{
    if (tree->len < tree->cap)
        return 0;
    uint32_t cap = MIN(tree->cap * 2, tree->max + 1);
    struct tree_node *nodes = realloc(tree->nodes, cap * sizeof *nodes);
    if (!nodes)
        return -ENOMEM;
    tree->nodes = nodes;
    tree->cap = cap;
    return 0;
}

/* Both, or what is known of them. */
static int64_t cpu_of(const struct span *span)
{
    int64_t sum = MAX(span->user_us, 0);
    tree_add_up(&sum, MAX(span->sys_us, 0));
    return sum;
}

/* Rows come from a store, so nothing is believed: negative times are 0, and a name may be of any length. */
static int add_node(struct tree *tree, const struct span *span)
{
    int err = tree->len > tree->max ? tree_fold(tree) : 0;
    if (!err)
        err = grow(tree);
    if (err)
        return err;
    bool is_task = span->kind == SPAN_TASK;
    tree->nodes[tree->len++] = (struct tree_node){
        .id = keep(tree, span->span_id),
        .parent_id = keep(tree, span->parent_id),
        .task = keep(tree, span->task),
        .label = is_task ? keep(tree, span->name) : keep_command(tree, span),
        .name_len = (uint32_t)strnlen(span->name, LABEL_MAX),
        .is_task = is_task,
        .end = {span->end_by, span->exit_code, span->signal},
        .start_ns = MAX(span->start_ns, 0),
        .dur_ns = span->dur_ns == SPAN_NONE ? SPAN_NONE : MAX(span->dur_ns, 0),
        .cpu_us = cpu_of(span),
    };
    return buf_error(&tree->text);
}

int tree_add(struct tree *tree, const struct span *span)
{
    switch (span->kind) {
    case SPAN_PROCESS:
    case SPAN_TASK:
        return add_node(tree, span);
    case SPAN_MARK:
        return 0;
    default:
        tree->nodes[TREE_ROOT].start_ns = span->start_ns;
        tree->nodes[TREE_ROOT].dur_ns = span->dur_ns;
        return 0;
    }
}
