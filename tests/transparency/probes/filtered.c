/* SPDX-License-Identifier: MIT */
/* filtered WAY: turn a seccomp filter on that kills for any system call but those that the rest of this program
 * makes by itself, then leave by exit, _exit or quick_exit, fork a child that does, or exec a program. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ALLOW(number) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static void filter_on(struct sock_filter *code, unsigned short len)
{
    struct sock_fprog program = {.len = len, .filter = code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* What leaving, forking and waiting take in glibc. */
static void filter_for_ends(void)
{
    struct sock_filter code[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                                 ALLOW(SYS_write),
                                 ALLOW(SYS_exit_group),
                                 ALLOW(SYS_clone),
                                 ALLOW(SYS_set_robust_list),
                                 ALLOW(SYS_wait4),
                                 ALLOW(SYS_rt_sigprocmask),
                                 ALLOW(SYS_gettid),
                                 BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)};
    filter_on(code, sizeof code / sizeof *code);
}

/* What the loader takes for a small dynamic program, and that program. */
static void filter_for_exec(void)
{
    struct sock_filter code[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
                                 ALLOW(SYS_execve),
                                 ALLOW(SYS_brk),
                                 ALLOW(SYS_mmap),
                                 ALLOW(SYS_openat),
                                 ALLOW(SYS_newfstatat),
                                 ALLOW(SYS_close),
                                 ALLOW(SYS_mprotect),
                                 ALLOW(SYS_munmap),
                                 ALLOW(SYS_read),
                                 ALLOW(SYS_pread64),
                                 ALLOW(SYS_write),
                                 ALLOW(SYS_access),
                                 ALLOW(SYS_faccessat),
                                 ALLOW(SYS_arch_prctl),
                                 ALLOW(SYS_set_tid_address),
                                 ALLOW(SYS_set_robust_list),
                                 ALLOW(SYS_rseq),
                                 ALLOW(SYS_prlimit64),
                                 ALLOW(SYS_getrandom),
                                 ALLOW(SYS_exit_group),
                                 ALLOW(SYS_rt_sigaction),
                                 BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)};
    filter_on(code, sizeof code / sizeof *code);
}

static int forked(void)
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0)
        _exit(3);
    return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "";
    if (!strcmp(way, "exec")) {
        filter_for_exec();
        execl("/bin/true", "true", (char *)NULL);
        return 98;
    }
    filter_for_ends();
    if (!strcmp(way, "_exit"))
        _exit(3);
    if (!strcmp(way, "quick_exit"))
        quick_exit(3);
    return !strcmp(way, "fork") ? forked() : 3;
}
