/* SPDX-License-Identifier: MIT */
/* What is to be said of a run that goes on, taken from its spans: what runs now, which tasks are open, what failed. Keeps what
 * is there at one moment, and of what is past only sums. */
#ifndef MODEL_LIVE_H
#define MODEL_LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/span.h"
#include "model/summary.h"
#include "sys/attr.h"

#define LIVE_TEXT_MAX 1024  /* bytes of a command line that are kept */
#define LIVE_TASKS_MAX 1000 /* open tasks that are listed; the others are counted */
#define LIVE_NAMES_MAX 200  /* names of tasks that are added up */

/* A process that runs. */
struct live_process {
    int64_t start_ns; /* Unix */
    int64_t pid, ppid;
    char *command; /* heap: its words with blanks between, or its name */
    char *task;    /* heap, or NULL */
};

/* A task that is open. */
struct live_task {
    int64_t start_ns; /* Unix */
    char *name;       /* heap */
    char *id;         /* heap: of its span */
    int depth;        /* how many of the open ones it is in */
};

/* The tasks of one name that are in no other one. */
struct live_name {
    char *name; /* heap */
    int64_t count;
    int64_t ended_ns;      /* the sum of those that have ended */
    int64_t open_since_ns; /* Unix: when the open one began; SPAN_NONE = none is */
};

struct live {
    char run_id[RUN_ID_BYTES];
    char *name;                 /* heap */
    int64_t start_ns, as_of_ns; /* Unix: the begin of the run, and the moment that this is of */
    bool goes_on;
    int64_t dur_ns, exit_code, signal; /* once it has ended */
    enum span_end end_by;
    int64_t processes, failed, cpu_us;
    int64_t unseen;               /* whose work this record has not, or not all of */
    int64_t missed;               /* processes that found no room in it */
    int64_t cuts;                 /* how often it was cut short: what stood there is lost */
    struct live_process *running; /* longest first; from live_complete() on only those of which no child runs */
    size_t running_len, running_cap;
    size_t waiting;          /* those of which one does */
    struct live_task *tasks; /* in the order of their marks */
    size_t tasks_len, tasks_cap;
    int64_t tasks_open, tasks_ended;
    struct live_name *names; /* in the order of their marks */
    size_t names_len, names_cap;
    bool overlap;         /* two of those ran at the same time, or there are more names than are kept */
    int64_t names_end_ns; /* the latest end of them so far */
    char *failed_name;    /* heap, of the process that failed last; or NULL */
    int64_t failed_ns, failed_code, failed_signal;
};

#define LIVE_EMPTY ((struct live){.failed_ns = SPAN_NONE, .names_end_ns = SPAN_NONE})

/* Free what it holds. */
void live_release(struct live *l);

/* Whether live_add() would make anything of the span. Who hides secrets in spans need do so for these only. */
must_check bool live_wants(const struct live *l, const struct span *span);

/* Take a span in: those of a run come in the order of the fold. 0 or -ENOMEM. */
must_check int live_add(struct live *l, const struct span *span);

/* All spans are in: take over what the summary says of the run, and find out who waits for his children. 0 or -ENOMEM. */
must_check int live_complete(struct live *l, const struct summary *s);

#endif
