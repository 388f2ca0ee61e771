/* SPDX-License-Identifier: MIT */
/* The exec gate asks for verdicts on behalf of this process; lib/spool/judge.c makes them. */
#include "gate.h"

#include "envp.h"
#include "shim.h"

/* The header is not there in a process that has had no need of it yet: to map it costs more than a look into the file. */
static __attribute__((noinline)) struct judge gate_judge(judge_apart how)
{
    return (struct judge){.header = __atomic_load_n(&shim.spool.header, __ATOMIC_ACQUIRE),
                          .folder = shim.spool.folder,
                          .uid = shim.uid,
                          .library = envp_library_path(),
                          .entry = envp_library(),
                          .apart = how};
}

/* Not inlined, as the next one: its stack must be free again when the hook goes on, on what may be a signal handler's small one. */
__attribute__((noinline)) enum gate_verdict gate_check(int dirfd, const char *path, judge_apart how)
{
    if (shim.filtered)
        return GATE_FILTERED; /* and don't look: that would be system calls, too */
    const struct judge j = gate_judge(how);
    return judge_file(&j, dirfd, path);
}

__attribute__((noinline)) enum gate_verdict gate_search(const char **file, const char *path_variable, char *out,
                                                        size_t room, judge_apart how)
{
    if (shim.filtered)
        return GATE_FILTERED;
    const struct judge j = gate_judge(how);
    return judge_search(&j, file, path_variable, out, room);
}
