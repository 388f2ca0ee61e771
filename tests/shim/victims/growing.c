/* SPDX-License-Identifier: MIT */
/* growing PROGRAM: starts it again and again, while another thread makes its argument longer and shorter. */
#include <pthread.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

#define TIMES 400

extern char **environ;

static char argument[4000];
static volatile int over;

static void *change(void *unused)
{
    (void)unused;
    while (!over) {
        *(volatile char *)argument = '\0';
        *(volatile char *)argument = 'x';
    }
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t other;
    int status, failed = argc != 2;
    memset(argument, 'x', sizeof argument - 1);
    if (failed || pthread_create(&other, NULL, change, NULL))
        return 99;
    for (int i = 0; i < TIMES && !failed; i++) {
        pid_t pid;
        failed = posix_spawn(&pid, argv[1], NULL, NULL, (char *[]){argv[1], argument, NULL}, environ) ||
                 waitpid(pid, &status, 0) != pid;
    }
    over = 1;
    pthread_join(other, NULL);
    return failed;
}
