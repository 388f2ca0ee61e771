/* SPDX-License-Identifier: MIT */
/* A child, or a thread, by clone(2) with CLONE_VM and CLONE_VFORK, but without CLONE_FILES. It runs on the caller's stack, below
 * the frame that made it, while the caller is suspended. Whoever waits for children of the usual kind does not find it. */
#include "apart.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#include "quiet.h"
#include "real.h"
#include "shim.h"
#include "sys/attr.h"
#include "sys/sys.h"

#define LOOKS 1000 /* it is a matter of microseconds */

struct apart_job {
    void (*work)(void *);
    void *with;
    volatile int is_done;
};

/* What the child does. Marked used: link-time optimisation does not look into what calls it. */
hidden void apart_child(struct apart_job *job);
hidden __attribute__((used)) void apart_child(struct apart_job *job)
{
    job->work(job->with);
    job->is_done = 1;
}

/* clone, and in the child apart_child(job) and the end. The job stands in a register that the kernel leaves alone, for the
 * child must not use the stack that its parent has used. Returns as the system call does. */
hidden long apart_clone(unsigned long flags, struct apart_job *job);
#if defined(__x86_64__)
__asm__(".text\n.globl apart_clone\n.hidden apart_clone\n.type apart_clone, @function\n"
        "apart_clone:\n"
        "mov %rsi, %r9\n"
        "xor %esi, %esi\n"
        "mov $56, %eax\n"
        "syscall\n"
        "test %eax, %eax\n"
        "jz 1f\n"
        "ret\n"
        "1: mov %r9, %rdi\n"
        "and $-16, %rsp\n"
        "sub $16, %rsp\n"
        "call apart_child\n"
        "xor %edi, %edi\n"
        "mov $60, %eax\n"
        "syscall\n"
        ".size apart_clone, . - apart_clone\n");
#elif defined(__i386__)
__asm__(".text\n.globl apart_clone\n.hidden apart_clone\n.type apart_clone, @function\n"
        "apart_clone:\n"
        "push %ebx\npush %esi\n"
        "mov 12(%esp), %ebx\n"
        "mov 16(%esp), %esi\n"
        "xor %ecx, %ecx\n"
        "mov $120, %eax\n"
        "int $0x80\n"
        "test %eax, %eax\n"
        "jz 1f\n"
        "pop %esi\npop %ebx\n"
        "ret\n"
        "1: and $-16, %esp\n"
        "sub $12, %esp\n"
        "push %esi\n"
        "call apart_child\n"
        "xor %ebx, %ebx\n"
        "mov $1, %eax\n"
        "int $0x80\n"
        ".size apart_clone, . - apart_clone\n");
#elif defined(__aarch64__)
__asm__(".text\n.globl apart_clone\n.hidden apart_clone\n.type apart_clone, %function\n"
        "apart_clone:\n"
        "mov x6, x1\n"
        "mov x1, #0\n"
        "mov x8, #220\n"
        "svc 0\n"
        "cbz x0, 1f\n"
        "ret\n"
        "1: mov x0, x6\n"
        "sub sp, sp, #16\n"
        "bl apart_child\n"
        "mov x0, #0\n"
        "mov x8, #93\n"
        "svc 0\n"
        ".size apart_clone, . - apart_clone\n");
#endif

/* The link that names a namespace without a first process leads nowhere; Linux before 4.12 has no such link. */
int apart_would_be_first(void)
{
    static const char next[] = "/proc/self/ns/pid_for_children";
    struct stat st;
    return !sys_stat(AT_FDCWD, next, &st, AT_SYMLINK_NOFOLLOW) && sys_stat(AT_FDCWD, next, &st, 0);
}

enum apart_threads { APART_UNKNOWN, APART_NO_THREADS, APART_THREADS };

/* As libc says, since glibc 2.32; but a fork child of a process with threads has only one. */
static __attribute__((noinline)) enum apart_threads apart_threads(void)
{
    union {
        real_fn symbol;
        const volatile char *is_single;
    } libc = {.symbol = real_function("__libc_single_threaded")};
    if (!libc.is_single)
        return APART_UNKNOWN;
    return *libc.is_single ? APART_NO_THREADS : shim.is_forked ? APART_UNKNOWN : APART_THREADS;
}

/* The caller goes on when the thread has left its memory, which is a little before it stops counting as a process: where the host may
 * have one more and no other, it must find that one free. */
static void apart_await(long thread)
{
    for (int i = 0; i < LOOKS && thread > 0 && !SYS_ARG2(SYS_tkill, thread, 0); i++)
        SYS_ARG0(SYS_sched_yield);
}

/* No handler of the host runs in the child, in the memory of its parent. Among threads it is one more: a process would be counted in
 * RUSAGE_CHILDREN, unless SIGCHLD were ignored meanwhile for all of them. */
static void apart_run(struct apart_job *job)
{
    uint64_t all = ~UINT64_C(0), before = 0;
    SYS_ARG4(SYS_rt_sigprocmask, SIG_BLOCK, &all, &before, sizeof all);
    const unsigned long flags = CLONE_VM | CLONE_VFORK | CLONE_UNTRACED;
    const enum apart_threads threads = apart_threads();
    if (threads == APART_THREADS) {
        apart_await(apart_clone(flags | CLONE_SIGHAND | CLONE_THREAD, job));
    } else {
        struct quiet quiet;
        unsigned long signal = quiet_begin(&quiet, threads == APART_NO_THREADS);
        quiet_end(&quiet, apart_clone(flags | signal, job));
    }
    SYS_ARG4(SYS_rt_sigprocmask, SIG_SETMASK, &before, NULL, sizeof before);
}

void apart(void (*work)(void *with), void *with)
{
    struct apart_job job = {.work = work, .with = with};
    if (!apart_would_be_first())
        apart_run(&job);
    if (!job.is_done)
        work(with);
}

void apart_from_threads(void (*work)(void *with), void *with)
{
    if (apart_threads() == APART_THREADS)
        apart(work, with);
    else
        work(with);
}

void apart_unseen(void (*work)(void *with), void *with)
{
    if (apart_threads() != APART_UNKNOWN)
        apart(work, with);
    else
        work(with);
}
