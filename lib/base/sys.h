/* SPDX-License-Identifier: MIT */
/* Linux system calls without libc, for code that lives in other people's processes: no errno, no cancellation
 * point, no interposer in between. Every function returns what the kernel returns: a result, or -errno.
 * Each is named after its call; see section 2 of the manual for what it does. */
#ifndef BASE_SYS_H
#define BASE_SYS_H

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>

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
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory", "cc");
    return x0;
}
#else
#error "dtrack knows x86-64 and aarch64: add sys_call6 for this machine"
#endif

#define SYS_ARG0(nr) sys_call6(nr, 0, 0, 0, 0, 0, 0)
#define SYS_ARG1(nr, a) sys_call6(nr, (long)(a), 0, 0, 0, 0, 0)
#define SYS_ARG2(nr, a, b) sys_call6(nr, (long)(a), (long)(b), 0, 0, 0, 0)
#define SYS_ARG3(nr, a, b, c) sys_call6(nr, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define SYS_ARG4(nr, a, b, c, d) sys_call6(nr, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define SYS_ARG5(nr, a, b, c, d, e) sys_call6(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)

static inline int sys_open(const char *path, int flags, int mode)
{
    return (int)SYS_ARG4(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, mode);
}

static inline int sys_close(int fd)
{
    return (int)SYS_ARG1(SYS_close, fd);
}

static inline long sys_read(int fd, void *data, size_t len)
{
    return SYS_ARG3(SYS_read, fd, data, len);
}

static inline long sys_pread(int fd, void *data, size_t len, uint64_t offset)
{
    return SYS_ARG4(SYS_pread64, fd, data, len, offset);
}

static inline long sys_write(int fd, const void *data, size_t len)
{
    return SYS_ARG3(SYS_write, fd, data, len);
}

/* MAP_FAILED is never returned: check with sys_is_error(). */
static inline void *sys_mmap(size_t len, int prot, int flags, int fd, uint64_t offset)
{
    return (void *)sys_call6(SYS_mmap, 0, (long)len, prot, flags, fd, (long)offset);
}

static inline int sys_munmap(void *addr, size_t len)
{
    return (int)SYS_ARG2(SYS_munmap, addr, len);
}

/* Whether a pointer that a call returned is an error in disguise. */
static inline int sys_is_error(const void *result)
{
    return (uintptr_t)result > (uintptr_t)-4096L;
}

static inline int sys_getpid(void)
{
    return (int)SYS_ARG0(SYS_getpid);
}

static inline int sys_getppid(void)
{
    return (int)SYS_ARG0(SYS_getppid);
}

static inline int sys_mkdir(const char *path, int mode)
{
    return (int)SYS_ARG3(SYS_mkdirat, AT_FDCWD, path, mode);
}

static inline int sys_unlink(const char *path)
{
    return (int)SYS_ARG3(SYS_unlinkat, AT_FDCWD, path, 0);
}

static inline int sys_fallocate(int fd, uint64_t offset, uint64_t len)
{
    return (int)SYS_ARG4(SYS_fallocate, fd, 0, offset, len);
}

static inline long sys_readlink(const char *path, char *out, size_t room)
{
    return SYS_ARG4(SYS_readlinkat, AT_FDCWD, path, out, room);
}

static inline int sys_access(const char *path, int mode)
{
    return (int)SYS_ARG3(SYS_faccessat, AT_FDCWD, path, mode);
}

/* Clock by system call: the slow way, for whoever found no vDSO. */
static inline int sys_clock_gettime(int clock, struct timespec *out)
{
    return (int)SYS_ARG2(SYS_clock_gettime, clock, out);
}

#endif
