/* SPDX-License-Identifier: MIT */
/* Children that die of each signal that kills, by their own hand and by another's; no core is left. */
#include "animal.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

static void *wait_for_it(void *unused)
{
    for (;;)
        pause();
    return unused;
}

/* As the kernel does when memory runs out: from outside, with several threads at work. */
static void out_of_memory(void)
{
    pthread_t thread;
    pid_t pid = fork();
    if (pid == 0) {
        for (int i = 0; i < 3; i++)
            must(!pthread_create(&thread, NULL, wait_for_it, NULL));
        wait_for_it(NULL);
    }
    nap_ms(10);
    kill(pid, SIGKILL);
    must(reaped(pid) == SIGKILL);
}

static void by_fault(void)
{
    static volatile int *volatile nowhere;
    *nowhere = 1;
}

static void die_of(int number)
{
    pid_t pid = fork();
    if (pid == 0) {
        raise(number);
        _exit(0);
    }
    int status = reaped(pid);
    must(WIFSIGNALED(status) && WTERMSIG(status) == number);
}

int main(void)
{
    static const int harmless[] = {SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU, SIGURG, SIGWINCH, 32, 33};
    const struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    for (int number = 1; number <= SIGRTMAX; number++) {
        int is_harmless = 0;
        for (size_t i = 0; i < ARRAY_LEN(harmless); i++)
            is_harmless |= number == harmless[i];
        if (!is_harmless)
            die_of(number);
    }
    must(WTERMSIG(reaped(forked(abort))) == SIGABRT);
    must(WTERMSIG(reaped(forked(by_fault))) == SIGSEGV);
    out_of_memory();
    return 0;
}
