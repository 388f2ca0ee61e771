/* SPDX-License-Identifier: MIT */
/* What system(), popen() and pclose() said of the shells that they ran inside libc: of each call when it was, and with
 * what status the shell ended. A shell is found by who called, and when. */
#ifndef MODEL_SYSTEMS_H
#define MODEL_SYSTEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spool/record.h"
#include "sys/attr.h"

/* A call. Of popen and pclose together one is made. */
struct system_call {
    uint32_t owner;
    bool closes; /* a pclose whose popen has not been found yet */
    bool taken;  /* its shell has been found */
    struct wait_status status;
    int64_t start_ns, end_ns; /* end_ns = 0: not closed */
    int64_t key;              /* of popen and pclose: the stream; 0 = system */
    int64_t latest_ns;        /* end of this call and all before it of the same owner, whichever is latest */
};

struct systems {
    struct system_call *list; /* by owner and start once complete */
    size_t len, cap;
};

/* What a shell said of its own end. */
struct system_shell {
    uint32_t parent;
    int64_t start_ns;
    struct spool_end end; /* by its own word */
};

/* Free what they hold. */
void systems_release(struct systems *s);

/* Take in a cell of kind SYSTEM or POPEN that `owner` wrote. 0 or -ENOMEM. */
must_check int systems_add(struct systems *s, uint32_t owner, const struct spool_cell *cell);

/* When all cells are in: bring what popen and pclose said together, and make finding possible. */
void systems_complete(struct systems *s);

/* The call that ran the shell, or NULL: of several at once that could be meant the earliest, for shells come by rising
 * pids; each call answers once. */
const struct system_call *systems_find(struct systems *s, const struct system_shell *shell);

#endif
