/* SPDX-License-Identifier: MIT */
/* Ways of a leader to begin and to end that its parent, or it itself, can tell from others. Usage: leader WAY; what it sees
 * goes to stdout. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static FILE *to_lock;

static void *lock(void *unused_here)
{
    flockfile(to_lock);
    return unused_here;
}

/* A thread that has ended keeps a stream locked. */
static int locked(FILE *stream)
{
    pthread_t thread;
    to_lock = stream;
    pthread_create(&thread, NULL, lock, NULL);
    pthread_join(thread, NULL);
    if (stream != stdout)
        puts("said");
    return 3;
}

/* The reader of stdout goes before it is flushed. */
static int broken_pipe(void)
{
    int ends[2];
    if (pipe(ends) || dup2(ends[1], 1) < 0)
        return 9;
    close(ends[0]);
    close(ends[1]);
    puts("to nobody");
    return 3;
}

static void say(const char *text)
{
    if (write(1, text, strlen(text)) < 0)
        _exit(8);
}

/* What an exit handler of quick_exit sees, and a child that it starts. */
static void quick_handler(void)
{
    sigset_t mask;
    sigprocmask(SIG_SETMASK, NULL, &mask);
    say(sigismember(&mask, SIGUSR1) ? "blocked " : "open ");
    pid_t pid = fork();
    if (pid == 0)
        execl("/bin/true", "true", "from-quick-exit", (char *)NULL);
    int status = -1;
    say(waitpid(pid, &status, 0) == pid && status == 0 ? "child\n" : "no child\n");
}

static void *late_thread(void *unused_here)
{
    usleep(50000);
    return unused_here;
}

/* The first thread leaves by itself; the last one ends the process, with 0. */
static int first_thread_leaves(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, late_thread, NULL);
    pthread_exit(NULL);
}

static int has_children(void)
{
    int ret = waitpid(-1, NULL, WNOHANG);
    printf("%d %s\n", ret, ret < 0 && errno == ECHILD ? "none" : "some");
    return 0;
}

static int resource_usage(void)
{
    struct rusage usage;
    getrusage(RUSAGE_CHILDREN, &usage);
    printf("%ld %ld %ld\n", usage.ru_minflt, usage.ru_maxrss, usage.ru_nvcsw);
    return 0;
}

/* A subreaper goes on as a program that counts its children: the guardian is started by that. */
static int subreaper(const char *self)
{
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    execl(self, self, "count", (char *)NULL);
    return 9;
}

static int count_children(void)
{
    int n = 0, is_subreaper = 0;
    prctl(PR_GET_CHILD_SUBREAPER, &is_subreaper);
    if (fork() == 0)
        _exit(0);
    usleep(300000);
    while (waitpid(-1, NULL, WNOHANG) > 0)
        n++;
    printf("%d, and %s; subreaper %d\n", n, errno == ECHILD ? "no more" : "more", is_subreaper);
    return 0;
}

/* A vfork child calls exit(), by mistake. */
static int exit_in_vfork(void)
{
    static volatile int i;
    for (i = 0; i < 3; i++)
        if (vfork() == 0)
            exit(4); // NOLINT
    while (wait(NULL) > 0) {
    }
    execl("/bin/sh", "sh", "-c", "/bin/true after; exit 5", (char *)NULL);
    return 9;
}

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "";
    if (!strcmp(way, "locked-stdout"))
        return locked(stdout);
    if (!strcmp(way, "locked-stdin"))
        return locked(stdin);
    if (!strcmp(way, "broken-pipe"))
        return broken_pipe();
    if (!strcmp(way, "quick-exit")) {
        at_quick_exit(quick_handler);
        quick_exit(6);
    }
    if (!strcmp(way, "pthread-exit"))
        return first_thread_leaves();
    if (!strcmp(way, "children"))
        return has_children();
    if (!strcmp(way, "usage"))
        return resource_usage();
    if (!strcmp(way, "subreaper"))
        return subreaper(argv[0]);
    if (!strcmp(way, "count"))
        return count_children();
    if (!strcmp(way, "exit-in-vfork"))
        return exit_in_vfork();
    return 2;
}
