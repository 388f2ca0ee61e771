/* SPDX-License-Identifier: MIT */
/* One run's folder in the spool, opened and locked by whoever finishes the run. Owns the descriptors and the mapped
 * header; knows nothing of stores and formats. What a folder is, its name says:
 *
 *   new-ID    being made; a run from the moment that it is called
 *   run-ID    being recorded, or left over
 *   values-ID stored, but for the values, which wait for their collection
 *   bad-ID    set aside: it can't be read, and no retry will help
 *   done-ID   stored, and being removed
 *   drop-ID   given up by a limit (retention.h), and being removed */
#ifndef RUN_RUN_FOLDER_H
#define RUN_RUN_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include "spool/record.h"
#include "spool/segment.h"
#include "sys/attr.h"

struct run_folder {
    const char *path; /* absolute; the caller's */
    int base_fd;      /* of the folder that it lies in, as a start of paths */
    int folder_fd, lock_fd, spool_fd, marks_fd;
    struct spool_header *header; /* mapped; NULL when the run is folded already and its spool is gone */
};

#define RUN_FOLDER_NONE ((struct run_folder){.base_fd = -1, .folder_fd = -1, .lock_fd = -1, .spool_fd = -1, .marks_fd = -1})

/* Open the run in the folder `path`, which must outlive it, without a lock. 0; -ENOENT when there is no such folder;
 * -ENOTSUP when another version recorded it; -EPROTO when it holds no run; -EPERM when it is somebody else's; or another
 * -errno. To be closed in any case. */
must_check int run_folder_open(struct run_folder *run, const char *path);

/* Close what is open, and let the lock go. */
void run_folder_close(struct run_folder *run);

/* Take the lock, which the kernel lets go if we die. 0; -EWOULDBLOCK when another process has it; -ENOENT when the folder
 * was removed meanwhile; or another -errno. */
must_check int run_folder_lock(struct run_folder *run);

/* Open the marks of the run, if that has not been done and there are any. */
void run_folder_find_marks(struct run_folder *run);

/* Leave a sign of life, and keep hold of the marks: the folder may be gone when they are needed. */
void run_folder_beat(struct run_folder *run);

/* When the last sign of life of the run was left, CLOCK_MONOTONIC of the boot that it ran in. Needs a header. */
int64_t run_folder_last_sign(const struct run_folder *run);

/* Whether the run may be going on unseen: its leader is in another pid namespace, and no guardian has locked it, since it is
 * just being started, or the leader is the init of a container, which has none. Then its last sign of life must be old. */
bool run_folder_may_go_on(const struct run_folder *run);

/* Whether the process that leads the run is there. */
bool run_folder_leader_lives(const struct run_folder *run);

/* Whether the process of the run that had this pid, and had started by Unix time `start_ns`, is still there: in this boot of the
 * machine. Needs a header. */
bool run_folder_process_lives(const struct run_folder *run, int32_t pid, int64_t start_ns);

/* Whether the path still leads to the folder that is open. */
bool run_folder_is_in_place(const struct run_folder *run);

/* Ask the run's processes to record nothing more. That is no sign of life of theirs. */
void run_folder_close_spool(struct run_folder *run);

/* The run is folded and that is kept: remove what was recorded, which may be large. */
void run_folder_drop_spool(struct run_folder *run);

/* Remove the folder: from the first step on it is no run any more. 0, or -errno when something stays. */
must_check int run_folder_remove(const struct run_folder *run);

/* Give the folder, which is called run-ID or values-ID, the name `prefix`ID. Writes its new path to `out`. 0; -EPERM when it lies in
 * a folder of somebody else's; or another -errno. */
must_check int run_folder_rename(const struct run_folder *run, const char *prefix, char out[SPOOL_PATH_MAX]);

/* Empty and remove a folder of any name; folders in it stay unless they are empty. 0 or -errno. */
must_check int run_folder_sweep(const char *path);

#endif
