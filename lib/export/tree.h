/* SPDX-License-Identifier: MIT */
/* The processes and tasks of one run as a tree, built from its rows in any order and in bounded memory:
 * beyond TREE_NODES_MAX the shortest processes are folded into those that started them. Knows no terminal. */
#ifndef EXPORT_TREE_H
#define EXPORT_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "export/words.h"
#include "model/span.h"
#include "sys/attr.h"

#define TREE_NODES_MAX 100000
#define TREE_ROOT 0 /* index of the node that stands for the run; also "none" for parents and tasks */

/* One process or task. Names are offsets into the tree's text. */
struct tree_node {
    uint32_t id, parent_id, task; /* as the row has them; 0 = null */
    uint32_t label;               /* what it ran: name and arguments; for a task its name */
    uint32_t name_len;            /* the label's first bytes are the name */
    bool is_task;
    struct words_end end;
    int64_t start_ns;
    int64_t dur_ns; /* SPAN_NONE while running */
    int64_t cpu_us; /* its own, 0 when unknown */

    /* descendants that are no nodes of their own any more */
    int64_t folded_count, folded_failed, folded_ns, folded_us;

    /* made by tree_link() */
    uint32_t maker;  /* the process that started it; of a task, the enclosing task */
    uint32_t group;  /* the task it belongs to; of a task, one of the same name that began before */
    bool placed;     /* of a task: some process has decided where it is shown */
    uint32_t host;   /* of a task: the process whose children it groups */
    uint32_t parent; /* where it is shown: below a process, or below the task that groups it */
    uint32_t first, next;
    int64_t total_us; /* CPU with all descendants */
    int64_t count;    /* processes: itself, if it is one, and all descendants */
    int64_t failed;   /* how many of them failed */
    bool matters;     /* it, or one below it, failed, and that went on to the run or to a task */
};

struct tree {
    struct tree_node *nodes; /* nodes[TREE_ROOT] stands for the run */
    uint32_t len, cap;
    struct buf text;
    int64_t folded_nodes; /* how many nodes were folded for want of room */
    uint32_t lost;        /* nodes that cannot be reached from the root: the rows are damaged */
    uint32_t max;         /* TREE_NODES_MAX; tests set less */
};

/* Make an empty tree that may hold `max` nodes. 0 or -ENOMEM; to be released in both cases. */
must_check int tree_init(struct tree *tree, uint32_t max);

/* Take one span in. 0, -ENOMEM, -EFBIG when names and arguments outgrow all bounds, or -EBADMSG when there are too
 * many spans that are nobody's descendants. */
must_check int tree_add(struct tree *tree, const struct span *span);

/* When all spans are in: tie the nodes together and add them up. 0 or -ENOMEM. */
must_check int tree_link(struct tree *tree);

/* Fold the shortest childless processes into their starters until half the room is free; done by tree_add()
 * when needed. 0 or -ENOMEM. */
must_check int tree_fold(struct tree *tree);

/* *sum += more, stopping at the largest number instead of overflowing: rows may be damaged, or forged. */
static inline void tree_add_up(int64_t *sum, int64_t more)
{
    if (__builtin_add_overflow(*sum, more, sum))
        *sum = INT64_MAX;
}

/* When the node ended; INT64_MAX while it runs. */
int64_t tree_end(const struct tree_node *node);

/* A string of the tree; offset 0 is "". Valid until the next tree_add(). */
const char *tree_text(const struct tree *tree, uint32_t offset);

/* Free what the tree holds. */
void tree_release(struct tree *tree);

#endif
