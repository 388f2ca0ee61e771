/* SPDX-License-Identifier: MIT */
/* small_stack WAY BYTES: a crash handler on an alternate stack of so many bytes, as they have been in use for decades,
 * starts a helper program. With BYTES 0, a thread with the smallest stack there is does. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static const char *way = "";

static pid_t helper(void)
{
    char *const words[] = {"echo", "helped", NULL};
    pid_t pid = -1;
    if (!strcmp(way, "spawn"))
        return posix_spawn(&pid, "/bin/echo", NULL, NULL, words, environ) ? -1 : pid;
    pid = !strcmp(way, "vfork") ? vfork() : fork();
    if (pid)
        return pid;
    if (!strcmp(way, "execlp"))
        execlp("echo", "echo", "helped", (char *)NULL);
    execv("/bin/echo", words);
    _exit(1);
}

static void handler(int sig)
{
    int status = -1;
    waitpid(helper(), &status, 0);
    if (sig)
        _exit(status);
}

static void *in_thread(void *unused)
{
    handler(0);
    return unused;
}

static void thread_with_little(void)
{
    pthread_t thread;
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, (size_t)sysconf(_SC_THREAD_STACK_MIN));
    if (!pthread_create(&thread, &attr, in_thread, NULL))
        pthread_join(thread, NULL);
}

/* Two pages below the stack are left unmapped: running over its end is a crash, not luck. */
static void handler_with_little(size_t bytes)
{
    char *map = mmap(NULL, bytes + 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(map + 8192, bytes, PROT_READ | PROT_WRITE);
    stack_t stack = {.ss_sp = map + 8192, .ss_size = bytes};
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
    sigaltstack(&stack, NULL);
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
}

int main(int argc, char **argv)
{
    way = argc > 1 ? argv[1] : "";
    size_t bytes = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    if (bytes)
        handler_with_little(bytes);
    else
        thread_with_little();
    return 0;
}
