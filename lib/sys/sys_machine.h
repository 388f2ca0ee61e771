/* SPDX-License-Identifier: MIT */
/* The machine-specific parts of system calls: how the kernel is entered, and how 32-bit machines pass arguments that don't fit a
 * register. Included by sys.h only. */
#ifndef SYS_SYS_MACHINE_H
#define SYS_SYS_MACHINE_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* A time or duration in the kernel's format with 64-bit seconds, which is the same on every machine. */
struct sys_time {
    int64_t sec, nsec;
};

#if defined(__x86_64__)
/* One system call with up to six arguments; -errno on failure. */
static inline long sys_call6(long nr, long a, long b, long c, long d, long e, long f)
{
    long ret;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(ret)
                     : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return ret;
}

/* The same with up to three: registers that nobody reads need not be cleared. */
static inline long sys_call3(long nr, long a, long b, long c)
{
    long ret;
    __asm__ volatile("syscall" : "=a"(ret) : "a"(nr), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return ret;
}

/* The same with four. */
static inline long sys_call4(long nr, long a, long b, long c, long d)
{
    long ret;
    register long r10 __asm__("r10") = d;
    __asm__ volatile("syscall" : "=a"(ret) : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
    return ret;
}
#elif defined(__aarch64__)
/* One system call with up to six arguments; -errno on failure. */
static inline long sys_call6(long nr, long a, long b, long c, long d, long e, long f)
{
    register long x8 __asm__("x8") = nr;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory", "cc");
    return x0;
}

/* The same with up to three: registers that nobody reads need not be cleared. */
static inline long sys_call3(long nr, long a, long b, long c)
{
    register long x8 __asm__("x8") = nr;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory", "cc");
    return x0;
}

/* The same with four. */
static inline long sys_call4(long nr, long a, long b, long c, long d)
{
    register long x8 __asm__("x8") = nr;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory", "cc");
    return x0;
}
#elif defined(__i386__)
/* One system call with up to six arguments; -errno on failure. The sixth goes into ebp, which the compiler may use to address its
 * variables, so the argument is pushed onto the stack first. */
static inline long sys_call6(long nr, long a, long b, long c, long d, long e, long f)
{
    long ret;
    __asm__ volatile("pushl %[f]\n\t"
                     "pushl %%ebp\n\t"
                     "movl 4(%%esp), %%ebp\n\t"
                     "int $0x80\n\t"
                     "popl %%ebp\n\t"
                     "addl $4, %%esp"
                     : "=a"(ret)
                     : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e), [f] "mi"(f)
                     : "memory", "cc");
    return ret;
}

/* The same with up to four: ebp is not needed, and unused argument registers need not be cleared. */
static inline long sys_call4(long nr, long a, long b, long c, long d)
{
    long ret;
    __asm__ volatile("int $0x80" : "=a"(ret) : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(d) : "memory", "cc");
    return ret;
}

/* The same with up to three. */
static inline long sys_call3(long nr, long a, long b, long c)
{
    long ret;
    __asm__ volatile("int $0x80" : "=a"(ret) : "a"(nr), "b"(a), "c"(b), "d"(c) : "memory", "cc");
    return ret;
}
#else
#error "dtrack knows x86-64, i386 and aarch64: add sys_call6 for this machine"
#endif

/* The largest page size of the machine: a file mapping starts at a multiple of it. */
#if defined(SYS_PAGE_MAX) /* a test's */
#elif defined(__aarch64__)
#define SYS_PAGE_MAX 65536u
#else
#define SYS_PAGE_MAX 4096u
#endif

#if defined(__i386__)
_Static_assert(sizeof(struct stat) == 96, "struct stat is the kernel's stat64: needs -D_FILE_OFFSET_BITS=64");

#define SYS_newfstatat SYS_fstatat64 /* with the same arguments */

static inline long sys_pread(int fd, void *data, size_t len, uint64_t offset)
{
    return sys_call6(SYS_pread64, fd, (long)data, (long)len, (long)offset, (long)(offset >> 32), 0);
}

/* MAP_FAILED is never returned: check with sys_is_error(). */
static inline void *sys_mmap(size_t len, int prot, int flags, int fd, uint64_t offset)
{
    return (void *)sys_call6(SYS_mmap2, 0, (long)len, prot, flags, fd, (long)(offset >> 12));
}

static inline int sys_fallocate(int fd, uint64_t offset, uint64_t len)
{
    return (int)sys_call6(SYS_fallocate, fd, 0, (long)offset, (long)(offset >> 32), (long)len, (long)(len >> 32));
}

/* Read a clock by system call, which is slower than the vDSO. Before Linux 5.1 there is only the call with 32-bit times. */
static inline int sys_clock_gettime(int clock, struct sys_time *out)
{
    struct {
        int32_t sec, nsec;
    } old;
    int err = (int)sys_call3(SYS_clock_gettime64, clock, (long)out, 0);
    if (err != -ENOSYS)
        return err;
    err = (int)sys_call3(SYS_clock_gettime, clock, (long)&old, 0);
    if (!err)
        *out = (struct sys_time){old.sec, old.nsec};
    return err;
}
#else
static inline long sys_pread(int fd, void *data, size_t len, uint64_t offset)
{
    return sys_call4(SYS_pread64, fd, (long)data, (long)len, (long)offset);
}

/* MAP_FAILED is never returned: check with sys_is_error(). */
static inline void *sys_mmap(size_t len, int prot, int flags, int fd, uint64_t offset)
{
    return (void *)sys_call6(SYS_mmap, 0, (long)len, prot, flags, fd, (long)offset);
}

static inline int sys_fallocate(int fd, uint64_t offset, uint64_t len)
{
    return (int)sys_call4(SYS_fallocate, fd, 0, (long)offset, (long)len);
}

/* Read a clock by system call, which is slower than the vDSO. */
static inline int sys_clock_gettime(int clock, struct sys_time *out)
{
    return (int)sys_call3(SYS_clock_gettime, clock, (long)out, 0);
}
#endif

#endif
