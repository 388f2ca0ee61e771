/* SPDX-License-Identifier: MIT */
/* This process's own record: start, exec, end.
 *
 *   recorder_begin()   once, by the constructor: the state describes the process from then on
 *   recorder_forked()  in the child of a wrapped fork; recorder_adopt() in one that was made in another way
 *   recorder_exec()    before each exec of its own, and with 0 after one that failed
 *   recorder_end()     by exit handlers and hooks of _exit; recorder_end_failed() if it goes on all the same
 *
 * These are for the process that the state describes (SHIM_SELF). A vfork child, in the memory of its parent, may call those that
 * write to the spool alone: recorder_write(), recorder_vfork_ended(), recorder_page_for_program(0), recorder_spent(). */
#ifndef PRELOAD_RECORDER_H
#define PRELOAD_RECORDER_H

#include <stdint.h>

#include "shim.h"
#include "spool/segment.h"
#include "startup.h"
#include "sys/attr.h"

/* What an image record is made of. */
struct recorder_image {
    int32_t pid, ppid;
    int64_t start_ns, ready_ns;
    uint32_t origin;
    int32_t origin_pid;
    unsigned flags;     /* enum spool_image_flags */
    int64_t doubted_ns; /* as in struct spool_image */
    const char *exe;
    char *const *argv; /* NULL-terminated, or NULL */
    enum startup_args args;
};

/* Write an image record. 0 with the record published and mapped in `room`, or -errno. */
must_check int recorder_write(const struct recorder_image *what, struct spool_room *room);

/* The same for this very process, which the state describes by that record from now on; where there is no room for one, that
 * has been counted. */
void recorder_begin(const struct recorder_image *what);

/* The process ends by exit or _exit with `code`, or with SPOOL_LEFT_UNKNOWN when nobody can tell. Stores only:
 * no system call. */
void recorder_end(struct exit_code code, enum spool_left left);

/* It did not end after all. */
void recorder_end_failed(void);

/* A child with `status` was reaped. If it was a vfork child that called exit, it has written its end over this process's, in
 * whose memory it ran: take that back. */
void recorder_reaped(struct wait_status status);

/* The caller, a vfork child of the process that the state describes, ends with `code`: give it a record. Writes to the spool,
 * and to nothing else that is its parent's. */
void recorder_vfork_ended(struct exit_code code);

/* The process is about to call exec: note when, and the CPU time so far. 0: that exec failed, the process lives on. */
void recorder_exec(int64_t now);

/* The calling process is a fork child that nobody has told us about (raw clone, daemon): make it a record of its
 * own, but in a sandbox. The state describes it from now on, with a record or without. */
void recorder_adopt(void);

/* What a parent hands to a fork child, on the stack that both have: a child that goes on as another program need not look
 * into the spool then, and that is a page fault for each page of it. */
struct recorder_fork {
    struct spool_cell *cell; /* the child's own half, or NULL */
    uint32_t ref;            /* of that cell */
    uint32_t parent;         /* reference of its parent */
    uint32_t page;           /* as struct shim's `next_page` */
    int64_t time_ns;         /* of the fork call */
};

/* The child of a wrapped fork: the state describes it from now on, if it does not already since one of its fork handlers has
 * called a hook. */
void recorder_forked(const struct recorder_fork *fork);

/* Where in the spool a program that is about to start finds room; 0 = it has to look. `is_self`: the state describes the
 * caller, who is no vfork child. */
uint32_t recorder_page_for_program(int is_self);

/* Add to the time that this process spent in the shim: what has gone by since `start_ns`. */
void recorder_spent(int64_t start_ns);

#endif
