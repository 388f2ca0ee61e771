/* SPDX-License-Identifier: MIT */
/* worker: starts processes when it is told to, and tells what they cost: so that a benchmark can take turns
 * between many workers that live all along. Knows nothing of variants and of dtrack.
 *
 * A line on stdin: HOW COUNT SETTINGS PROGRAM [WORD]... with HOW one of spawn, fork and vfork: COUNT
 * children, one after the other; call, the same as spawn where libcatch.so lets none start, so none is waited
 * for; or crowd:N, N children at once that spawn COUNT each. SETTINGS is a file as settings.h has it, or -.
 * A line on stdout: nanoseconds of wall time, microseconds of CPU time of the worker and all children that
 * were waited for, and their page faults. When something fails it says so on stderr and ends. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "settings.h"

#define WORDS_MAX 64

struct cost {
    long long wall_ns, cpu_us, faults;
};

struct order {
    const char *how;
    long count;
    struct settings *settings; /* NULL = none */
    char *argv[WORDS_MAX];
};

static _Noreturn void fail(const char *what, int err)
{
    fprintf(stderr, "worker: cannot go on with '%s': %s\n", what, strerror(err));
    exit(1);
}

static long long timeval_us(struct timeval t)
{
    return t.tv_sec * 1000000LL + t.tv_usec;
}

static struct cost cost_now(void)
{
    struct cost cost = {0};
    struct timespec now;
    const int whose[] = {RUSAGE_SELF, RUSAGE_CHILDREN};
    for (int i = 0; i < 2; i++) {
        struct rusage usage;
        getrusage(whose[i], &usage);
        cost.cpu_us += timeval_us(usage.ru_utime) + timeval_us(usage.ru_stime);
        cost.faults += usage.ru_minflt;
    }
    clock_gettime(CLOCK_MONOTONIC, &now);
    cost.wall_ns = now.tv_sec * 1000000000LL + now.tv_nsec;
    return cost;
}

static void start_one(const char *how, char **argv, char **env)
{
    pid_t pid = 0;
    int status = 0;
    if (*how == 's' || *how == 'c') {
        int err = posix_spawn(&pid, argv[0], NULL, NULL, argv, env);
        if (err)
            fail(argv[0], err);
        if (*how == 'c')
            return;
    } else {
        pid = *how == 'f' ? fork() : vfork();
        if (pid == 0) {
            execve(argv[0], argv, env);
            _exit(127);
        }
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        fail(argv[0], errno);
    if (!WIFEXITED(status) || WEXITSTATUS(status) == 127)
        fail(argv[0], ECHILD);
}

static void start_each(const char *how, const struct order *order, char **const *envs)
{
    for (long i = 0; i < order->count; i++)
        start_one(how, (char **)order->argv, envs ? envs[i] : environ);
}

/* `n` children at once, each of which starts its own. */
static void start_crowd(long n, const struct order *order)
{
    for (long i = 0; i < n; i++) {
        pid_t pid = fork();
        if (pid < 0)
            fail("fork", errno);
        if (pid == 0) {
            start_each("spawn", order, NULL);
            _exit(0);
        }
    }
    for (int status; wait(&status) > 0;)
        if (status)
            fail("crowd", ECHILD);
}

/* The environments are made before the clock runs. */
static char ***prepare(const struct order *order)
{
    char ***envs = calloc((size_t)order->count, sizeof *envs);
    for (long i = 0; envs && i < order->count; i++) {
        envs[i] = settings_next(order->settings, environ);
        if (!envs[i])
            fail(order->settings->name, ENODATA);
    }
    return envs;
}

static void obey(const struct order *order, FILE *answers)
{
    char ***envs = order->settings ? prepare(order) : NULL;
    struct cost before = cost_now();
    if (strncmp(order->how, "crowd:", 6) == 0)
        start_crowd(atol(order->how + 6), order);
    else
        start_each(order->how, order, envs);
    struct cost after = cost_now();
    fprintf(answers, "%lld %lld %lld\n", after.wall_ns - before.wall_ns, after.cpu_us - before.cpu_us,
            after.faults - before.faults);
    for (long i = 0; envs && i < order->count; i++)
        free(envs[i]);
    free(envs);
}

/* 0, or -1 when the line is no order. */
static int understand(char *line, struct order *order)
{
    char *word = strtok(line, " \n"), *settings = NULL;
    *order = (struct order){.how = word};
    for (int n = -2; word; n++) {
        word = strtok(NULL, " \n");
        if (n == -2)
            order->count = word ? atol(word) : 0;
        else if (n == -1)
            settings = word;
        else if (n < WORDS_MAX)
            order->argv[n] = word;
        else
            return -1;
    }
    if (!order->argv[0] || order->count <= 0)
        return -1;
    if (strcmp(settings, "-") != 0 && !(order->settings = settings_open(settings)))
        fail(settings, errno);
    return 0;
}

/* A stream of our own for descriptor `fd`, which becomes /dev/null for the children. */
static FILE *keep(int fd, const char *mode)
{
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 3), null = open("/dev/null", O_RDWR | O_CLOEXEC);
    FILE *file = own < 0 ? NULL : fdopen(own, mode);
    if (!file || null < 0 || dup2(null, fd) < 0)
        fail("a pipe", errno);
    close(null);
    return file;
}

int main(void)
{
    char line[4096];
    FILE *orders = keep(STDIN_FILENO, "r"), *answers = keep(STDOUT_FILENO, "w");
    setvbuf(answers, NULL, _IOLBF, 0);
    while (fgets(line, sizeof line, orders)) {
        struct order order;
        if (understand(line, &order))
            fail("what was read from stdin", EINVAL);
        obey(&order, answers);
    }
    return 0;
}
