/* SPDX-License-Identifier: MIT */
/* What of a tree is worth a line, and what is said of the rest. Decides; draws nothing. */
#ifndef EXPORT_SHOW_CHOICE_H
#define EXPORT_SHOW_CHOICE_H

#include "export/show_run.h"

#define SHOW_NAMES_MAX 32
#define SHOW_GROUPS_MAX 8

/* What a node gets. */
enum show_as { SHOW_NOT, SHOW_LINE, SHOW_GROUPED };

struct show_choice {
    const struct tree *tree;
    const struct show_options *options;
    int64_t run_ns;
    uint8_t *shown;   /* enum show_as by node */
    int64_t *scratch; /* as many numbers as there are nodes */
};

/* Siblings of one name that share a line. */
struct show_group {
    const char *name; /* not terminated */
    uint32_t len;
    int64_t count, us;
    int64_t below;  /* processes below them */
    int64_t failed; /* with those below */
    int64_t ns;     /* time in which any of them ran */
    int64_t p95_ns; /* of their durations */
};

/* What is left out below one node. */
struct show_rest {
    int64_t children; /* of the node itself */
    int64_t count;    /* processes, with all their descendants */
    int64_t failed, us;
    int64_t ns;  /* time in which any of it ran */
    bool folded; /* some have no names any more */
    struct {
        const char *name; /* not terminated */
        uint32_t len;
        int64_t count;
    } names[SHOW_NAMES_MAX];
    size_t names_len;
};

/* Choose. tree, options and run_ns are set; the rest is made. 0 or -ENOMEM; to be released in both cases. */
must_check int show_choose(struct show_choice *c);

/* Free what was made. */
void show_choice_release(struct show_choice *c);

/* Is it long enough, measured by the run, to be worth a line? */
bool show_is_large(const struct show_choice *c, int64_t ns);

/* Add up what is not shown of a node's children; all of them when it stands on the deepest level drawn. */
void show_sum_rest(const struct show_choice *c, uint32_t node, bool deepest, struct show_rest *rest);

/* Sum up those of a node's children that share lines, longest first. Returns how many lines. */
size_t show_group(const struct show_choice *c, uint32_t node, struct show_group groups[SHOW_GROUPS_MAX]);

/* Append "280 cc, 30 sh and 2 more (1,024 processes, 3 failed)", or what of it there is. The rest's names are
 * used up. */
void show_put_rest(struct buf *out, struct show_rest *rest);

/* The only child that is shown, if it took nearly all of the node's time and neither has anything to say by
 * itself; else 0. */
uint32_t show_only_child(const struct show_choice *c, uint32_t node);

/* Does the node only lead to one process, over others that only waited: `sh -c` > `gcc` > `cc1`? Then one
 * line does for all of them. Never when everything is to be shown. */
bool show_is_chain(const struct show_choice *c, uint32_t node);

#endif
