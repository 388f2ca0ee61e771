/* SPDX-License-Identifier: MIT */
/* Linux system calls without libc, for code in the job's processes: they don't touch errno, are no cancellation points and can't
 * be interposed. Every function returns what the kernel returns: a result, or -errno. Each is named after its call, which section
 * 2 of the manual describes. */
#ifndef SYS_SYS_H
#define SYS_SYS_H

#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/statfs.h>
#include <sys/types.h>
#include <time.h>

#include "sys/sys_machine.h"

/* For an argument that the call does not take: its register keeps an arbitrary value. */
static inline long sys_none(void)
{
    long any;
    __asm__("" : "=r"(any));
    return any;
}

#ifdef SYS_geteuid32
#define SYS_GETEUID SYS_geteuid32
#define SYS_GETEGID SYS_getegid32
#else
#define SYS_GETEUID SYS_geteuid
#define SYS_GETEGID SYS_getegid
#endif

#define SYS_ARG0(nr) sys_call3(nr, sys_none(), sys_none(), sys_none())
#define SYS_ARG1(nr, a) sys_call3(nr, (long)(a), sys_none(), sys_none())
#define SYS_ARG2(nr, a, b) sys_call3(nr, (long)(a), (long)(b), sys_none())
#define SYS_ARG3(nr, a, b, c) sys_call3(nr, (long)(a), (long)(b), (long)(c))
#define SYS_ARG4(nr, a, b, c, d) sys_call4(nr, (long)(a), (long)(b), (long)(c), (long)(d))
#define SYS_ARG5(nr, a, b, c, d, e) sys_call6(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), sys_none())

static inline int sys_open(const char *path, int flags, int mode)
{
    return (int)SYS_ARG4(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC | O_LARGEFILE, mode);
}

static inline int sys_close(int fd)
{
    return (int)SYS_ARG1(SYS_close, fd);
}

static inline long sys_read(int fd, void *data, size_t len)
{
    return SYS_ARG3(SYS_read, fd, data, len);
}

static inline long sys_write(int fd, const void *data, size_t len)
{
    return SYS_ARG3(SYS_write, fd, data, len);
}

static inline int sys_munmap(void *addr, size_t len)
{
    return (int)SYS_ARG2(SYS_munmap, addr, len);
}

/* Whether a pointer returned by a system call is really a -errno. */
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

static inline int sys_stat(int dirfd, const char *path, struct stat *out, int flags)
{
    return (int)SYS_ARG4(SYS_newfstatat, dirfd, path, out, flags);
}

/* The length of a file, or -errno. Moves the descriptor's position to the end. */
static inline int64_t sys_length(int fd)
{
#ifdef SYS__llseek
    int64_t length = 0;
    long err = SYS_ARG5(SYS__llseek, fd, 0, 0, &length, SEEK_END);
    return err ? err : length;
#else
    return SYS_ARG3(SYS_lseek, fd, 0, SEEK_END);
#endif
}

static inline long sys_readlink(const char *path, char *out, size_t room)
{
    return SYS_ARG4(SYS_readlinkat, AT_FDCWD, path, out, room);
}

/* Information about the mounted file system that contains `path`. */
static inline int sys_statfs(const char *path, struct statfs *out)
{
#ifdef SYS_statfs64
    return (int)SYS_ARG3(SYS_statfs64, path, sizeof *out, out);
#else
    return (int)SYS_ARG2(SYS_statfs, path, out);
#endif
}

static inline int sys_access(const char *path, int mode)
{
    return (int)SYS_ARG3(SYS_faccessat, AT_FDCWD, path, mode);
}

#endif
