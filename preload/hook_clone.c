/* SPDX-License-Identifier: MIT */
/* clone: passed on by a jump, with every register and the whole stack as the caller left them, for it may be of any
 * signature, and its child has a stack of its own. Only the flags are looked at: a child with a copy of our memory must
 * be able to tell that it is one, and a process that shares it that it is not we. */
#include <sched.h>

#include "real.h"
#include "recorder.h"
#include "shim.h"

/* Where the jump below goes on. Marked used: link-time optimisation does not look into what calls it. */
hidden real_fn clone_begin(unsigned long flags);
hidden __attribute__((used)) real_fn clone_begin(unsigned long flags)
{
    if (!(flags & CLONE_THREAD) && recorder_ready())
        shim_watch_forks();
    return real_or_missing(REAL_CLONE);
}

/* clone(fn, stack, flags, ...) */
#if defined(__x86_64__)
__asm__(".text\n.globl clone\n.type clone, @function\n"
        "clone:\n"
        "push %rdi\npush %rsi\npush %rdx\npush %rcx\npush %r8\npush %r9\npush %rax\n"
        "mov %rdx, %rdi\n"
        "call clone_begin\n"
        "mov %rax, %r11\n"
        "pop %rax\npop %r9\npop %r8\npop %rcx\npop %rdx\npop %rsi\npop %rdi\n"
        "jmp *%r11\n"
        ".size clone, . - clone\n");
#elif defined(__i386__)
__asm__(".text\n.globl clone\n.type clone, @function\n"
        "clone:\n"
        "sub $8, %esp\n"
        "push 20(%esp)\n"
        "call clone_begin\n"
        "add $12, %esp\n"
        "jmp *%eax\n"
        ".size clone, . - clone\n");
#elif defined(__aarch64__)
__asm__(".text\n.globl clone\n.type clone, %function\n"
        "clone:\n"
        "stp x29, x30, [sp, #-80]!\n"
        "stp x0, x1, [sp, #16]\nstp x2, x3, [sp, #32]\nstp x4, x5, [sp, #48]\nstp x6, x7, [sp, #64]\n"
        "mov x0, x2\n"
        "bl clone_begin\n"
        "mov x16, x0\n"
        "ldp x0, x1, [sp, #16]\nldp x2, x3, [sp, #32]\nldp x4, x5, [sp, #48]\nldp x6, x7, [sp, #64]\n"
        "ldp x29, x30, [sp], #80\n"
        "br x16\n"
        ".size clone, . - clone\n");
#endif
