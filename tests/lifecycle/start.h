/* SPDX-License-Identifier: MIT */
/* How generated programs start others: environments of all kinds, exec, spawn, libc's shells, scripts, forks. */
#ifndef START_H
#define START_H

#include "see.h"

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
        execl(path, argv[0], argv[1], (char *)NULL);
    else if (!strcmp(how, "execlp"))
        execlp(argv[0], argv[0], argv[1], (char *)NULL);
    else if (!strcmp(how, "execle"))
        execle(path, argv[0], argv[1], (char *)NULL, env);
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
    char path[1024], *argv[] = {(char *)target, "puts", NULL};
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
    char path[1024], *argv[] = {(char *)target, "puts", NULL};
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    pid_t pid = -1;
    memset(&actions, 0x5a, sizeof actions); /* musl's own init leaves a part of it as it is */
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
        say("%s read %.*s", name, (int)strcspn(line, "\n"), line);
    tell(name, "pclose", pclose(stream));
}

static __attribute__((unused)) void by_wordexp(const char *name)
{
    wordexp_t words;
    int failed = wordexp("$(echo one two)", &words, 0);
    say("%s wordexp %d, %d words", name, failed, failed ? 0 : (int)words.we_wordc);
}

/* Fork by one of the ways that copy the caller. */
static __attribute__((unused)) pid_t fork_by(const char *how)
{
#ifdef SYS_fork
    if (!strcmp(how, "raw"))
        return (pid_t)syscall(SYS_fork);
#endif
    if (!strcmp(how, "raw_clone"))
        return (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    return fork();
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
static __attribute__((unused)) void run_rewritten(const char *name, const char *how, const char *first,
                                                  const char *second)
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

#endif
