/* SPDX-License-Identifier: MIT */
/* The parts of the page, for show_run.c to put one below the other. Each starts with an empty line and its title,
 * and is left out when it has nothing to say. */
#ifndef EXPORT_SHOW_PARTS_H
#define EXPORT_SHOW_PARTS_H

#include "export/page.h"
#include "export/show_run.h"

struct show {
    struct page page;
    const struct summary *summary;
    const struct tree *tree;
    const struct show_options *options;
    int64_t run_ns; /* how long the run took; at least 1 */
};

/* The processes, nested, under headings of their tasks. 0 or -ENOMEM. */
must_check int show_tree(struct show *show);

/* The tasks, those of one name in one line. 0 or -ENOMEM. */
must_check int show_tasks(struct show *show);

/* The processes that took longest by themselves. */
void show_slowest(struct show *show);

/* The values that were set, and the events. */
void show_marks(struct show *show);

/* Append a part's title. */
void show_title(struct show *show, const char *title);

/* Append a duration so that it ends right before column `col`. */
void show_duration(struct show *show, int64_t ns, int col);

/* Append a sign and words for an end that is worth a word, and a blank: "! exit 2 "; nothing for exit 0. */
void show_end(struct show *show, const struct words_end *end);

#endif
