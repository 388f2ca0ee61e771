/* SPDX-License-Identifier: MIT */
/* scene [OPTION]... -- PROGRAM [ARG]... : sets a scene and becomes the program. It is linked statically, so nothing that is preloaded
 * meets the scene before the program does.
 *
 *   -p LIBRARY  preload it into the program         -b        not become it, but start it and wait for it
 *   -c FOLDER   go there                            -s        be a subreaper
 *   -i SIGNAL   ignore it                           -m SIGNAL block it
 *   -u MASK     the umask, in octal                 -k KIB    the limit of the stack
 *   -n NUMBER   the limit of descriptors            -e COUNT  so many variables more
 *   -h FOLDER   hide what is in it, for a run that has lost its settings goes to the user's own places
 *   -x FD       close it                            -o HOW    stdout is a broken pipe, or the full device
 *   -w USER     be that user, by number             -l COUNT  the limit of processes, which root is spared
 */
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CPU_SECONDS = 10, FILE_BYTES = 256 << 20 };

static void limit(int what, rlim_t value)
{
    struct rlimit now;
    if (getrlimit(what, &now))
        exit(125);
    now.rlim_cur = value;
    if (setrlimit(what, &now))
        exit(125);
}

static void add_variables(int count)
{
    char name[32];
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof name, "SCENE_%d", i);
        setenv(name, "x", 1);
    }
}

static void set_stdout(const char *how)
{
    int ends[2] = {-1, -1};
    if (!strcmp(how, "full"))
        ends[1] = open("/dev/full", O_WRONLY);
    else if (!pipe(ends))
        close(ends[0]);
    if (ends[1] < 0 || dup2(ends[1], 1) < 0)
        exit(125);
    close(ends[1]);
}

/* In a mount namespace of its own; who may not make one sees the folder as it is. */
static void hide(const char *folder)
{
    static int apart;
    if (!apart++ && (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)))
        return;
    mount("tmpfs", folder, "tmpfs", 0, "size=16m");
}

static void block(int number)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

/* Start the program and end as it does. */
static void stand_above(char **words)
{
    int status = 0;
    void (*former)(int) = signal(SIGCHLD, SIG_DFL); /* it wants to know the status, whatever the program inherits */
    pid_t pid = fork();
    if (pid == 0) {
        signal(SIGCHLD, former);
        execvp(words[0], words);
        _exit(127);
    }
    if (waitpid(pid, &status, 0) != pid)
        exit(125);
    if (WIFEXITED(status))
        exit(WEXITSTATUS(status));
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
    exit(128 + WTERMSIG(status));
}

/* What comes last: the rest needs descriptors, and rights. */
static int descriptors;
static uid_t user;

static void apply_last(void)
{
    if (descriptors)
        limit(RLIMIT_NOFILE, (rlim_t)descriptors);
    if (user && (setgroups(0, NULL) || setgid(user) || setuid(user)))
        exit(125);
}

static void apply(int option, const char *value)
{
    switch (option) {
    case 'p':
        setenv("LD_PRELOAD", value, 1);
        break;
    case 'c':
        if (chdir(value))
            exit(125);
        break;
    case 'h':
        hide(value);
        break;
    case 's':
        prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
        break;
    case 'i':
        signal(atoi(value), SIG_IGN);
        break;
    case 'm':
        block(atoi(value));
        break;
    case 'u':
        umask((mode_t)strtol(value, NULL, 8));
        break;
    case 'k':
        limit(RLIMIT_STACK, (rlim_t)atoi(value) << 10);
        break;
    case 'n':
        descriptors = atoi(value);
        break;
    case 'w':
        user = (uid_t)strtoul(value, NULL, 10);
        break;
    case 'l':
        limit(RLIMIT_NPROC, (rlim_t)atoi(value));
        break;
    case 'e':
        add_variables(atoi(value));
        break;
    case 'x':
        close(atoi(value));
        break;
    case 'o':
        set_stdout(value);
        break;
    default:
        exit(125);
    }
}

int main(int argc, char **argv)
{
    int option, above = 0;
    limit(RLIMIT_CPU, CPU_SECONDS);
    limit(RLIMIT_FSIZE, FILE_BYTES);
    limit(RLIMIT_CORE, 0);
    while ((option = getopt(argc, argv, "+p:bc:h:si:m:u:k:n:e:x:o:w:l:")) != -1) {
        if (option == 'b')
            above = 1;
        else
            apply(option, optarg);
    }
    apply_last();
    if (above)
        stand_above(argv + optind);
    execvp(argv[optind], argv + optind);
    return 127;
}
