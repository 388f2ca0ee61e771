/* SPDX-License-Identifier: MIT */
/* A program of the other word size; no library is needed to build it. Leaves with the number of its
 * arguments. */
__asm__(".globl _start\n_start:\n mov (%esp), %ebx\n dec %ebx\n mov $1, %eax\n int $0x80\n");
