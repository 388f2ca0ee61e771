/* SPDX-License-Identifier: MIT */
/* What generated programs are made of: this, what they see, and how they start others. */
#ifndef LIFE_H
#define LIFE_H

#include "see.h"
#include "start.h"

#define STUCK_MS 300 /* a thread that is not done by then is not waited for */
#define LEFT_MS 30   /* and one that is stays so long */

/* Call `body` as a child with a stack of its own. */
static __attribute__((unused)) pid_t clone_by(int flags, int (*body)(void *))
{
    char *stack = malloc(TALL_STACK);
    return clone(body, stack + TALL_STACK, flags | SIGCHLD, NULL);
}

static __attribute__((unused)) void block(const char *name, int number)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    say("%s blocks, %d", name, sigprocmask(SIG_BLOCK, &set, NULL));
}

/* Call `handler` for a signal; on a stack of 8 KiB if that is wanted, below which there is nothing. */
static __attribute__((unused)) void handle(int number, void (*handler)(int), int flags, int small)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags | (small ? SA_ONSTACK : 0)};
    stack_t stack = {.ss_size = SMALL_STACK};
    if (small) {
        char *room = mmap(NULL, 2 * SMALL_STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        mprotect(room, SMALL_STACK, PROT_NONE);
        stack.ss_sp = room + SMALL_STACK;
        sigaltstack(&stack, NULL);
    }
    sigaction(number, &action, NULL);
}

/* Hold a lock on a target while it runs. Is it still held then? */
static __attribute__((unused)) void hold_target(const char *name, const char *target)
{
    char path[1024];
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
    snprintf(path, sizeof path, "%s/%s", TOOLS, target);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fcntl(fd, F_SETLK, &lock)) {
        say("%s no lock, errno %d", name, errno);
        return;
    }
    await(name, "waitpid", spawn(name, "plain", target, "same"));
    pid_t pid = fork();
    if (pid == 0) {
        lock.l_type = F_WRLCK;
        fcntl(fd, F_GETLK, &lock);
        _exit(lock.l_type == F_UNLCK);
    }
    await(name, "waitpid", pid);
    close(fd);
}

/* Become a target that leads a session on a terminal of its own, in a child. */
static __attribute__((unused)) void on_terminal(const char *name, const char *target)
{
    char line[128];
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0 || grantpt(master) || unlockpt(master)) {
        say("%s no terminal, errno %d", name, errno);
        return;
    }
    pid_t pid = fork();
    if (pid == 0) {
        setsid();
        int slave = open(ptsname(master), O_RDWR);
        dup2(slave, 0);
        dup2(slave, 1);
        say("%s terminal %d", name, isatty(1));
        become(name, "execv", target, "same");
        _exit(6);
    }
    await(name, "peek", pid);
    fcntl(master, F_SETFL, O_NONBLOCK);
    say("%s read %d", name, (int)read(master, line, sizeof line));
    close(master);
}

/* Filter the system calls of this process, and allow every one. */
static __attribute__((unused)) void filter_calls(const char *name)
{
    struct sock_filter allow = {.code = BPF_RET | BPF_K, .k = SECCOMP_RET_ALLOW};
    struct sock_fprog program = {.len = 1, .filter = &allow};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    say("%s filter %d", name, prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0));
}

/* A child that waits for a signal, and gets it. */
static __attribute__((unused)) void kill_child(const char *name, int number)
{
    pid_t pid = fork();
    if (pid == 0)
        for (;;)
            pause();
    kill(pid, number);
    await(name, "waitpid", pid);
}

static __attribute__((unused)) void change_environ(const char *how)
{
    static char *none[] = {NULL};
    char name[16];
    if (!strcmp(how, "clear"))
        clearenv();
    else if (!strcmp(how, "null"))
        environ = NULL;
    else if (!strcmp(how, "none"))
        environ = none;
    else if (!strcmp(how, "home"))
        setenv("HOME", "/nowhere", 1);
    else if (!strcmp(how, "no_preload"))
        unsetenv("LD_PRELOAD");
    else
        for (int i = 0; i < MANY; i++) {
            snprintf(name, sizeof name, "MORE_%d", i);
            setenv(name, "z", 1);
        }
}

static __attribute__((unused)) void change_limit(int what, long value)
{
    struct rlimit limit;
    getrlimit(what, &limit);
    limit.rlim_cur = (rlim_t)value;
    setrlimit(what, &limit);
}

static __attribute__((unused)) void close_descriptors(const char *which)
{
    if (!strcmp(which, "all"))
        for (int fd = 0; fd < LOG; fd++)
            close(fd);
    else if (!strcmp(which, "others"))
        for (int fd = 3; fd < LOG; fd++)
            close(fd);
    else
        close(atoi(which));
}

/* Leave no descriptor free, before the next exec. */
static __attribute__((unused)) void fill_descriptors(void)
{
    change_limit(RLIMIT_NOFILE, 64);
    while (open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0)
        ;
}

static __attribute__((unused)) void spoil_stdout(const char *how)
{
    int ends[2] = {-1, -1};
    if (!strcmp(how, "full"))
        ends[1] = open("/dev/full", O_WRONLY);
    else if (!pipe(ends))
        close(ends[0]);
    dup2(ends[1], 1);
    close(ends[1]);
}

static void *hold_stdout(void *unused)
{
    flockfile(stdout);
    return unused;
}

/* A thread that is gone has left a stream locked. */
static __attribute__((unused)) void lock_stdout(void)
{
    pthread_t thread;
    if (!pthread_create(&thread, NULL, hold_stdout, NULL))
        pthread_join(thread, NULL);
}

static __attribute__((unused)) void *sleep_on(void *unused)
{
    while (!unused)
        pause();
    return unused;
}

/* A thread that nobody joins has done its steps, or is stuck in one, before its process goes on: what is seen does not depend on
 * who is faster. It is there a little longer. */
struct left {
    void *(*body)(void *);
    volatile int is_done;
};

static __attribute__((unused)) void sleep_ms(long ms)
{
    struct timespec time = {.tv_nsec = ms * 1000000};
    while (nanosleep(&time, &time) && errno == EINTR) {
    }
}

static __attribute__((unused)) void left_done(void *left)
{
    ((struct left *)left)->is_done = 1;
    sleep_ms(LEFT_MS);
}

static __attribute__((unused)) void *left_thread(void *left)
{
    pthread_cleanup_push(left_done, left); /* also by pthread_exit */
    ((struct left *)left)->body(NULL);
    pthread_cleanup_pop(1);
    return NULL;
}

static __attribute__((unused)) void start_thread(const char *name, const char *how, void *(*body)(void *))
{
    pthread_t thread;
    pthread_attr_t attributes;
    int is_left = !strcmp(how, "left");
    struct left *left = calloc(1, sizeof *left);
    left->body = body;
    pthread_attr_init(&attributes);
    if (!strcmp(how, "small"))
        pthread_attr_setstacksize(&attributes, SMALL_THREAD);
    int failed = pthread_create(&thread, &attributes, is_left ? left_thread : body, is_left ? left : NULL);
    if (failed)
        say("%s no thread, error %d", name, failed);
    else if (!is_left)
        say("%s joined, %d", name, pthread_join(thread, NULL));
    for (int ms = 0; is_left && !failed && !left->is_done && ms < STUCK_MS; ms++)
        sleep_ms(1);
}

#endif
