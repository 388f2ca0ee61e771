/* SPDX-License-Identifier: MIT */
/* How a process ended, in the two forms that this has: what it said when it left, and what a wait says of it. A process's word becomes
 * a wait's here, and nowhere else. Freestanding. */
#ifndef SYS_STATUS_H
#define SYS_STATUS_H

#include <stdint.h>
#include <sys/wait.h>

/* What was passed to exit or _exit, or returned by main: any number, of which the kernel keeps 8 bits. */
struct exit_code {
    int32_t passed;
};

/* As wait gives it: an exit status or a signal; or not known. */
struct wait_status {
    int32_t bits;
};

#define WAIT_STATUS_UNKNOWN ((struct wait_status){-1}) /* no end looks so */

static inline struct exit_code exit_code_of(int passed)
{
    return (struct exit_code){passed};
}

/* `status` as a wait, system or pclose gives it; -1, with which they fail, is not known. */
static inline struct wait_status wait_status_of(int status)
{
    return (struct wait_status){status};
}

/* What a wait says of a process that leaves with this. */
static inline struct wait_status wait_status_of_exit(struct exit_code code)
{
    return (struct wait_status){(code.passed & 0xff) << 8};
}

static inline int wait_status_is_known(struct wait_status s)
{
    return s.bits != -1;
}

static inline int wait_status_is_signal(struct wait_status s)
{
    return WIFSIGNALED(s.bits);
}

static inline int wait_status_is_exit(struct wait_status s)
{
    return WIFEXITED(s.bits);
}

static inline int wait_status_is_same(struct wait_status a, struct wait_status b)
{
    return a.bits == b.bits;
}

#endif
