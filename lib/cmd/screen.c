/* SPDX-License-Identifier: MIT */
/* Owns the terminal's modes and what signals do meanwhile. Those that end a program come through a descriptor, so that nothing is
 * done within a handler; only those of a crash have one, which gives the terminal back. */
#include "cmd/screen.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "sys/clock.h"

/* The other screen, no cursor, no wrapping of long lines; and back. */
#define TAKE "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[2J"
#define GIVE_BACK "\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l"

static const int ending[] = {SIGINT,  SIGQUIT, SIGTERM, SIGHUP,    SIGPIPE, SIGALRM, SIGUSR1,
                             SIGUSR2, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGIO,   SIGPWR};
static const int crashes[SCREEN_CRASHES] = {SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGBUS, SIGTRAP, SIGSYS};

/* The open one: a handler has no other way to find it. */
static struct screen *volatile in_use;

bool screen_is_there(void)
{
    const char *terminal = getenv("TERM");
    return isatty(STDOUT_FILENO) && terminal && *terminal && strcmp(terminal, "dumb") != 0;
}

/* Whoever changes the modes of a terminal from the background is stopped, and would spoil them for who is in front. */
static bool is_in_front(void)
{
    return tcgetpgrp(STDOUT_FILENO) == getpgrp();
}

static void say(const char *sequence)
{
    int lost = file_write_all(STDOUT_FILENO, sequence, strlen(sequence));
    (void)lost; /* the terminal has gone: nothing is left to be said to it */
}

/* Signals of the keyboard stay signals. Modes that others have set since are kept for later, unless they are our own. */
static void take(struct screen *s)
{
    if (!is_in_front() || (!s->taken && tcgetattr(STDOUT_FILENO, &s->before)))
        return;
    struct termios modes = s->before;
    modes.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    modes.c_cc[VMIN] = 1;
    modes.c_cc[VTIME] = 0;
    s->taken = 1;
    tcsetattr(STDOUT_FILENO, TCSANOW, &modes);
    say(TAKE);
}

/* Also from a handler: system calls only. */
static void give_back(struct screen *s)
{
    if (!s->taken)
        return;
    s->taken = 0;
    if (!is_in_front())
        return;
    ssize_t lost = write(STDOUT_FILENO, GIVE_BACK, sizeof GIVE_BACK - 1);
    (void)lost;
    tcsetattr(STDOUT_FILENO, TCSANOW, &s->before);
}

static size_t crash_index(int number)
{
    size_t i = 0;
    while (i + 1 < ARRAY_LEN(crashes) && crashes[i] != number)
        i++;
    return i;
}

/* SIGBUS may have an owner, who mends what a cut spool does, and takes himself away when he can't. */
static bool was_mended(const struct screen *s, int number, siginfo_t *info, void *context)
{
    const struct sigaction *before = &s->crash_before[crash_index(number)];
    struct sigaction now;
    if (!(before->sa_flags & SA_SIGINFO))
        return false;
    before->sa_sigaction(number, info, context);
    return sigaction(number, NULL, &now) || now.sa_flags & SA_SIGINFO;
}

static void on_crash(int number, siginfo_t *info, void *context)
{
    int saved = errno;
    struct screen *s = in_use;
    if (!was_mended(s, number, info, context)) {
        give_back(s);
        signal(number, SIG_DFL);
        raise(number);
    }
    errno = saved;
}

static void catch_crashes(struct screen *s)
{
    struct sigaction own = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO};
    sigemptyset(&own.sa_mask);
    for (size_t i = 0; i < ARRAY_LEN(crashes); i++)
        sigaction(crashes[i], &own, &s->crash_before[i]);
}

static void leave_crashes(const struct screen *s)
{
    for (size_t i = 0; i < ARRAY_LEN(crashes); i++)
        sigaction(crashes[i], &s->crash_before[i], NULL);
}

int screen_open(struct screen *s)
{
    sigset_t all;
    *s = (struct screen){.signals_fd = -1};
    sigemptyset(&all);
    for (size_t i = 0; i < ARRAY_LEN(ending); i++)
        sigaddset(&all, ending[i]);
    sigaddset(&all, SIGTSTP);
    sigaddset(&all, SIGCONT);
    sigaddset(&all, SIGWINCH);
    s->signals_fd = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
    if (s->signals_fd < 0)
        return -errno;
    sigprocmask(SIG_BLOCK, &all, &s->mask);
    s->has_keys = isatty(STDIN_FILENO);
    in_use = s;
    catch_crashes(s);
    take(s);
    return 0;
}

