/* SPDX-License-Identifier: MIT */
/* A dynamic program that needs no library, as some languages build them: it has an interpreter, and no libc. Build with
 * -nostdlib -pie and nothing to link. */
#include <stddef.h>
#include <sys/syscall.h>

static long call(long number, long a, long b, long c)
{
    long ret;
#if defined(__x86_64__)
    __asm__ volatile("syscall" : "=a"(ret) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
#elif defined(__aarch64__)
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
    ret = x0;
#endif
    return ret;
}

void _start(void)
{
    static const char text[] = "no libc here\n";
    call(SYS_write, 1, (long)text, sizeof text - 1);
    for (;;)
        call(SYS_exit_group, 7, 0, 0);
}
