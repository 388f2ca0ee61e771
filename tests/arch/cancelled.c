/* SPDX-License-Identifier: MIT */
/* Cancels a thread that waits for a child, in wait and in waitpid, and then waits for the child itself; also where other
 * threads wait for any child at the same time. Says what came of it. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHILDREN 40

static int by_pid, reaped;

static void *wait_once(void *unused)
{
    (void)unused;
    if (by_pid)
        waitpid(-1, NULL, 0);
    else
        wait(NULL);
    return NULL;
}

static void cancel_one(void)
{
    pthread_t waiting;
    void *end;
    int status = 0;
    pid_t child = fork();
    if (!child)
        for (;;)
            pause();
    pthread_create(&waiting, NULL, wait_once, NULL);
    usleep(20000); /* it waits by now, or is cancelled on its way there: both are good */
    pthread_cancel(waiting);
    alarm(20);
    pthread_join(waiting, &end);
    alarm(0);
    printf("%s ", end == PTHREAD_CANCELED ? "cancelled" : "went on");
    printf("%d ", waitpid(child, &status, WNOHANG));
    kill(child, SIGKILL);
    printf("%d ", waitpid(0, &status, 0) == child && WIFSIGNALED(status));
    int gone = waitpid(child, &status, 0);
    printf("%d %d\n", gone, errno == ECHILD);
}

static void *reap(void *unused)
{
    (void)unused;
    for (int status; wait(&status) > 0;)
        __atomic_add_fetch(&reaped, WIFEXITED(status) && WEXITSTATUS(status) == 7, __ATOMIC_RELAXED);
    return NULL;
}

int main(void)
{
    pthread_t threads[4];
    for (; by_pid < 2; by_pid++)
        cancel_one();
    for (int i = 0; i < CHILDREN; i++)
        if (fork() == 0)
            _exit(7);
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, reap, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    printf("%d of %d, then %d %d\n", reaped, CHILDREN, waitpid(-1, NULL, 1 << 20) == -1, errno == EINVAL);
    return 5;
}
