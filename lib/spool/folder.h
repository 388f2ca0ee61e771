/* SPDX-License-Identifier: MIT */
/* Where runs are while they are recorded: a base folder with one folder per run. Freestanding.
 *
 *   BASE/                   0700, ours
 *     leader-PID            symbolic link to the run that process PID leads, for descendants whose environment was cleared
 *     run-ID/               0700; called new-ID until it is complete; run/run_folder.h lists later names
 *       spool               records (spool/record.h)
 *       marks               marker lines (spool/marks.h)
 *       end                 FIFO: the leader opens and closes it to say that it is about to end
 *       done                FIFO: hangs up when the guardian has finished, or died
 *       lock                held by the guardian, or by another process that finishes the run */
#ifndef SPOOL_FOLDER_H
#define SPOOL_FOLDER_H

#include <stddef.h>
#include <stdint.h>

#include "spool/record.h"
#include "spool/segment.h"
#include "sys/attr.h"
#include "sys/trust.h"

#define FOLDER_NOWHERE "/dev/null" /* stands for the run's folder when there is no run; it can never be a folder */

/* The variables that decide where the base folder is; strings may be NULL. */
struct folder_env {
    const char *spool;      /* DTRACK_SPOOL */
    const char *state_home; /* XDG_STATE_HOME */
    const char *home;       /* HOME */
    uint32_t uid;           /* effective user */
};

/* The `nth` folder to try as base, from 0: DTRACK_SPOOL and nothing else when it is set; otherwise XDG_STATE_HOME/dtrack/spool or
 * HOME/.local/state/dtrack/spool, then /var/tmp/dtrack-UID, /tmp/dtrack-UID, and /run/user/UID/dtrack if the user has a login
 * session. A base that is too long for the paths of runs is skipped, as if its variable were not set. 0; -ENOENT when there are
 * no more; -ENAMETOOLONG. */
must_check int folder_base(const struct folder_env *env, unsigned nth, char *out, size_t room);

/* Whether the `nth` base of `env`, as returned by folder_base(), must not be created because it is below a HOME that does not
 * exist, belongs to another user, or is in a work tree. */
int folder_is_passed_over(const struct folder_env *env, unsigned nth, const char *base);

/* Create the `nth` base of `env`, as returned by folder_base(), unless it exists, and check that it is private. 0; -EBUSY when it
 * is passed over; or an error of folder_make_private(). After an error the caller tries the next base. `at` as there. */
must_check int folder_make_base(const struct folder_env *env, unsigned nth, const char *base, char *at);

/* Whether the absolute `path` or a folder above it is the root of a version control system's work tree. */
int folder_is_in_work_tree(const char *path);

/* Make sure that `path` is a folder that only `uid` can use or replace, creating it and its missing parents with mode 0700. 0 or
 * -errno. -EPERM when it is a symbolic link, belongs to another user or is accessible to others, or when others could replace it
 * because they may write to a folder on the path (trust_resolve()); `at`, of TRUST_PATH_MAX bytes, is then the offending path. */
must_check int folder_make_private(const char *path, uint32_t uid, char *at);

/* Whether `path` is such a folder. */
int folder_is_private(const char *path, uint32_t uid);

/* Write the id of a run that starts at Unix time `wall_ns`: YYYYMMDDTHHMMSS.mmmZ-xxxxxxxx, in UTC, the last part from `random`. Ids
 * sort by time. */
void folder_run_id(int64_t wall_ns, uint64_t random, char out[SPOOL_ID_BYTES]);

/* Write BASE/run-ID to `out`. 0 or -ENAMETOOLONG. */
must_check int folder_run_path(const char *base, const char *run_id, char *out, size_t room);

/* Create the run's folder with its FIFOs and spool file, and the leader's link to it. 0, and `spool` is attached; or -errno, and
 * everything created is removed again. */
must_check int folder_create_run(const char *base, const struct spool_start *start, struct spool *spool);

/* Write BASE/leader-PID to `out`. 0 or -ENAMETOOLONG. */
must_check int folder_leader_path(const char *base, int32_t pid, char *out, size_t room);

#endif
