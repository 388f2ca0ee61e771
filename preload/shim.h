/* SPDX-License-Identifier: MIT */
/* The shim's whole state: one static struct, plus, in a process that forks, one word that reads 0 in the child. */
#ifndef PRELOAD_SHIM_H
#define PRELOAD_SHIM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "spool/record.h"
#include "spool/segment.h"
#include "startup.h"
#include "sys/attr.h"
#include "vdso.h"

struct shim {
    /* What has become of this process, and what its hooks may do then. It sets each of these itself; they stay, in its fork
     * children, too, but for `on`: that ends when there is no room, or when no_vdso and sandboxed leave no clock.
     *
     *                  set once                                                         record   system calls */
    bool is_started; /* the constructor has run, or a hook that came before it             -          -  */
    bool on;         /* there is a record of this process                                 yes        yes */
    bool is_forked;  /* it is a fork child, and has had no program of its own since       yes        yes */
    bool sandboxed;  /* a seccomp filter may be there                                     yes         no */
    bool filtered;   /* one surely is: programs start under it, and our constructor too   yes         no */
    bool no_vdso;    /* prctl(PR_SET_TSC): to read the vDSO's clock would kill            yes    for each time */
    bool no_wipe;    /* the kernel has no MADV_WIPEONFORK                                 yes    getpid each time */
    struct spool spool;
    vdso_clock_fn clock; /* NULL: by system call */

    /* Who this process is. A fork child overwrites these with its own before it writes anything. */
    int32_t pid;
    uint32_t uid, gid;
    uint32_t ns;               /* as in struct spool_image */
    uint32_t ref;              /* of `image`, else of `cell` */
    struct spool_image *image; /* own record; NULL in a fork child */
    struct spool_cell *cell;   /* a fork child's own BORN cell, in its parent's block; may be NULL. Never both */
    struct spool_end *end;     /* in whichever there is; NULL in a fork child that there was no room for */
    struct spool_block *block; /* current block of cells for children; NULL before the first */
    struct spool_block *first; /* its first block, which stays mapped and counts who has hold of a cell */
    unsigned block_step;       /* which size the next block has */
    uint32_t next_page; /* a page of the spool for the program that this process execs or starts next; 0 = none */
    int64_t forked_ns;  /* of a fork child: when its parent called fork */

    uint32_t *alive; /* alone on a page that the kernel zeroes in every fork child; NULL while none is watched for */
    uint32_t armed;  /* 1 once this very process watches for forks of its own: *alive is 1 then, and 0 in the child */

    uintptr_t stack; /* an address at the start of the main thread's stack: the initial environment's */

    enum startup_args args; /* how much of unseen images' command lines to record */
    char rules[256];        /* the user's words for secrets: what fits, the reader has them all */

    struct exit_code main_code; /* of musl: what exit() was called with, or main() has returned */
    bool has_main_code;         /* and whether that is looked after */

    /* Leader only. */
    bool is_leader;
    bool quiet;
    bool wait_is_bad; /* DTRACK_WAIT is no number */
    int64_t wait_ns;
    struct exit_code quick_code;     /* what quick_exit() was called with */
    bool quick_is_handled;           /* our handler for it is registered */
    uint64_t stderr_dev, stderr_ino; /* what descriptor 2 was at the start; 0 = nothing */

    /* What children get in LD_PRELOAD for this library: an absolute path, or the bare name that the user gave.
     * Empty when we were not loaded through LD_PRELOAD. */
    char library[SPOOL_PATH_MAX];
};

extern hidden struct shim shim;

/* Which process runs this code, seen from the state in memory. */
enum shim_who {
    SHIM_SELF,   /* the one that the state describes */
    SHIM_VFORK,  /* a child that borrows our memory: write nothing to it. Where nobody watches for forks, it may also be
                    a fork child that was made by machine code of its own */
    SHIM_FORKED, /* a fork child that no hook has adopted yet */
};

/* Whether the caller may write cells for its own process, adopting it first when it must. Does what the constructor does
 * if that has not run yet. Not for code that a vfork child may run: that must ask shim_who(). */
int recorder_ready(void);

/* Without a system call: SHIM_SELF also stands for a vfork child, and for any child that nobody watched for. */
enum shim_who shim_who_fast(void);

/* With one getpid: exact. Under a seccomp filter it does without: a vfork child of a sandboxed process that fails to
 * exec then ends its parent's record, which the parent's own end puts right. */
enum shim_who shim_who(void);

/* To be called before this process makes a child that has a copy of its memory and does not come back through a hook: from
 * now on such a child knows that it is one. A mapping, two madvises and a page fault at the first call, which nearly all
 * processes are spared. */
void shim_watch_forks(void);

/* What the host's own call of fork comes to: a noted one. */
pid_t shim_fork(void);

/* The time of a clock in ns. No system call where the vDSO has it. */
int64_t shim_clock(clockid_t clock);

/* CLOCK_MONOTONIC, which nearly everything is recorded by. */
int64_t shim_now(void);

#endif
