/* SPDX-License-Identifier: MIT */
/* Owns the tree's memory. */
#include "export/tree.h"

#include <errno.h>
#include <stdlib.h>

/* Nodes and strings are numbers into two blocks, not pointers: both may move when they grow, and take half the room. */
int tree_init(struct tree *tree, uint32_t max)
{
    *tree = (struct tree){.max = max, .len = 1};
    buf_char(&tree->text, '\0'); /* offset 0 is "" */
    tree->cap = 64;
    tree->nodes = calloc(tree->cap, sizeof *tree->nodes);
    return tree->nodes ? buf_error(&tree->text) : -ENOMEM;
}

void tree_release(struct tree *tree)
{
    free(tree->nodes);
    buf_release(&tree->text);
    *tree = (struct tree){0};
}

const char *tree_text(const struct tree *tree, uint32_t offset)
{
    return tree->text.data + offset;
}
