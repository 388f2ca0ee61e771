/* SPDX-License-Identifier: MIT */
/* Blind spots: programs whose work, or part of it, a run could not see, each with its cause and what helps. */
#ifndef MODEL_BLIND_H
#define MODEL_BLIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sys/attr.h"

#define BLIND_MAX 32 /* different spots kept a run; more are counted with the last one of their cause, or not at all */

/* The first ones follow the exec gate's verdicts on what it withheld the shim from. */
enum blind_cause {
    BLIND_NONE,
    BLIND_STATIC,     /* no interpreter */
    BLIND_FOREIGN,    /* other word size or machine */
    BLIND_SANITIZER,  /* its runtime insists on coming first */
    BLIND_LIBCLESS,   /* no library at all */
    BLIND_PRIVILEGED, /* set-user-ID, set-group-ID or capabilities */
    BLIND_ELSEWHERE,  /* our library can't be seen from its root folder */
    BLIND_FILTERED,   /* started under a seccomp filter */
    BLIND_CONTAINER,  /* a client: containers are started by a daemon */
    BLIND_DAEMON,     /* a client: a daemon of its own does the work */
    BLIND_REMOTE,     /* its work is done on another machine */
    BLIND_CLOCK,      /* it lives by another clock than the run */
    BLIND_TRUNCATED,  /* the spool itself: what stood in it was cut off */
    BLIND_EMULATOR,   /* it runs another machine's programs */
    BLIND_DOUBTFUL,   /* nobody could tell beforehand what would run */
    BLIND_UNEDITED,   /* no room for our variables in its environment */
    BLIND_SILENT,     /* it became, or started, a program that never said a word */
    BLIND_CAUSES,
};

struct blind_spot {
    enum blind_cause cause;
    char *name; /* of the program; heap */
    int64_t count;
};

struct blind {
    struct blind_spot *list;
    size_t len;
};

/* Free what it holds. */
void blind_release(struct blind *b);

/* Count one process `name` of that cause; BLIND_NONE is nothing. 0 or -ENOMEM. */
must_check int blind_add(struct blind *b, enum blind_cause cause, const char *name, int64_t count);

/* The client that a program is by its name, or by that of the script which it interprets: its first argument, or NULL. A
 * client of something that works out of sight, whatever else is known of it. Returns the client's name, which is `name`
 * or a part of the argument, and *cause; or NULL. */
const char *blind_client(const char *name, const char *first_arg, enum blind_cause *cause);

/* The word for a cause in the summary. Constant, as are the next two. */
const char *blind_word(enum blind_cause cause);

/* What the cause means, for people: part of a sentence, in lower case. */
const char *blind_meaning(enum blind_cause cause);

/* What helps to see more the next time: part of a sentence, too. */
const char *blind_remedy(enum blind_cause cause);

/* The cause that the word names. False, and *out untouched, when there is none. */
must_check bool blind_parse(const char *word, enum blind_cause *out);

#endif
