/* SPDX-License-Identifier: MIT */
/* One run's folder in the spool, opened and locked by the process that finishes the run. Owns the descriptors and the mapped
 * header; knows nothing of stores and formats. The folder's name gives its state:
 *
 *   new-ID    under construction; becomes a run when it is renamed to run-ID
 *   run-ID    being recorded, or pending
 *   values-ID stored, except for the values, which wait for the collection
 *   bad-ID    set aside: it can't be read, and no retry will help
 *   done-ID   stored, and being removed
 *   drop-ID   dropped by a limit (retention.h), and being removed */
#ifndef RUN_RUN_FOLDER_H
#define RUN_RUN_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/record.h"
#include "spool/segment.h"
#include "sys/attr.h"

struct run_folder {
    const char *path;                           /* absolute; the caller's */
    int base_fd;                                /* the base folder that it is in (O_PATH) */
    int folder_fd, lock_fd, spool_fd, marks_fd; /* each -1 when not open */
    struct spool_header *header;                /* mapped; NULL when the run has been folded and its spool removed */
};

#define RUN_FOLDER_NONE \
    ((struct run_folder){.base_fd = -1, .folder_fd = -1, .lock_fd = -1, .spool_fd = -1, .marks_fd = -1})

/* Open the run in the folder `path`, which must outlive *run, without taking its lock. 0; -ENOENT when there is no such folder;
 * -ENOTSUP when another version recorded it; -EPROTO when it holds no run; -EPERM when it belongs to another user; or another
 * -errno. Close *run whatever the result. */
must_check int run_folder_open(struct run_folder *run, const char *path);

/* Close every descriptor, which releases the lock, and unmap the header. */
void run_folder_close(struct run_folder *run);

/* Take the lock without waiting; the kernel releases it if we die. 0; -EWOULDBLOCK when another process holds it; -ENOENT when the
 * folder has been removed; or another -errno. */
must_check int run_folder_lock(struct run_folder *run);

/* Open the run's marker file, unless it is open already or does not exist. */
void run_folder_find_marks(struct run_folder *run);

/* Heartbeat: touch the lock file. Also opens the marker file if there is one by now: the folder may be gone when it is needed. */
void run_folder_beat(struct run_folder *run);

/* The time of the run's last activity (a heartbeat, a mark, growth of the spool), in ns of CLOCK_MONOTONIC in the boot that it ran
 * in; 0 = unknown. Needs a header. */
int64_t run_folder_last_sign(const struct run_folder *run);

/* Whether the run may be going on although we can't see its leader, which is in another pid namespace, and no guardian holds the
 * lock: either the guardian is just starting, or the leader is a container's init, which has none. A recent last activity
 * decides. */
bool run_folder_may_go_on(const struct run_folder *run);

/* Whether the run's leader is alive. */
bool run_folder_leader_lives(const struct run_folder *run);

/* Whether the process of the run that had this pid, and had started by Unix time `start_ns`, is still there: in this boot of the
 * machine. Needs a header. */
bool run_folder_process_lives(const struct run_folder *run, int32_t pid, int64_t start_ns);

/* Whether the path still leads to the folder that is open. */
bool run_folder_is_in_place(const struct run_folder *run);

/* Ask the run's processes to record nothing more. That is no sign of life of theirs. */
void run_folder_close_spool(struct run_folder *run);

/* Remove the spool, which may be large, and the FIFOs and marks, once the folded run is kept in the folder. */
void run_folder_drop_spool(struct run_folder *run);

/* Remove the folder. It stops being a run with the first step, a rename. 0, or -errno when something is left. */
must_check int run_folder_remove(const struct run_folder *run);

/* Rename the folder from run-ID or values-ID to `prefix`ID and write its new path to `out`. 0; -EPERM when the base folder belongs
 * to another user; or another -errno. */
must_check int run_folder_rename(const struct run_folder *run, const char *prefix, char out[SPOOL_PATH_MAX]);

/* Empty and remove a folder of any name; non-empty folders in it stay. 0 or -errno. */
must_check int run_folder_sweep(const char *path);

#endif
