/* SPDX-License-Identifier: MIT */
/* Dynamically linked, with an interpreter, and without libc: as Go links a position-independent program.
 * Leaves with the number of its arguments. */
#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n mov (%rsp), %rdi\n dec %rdi\n mov $231, %eax\n syscall\n");
#elif defined(__aarch64__)
__asm__(".globl _start\n_start:\n ldr x0, [sp]\n sub x0, x0, #1\n mov x8, #94\n svc #0\n");
#endif
