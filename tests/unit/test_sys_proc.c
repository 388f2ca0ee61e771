/* SPDX-License-Identifier: MIT */
#include "sys/proc.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

static void *stay(void *arg)
{
    for (;;)
        pause();
    return arg;
}

/* A child whose first thread ends at once, while another one stays. */
static pid_t child_without_first_thread(void)
{
    pid_t pid = fork();
    pthread_t thread;
    if (pid == 0) {
        if (pthread_create(&thread, NULL, stay, NULL))
            _exit(1);
        pthread_exit(NULL);
    }
    return pid;
}

/* Wait until the first thread of the child is a zombie, or is not any more. */
static struct proc_stat zombie(pid_t pid)
{
    struct proc_stat st = {0};
    for (int i = 0; i < 10000 && !proc_stat_read(pid, &st) && st.state != 'Z'; i++)
        usleep(1000);
    return st;
}

TEST(this_process_is_alive_by_its_start_time)
{
    struct proc_stat st;
    CHECK(proc_stat_read(getpid(), &st) == 0);
    CHECK(st.ppid == getppid() && st.threads == 1 && st.start_ticks > 0);
    CHECK(proc_is_alive(getpid(), st.start_ticks));
    CHECK(!proc_is_alive(getpid(), st.start_ticks + 1));
}

static void *ask(void *st)
{
    return (void *)(intptr_t)proc_stat_self(st);
}

TEST(a_thread_asks_for_its_own_process)
{
    struct proc_stat st;
    pthread_t thread;
    void *err;
    CHECK(proc_stat_self(&st) == 0 && st.threads == 1);
    CHECK(pthread_create(&thread, NULL, ask, &st) == 0 && pthread_join(thread, &err) == 0);
    CHECK(err == NULL && st.ppid == getppid() && st.threads == 2 && st.state == 'R');
}

TEST(a_zombie_is_not_alive)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    struct proc_stat st = zombie(pid);
    CHECK(st.state == 'Z');
    CHECK(!proc_is_alive(pid, st.start_ticks));
    CHECK(waitpid(pid, NULL, 0) == pid);
    CHECK(!proc_is_alive(pid, st.start_ticks));
}

TEST(a_process_whose_first_thread_has_ended_is_alive)
{
    pid_t pid = child_without_first_thread();
    struct proc_stat st = zombie(pid);
    CHECK(st.state == 'Z' && st.threads == 2);
    CHECK(proc_is_alive(pid, st.start_ticks));
    kill(pid, SIGKILL);
    CHECK(waitpid(pid, NULL, 0) == pid);
    CHECK(!proc_is_alive(pid, st.start_ticks));
}

TEST_MAIN(CASE(this_process_is_alive_by_its_start_time), CASE(a_thread_asks_for_its_own_process),
          CASE(a_zombie_is_not_alive), CASE(a_process_whose_first_thread_has_ended_is_alive))
