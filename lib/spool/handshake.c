/* SPDX-License-Identifier: MIT */
/* The FIFOs between leader and guardian. Knows nothing of what either of them does. */
#include "spool/handshake.h"

#include <errno.h>
#include <poll.h>

#include "spool/segment.h"
#include "sys/clock.h"
#include "sys/sys.h"
#include "sys/text.h"

#define SECOND INT64_C(1000000000)
#define LIMIT_MAX_S 1000000

static const char *skip_blanks(const char *s)
{
    while (*s == ' ' || (*s >= '\t' && *s <= '\r'))
        s++;
    return s;
}

static int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int is_point(char c)
{
    return c == '.' || c == ',';
}

/* The digits at *s as a number, which stops growing at `max`. */
static int64_t read_digits(const char **s, int64_t max)
{
    int64_t value = 0;
    for (; is_digit(**s); (*s)++)
        value = MIN(value * 10 + (**s - '0'), max);
    return value;
}

/* The digits of a fraction, in nanoseconds. */
static int64_t read_fraction(const char **s)
{
    int64_t value = 0;
    for (int64_t unit = SECOND / 10; is_digit(**s); (*s)++, unit /= 10)
        value += (**s - '0') * unit;
    return value;
}

int handshake_read_limit(const char *text, int64_t *limit_ns)
{
    *limit_ns = HANDSHAKE_LIMIT_NS;
    const char *s = skip_blanks(text ? text : "");
    if (!*s)
        return 0;
    int has_digits = is_digit(s[is_point(*s)]);
    int64_t ns = read_digits(&s, LIMIT_MAX_S) * SECOND;
    if (is_point(*s) && s++)
        ns += read_fraction(&s);
    if (!has_digits || *skip_blanks(s))
        return -EINVAL;
    *limit_ns = ns;
    return 0;
}

/* `done` is opened for reading, too, or the open would wait for a reader; nothing is ever read from it here. */
int handshake_open_guardian(const char *folder, int *end, int *done)
{
    *end = spool_open(folder, "/end", O_RDONLY | O_NONBLOCK);
    if (*end < 0)
        return *end;
    *done = spool_open(folder, "/done", O_RDWR);
    if (*done >= 0)
        return 0;
    sys_close(*end);
    return *done;
}

#ifdef SYS_fcntl64 /* where words have 32 bits, for offsets of 64 */
#define SYS_LOCK SYS_fcntl64
#else
#define SYS_LOCK SYS_fcntl
#endif

/* A lock of the kind that an exec keeps, and that names its holder. */
static int handshake_lock(int fd, int how, struct flock *lock)
{
    *lock = (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return (int)SYS_ARG3(SYS_LOCK, fd, how, lock);
}

void handshake_be_guardian(int done)
{
    struct flock lock;
    handshake_lock(done, F_SETLK, &lock);
}

/* The reading end of `done`, if a guardian holds the other one. -EPIPE when none does, or another -errno. */
static int handshake_open_done(const char *folder)
{
    char byte;
    int fd = spool_open(folder, "/done", O_RDONLY | O_NONBLOCK);
    if (fd < 0 || sys_read(fd, &byte, 1) == -EAGAIN)
        return fd;
    sys_close(fd);
    return -EPIPE;
}

int handshake_is_guarded(const char *folder)
{
    int fd = handshake_open_done(folder);
    if (fd < 0)
        return fd == -EPIPE ? 0 : fd;
    sys_close(fd);
    return 1;
}

int32_t handshake_guardian(const char *folder)
{
    struct flock lock;
    int fd = spool_open(folder, "/done", O_RDONLY | O_NONBLOCK);
    if (fd < 0)
        return 0;
    int err = handshake_lock(fd, F_GETLK, &lock);
    sys_close(fd);
    return err || lock.l_type == F_UNLCK ? 0 : lock.l_pid;
}

/* Opening is all: the guardian's poll() sees a writer that has come and gone. Without a guardian the open fails. */
int handshake_say_end(const char *folder)
{
    int fd = spool_open(folder, "/end", O_WRONLY | O_NONBLOCK);
    if (fd < 0)
        return fd;
    sys_close(fd);
    return 0;
}

/* 1 when `fd` hung up before `until`. */
static int handshake_poll(int fd, int64_t until)
{
    struct pollfd poll = {.fd = fd, .events = POLLIN};
    for (;;) {
        int64_t left = until - clock_now_ns();
        if (left <= 0)
            return 0;
        struct timespec timeout = {.tv_sec = left / SECOND, .tv_nsec = left % SECOND};
        long ready = SYS_ARG5(SYS_ppoll, &poll, 1, &timeout, NULL, 0);
        if (ready > 0)
            return 1;
        if (ready < 0 && ready != -EINTR)
            return 0;
    }
}

int handshake_wait(const char *folder, int64_t limit_ns)
{
    int64_t until = clock_now_ns() + limit_ns;
    int fd = handshake_open_done(folder);
    if (fd < 0)
        return 1;
    int is_done = handshake_poll(fd, until);
    sys_close(fd);
    return is_done;
}
