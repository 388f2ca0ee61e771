/* SPDX-License-Identifier: MIT */
/* Sixteen threads, each forking and waiting forty times. */
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

static void *work(void *arg)
{
    for (int i = 0; i < 40; i++) {
        pid_t pid = fork();
        if (pid == 0)
            _exit(7);
        int status;
        if (waitpid(pid, &status, 0) != pid || WEXITSTATUS(status) != 7)
            return arg;
    }
    return NULL;
}

int main(void)
{
    pthread_t threads[16];
    void *failed = NULL, *one;
    for (int i = 0; i < 16; i++)
        pthread_create(&threads[i], NULL, work, threads);
    for (int i = 0; i < 16; i++) {
        pthread_join(threads[i], &one);
        failed = one ? one : failed;
    }
    return failed != NULL;
}
