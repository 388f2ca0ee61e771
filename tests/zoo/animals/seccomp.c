/* SPDX-License-Identifier: MIT */
/* Filters that kill for anything but a few system calls, turned on in every way, and what is left to do then.
 */
#include "animal.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

enum { ALLOWED_MAX = 40 };

/* A filter that does `otherwise` for every call that is not in the list of `len` numbers. */
static struct sock_fprog filter_of(const int *allowed, size_t len, unsigned otherwise)
{
    static struct sock_filter code[2 + 2 * ALLOWED_MAX];
    struct sock_filter *at = code;
    *at++ = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < len; i++) {
        *at++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)allowed[i], 0, 1);
        *at++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    }
    *at++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, otherwise);
    return (struct sock_fprog){(unsigned short)(at - code), code};
}

static const int leaving[] = {SYS_write, SYS_exit_group};

static void filter(unsigned otherwise)
{
    struct sock_fprog program = filter_of(leaving, ARRAY_LEN(leaving), otherwise);
    must(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    must(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

static void kill_then_return(void)
{
    filter(SECCOMP_RET_KILL_PROCESS);
}

static void kill_then_exit(void)
{
    filter(SECCOMP_RET_KILL_PROCESS);
    _exit(1);
}

static void kill_then_quick_exit(void)
{
    filter(SECCOMP_RET_KILL_PROCESS);
    quick_exit(2);
}

static void refuse_then_exit(void)
{
    filter(SECCOMP_RET_ERRNO | EPERM);
    exit(3);
}

/* What the filter is for: the one call too many. */
static void kill_for_real(void)
{
    filter(SECCOMP_RET_KILL_PROCESS);
    getppid();
}

/* Past every function that could notice; a privileged program need not give up privileges first. */
static void unnoticed(void)
{
    struct sock_fprog program = filter_of(leaving, ARRAY_LEN(leaving), SECCOMP_RET_KILL_PROCESS);
    must(!syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    must(!syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
}

static void unnoticed_then_return(void)
{
    unnoticed();
}

static void unnoticed_then_exit(void)
{
    unnoticed();
    _exit(4);
}

/* Only read, write, exit and sigreturn: not even exit_group, which every exit function calls. */
static void strict_mode(void)
{
    must(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
    syscall(SYS_exit, 5);
}

/* A sandboxed worker that may fork and wait, and nothing else. */
static void kill_then_fork(void)
{
    static const int more[] = {SYS_write, SYS_exit_group, SYS_clone, SYS_wait4, SYS_set_robust_list, SYS_gettid};
    struct sock_fprog program = filter_of(more, ARRAY_LEN(more), SECCOMP_RET_KILL_PROCESS);
    must(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    must(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
    for (int i = 0; i < 3; i++) {
        pid_t pid = fork();
        if (pid == 0)
            exit(6);
        must(reaped(pid) == 6 << 8);
    }
    exit(7);
}

/* What a small dynamic program needs to start and to end, and not one call more: an exec under the filter. */
static void kill_then_become(void)
{
    static const int more[] = {
        SYS_execve,     SYS_brk,        SYS_mmap,    SYS_openat,          SYS_close,           SYS_read,
        SYS_pread64,    SYS_mprotect,   SYS_munmap,  SYS_set_tid_address, SYS_set_robust_list, SYS_rseq,
        SYS_prlimit64,  SYS_exit_group, SYS_write,   SYS_access,          SYS_faccessat,       SYS_fstat,
        SYS_getrandom,
#ifdef SYS_newfstatat
        SYS_newfstatat,
#endif
#ifdef SYS_arch_prctl
        SYS_arch_prctl,
#endif
#ifdef __i386__
        SYS_mmap2,      SYS_fstatat64,  SYS_fstat64, SYS_set_thread_area, SYS_clock_gettime64,
#endif
    };
    struct sock_fprog program = filter_of(more, ARRAY_LEN(more), SECCOMP_RET_KILL_PROCESS);
    must(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    must(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
    become_leaf("8");
}

static const struct way ways[] = {
    {"kill_then_return", kill_then_return},
    {"kill_then_exit", kill_then_exit},
    {"kill_then_quick_exit", kill_then_quick_exit},
    {"refuse_then_exit", refuse_then_exit},
    {"kill_for_real", kill_for_real},
    {"unnoticed_then_return", unnoticed_then_return},
    {"unnoticed_then_exit", unnoticed_then_exit},
    {"strict_mode", strict_mode},
    {"kill_then_fork", kill_then_fork},
    {"kill_then_become", kill_then_become},
};

/* Each way is also tried below another process: a run's root has more to do at its end. */
int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;
    if (argc == 2) {
        take_way(ways, ARRAY_LEN(ways), name);
        return 0;
    }
    pid_t pid = fork();
    if (pid == 0)
        execl(argv[0], argv[0], name, (char *)NULL);
    int status = reaped(pid);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : 50 + WEXITSTATUS(status);
}
