/* SPDX-License-Identifier: MIT */
/* Leaves past libc: with the pair of system calls that Go's runtime starts children and ends itself by. */
#include "animal.h"

#include <sys/syscall.h>

int main(void)
{
    char *argv[] = {"leaf", "5", NULL};
    long pid = syscall(SYS_fork);
    if (pid == 0) {
        syscall(SYS_execve, "./leaf", argv, environ);
        syscall(SYS_exit_group, 97);
    }
    int status = 0;
    syscall(SYS_wait4, pid, &status, 0, NULL);
    syscall(SYS_exit_group, WEXITSTATUS(status));
}
