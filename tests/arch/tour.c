/* SPDX-License-Identifier: MIT */
/* tour NEXT... : makes children in every way that all libcs have, and then becomes the program NEXT, which goes on with the
 * rest. Each process says in the file $TOUR_LEDGER what it is, each parent how its children ended: what a record of the
 * tour must hold. As `leaf STATUS` it leaves with that. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const char *self; /* the path of this program */

#define must(holds)                                                               \
    do {                                                                          \
        if (!(holds)) {                                                           \
            dprintf(2, "tour: line %d: %s, errno %d\n", __LINE__, #holds, errno); \
            _exit(99);                                                            \
        }                                                                         \
    } while (0)

/* One line, in one piece: many processes write. */
static void ledger(const char *what, long a, long b)
{
    char line[300];
    int len = snprintf(line, sizeof line, "%s %ld %ld %s\n", what, a, b, strrchr(self, '/') + 1);
    int fd = open(getenv("TOUR_LEDGER"), O_WRONLY | O_APPEND);
    must(fd >= 0 && write(fd, line, (size_t)len) == len);
    close(fd);
}

static void note_end(pid_t pid, int status)
{
    must(pid > 0);
    ledger("end", pid, status);
}

static void leave(void)
{
    exit(11);
}
static void leave_at_once(void)
{
    _exit(12);
}
static void die(void)
{
    kill(getpid(), SIGTERM), pause();
}

static void become_leaf(void)
{
    execl(self, self, "leaf", "13", (char *)NULL);
}

static void find_leaf(void)
{
    execlp(self, self, "leaf", "14", (char *)NULL);
}

static void fail_to_become(void)
{
    execl("/nowhere/at/all", "nowhere", (char *)NULL);
    _exit(15);
}

/* A child of a child, and a shell below it. */
static void have_a_family(void)
{
    int status = system("exit 7");
    must(status == 7 << 8);
    pid_t pid = fork();
    if (pid == 0)
        _exit(8);
    must(waitpid(pid, &status, 0) == pid);
    note_end(pid, status);
    exit(16);
}

static pid_t forked(void (*body)(void))
{
    pid_t pid = fork();
    must(pid >= 0);
    if (pid == 0) {
        ledger("fork", getpid(), getppid());
        body();
        _exit(98);
    }
    return pid;
}

static void fork_in_all_ways(void)
{
    void (*bodies[])(void) = {leave, leave_at_once, die, become_leaf, find_leaf, fail_to_become, have_a_family};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        int status = -1;
        pid_t pid = forked(bodies[i]);
        must(waitpid(pid, &status, 0) == pid);
        note_end(pid, status);
    }
}

/* Each wait has another layout of what it fills in. */
static void wait_in_all_ways(void)
{
    struct rusage usage;
    siginfo_t info;
    int status = -1;
    forked(leave_at_once);
    pid_t pid = wait(&status);
    note_end(pid, status);
    forked(leave_at_once);
    memset(&usage, 0xff, sizeof usage);
    pid = wait3(&status, 0, &usage);
    note_end(pid, status);
    must(usage.ru_utime.tv_sec < 1000 && usage.ru_maxrss > 0 && usage.ru_nvcsw >= 0);
    pid = forked(leave);
    memset(&usage, 0xff, sizeof usage);
    must(wait4(pid, &status, 0, &usage) == pid);
    note_end(pid, status);
    must(usage.ru_stime.tv_sec < 1000 && usage.ru_maxrss > 0 && usage.ru_nvcsw >= 0);
    pid = forked(die);
    must(!waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) && info.si_pid == pid);
    must(!waitid(P_PID, (id_t)pid, &info, WEXITED) && info.si_code == CLD_KILLED);
    note_end(pid, info.si_status);
}

static void spawn_in_all_ways(void)
{
    char *argv[] = {(char *)(size_t)self, "leaf", "17", NULL};
    pid_t pid;
    int status;
    must(!posix_spawn(&pid, self, NULL, NULL, argv, environ));
    must(waitpid(pid, &status, 0) == pid);
    note_end(pid, status);
    must(!posix_spawnp(&pid, self, NULL, NULL, argv, environ));
    must(waitpid(pid, &status, 0) == pid);
    note_end(pid, status);
#ifndef TOUR_EMULATED /* by a real fork, whose child cannot tell */
    must(posix_spawn(&pid, "/nowhere/at/all", NULL, NULL, argv, environ) == ENOENT);
#endif
    pid = vfork();
    if (pid == 0) {
        execv(self, argv);
        _exit(97);
    }
    must(waitpid(pid, &status, 0) == pid);
    note_end(pid, status);
}

static void ask_the_shell(void)
{
    char text[8] = "";
    must(system("exit 9") == 9 << 8);
    FILE *stream = popen("echo word; exit 10", "r");
    must(stream && fgets(text, sizeof text, stream) && !strcmp(text, "word\n"));
    must(pclose(stream) == 10 << 8);
}

static void *fork_from_a_thread(void *unused)
{
    int status;
    pid_t pid = forked(leave);
    must(waitpid(pid, &status, 0) == pid);
    note_end(pid, status);
    return unused;
}

static void have_threads(void)
{
#ifndef TOUR_WITHOUT_THREADS
    pthread_t thread[2];
    for (int i = 0; i < 2; i++)
        must(!pthread_create(&thread[i], NULL, fork_from_a_thread, NULL));
    for (int i = 0; i < 2; i++)
        must(!pthread_join(thread[i], NULL));
#else
    fork_from_a_thread(NULL);
#endif
}

int main(int argc, char **argv)
{
    self = argv[0];
    must(strchr(self, '/'));
    ledger("image", getpid(), getppid());
    if (argc == 3 && !strcmp(argv[1], "leaf"))
        return atoi(argv[2]);
    fork_in_all_ways();
    wait_in_all_ways();
    spawn_in_all_ways();
    ask_the_shell();
    have_threads();
    if (argc == 1)
        exit(5);
    execv(argv[1], argv + 1);
    return 96;
}
