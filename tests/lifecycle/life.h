/* SPDX-License-Identifier: MIT */
/* What generated programs are made of. All that they do is told to descriptor LOG, in lines that begin with a symbolic name, and
 * no line holds a process id, an address or a time. */
#ifndef LIFE_H
#define LIFE_H

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wordexp.h>

#ifndef TOOLS
#define TOOLS "."
#endif
#ifndef FORM
#define FORM "program"
#endif

enum { LOG = 190, MANY = 600, TALL_STACK = 64 << 10, SMALL_STACK = 8 << 10, SMALL_THREAD = 20 << 10, STRING = 120 << 10, STRINGS = 64 };

extern char **environ;

#ifndef __GLIBC__
#define execveat(...) syscall(SYS_execveat, __VA_ARGS__)
#endif

/* One line of the log, whole. */
static __attribute__((unused, format(printf, 1, 2))) void say(const char *format, ...)
{
    char line[256];
    int saved = errno;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    line[length++] = '\n';
    if (write(LOG, line, (size_t) length) < 0)
        _exit(96);
    errno = saved;
}

/* Is it one of the variables that a watched program has more? */
static int is_ours(const char *variable)
{
    return !strncmp(variable, "DTRACK_", 7) || !strncmp(variable, "LD_PRELOAD=", 11);
}

static void show_env(const char *name)
{
    int count = 0;
    for (char **variable = environ; variable && *variable; variable++)
        count += !is_ours(*variable);
    say("%s has %d variables", name, count);
}

static void show_mask(const char *name)
{
    char text[65] = "", *end = text;
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    for (int number = 1; number < 32; number++)
        *end++ = sigismember(&mask, number) ? '1' : '0';
    say("%s mask %s", name, text);
}

static void show_dispositions(const char *name)
{
    char text[65] = "", *end = text;
    for (int number = 1; number < 32; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action))
            continue;
        *end++ = action.sa_handler == SIG_DFL ? '-' : action.sa_handler == SIG_IGN ? 'i' : 'h';
    }
    say("%s dispositions %s", name, text);
}

static void show_descriptors(const char *name)
{
    char text[256] = "";
    size_t length = 0;
    for (int fd = 0; fd < 64; fd++)
        if (fcntl(fd, F_GETFD) >= 0 && length < sizeof text - 8)
            length += (size_t) snprintf(text + length, sizeof text - length, " %d", fd);
    say("%s descriptors%s", name, text);
}

static void show_limits(const char *name)
{
    static const int kinds[] = {RLIMIT_NOFILE, RLIMIT_STACK, RLIMIT_CORE, RLIMIT_FSIZE, RLIMIT_NPROC};
    for (int i = 0; i < 5; i++) {
        struct rlimit limit;
        getrlimit(kinds[i], &limit);
        say("%s limit %d is %lld", name, kinds[i], (long long) limit.rlim_cur);
    }
}

/* Does the kernel know a child of ours, and have any been waited for? */
static void show_children(const char *name)
{
    siginfo_t info = {0};
    struct rusage usage;
    int answer = waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT | __WALL);
    getrusage(RUSAGE_CHILDREN, &usage);
    say("%s children: %s, %s", name, answer ? "none" : "some", usage.ru_maxrss || usage.ru_minflt ? "used" : "unused");
}

static void show_self(const char *name)
{
    int reaper = 0;
    char cwd[512] = "";
    stack_t stack;
    mode_t mask = umask(0);
    umask(mask);
    prctl(PR_GET_CHILD_SUBREAPER, &reaper, 0, 0, 0);
    sigaltstack(NULL, &stack);
    say("%s umask %o, subreaper %d, altstack %d, uid %d, errno %d, folder %s", name, (unsigned) mask, reaper, stack.ss_flags,
        (int) geteuid(), errno, getcwd(cwd, sizeof cwd) ? strrchr(cwd, '/') : "gone");
}

/* Tell about one part of what a process can see of itself. */
static __attribute__((unused)) void show(const char *name, const char *what)
{
    static const struct {
        const char *what;
        void (*tell)(const char *name);
    } parts[] = {{"env", show_env},       {"mask", show_mask},         {"dispositions", show_dispositions},
                 {"limits", show_limits}, {"children", show_children}, {"descriptors", show_descriptors},
                 {"self", show_self}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!strcmp(parts[i].what, what))
            parts[i].tell(name);
}

static __attribute__((unused)) void tell(const char *name, const char *how, int status)
{
    if (WIFEXITED(status))
        say("%s %s exit %d", name, how, WEXITSTATUS(status));
    else if (WIFSIGNALED(status))
        say("%s %s signal %d", name, how, WTERMSIG(status));
    else
        say("%s %s status %d", name, how, status);
}

static int wait_by_waitid(pid_t pid, int options)
{
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t) pid, &info, WEXITED | options))
        return -1;
    return info.si_code == CLD_EXITED ? info.si_status << 8 : info.si_status;
}

