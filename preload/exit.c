/* SPDX-License-Identifier: MIT */
/* The orderly way out: exit handlers. on_exit, registered before any other handler, runs after all of them and after
 * every destructor, and is given the status; musl lacks it, so there a destructor notes the end: hook_musl.c. */
#include "exit.h"

#include <stdlib.h>

#include "linger.h"
#include "real.h"
#include "recorder.h"
#include "shim.h"

#pragma weak on_exit

static void exit_note_as(struct exit_code code, enum spool_left left, int flushes)
{
    if (shim.is_leader)
        linger(code, left, flushes);
    else
        recorder_end(code, left);
}

void exit_note(struct exit_code code)
{
    exit_note_as(code, SPOOL_LEFT_EXIT, 0);
}

/* No system call: a fork child that no hook has adopted leaves its end to its parent's wait. What a vfork child that calls
 * exit writes over its parent's end is put right at its reaping. But it must not end the run: a leader can afford to ask. */
static enum shim_who exit_who(void)
{
    return !shim.on ? SHIM_FORKED : shim.is_leader ? shim_who() : shim_who_fast();
}

static void exit_handler(int status, void *arg unused)
{
    enum shim_who who = exit_who();
    if (who == SHIM_SELF)
        exit_note_as(exit_code_of(status), SPOOL_LEFT_EXIT, 1);
    else if (who == SHIM_VFORK)
        recorder_vfork_ended(exit_code_of(status));
}

/* Registered before any other, so it runs after them. */
static void exit_quick_handler(void *arg unused)
{
    if (shim.is_leader && exit_who() == SHIM_SELF)
        exit_note(shim.quick_code);
}

/* glibc has at_quick_exit() in a part that is linked into programs. */
static int exit_register_quick(void)
{
    typedef int (*at_quick_exit_fn)(void (*)(void *), void *);
    at_quick_exit_fn at = (at_quick_exit_fn)real_function("__cxa_at_quick_exit");
    if (!at)
        at = (at_quick_exit_fn)real_function("at_quick_exit");
    return at && at(exit_quick_handler, NULL) == 0;
}

void exit_register(void)
{
    if (on_exit)
        on_exit(exit_handler, NULL);
    if (shim.is_leader)
        shim.quick_is_handled = exit_register_quick();
}

static __attribute__((destructor)) void exit_destructor(void)
{
    if (!on_exit && exit_who() == SHIM_SELF)
        exit_note_as(shim.main_code, shim.has_main_code ? SPOOL_LEFT_EXIT : SPOOL_LEFT_UNKNOWN, 1);
}
