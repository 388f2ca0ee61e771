/* SPDX-License-Identifier: MIT */
/* daemon and forkpty, which fork inside of libc. The child of daemon goes on where its parent called it, under a new pid;
 * the parent leaves in there by an _exit of libc's own, so its end is noted beforehand. musl's daemon is done here. */
#include <errno.h>
#include <pty.h>
#include <stdlib.h>
#include <unistd.h>

#include "cells.h"
#include "hook_fork.h"
#include "real.h"
#include "recorder.h"
#include "shim.h"
#include "sys/sys.h"

#pragma weak on_exit /* musl has none */

/* A fork whose parent leaves. 0 in the child, or -1 with errno. */
static int daemon_fork(void)
{
    pid_t pid = shim_fork();
    if (pid > 0) {
        recorder_end(exit_code_of(0), SPOOL_LEFT_EXIT);
        for (;;)
            SYS_ARG1(SYS_exit_group, 0);
    }
    return pid;
}

/* Standard input, output and error become /dev/null. 0 or a negative errno. */
static long daemon_close(void)
{
    const int fd = (int)SYS_ARG4(SYS_openat, AT_FDCWD, "/dev/null", O_RDWR | O_LARGEFILE, 0);
    long err = fd < 0 ? fd : 0;
    for (int to = 0; to <= 2 && err >= 0; to++)
        err = to == fd ? 0 : SYS_ARG3(SYS_dup3, fd, to, 0);
    if (fd > 2)
        sys_close(fd);
    return MIN(err, 0L);
}

/* What musl does in there, which forks twice: its own forks pass no hook, and the process between them would never be seen. */
static int daemon_twice(int nochdir, int noclose)
{
    long err = nochdir ? 0 : SYS_ARG1(SYS_chdir, "/");
    if (!err && !noclose)
        err = daemon_close();
    if (!err && daemon_fork())
        return -1;
    if (!err)
        err = MIN((long)SYS_ARG0(SYS_setsid), 0L);
    if (!err)
        return daemon_fork();
    real_set_errno((int)-err);
    return -1;
}

exported int daemon(int nochdir, int noclose)
{
    typedef int (*daemon_fn)(int, int);
    daemon_fn real = REAL(daemon_fn, REAL_DAEMON);
    if (!on_exit && recorder_ready())
        return daemon_twice(nochdir, noclose);
    if (recorder_ready()) {
        shim_watch_forks();
        recorder_end(exit_code_of(0), SPOOL_LEFT_EXIT);
    }
    int ret = real(nochdir, noclose);
    if (fork_has_room_again(ret < 0)) /* it forks before all else */
        ret = real(nochdir, noclose);
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
    if (fork_has_room_again(pid < 0))
        pid = real(master, name, term, size);
    if (recorder_ready() && pid > 0)
        cells_born(cells_claim(NULL), pid, now);
    return pid;
}
