/* SPDX-License-Identifier: MIT */
/* daemon and forkpty, which fork inside of libc. The child of daemon goes on where its parent called it, under a new pid;
 * the parent leaves in there by an _exit of libc's own, so its end is noted beforehand. */
#include <pty.h>
#include <unistd.h>

#include "cells.h"
#include "real.h"
#include "recorder.h"
#include "shim.h"

exported int daemon(int nochdir, int noclose)
{
    typedef int (*daemon_fn)(int, int);
    daemon_fn real = REAL(daemon_fn, REAL_DAEMON);
    if (recorder_ready()) {
        shim_watch_forks();
        recorder_end(0, SPOOL_LEFT_EXIT);
    }
    int ret = real(nochdir, noclose);
    if (ret == 0)
        recorder_ready();
    else if (shim.on)
        recorder_end_failed();
    return ret;
}

exported int forkpty(int *master, char *name, const struct termios *term, const struct winsize *size)
{
    typedef int (*forkpty_fn)(int *, char *, const struct termios *, const struct winsize *);
    forkpty_fn real = REAL(forkpty_fn, REAL_FORKPTY);
    int64_t now = shim_now();
    if (recorder_ready())
        shim_watch_forks();
    int pid = real(master, name, term, size);
    if (recorder_ready() && pid > 0)
        cells_born(cells_claim(NULL), pid, now);
    return pid;
}
