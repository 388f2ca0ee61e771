/* SPDX-License-Identifier: MIT */
/* What a process keeps with its table of descriptors. Usage: table locks FILE: a POSIX lock on a program that is spawned; table
 * becomes FILE: or on a shell's that is executed by who holds it; table forks PROGRAM: two threads spawn it again and again, table
 * fails FILE: or try to execute what is no program, and children that the first thread forks look for descriptors that nobody
 * gave them. Leaves with 0 when all is as it should be. */
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FORKS 1500
#define FIRST 3
#define LAST 40

extern char **environ;

static char *program;
static atomic_int is_over;

static int start(void)
{
    char *argv[] = {program, NULL};
    pid_t pid;
    if (posix_spawn(&pid, program, NULL, NULL, argv, environ))
        return -1;
    waitpid(pid, NULL, 0);
    return 0;
}

static int is_locked(int fd)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/* A descriptor, or -1. */
static int lock_program(void)
{
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
    int fd = open(program, O_RDONLY);
    return fd < 0 || fcntl(fd, F_SETLK, &lock) ? -1 : fd;
}

static int locks(void)
{
    int fd = lock_program(), status = 9;
    if (fd < 0 || start())
        return 2;
    pid_t pid = fork(); /* a process does not see its own */
    if (pid == 0)
        _exit(!is_locked(fd));
    waitpid(pid, &status, 0);
    return WEXITSTATUS(status);
}

/* Once the descriptor that exec closes is closed, is there a lock? The shell leaves with the answer. */
static void answer(int until_closed, int to_shell)
{
    char byte;
    while (read(until_closed, &byte, 1) > 0) {
    }
    int fd = open(program, O_RDONLY);
    dprintf(to_shell, "%d\n", !is_locked(fd));
    _exit(0);
}

static int becomes(void)
{
    char *argv[] = {program, "-c", "read answer; exit $answer", NULL};
    int closed[2], answers[2];
    if (pipe2(closed, O_CLOEXEC) || pipe(answers))
        return 3;
    if (fork() == 0) {
        close(closed[1]);
        answer(closed[0], answers[1]);
    }
    dup2(answers[0], 0);
    if (lock_program() >= 0)
        execv(program, argv);
    return 4;
}

static void *spawn_on(void *result)
{
    while (!is_over)
        if (start())
            return result;
    return NULL;
}

static void *fail_on(void *result)
{
    char *argv[] = {program, NULL};
    while (!is_over)
        if (execve(program, argv, environ) != -1)
            return result;
    return NULL;
}

static int sees_strangers(void)
{
    for (int fd = FIRST; fd < LAST; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            return 1;
    return 0;
}

static int forks(void *(*meanwhile)(void *))
{
    pthread_t threads[2];
    int bad = 0, status;
    for (int fd = FIRST; fd < LAST; fd++)
        close(fd);
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, meanwhile, program);
    for (int i = 0; i < FORKS; i++) {
        pid_t pid = fork();
        if (pid == 0)
            _exit(sees_strangers());
        waitpid(pid, &status, 0);
        bad += status != 0;
    }
    is_over = 1;
    for (int i = 0; i < 2; i++) {
        void *failed = NULL;
        pthread_join(threads[i], &failed);
        bad += failed != NULL;
    }
    return bad != 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 2 ? argv[1] : "";
    program = argc > 2 ? argv[2] : "";
    if (!strcmp(what, "locks"))
        return locks();
    if (!strcmp(what, "becomes"))
        return becomes();
    if (!strcmp(what, "fails"))
        return forks(fail_on);
    return strcmp(what, "forks") ? 2 : forks(spawn_on);
}