static pid_t wait_once(const char *how, pid_t pid, int *status)
{
    struct rusage usage;
    if (!strcmp(how, "wait"))
        return wait(status);
    if (!strcmp(how, "wait3"))
        return wait3(status, 0, &usage);
    if (!strcmp(how, "wait4"))
        return wait4(pid, status, 0, &usage);
    if (!strcmp(how, "any"))
        return waitpid(-1, status, 0);
    if (!strcmp(how, "raw"))
        return (pid_t) syscall(SYS_wait4, pid, status, 0, NULL);
    if (!strcmp(how, "waitid"))
        return (*status = wait_by_waitid(pid, 0)) < 0 ? -1 : pid;
    if (!strcmp(how, "peek"))
        wait_by_waitid(pid, WNOWAIT);
    if (!strcmp(how, "nohang")) {
        pid_t got;
        while ((got = waitpid(pid, status, WNOHANG)) == 0)
            usleep(1000);
        return got;
    }
    return waitpid(pid, status, 0);
}

/* Wait for a child in one of many ways, or not at all. */
static __attribute__((unused)) void await(const char *name, const char *how, pid_t pid)
{
    int status = -1;
    if (pid < 0) {
        say("%s no child, errno %d", name, errno);
        return;
    }
    if (!strcmp(how, "none"))
        return;
    if (!strcmp(how, "all")) {
        while (waitpid(-1, &status, 0) > 0)
            tell(name, "reaped", status);
        say("%s all reaped, errno %d", name, errno);
        return;
    }
    if (wait_once(how, pid, &status) < 0)
        say("%s %s failed, errno %d", name, how, errno);
    else
        tell(name, how, status);
}

/* The environment that a target gets. What is made here lives until the exec. */
static char **make_env(const char *kind)
{
    static char *none[] = {NULL};
    static char words[MANY][16];
    static char *many[4 * MANY];
    int count = 0;
    if (!strcmp(kind, "same"))
        return environ;
    if (!strcmp(kind, "null"))
        return NULL;
    if (!strcmp(kind, "empty"))
        return none;
    for (char **variable = environ; variable && *variable && count < 2 * MANY; variable++)
        many[count++] = *variable;
    if (!strcmp(kind, "twice")) {
        many[count++] = "TWICE=1";
        many[count++] = "TWICE=2";
        many[count++] = "no sign";
    } else {
        for (int i = 0; i < MANY; i++) {
            snprintf(words[i], sizeof words[i], "MANY_%d=y", i);
            many[count++] = words[i];
        }
    }
    many[count] = NULL;
    return many;
}

static void exec_by(const char *how, const char *path, char **argv, char **env)
{
    if (!strcmp(how, "execve"))
        execve(path, argv, env);
    else if (!strcmp(how, "execv"))
        execv(path, argv);
    else if (!strcmp(how, "execvp"))
        execvp(argv[0], argv);
    else if (!strcmp(how, "execvpe"))
        execvpe(argv[0], argv, env);
    else if (!strcmp(how, "execl"))
        execl(path, argv[0], argv[1], (char *) NULL);
    else if (!strcmp(how, "execlp"))
        execlp(argv[0], argv[0], argv[1], (char *) NULL);
    else if (!strcmp(how, "execle"))
        execle(path, argv[0], argv[1], (char *) NULL, env);
    else if (!strcmp(how, "fexecve"))
        fexecve(open(path, O_RDONLY | O_CLOEXEC), argv, env);
    else if (!strcmp(how, "path_fexecve"))
        fexecve(open(path, O_PATH | O_CLOEXEC), argv, env);
    else if (!strcmp(how, "execveat"))
        execveat(open(TOOLS, O_PATH | O_CLOEXEC), argv[0], argv, env, 0);
    else if (!strcmp(how, "relative") && !chdir(TOOLS))
        execve(argv[0], argv, env);
    else
        syscall(SYS_execve, path, argv, env);
}

/* An environment of so many bytes and some: strings as long as the kernel allows, and a shorter one. */
static char **large_env(size_t bytes)
{
    static char text[STRING + 1], last[STRING + 1];
    static char *env[STRINGS];
    int count = 0;
    memset(text, 'l', STRING);
    memset(last, 'l', STRING);
    text[1] = last[1] = '=';
    for (; bytes > STRING && count < STRINGS - 2; bytes -= STRING)
        env[count++] = text;
    last[bytes < 3 ? 3 : bytes] = 0;
    env[count++] = last;
    env[count] = NULL;
    return env;
}

/* Become a target with the largest environment that the kernel takes: found by children that ask it, past libc. */
static __attribute__((unused)) void become_largest(const char *name)
{
    char path[1024], *argv[] = {"leaf_static", NULL};
    size_t fits = 0, does_not = STRING * (STRINGS - 3);
    snprintf(path, sizeof path, "%s/leaf_static", TOOLS);
    while (does_not - fits > 1) {
        int status = -1;
        size_t middle = fits + (does_not - fits) / 2;
        pid_t pid = fork();
        if (pid == 0) {
            syscall(SYS_execve, path, argv, large_env(middle));
            _exit(1);
        }
        waitpid(pid, &status, 0);
        if (status == 7 << 8)
            fits = middle;
        else
            does_not = middle;
    }
    execve(path, argv, large_env(fits));
    say("%s largest failed, errno %d", name, errno);
}

