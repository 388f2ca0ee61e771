/* SPDX-License-Identifier: MIT */
/* The summary of one run: what runs/…/run-<id>.json says. Plain data; absent integers are SPAN_NONE. */
#ifndef MODEL_SUMMARY_H
#define MODEL_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/blind.h"
#include "model/span.h"
#include "sys/attr.h"

#define SUMMARY_SCHEMA "dtrack.run/1"
#define RUN_ID_BYTES 40 /* room for a run id and its NUL */

/* One key with a text value; both heap strings owned by the summary. */
struct summary_fact {
    char *key;
    char *value;
};

/* How many processes each witness saw end, and what was not seen. */
struct summary_coverage {
    int64_t by_end[SPAN_END_RUN + 1]; /* processes, indexed by enum span_end */
    int64_t unpreloaded;              /* processes timed from outside only: static, setuid, other word size … */
    int64_t missed;                   /* processes that found no room in the spool */
    int64_t bad_marks;                /* marker lines that make no sense, and ends without a start */
    int64_t missed_marks;             /* marks that found no room, and starts of more tasks than are kept */
    int64_t unread_mark_bytes;        /* of the marker file, which is longer than the run may record */
    int64_t bad_rules;                /* lines of DTRACK_RULES that are no rule; 1 where its file can't be read */
    int64_t missed_tasks;             /* processes that would be tasks, but there were too many */
    int64_t missed_values;            /* values of which there were too many, or too large ones, for the collection */
    int64_t damaged_bytes;            /* spool bytes that hold no readable record */
    int64_t explained_ns;             /* time in which children of the first process ran: the rest is its own */
    int64_t explained_percent;        /* the same, of the whole run */
    struct blind blind;               /* whose work was not seen, and why */
};

/* What dtrack itself spent on this run. */
struct summary_cost {
    int64_t shim_ns;     /* in constructors and hooks, all processes together */
    int64_t finish_ns;   /* folding and writing, up to the moment the summary was made */
    int64_t spool_bytes; /* used in the spool */
};

/* All tasks of one name, with what is in the tasks within them. Names are heap strings owned by the summary. */
struct summary_task {
    char *name;
    int64_t count, total_ns, longest_ns, cpu_us;
    int64_t failed; /* how many of them */
};

/* All processes that ran a command, by the basename of its file. */
struct summary_command {
    char *name;
    int64_t count, cpu_us;
    int64_t own_ns; /* time in which no child of theirs lived */
    int64_t longest_ns;
};

/* A command's share of the critical path. What is missing to the whole is time in which no process of the run was there. */
struct summary_share {
    char *name;
    int64_t count; /* processes of it on the path */
    int64_t path_ns;
};

#define SUMMARY_TASKS_MAX 200
#define SUMMARY_COMMANDS_MAX 50
#define SUMMARY_SHARES_MAX 20
#define SUMMARY_CURVE 60

/* Processes at work at a time: those none of whose children lives. In hundredths. */
struct summary_parallelism {
    int64_t mean_centi;
    int64_t busy_centi;                 /* cores busy, by CPU */
    int64_t idle_ns;                    /* nobody was at work, or everybody waited */
    int64_t curve_centi[SUMMARY_CURVE]; /* over equal parts of the run */
};

struct summary {
    char run_id[RUN_ID_BYTES];
    char *name;           /* DTRACK_NAME, or the basename of the root's command */
    char *const *command; /* ends with NULL; NULL = unknown; owned */
    char *cwd;
    int64_t start_ns; /* Unix */
    int64_t dur_ns;
    enum span_end end_by;
    int64_t exit_code, signal;
    bool unsettled;            /* what its job's environment said about it was never written down */
    struct summary_fact *host; /* hostname, os, kernel, arch, cpus, mem_kb */
    size_t host_len;
    struct summary_fact *ci; /* allow-listed CI variables: provider, pipeline, build, commit … */
    size_t ci_len;
    int64_t processes, failed, tasks, marks; /* totals; failed = processes with a non-zero status or a signal */
    int64_t user_us, sys_us;                 /* CPU of the whole run */
    int64_t maxrss_kb;                       /* of the largest process */
    int64_t execs, exec_ns; /* programs whose start was seen, and their time from exec to their first instruction */
    struct summary_coverage coverage;
    struct summary_cost cost;
    /* What history asks for, each list with its largest first; more than there is room for is left out. */
    struct summary_task *task_list; /* by total time; at most SUMMARY_TASKS_MAX */
    size_t task_list_len;
    struct summary_task *derived; /* the same of tasks that nobody marked */
    size_t derived_len;
    struct summary_command *commands; /* by CPU; at most SUMMARY_COMMANDS_MAX */
    size_t commands_len;
    struct summary_share *path; /* by time; at most SUMMARY_SHARES_MAX */
    size_t path_len;
    bool has_parallelism;
    struct summary_parallelism parallelism;
    char *spans_object; /* name of the spans object in the store */
    int64_t spans_rows;
    int64_t spans_bytes; /* compressed */
};

/* Make an empty summary: no strings, zero counts, absent status and maxrss. */
void summary_init(struct summary *s);

/* Append a copy of a fact to one of the summary's lists, such as &s->host and &s->host_len. 0 or -ENOMEM. */
must_check int summary_add_fact(struct summary_fact **facts, size_t *len, const char *key, const char *value);

/* The value of a fact, or NULL. Owned by the summary. */
const char *summary_fact(const struct summary_fact *facts, size_t len, const char *key);

/* Replace the command by a copy of `argc` words. 0 or -ENOMEM. */
must_check int summary_set_command(struct summary *s, const char *const *args, size_t argc);

/* Free what the summary owns and clear it. */
void summary_release(struct summary *s);

#endif
