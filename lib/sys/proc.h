/* SPDX-License-Identifier: MIT */
/* What /proc says of another process. Freestanding. A pid alone names nobody for long: a pid with its start time,
 * in clock ticks since boot, names one process until the next boot. */
#ifndef SYS_PROC_H
#define SYS_PROC_H

#include <stddef.h>
#include <stdint.h>

#include "sys/attr.h"

struct proc_stat {
    int32_t ppid;
    char state;           /* of its first thread: 'Z' for a zombie */
    uint32_t threads;     /* all that are not gone, that zombie among them */
    uint64_t start_ticks; /* since boot */
};

/* Read a small file, of which `room` - 1 bytes will do, as a string. Its length, or -errno: then `out` is empty. */
must_check long proc_read_text(const char *path, char *out, size_t room);

/* Read what the kernel tells of a process: proc_pid_stat(5). 0, or -errno: -ENOENT when there is no such process. */
must_check int proc_stat_read(int32_t pid, struct proc_stat *out);

/* The same of the calling thread, whatever pid namespace /proc is of: parent and threads are its process's, state and start are
 * its own. */
must_check int proc_stat_self(struct proc_stat *out);

/* Whether the process that had this pid and start time is still running. A zombie is not; but one whose first thread alone has
 * ended is, and looks so for a while when another thread of it execs. */
int proc_is_alive(int32_t pid, uint64_t start_ticks);

#endif
