/* SPDX-License-Identifier: MIT */
/* Leading a run: beginning it, and ending it with a word about what went wrong. For the shim in a job's first process, and for
 * `dtrack run` outside of it. Freestanding; prints nothing. */
#ifndef SPOOL_LEAD_H
#define SPOOL_LEAD_H

#include <stdint.h>

#include "spool/folder.h"
#include "spool/segment.h"
#include "sys/attr.h"
#include "sys/text.h"

/* What a leader may have to say. The order is that of the words in lead.c. */
enum lead_problem {
    LEAD_FINE,
    /* There is no run, for the place where it was to be: */
    LEAD_PLACE_OPEN, /* others may write there */
    LEAD_PLACE_FULL,
    LEAD_PLACE_READ_ONLY,
    LEAD_PLACE_USELESS,
    /* The run is stored: */
    LEAD_BAD_LIMIT,  /* DTRACK_WAIT is no number */
    LEAD_STORED_BUT, /* the guardian has something to say */
    /* The run is kept in its folder: */
    LEAD_NOT_STORED, /* the guardian says why */
    LEAD_LATE,       /* it is not stored within the leader's patience */
    LEAD_GUARDIAN_KILLED,
    LEAD_NO_PROGRAM,   /* there is no guardian, nor can there be one */
    LEAD_PROGRAM_OPEN, /* the same, as others may write to a folder that it is in */
};

/* Begin a run led by process `pid` at monotonic time `mono_ns`, in the first folder that will have it. On success `spool` is
 * attached, and its folder is set. 0 or -errno; `at`, of TRUST_PATH_MAX bytes, is then what stands in the way. */
must_check int lead_begin(const struct folder_env *env, int32_t pid, int64_t mono_ns, struct spool *spool, char *at);

/* What that error of lead_begin() comes to. */
enum lead_problem lead_place_problem(int err);

/* Whether the guardian of a run that a process of user `uid` leads is to be made when that ends, and not when it begins: a job
 * that may have few processes needs them all. */
int lead_guards_late(uint32_t uid);

struct lead_end {
    struct spool *spool;
    int64_t wait_ns;          /* how long to wait for the guardian; 0 = not at all */
    int wait_is_bad;          /* that is not what DTRACK_WAIT says, which is no number */
    uint64_t mask;            /* signals that are blocked for another reason than this wait; all are blocked for this */
    int (*start)(void *with); /* makes a guardian: 0 or -errno */
    void *with;
};

/* The leader is about to end. See that there is a guardian, which may have been killed, or never made; tell it; wait until it
 * is done, but not on when somebody asks this process to end. */
enum lead_problem lead_end(const struct lead_end *e);

/* Append the words for a problem that is not LEAD_FINE, without a line's end; what would steer a terminal is written as '?'.
 * `about` is the place that stands in the way, or what the guardian has written: bytes of the job's, without a NUL perhaps.
 * `folder` is the run's. */
void lead_words(struct text *out, enum lead_problem problem, const char *about, const char *folder);

#endif
