/* SPDX-License-Identifier: MIT */
/* Forks one child for each way to end, waits for it, and leaves with 3. */
#include "animal.h"

#include <pthread.h>
#include <signal.h>
#include <sys/syscall.h>

static void by_exit(void)
{
    exit(10);
}
static void by_underscore(void)
{
    _exit(11);
}
static void by_c99(void)
{
    _Exit(12);
}
static void by_quick(void)
{
    quick_exit(13);
}
static void by_system_call(void)
{
    syscall(SYS_exit_group, 14);
}
static void by_negative(void)
{
    exit(-1);
}
static void by_large(void)
{
    _exit(256 + 15);
}

static void leave_16(void)
{
    exit(16);
}
static void leave_17(void)
{
    _exit(17);
}
static void quick_18(void)
{
    _exit(18);
}

static void from_atexit(void)
{
    atexit(leave_16);
    exit(1);
}

static void quietly_from_atexit(void)
{
    atexit(leave_17);
    exit(1);
}

static void from_at_quick_exit(void)
{
    at_quick_exit(quick_18);
    quick_exit(1);
}

static void on_alarm(int signal)
{
    _exit(signal + 5);
}

static void from_a_handler(void)
{
    signal(SIGALRM, on_alarm);
    raise(SIGALRM);
}

static void *leave_20(void *unused)
{
    exit(unused ? 1 : 20);
}

static void from_a_thread(void)
{
    pthread_t thread;
    must(!pthread_create(&thread, NULL, leave_20, NULL));
    for (;;)
        pause();
}

static void *nap_and_go(void *unused)
{
    nap_ms(10);
    return unused;
}

/* The process ends with its last thread, with 0. */
static void with_the_last_thread(void)
{
    pthread_t thread;
    must(!pthread_create(&thread, NULL, nap_and_go, NULL));
    pthread_exit(NULL);
}

static void *quarrel(void *go)
{
    while (!__atomic_load_n((int *)go, __ATOMIC_RELAXED))
        ;
    _exit(21);
}

/* Two threads leave at once, by two doors. */
static void by_two_doors(void)
{
    static int go;
    pthread_t thread;
    must(!pthread_create(&thread, NULL, quarrel, &go));
    __atomic_store_n(&go, 1, __ATOMIC_RELAXED);
    exit(21);
}

int main(void)
{
    void (*const ways[])(void) = {by_exit,
                                  by_underscore,
                                  by_c99,
                                  by_quick,
                                  by_system_call,
                                  by_negative,
                                  by_large,
                                  from_atexit,
                                  quietly_from_atexit,
                                  from_at_quick_exit,
                                  from_a_handler,
                                  from_a_thread,
                                  with_the_last_thread,
                                  by_two_doors};
    static const int statuses[] = {10, 11, 12, 13, 14, 255, 15, 16, 17, 18, 19, 20, 0, 21};
    for (size_t i = 0; i < ARRAY_LEN(ways); i++)
        must(reaped(forked(ways[i])) == statuses[i] << 8);
    return 3;
}
