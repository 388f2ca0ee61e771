/* SPDX-License-Identifier: MIT */
/* The parts of the page, for show_run.c to put one below the other. Each starts with an empty line and its title,
 * and is left out when it has nothing to say. Private to the page. */
#ifndef EXPORT_SHOW_PARTS_H
#define EXPORT_SHOW_PARTS_H

#include "export/page.h"
#include "export/show_run.h"

/* How many lines each table gets on a first page. */
struct show_room {
    size_t tasks, shares, commands, gaps;
};

struct show {
    struct page page;
    const struct summary *summary;
    const struct digest *digest; /* of the first page */
    const struct tree *tree;     /* of the tree */
    const struct show_options *options;
    int64_t run_ns; /* how long the run took, or what was asked for; at least 1 */
    struct show_room room;
};

/* What went on to the run's status, or to a task's: from there down to where it began. */
void show_failed(struct show *show);

/* Every failure that went on to nobody, those of one command in one line. 0 or -ENOMEM. */
must_check int show_handled(struct show *show);

/* The tasks, those of one name in one line. 0 or -ENOMEM. */
must_check int show_tasks(struct show *show);

/* The critical path by command. */
void show_path(struct show *show);

/* Sums by what was asked for. */
void show_commands(struct show *show);

/* How many were at work over time, and when nobody was. */
void show_time(struct show *show);

/* The processes, nested, under headings of their tasks. 0 or -ENOMEM. */
must_check int show_branches(struct show *show);

/* The values that were set, and the events. */
void show_marks(struct show *show);

/* What the record can't tell, and what it cost. */
void show_coverage(struct show *show);

/* Append a part's title, and behind it in dim what it is about. */
void show_title(struct show *show, const char *title, const char *about);

/* Append a duration so that it ends right before column `col`. */
void show_duration(struct show *show, int64_t ns, int col);

/* Append a number so that it ends right before column `col`. */
void show_count(struct show *show, int64_t count, int col);

/* Append a share of a whole as a percentage that ends right before column `col`. */
void show_percent(struct show *show, int64_t part, int64_t whole, int col);

/* Append a sign and words for an end that is worth a word, and a blank: "! exit 2 "; nothing for exit 0. */
void show_end(struct show *show, const struct words_end *end);

/* Append text in what is left of the line, and end it. */
void show_rest_of_line(struct show *show, const char *text);

/* How many lines a table of `len` gets that has room for `usual` on the first page. */
size_t show_lines(const struct show *show, size_t len, size_t usual);

/* Start a line with what it is about, for facts to follow. */
void show_label(struct show *show, const char *label);

/* Append a fact, behind a dot unless it is the line's first; on a new line when this one has no room for it. */
void show_fact(struct show *show, const char *text);

/* Whether something that took so long is worth a line. */
bool show_is_worth(const struct show *show, int64_t ns);

#endif
