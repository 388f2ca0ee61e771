/* SPDX-License-Identifier: MIT */
/* What the kernel and the environment say to a process at its start. Read once, in the constructor. */
#ifndef PRELOAD_STARTUP_H
#define PRELOAD_STARTUP_H

#include <stdint.h>

#include "sys/attr.h"

/* How much of the command line to record: DTRACK_ARGS. */
enum startup_args { STARTUP_ARGS_REDACTED, STARTUP_ARGS_FULL, STARTUP_ARGS_NAME };

#define STARTUP_OURS 8
#define STARTUP_VARIABLES 11

/* All pointers go into the initial stack; they are good in the constructor only. NULL = not set. */
struct startup {
    int argc;
    char **argv;
    char **envp;
    const char *exe; /* the path given to exec */
    const void *vdso;
    uint32_t uid, gid; /* effective */
    int secure;        /* AT_SECURE: trust nothing from outside */
    enum startup_args args;
    union { /* values of environment variables */
        struct {
            const char *run;        /* DTRACK_RUN */
            const char *from;       /* DTRACK_FROM */
            const char *off;        /* DTRACK_OFF */
            const char *rules;      /* DTRACK_REDACT */
            const char *args_word;  /* DTRACK_ARGS */
            const char *wait;       /* DTRACK_WAIT */
            const char *quiet;      /* DTRACK_QUIET */
            const char *spool;      /* DTRACK_SPOOL */
            const char *ld_preload; /* LD_PRELOAD */
            const char *state_home; /* XDG_STATE_HOME */
            const char *home;       /* HOME */
        };
        const char *variable[STARTUP_VARIABLES];
    };
};

/* Fill *s from what the loader passed to the constructor. musl passes nothing: then the stack is searched for it.
 * 0, or -1 when neither makes sense. */
must_check int startup_read(struct startup *s, int argc, char **argv, char **envp);

#endif
