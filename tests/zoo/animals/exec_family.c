/* SPDX-License-Identifier: MIT */
/* Becomes the leaf by one function of the exec family, with everything there is to leave out. */
#include "animal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#ifndef __GLIBC__ /* musl has none */
static int execveat(int folder, const char *path, char *const *argv, char *const *env, int flags)
{
    return (int)syscall(SYS_execveat, folder, path, argv, env, flags);
}
#endif

static char *words[] = {"leaf", "21", NULL}, *envp[] = {"PATH=.", NULL}, *none[] = {NULL};

static void by_execv(void)
{
    execv("./leaf", words);
}
static void by_execve(void)
{
    execve("./leaf", words, envp);
}
static void by_execl(void)
{
    execl("./leaf", "leaf", "21", (char *)NULL);
}
static void by_execle(void)
{
    execle("./leaf", "leaf", "21", (char *)NULL, envp);
}
static void by_execveat(void)
{
    execveat(AT_FDCWD, "leaf", words, envp, AT_SYMLINK_NOFOLLOW);
}
static void by_fexecve(void)
{
    fexecve(open("leaf", O_RDONLY), words, envp);
}
static void by_closed_fexecve(void)
{
    fexecve(open("leaf", O_RDONLY | O_CLOEXEC), words, envp);
}
static void without_environment(void)
{
    execve("./leaf", words, NULL);
}
static void with_bare_environment(void)
{
    execve("./leaf", words, none);
}
static void with_empty_arguments(void)
{
    execve("./leaf", none, envp);
}

/* A path relative to a descriptor, and the descriptor itself. */
static void by_descriptor(void)
{
    static char *other[] = {"leaf_static", "22", NULL};
    int folder = open(".", O_RDONLY | O_DIRECTORY);
    pid_t pid = fork();
    if (pid == 0) {
        must(!chdir("/"));
        execveat(folder, "leaf_static", other, envp, 0);
    }
    must(reaped(pid) == 22 << 8);
    must(!chdir("/"));
    execveat(openat(folder, "leaf", O_RDONLY), "", words, envp, AT_EMPTY_PATH);
}

static void by_name(int (*exec)(const char *, char *const *))
{
    must(!setenv("PATH", "/nonexistent:/etc/passwd:.", 1));
    exec("leaf", words);
}

static int execlp_leaf(const char *file, char *const *arguments)
{
    return execlp(file, arguments[0], arguments[1], (char *)NULL);
}

static int execvpe_leaf(const char *file, char *const *arguments)
{
    return execvpe(file, arguments, envp);
}

static void by_execvp(void)
{
    by_name(execvp);
}
static void by_execlp(void)
{
    by_name(execlp_leaf);
}
static void by_execvpe(void)
{
    by_name(execvpe_leaf);
}

static void without_arguments(void)
{
    char *const *volatile nothing = NULL;
    execve("./leaf", nothing, envp);
}

static void with_many_arguments(void)
{
    enum { COUNT = 10000 };
    char **many = calloc(COUNT + 1, sizeof *many);
    for (int i = 0; i < COUNT; i++)
        many[i] = "21";
    execvp("./leaf", many);
}

static void with_a_huge_argument(void)
{
    char *huge = malloc(120 << 10);
    memset(huge, 'x', 120 << 10);
    huge[(120 << 10) - 1] = '\0';
    execl("./leaf", "leaf", "21", "0", huge, (char *)NULL);
}

/* What fails must leave the process as it was, errno included. */
static void after_failures(void)
{
    enum { COUNT = 200000 };
    char **many = calloc(COUNT + 1, sizeof *many);
    for (int i = 0; i < COUNT; i++)
        many[i] = "a word of some length, to be over the limit";
    must(execv("./leaf", many) == -1 && errno == E2BIG);
    must(execv("./leaf_static", many) == -1 && errno == E2BIG);
    must(execv("/nonexistent/x", words) == -1 && errno == ENOENT);
    must(execv("/dev/null", words) == -1 && errno == EACCES);
    must(execvp("nonexistent-x", words) == -1 && errno == ENOENT);
    must(execvp("", words) == -1 && errno == ENOENT);
    const char *volatile nothing = NULL;
    must(execv(nothing, words) == -1 && errno == EFAULT);
    must(fexecve(-1, words, envp) == -1 && errno == EINVAL);
    nap_ms(15);
    execv("./leaf", words);
}

/* A script without a first line: execvp runs it with the shell, execv does not. */
static void of_plain_text(void)
{
    char path[] = "/tmp/dtrack-zoo-XXXXXX";
    int fd = mkstemp(path);
    must(fd >= 0 && write(fd, "rm \"$0\"; exit 21\n", 17) == 17 && !fchmod(fd, 0700) && !close(fd));
    must(execl(path, path, (char *)NULL) == -1 && errno == ENOEXEC);
    execlp(path, path, (char *)NULL);
}

static const struct way ways[] = {
    {"execv", by_execv},
    {"execve", by_execve},
    {"execl", by_execl},
    {"execle", by_execle},
    {"execveat", by_execveat},
    {"fexecve", by_fexecve},
    {"closed_fexecve", by_closed_fexecve},
    {"descriptor", by_descriptor},
    {"execvp", by_execvp},
    {"execlp", by_execlp},
    {"execvpe", by_execvpe},
    {"no_environment", without_environment},
    {"bare_environment", with_bare_environment},
    {"no_arguments", without_arguments},
    {"empty_arguments", with_empty_arguments},
    {"many_arguments", with_many_arguments},
    {"huge_argument", with_a_huge_argument},
    {"after_failures", after_failures},
    {"plain_text", of_plain_text},
};

ANIMAL_MAIN(ways)
