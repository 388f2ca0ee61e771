/* SPDX-License-Identifier: MIT */
/* Information about processes from /proc. Freestanding. A pid alone may be reused; together with the start time, in clock ticks
 * since boot, it identifies one process until the next boot. */
#ifndef SYS_PROC_H
#define SYS_PROC_H

#include <stddef.h>
#include <stdint.h>

#include "sys/attr.h"

struct proc_stat {
    int32_t ppid;
    char state;           /* of its first thread: 'Z' for a zombie */
    uint32_t threads;     /* all threads, including a first one that is a zombie */
    uint64_t start_ticks; /* since boot */
};

/* Read up to `room` - 1 bytes of a small file as a string. Its length; or -errno, with `out` empty. */
must_check long proc_read_text(const char *path, char *out, size_t room);

/* Read a process's stat: proc_pid_stat(5). 0, or -errno: -ENOENT when there is no such process. */
must_check int proc_stat_read(int32_t pid, struct proc_stat *out);

/* The same for the calling thread, whichever pid namespace /proc belongs to. Parent and threads are those of its process, state and
 * start time its own. */
must_check int proc_stat_self(struct proc_stat *out);

/* Whether the process with this pid and start time is still running. A zombie is not, unless only its first thread has ended:
 * that is also how a process looks for a short time while another of its threads execs. */
int proc_is_alive(int32_t pid, uint64_t start_ticks);

#endif
