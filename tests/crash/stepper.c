/* SPDX-License-Identifier: MIT */
/* stepper N FOLDER PROGRAM ARGUMENT...: run the program and kill it at the entry of its N-th system call, counted over all
 * of its threads from the first one that opens FOLDER or something in it: what comes before is the loader's. N = 0 lets it
 * run to its end. Prints how many calls were entered; status 0 when it was killed, 3 when it ended by itself before.
 * What the program says on stderr is passed on.
 *
 * stepper hold:N ...: hold it there instead, print "held", and let it go on when stdin ends. Its stdout and its status are
 * passed on; it has ended before when "held" was not printed.
 *
 * Among the arguments, --guard makes it the guardian of the run in FOLDER: it gets its two pipes, as from a leader that has
 * just said that it is about to end. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ptrace.h>

#include "spool/handshake.h"

#define ENDED_BY_ITSELF 3
#define HOLD "hold:"

struct stepper {
    pid_t pid;
    const char *folder;
    long at, seen; /* the call to do it at; how many were entered since the folder was first named */
    bool holds;    /* rather than kills */
    int status;    /* of the program, once it has ended */
};

static _Noreturn void die(const char *what)
{
    perror(what);
    exit(2);
}

/* Give the program the two descriptors that the handshake promises it. */
static void open_pipes(const char *folder)
{
    int end, done;
    if (handshake_open_guardian(folder, &end, &done))
        die("handshake_open_guardian");
    int end_up = fcntl(end, F_DUPFD, 10), done_up = fcntl(done, F_DUPFD, 10);
    if (dup2(end_up, HANDSHAKE_FD_END) < 0 || dup2(done_up, HANDSHAKE_FD_DONE) < 0)
        die("dup2");
    close(end_up);
    close(done_up);
    if (handshake_say_end(folder))
        die("handshake_say_end");
}

static bool is_guard(char **words)
{
    for (; *words; words++)
        if (!strcmp(*words, "--guard"))
            return true;
    return false;
}

static _Noreturn void become(const struct stepper *s, char **words)
{
    int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    if (!s->holds)
        dup2(null, 1);
    close(null);
    if (is_guard(words))
        open_pipes(s->folder);
    setenv("LSAN_OPTIONS", "detect_leaks=0", 1); /* which can't be done to a process that is traced */
    if (ptrace(PTRACE_TRACEME, 0, 0, 0))
        _exit(126);
    raise(SIGSTOP);
    execv(words[0], words);
    _exit(127);
}

/* Whether the text at `address` of the program starts with the folder that ours lies in: that is opened first. */
static bool names_folder(const struct stepper *s, pid_t thread, unsigned long address)
{
    char text[256];
    size_t len = (size_t)(strrchr(s->folder, '/') + 1 - s->folder);
    struct iovec to = {text, len}, from = {(void *)address, len};
    return len <= sizeof text && process_vm_readv(thread, &to, 1, &from, 1, 0) == (ssize_t)len &&
           !memcmp(text, s->folder, len);
}

/* Count a stop of a thread if it is the entry of a call. True when it is the one to die at. */
static bool is_the_one(struct stepper *s, pid_t thread)
{
    struct ptrace_syscall_info info;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, thread, sizeof info, &info) < 0 || info.op != PTRACE_SYSCALL_INFO_ENTRY)
        return false;
    if (!s->seen && info.entry.nr != SYS_openat)
        return false;
    if (!s->seen && !names_folder(s, thread, info.entry.args[1]))
        return false;
    return ++s->seen == s->at;
}

/* The signal to hand on with a stop that is no system call's and no event's. */
static int signal_of(int status)
{
    int sig = WSTOPSIG(status);
    return status >> 16 || sig == SIGSTOP || sig == SIGTRAP ? 0 : sig;
}

/* Do nothing, and with us the program, until whoever reads our stdout lets go. */
static void hold(void)
{
    puts("held");
    fflush(stdout);
    while (getchar() != EOF)
        continue;
}

/* Let it run, thread by thread, until it is gone. True when it came to the call. */
static bool step(struct stepper *s)
{
    bool came = false;
    for (;;) {
        int status;
        pid_t thread = waitpid(-1, &status, __WALL);
        if (thread < 0 && errno == ECHILD)
            return came;
        if (thread < 0)
            die("waitpid");
        if (thread == s->pid)
            s->status = status;
        if (!WIFSTOPPED(status))
            continue;
        bool at_call = WSTOPSIG(status) == (SIGTRAP | 0x80);
        if (at_call && !came && is_the_one(s, thread)) {
            came = true;
            if (s->holds)
                hold();
            else
                kill(s->pid, SIGKILL);
        }
        ptrace(PTRACE_SYSCALL, thread, 0, at_call ? 0 : signal_of(status));
    }
}

int main(int argc, char **argv)
{
    int status;
    if (argc < 4)
        return 2;
    bool holds = !strncmp(argv[1], HOLD, strlen(HOLD));
    struct stepper s = {
        .at = strtol(argv[1] + (holds ? strlen(HOLD) : 0), NULL, 10), .folder = argv[2], .holds = holds};
    s.pid = fork();
    if (s.pid < 0)
        die("fork");
    if (s.pid == 0)
        become(&s, argv + 3);
    if (waitpid(s.pid, &status, __WALL) != s.pid || !WIFSTOPPED(status))
        die("cannot start the program");
    if (ptrace(PTRACE_SETOPTIONS, s.pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL))
        die("ptrace");
    ptrace(PTRACE_SYSCALL, s.pid, 0, 0);
    bool came = step(&s);
    if (holds)
        return WIFEXITED(s.status) ? WEXITSTATUS(s.status) : 2;
    printf("%ld\n", s.seen);
    return came ? 0 : ENDED_BY_ITSELF;
}
