/* SPDX-License-Identifier: MIT */
/* Making a run's guardian, `dtrack finish --guard FOLDER`: a process that shares nothing with the job but its user. Whoever
 * leads the run decides when, and who else must not notice. Freestanding; by raw system calls only, so that no handler runs in
 * a child. */
#ifndef SPOOL_LEAD_GUARDIAN_H
#define SPOOL_LEAD_GUARDIAN_H

#include <stddef.h>

#include "spool/segment.h"
#include "sys/attr.h"

struct lead_guardian {
    const struct spool *spool; /* of the run; its header is mapped */
    const char *program;       /* the path of `dtrack` */
    const char *const *env;    /* from lead_guardian_environment() */
};

/* Entries that an array for lead_guardian_environment() must have room for. */
size_t lead_guardian_room(char *const *envp);

/* Write to `out` the entries of `envp` but for variables that would make the guardian a part of a run, or have other libraries
 * loaded into it than its own, though it keeps the path to them as D_LIBRARY_PATH, see lib/cmd/relaunch.h; and DTRACK_OFF: it
 * may be preloaded all the same, by a file of the system's, or by another tool, and would begin a run, with a guardian of its
 * own. */
void lead_guardian_environment(const char **out, char *const *envp);

/* Make the guardian a child of init's, or of a subreaper's, from a process that goes on: by a child in between, at whose end
 * `signal` is sent. Returns that child's pid, to be waited for with __WALL, or -errno. The program may be missing all the same:
 * handshake_is_guarded() says whether it runs. */
must_check int lead_guardian_make(const struct lead_guardian *g, unsigned long signal);

/* Make it from a process that is about to end, with one process more and not two: it stays this one's child, which only a wait for
 * children of clone() would find. 0 or -errno: -EINVAL where such a child can't be made. */
must_check int lead_guardian_make_last(const struct lead_guardian *g);

#endif
