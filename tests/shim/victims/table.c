/* SPDX-License-Identifier: MIT */
/* What a process keeps with its table of descriptors. Usage: table locks FILE: a POSIX lock on a program that is spawned;
 * table forks PROGRAM: two threads spawn it again and again, and children that the first thread forks look for descriptors
 * that nobody gave them. Leaves with 0 when all is as it should be. */
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

static int locks(void)
{
    int fd = open(program, O_RDONLY), status = 9;
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
    if (fd < 0 || fcntl(fd, F_SETLK, &lock) || start())
        return 2;
    pid_t pid = fork(); /* a process does not see its own */
    if (pid == 0)
        _exit(!is_locked(fd));
    waitpid(pid, &status, 0);
    return WEXITSTATUS(status);
}

static void *spawn_on(void *result)
{
    while (!is_over)
        if (start())
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

static int forks(void)
{
    pthread_t threads[2];
    int bad = 0, status;
    for (int fd = FIRST; fd < LAST; fd++)
        close(fd);
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, spawn_on, program);
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
    program = argc > 2 ? argv[2] : "";
    return argc > 2 && !strcmp(argv[1], "locks") ? locks() : argc > 2 ? forks() : 2;
}
