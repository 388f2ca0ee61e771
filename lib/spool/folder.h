/* SPDX-License-Identifier: MIT */
/* Where runs live while they are recorded: the spool's base folder, one folder a run in it. Freestanding.
 *
 *   BASE/                   0700, ours
 *     leader-PID            symbolic link to the run that process PID leads, for descendants without environment
 *     run-ID/               0700; called new-ID until it is complete, later otherwise: run/run_folder.h
 *       spool               records (spool/record.h)
 *       marks               marker lines (spool/marks.h)
 *       end                 FIFO: the leader opens and closes it to say that it is about to end
 *       done                FIFO: hangs up when the guardian has finished, or died
 *       lock                held by the guardian, or by whoever else finishes the run */
#ifndef SPOOL_FOLDER_H
#define SPOOL_FOLDER_H

#include <stddef.h>
#include <stdint.h>

#include "spool/record.h"
#include "spool/segment.h"
#include "sys/attr.h"
#include "sys/trust.h"

#define FOLDER_NOWHERE "/dev/null" /* in place of a run's folder, where there is no run: no folder, and never will be */

/* What decides where the base is; strings may be NULL. */
struct folder_env {
    const char *spool;      /* DTRACK_SPOOL */
    const char *state_home; /* XDG_STATE_HOME */
    const char *home;       /* HOME */
    uint32_t uid;           /* effective user */
};

/* The `nth` folder to try as base, from 0: DTRACK_SPOOL and nothing else when it is set; otherwise
 * XDG_STATE_HOME/dtrack/spool or HOME/.local/state/dtrack/spool, then /var/tmp/dtrack-UID, /tmp/dtrack-UID, and
 * /run/user/UID/dtrack where there is such a session.
 * One that is too long for the paths of runs is passed over, as if its variable were not set.
 * 0; -ENOENT when there are no more; -ENAMETOOLONG. */
must_check int folder_base(const struct folder_env *env, unsigned nth, char *out, size_t room);

/* Whether the `nth` base of `env`, as folder_base() gave it, lies below a HOME that is not there, is another user's, or lies in a
 * work tree: that one gets no folder. */
int folder_is_passed_over(const struct folder_env *env, unsigned nth, const char *base);

/* Make sure that the `nth` base of `env`, as folder_base() gave it, is there for runs. 0, -EBUSY when it is passed over, or an
 * error of folder_make_private(): then the next one is to be tried. */
must_check int folder_make_base(const struct folder_env *env, unsigned nth, const char *base, char *at);

/* Whether a version control system looks after the absolute `path`, or a folder above it. */
int folder_is_in_work_tree(const char *path);

/* Make sure that `path` is a folder that only `uid` can use or replace, creating it and its missing parents with mode 0700. 0, or
 * -errno; -EPERM when it is a symbolic link, somebody else's, or open to others, or when that may be so tomorrow, for others may
 * write to a folder on the way: trust_resolve(). `at`, of TRUST_PATH_MAX bytes, is then the path of what stands in the way. */
must_check int folder_make_private(const char *path, uint32_t uid, char *at);

/* Whether `path` is such a folder. */
int folder_is_private(const char *path, uint32_t uid);

/* Write a run id for a run that starts at Unix time `wall_ns`: YYYYMMDDTHHMMSS.mmmZ-xxxxxxxx, UTC, the tail from
 * `random`. Sorts by time. */
void folder_run_id(int64_t wall_ns, uint64_t random, char out[SPOOL_ID_BYTES]);

/* Write BASE/run-ID to `out`. 0 or -ENAMETOOLONG. */
must_check int folder_run_path(const char *base, const char *run_id, char *out, size_t room);

/* Make the run's folder, its FIFOs and its leader link, and the spool file in it. On success `spool` is attached.
 * 0, or -errno with nothing left behind. */
must_check int folder_create_run(const char *base, const struct spool_start *start, struct spool *spool);

/* Write BASE/leader-PID to `out`. 0 or -ENAMETOOLONG. */
must_check int folder_leader_path(const char *base, int32_t pid, char *out, size_t room);

#endif