/* Become a target. Returns when that fails. */
static __attribute__((unused)) void become(const char *name, const char *how, const char *target, const char *env)
{
    char path[1024], *argv[] = {(char *) target, "puts", NULL};
    snprintf(path, sizeof path, "%s/%s", TOOLS, target);
    exec_by(how, path, argv, make_env(env));
    say("%s %s failed, errno %d", name, how, errno);
}

static void spawn_attributes(const char *how, posix_spawnattr_t *attributes, posix_spawn_file_actions_t *actions)
{
    sigset_t set;
    sigfillset(&set);
    posix_spawnattr_init(attributes);
    posix_spawn_file_actions_init(actions);
    if (!strcmp(how, "mask")) {
        posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        posix_spawnattr_setsigmask(attributes, &set);
        posix_spawnattr_setsigdefault(attributes, &set);
    } else if (!strcmp(how, "group")) {
        posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP);
    } else if (!strcmp(how, "files")) {
        posix_spawn_file_actions_addopen(actions, 1, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_addclose(actions, 0);
    } else if (!strcmp(how, "chdir")) {
        posix_spawn_file_actions_addchdir_np(actions, TOOLS);
    }
}

/* Spawn a target; its pid, or -1. */
static __attribute__((unused)) pid_t spawn(const char *name, const char *how, const char *target, const char *env)
{
    char path[1024], *argv[] = {(char *) target, "puts", NULL};
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    pid_t pid = -1;
    snprintf(path, sizeof path, "%s/%s", !strcmp(how, "chdir") ? "." : TOOLS, target);
    spawn_attributes(how, &attributes, &actions);
    int failed = !strcmp(how, "path") ? posix_spawnp(&pid, target, &actions, &attributes, argv, make_env(env))
                                      : posix_spawn(&pid, path, &actions, &attributes, argv, make_env(env));
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (failed)
        say("%s spawn failed, error %d", name, failed);
    return failed ? -1 : pid;
}

static __attribute__((unused)) void by_popen(const char *name, const char *command)
{
    char line[128];
    FILE *stream = popen(command, "r");
    if (!stream) {
        say("%s no popen, errno %d", name, errno);
        return;
    }
    while (fgets(line, sizeof line, stream))
        say("%s read %.*s", name, (int) strcspn(line, "\n"), line);
    tell(name, "pclose", pclose(stream));
}

static __attribute__((unused)) void by_wordexp(const char *name)
{
    wordexp_t words;
    int failed = wordexp("$(echo one two)", &words, 0);
    say("%s wordexp %d, %d words", name, failed, failed ? 0 : (int) words.we_wordc);
}

/* Fork by one of the ways that copy the caller. */
static __attribute__((unused)) pid_t fork_by(const char *how)
{
#ifdef SYS_fork
    if (!strcmp(how, "raw"))
        return (pid_t) syscall(SYS_fork);
#endif
    if (!strcmp(how, "raw_clone"))
        return (pid_t) syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    return fork();
}

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

/* A script in the folder, with an interpreter that is named in it, or by a link that is. */
static void write_script(const char *how, const char *interpreter)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", TOOLS, interpreter);
    unlink("interpreter");
    if (!strcmp(how, "link") && (symlink(path, "interpreter") || !access("rewritten", X_OK)))
        return;
    FILE *script = fopen("rewritten", "w");
    if (!script)
        return;
    fprintf(script, "#!%s\n", !strcmp(how, "link") ? "./interpreter" : path);
    fchmod(fileno(script), 0755);
    fclose(script);
}

/* Run a script, and once more when it has got another interpreter. */
static __attribute__((unused)) void run_rewritten(const char *name, const char *how, const char *first, const char *second)
{
    char *argv[] = {"rewritten", NULL};
    const char *interpreters[] = {first, second};
    unlink("rewritten");
    for (int i = 0; i < 2; i++) {
        pid_t pid;
        write_script(how, interpreters[i]);
        int failed = posix_spawn(&pid, "./rewritten", NULL, NULL, argv, environ);
        await(name, "waitpid", failed ? -1 : pid);
    }
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
    say("%s read %d", name, (int) read(master, line, sizeof line));
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
    limit.rlim_cur = (rlim_t) value;
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

static __attribute__((unused)) void start_thread(const char *name, const char *how, void *(*body)(void *) )
{
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    if (!strcmp(how, "small"))
        pthread_attr_setstacksize(&attributes, SMALL_THREAD);
    int failed = pthread_create(&thread, &attributes, body, NULL);
    if (failed)
        say("%s no thread, error %d", name, failed);
    else if (strcmp(how, "left"))
        say("%s joined, %d", name, pthread_join(thread, NULL));
}

#endif