void screen_close(struct screen *s)
{
    if (in_use != s)
        return;
    give_back(s);
    leave_crashes(s);
    sigprocmask(SIG_SETMASK, &s->mask, NULL);
    close(s->signals_fd);
    in_use = NULL;
}

void screen_size(int *columns, int *lines)
{
    struct winsize size = {0};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
        return;
    *columns = size.ws_col ? size.ws_col : *columns;
    *lines = size.ws_row ? size.ws_row : *lines;
}

/* Each line clears what an older one left behind it. The last one has no line break, which would scroll. */
void screen_put(const struct screen *s, const struct buf *text)
{
    int columns = 80, lines = 24;
    const char *at = buf_text(text);
    auto_buf out = BUF_EMPTY;
    screen_size(&columns, &lines);
    buf_str(&out, "\x1b[H");
    for (int i = 0; i < lines && *at; i++) {
        size_t len = strcspn(at, "\n");
        buf_str(&out, i ? "\r\n" : "");
        buf_add(&out, at, len);
        buf_str(&out, "\x1b[0m\x1b[K");
        at += len + (at[len] == '\n');
    }
    buf_str(&out, "\x1b[J");
    if (!buf_error(&out) && s->taken && is_in_front())
        say(buf_text(&out));
}

/* Stop as any program does, in the terminal's own modes. Where nobody could go on with it, the kernel does not stop it. */
static void stop(struct screen *s)
{
    sigset_t only;
    sigemptyset(&only);
    sigaddset(&only, SIGTSTP);
    give_back(s);
    raise(SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &only, NULL); /* here */
    sigprocmask(SIG_BLOCK, &only, NULL);
    take(s);
}

static enum screen_event on_signal(struct screen *s, int number)
{
    switch (number) {
    case SIGWINCH:
        return SCREEN_DRAW;
    case SIGTSTP:
        stop(s);
        return SCREEN_DRAW;
    case SIGCONT: /* who stopped us without asking has changed the modes */
        if (!is_in_front())
            s->taken = 0;
        take(s);
        return SCREEN_DRAW;
    default:
        s->died_of = number;
        return SCREEN_SIGNAL;
    }
}

/* Whether one of the keys that wait is q. Nobody reads from a terminal that has gone. */
static bool is_quit(void)
{
    char keys[64];
    ssize_t len = read(STDIN_FILENO, keys, sizeof keys);
    if (len < 0)
        return errno != EINTR && errno != EAGAIN;
    return !len || memchr(keys, 'q', (size_t)len) || memchr(keys, 'Q', (size_t)len);
}

bool screen_has_event(const struct screen *s)
{
    struct pollfd fds[] = {{.fd = s->signals_fd, .events = POLLIN},
                           {.fd = s->has_keys && s->taken ? STDIN_FILENO : -1, .events = POLLIN}};
    return poll(fds, ARRAY_LEN(fds), 0) > 0;
}

enum screen_event screen_wait(struct screen *s, int64_t most_ms)
{
    const int64_t until_ns = clock_now_ns() + most_ms * 1000000;
    if (!s->taken)
        take(s);
    for (int64_t left_ns; (left_ns = until_ns - clock_now_ns()) > 0;) {
        struct pollfd fds[] = {{.fd = s->signals_fd, .events = POLLIN},
                               {.fd = s->has_keys && s->taken ? STDIN_FILENO : -1, .events = POLLIN}};
        struct signalfd_siginfo info;
        if (poll(fds, ARRAY_LEN(fds), (int)(left_ns / 1000000) + 1) <= 0)
            continue;
        if (fds[0].revents && read(s->signals_fd, &info, sizeof info) == (ssize_t)sizeof info)
            return on_signal(s, (int)info.ssi_signo);
        if (fds[1].revents && is_quit())
            return SCREEN_QUIT;
    }
    return SCREEN_TIME;
}

int screen_die(struct screen *s)
{
    sigset_t only;
    screen_close(s);
    signal(s->died_of, SIG_DFL);
    sigemptyset(&only);
    sigaddset(&only, s->died_of);
    raise(s->died_of);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
    return 128 + s->died_of;
}
