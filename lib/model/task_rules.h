/* SPDX-License-Identifier: MIT */
/* The user's rules for tasks without marks: which process is one, and what it is called. A rule is a line:
 *
 *     PROGRAM [| ARGUMENTS [| FOLDER]] -> NAME
 *
 * PROGRAM    of the file that runs, or of the script that an interpreter runs; the whole path where there is a '/' in it
 * ARGUMENTS  of what stands behind the program, with blanks between
 * FOLDER     of the folder that it was started in
 * NAME       1 to 255 bytes; $1 to $9 are what the first to the ninth '*' of the line stand for, $$ is a dollar. "-" alone is
 *            no name: what the rule matches is no task, whatever rules follow, the ones that are built in among them.
 *
 * The first three are globs: '*' is any text, as little of it as will do, and '?' one byte. What is left out matches anything.
 * Blanks around '|' and "->" are needed and are no part of what they divide. Empty lines, and those that begin with '#', say
 * nothing. The first rule that matches counts. */
#ifndef MODEL_TASK_RULES_H
#define MODEL_TASK_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "sys/attr.h"

#define TASK_RULES_MAX 100      /* further ones are bad */
#define TASK_RULE_BYTES_MAX 512 /* of a line */
#define TASK_RULES_ARGS 1024    /* bytes of arguments that are looked at */

struct task_rule {
    char *globs[3]; /* pointers into the rules' text; NULL = anything */
    char *name;
};

struct task_rules {
    char *text;
    struct task_rule *list;
    size_t len;
    size_t bad, first_bad; /* lines that are no rule, and the number of the first of them, from 1 */
};

/* What a rule looks at. */
struct task_subject {
    const char *path; /* of the program */
    const char *name; /* the last part of that */
    const char *args; /* behind it, with blanks between */
    const char *folder;
};

enum task_match { TASK_MATCH_NONE, TASK_MATCH_NAMED, TASK_MATCH_NEVER };

/* Read rules. 0 or -ENOMEM; *out is to be released in any case. */
must_check int task_rules_parse(const char *text, struct task_rules *out);

/* Free what it holds. */
void task_rules_release(struct task_rules *rules);

/* The first rule that matches; its name, filled in, is put into the empty `name`. */
enum task_match task_rules_match(const struct task_rules *rules, const struct task_subject *subject, struct buf *name);

#endif
