/* SPDX-License-Identifier: MIT */
/* One row of a run's figures: what is kept of a process's image or of a task. */
#ifndef MODEL_FIGURES_ROW_H
#define MODEL_FIGURES_ROW_H

#include <stdbool.h>
#include <stdint.h>

#define FIGURES_RUN 0u /* the row of the run; also "none", of parents, tasks and nexts */

enum figures_flags {
    FIGURES_TASK = 1,      /* a task; else a process */
    FIGURES_FORKED = 2,    /* a fork that runs its parent's image */
    FIGURES_EXECED = 4,    /* ended by exec: `next` is what it became, where that is known */
    FIGURES_LEAST = 8,     /* its end is a lower bound: nobody saw it */
    FIGURES_RUNS = 16,     /* it had not ended; its end is that of the run */
    FIGURES_STATUS = 32,   /* exit_code and signal are known */
    FIGURES_REAPED = 64,   /* its parent's wait returned it; of a whole life, in its last row */
    FIGURES_COUNTED = 128, /* its end counts for whoever started it: it was reaped. In the first row */
    FIGURES_LATE =
        256, /* the same, but between its end and that its parent started others: nobody was waiting. First row */
    FIGURES_CPU = 512,          /* its CPU is known */
    FIGURES_WAITER = 1024,      /* it mostly waited: less than 5 % of its self time was CPU. By figures_times() */
    FIGURES_WENT_ON = 2048,     /* its failure counts. In the first row, by figures_failures() */
    FIGURES_KEEPS_GOING = 4096, /* make -k, and its like */
};

/* What a program does with the failures of its children. */
enum figures_program {
    FIGURES_ANY,       /* passes a status on, or makes one of its own */
    FIGURES_SHELL,     /* passes a status on */
    FIGURES_MAKE,      /* 2 */
    FIGURES_XARGS,     /* 123, 124, 125 */
    FIGURES_TIMEOUT,   /* 124, 137 */
    FIGURES_COLLECTOR, /* ninja, parallel, …: any number of children at once, some other status */
    FIGURES_OURS,      /* dtrack-mark: no part of the job */
};

/* One row in 48 bytes. Times are ns from the run's start. What a word means before and after figures_link() stands side by
 * side. */
struct figures_row {
    int64_t start_ns, end_ns; /* linked: within the run and, of one that was waited for, within its parent's life */
    uint32_t cpu;             /* packed: figures_cpu_us() */
    uint32_t reap_us;         /* how long after its end it was reaped; stops at the largest number */
    union {
        uint32_t id;   /* what the row calls itself, as a number */
        uint32_t life; /* first row of the same process, over its execs; of a task itself */
    };
    union {
        uint32_t parent_id;
        uint32_t parent; /* row of the image that started it; of a task, the enclosing task; FIGURES_RUN */
    };
    union {
        uint32_t pid;
        uint32_t next; /* what it became by exec, or FIGURES_RUN; of a task its owner (figures_groups.h) */
    };
    uint32_t key;  /* figures_key(): what it is grouped by; of a task its name */
    uint32_t task; /* before: number of a name; linked: row of the innermost task it belongs to, or FIGURES_RUN */
    uint8_t exit_code, signal;
    uint16_t flags; /* enum figures_flags, and in the upper 3 bits enum figures_program */
};

#define FIGURES_CPU_IN_MS (1u << 31) /* in a row's `cpu`: the rest are ms */

/* CPU of the row's own, user and system, in us; 0 when not known (FIGURES_CPU). Exact up to 35 minutes, then to the ms. */
static inline int64_t figures_cpu_us(const struct figures_row *row)
{
    return row->cpu & FIGURES_CPU_IN_MS ? (int64_t)(row->cpu & ~FIGURES_CPU_IN_MS) * 1000 : row->cpu;
}

/* How long the row took; with FIGURES_LEAST or FIGURES_RUNS at least. */
static inline int64_t figures_dur_ns(const struct figures_row *row)
{
    return row->end_ns - row->start_ns;
}

/* Whether the row failed: an exit code that is not 0, or a signal. */
static inline bool figures_failed(const struct figures_row *row)
{
    return row->exit_code || row->signal;
}

#endif
