/* SPDX-License-Identifier: MIT */
/* No new process is allowed: fork, vfork, posix_spawn and system must say so, with the error that the system
 * gives. */
#include "animal.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* The calls that make processes. */
static const int makers[] = {
    SYS_clone,
    SYS_clone3,
#ifdef SYS_fork
    SYS_fork,
    SYS_vfork,
#endif
};

static void refuse(void)
{
    struct sock_filter code[2 + 2 * ARRAY_LEN(makers)], *at = code;
    *at++ = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < ARRAY_LEN(makers); i++) {
        *at++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)makers[i], 0, 1);
        *at++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAGAIN);
    }
    *at++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {(unsigned short)(at - code), code};
    must(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) && !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

int main(void)
{
    char *argv[] = {"leaf", "1", NULL};
    pid_t pid = fork();
    if (pid == 0)
        exit(2);
    must(reaped(pid) == 2 << 8);
    refuse();
    must(fork() == -1 && errno == EAGAIN);
    must(vfork() == -1 && errno == EAGAIN);
    must(posix_spawn(&pid, "./leaf", NULL, NULL, argv, environ) == EAGAIN);
    int status = system("exit 3"); /* versions of libc differ */
    must(status == -1 || status == 127 << 8);
    must(popen("exit 4", "r") == NULL);
    must(wait(NULL) == -1 && errno == ECHILD);
    return 5;
}
