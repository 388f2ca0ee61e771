/* SPDX-License-Identifier: MIT */
/* The exec family. Before the call: judge the target, note the moment, put our variables into its environment.
 * Any of these may run in a vfork child, in the parent's memory: stack only, and no word of the state is written. */
#include <alloca.h>
#include <errno.h>
#include <stdarg.h>
#include <unistd.h>

#include "base/sys.h"
#include "base/text.h"
#include "envp.h"
#include "gate.h"
#include "real.h"
#include "recorder.h"
#include "shim.h"
#include "unseen.h"

/* One exec call on its way. */
struct exec_call {
    int dirfd;
    const char *path;
    char *const *argv;
    enum shim_who who;
    struct unseen unseen;
};

/* Everything before the real call but the environment, which needs the hook's frame. */
static enum gate_verdict exec_begin(struct exec_call *call, struct envp_from *from)
{
    call->who = shim_who();
    *from = (struct envp_from){.ns = shim.ns, .ref = shim.ref, .pid = shim.pid, .time_ns = shim_now()};
    if (!shim.sandboxed)
        from->pid = sys_getpid();
    from->leads = call->who == SHIM_SELF && shim.is_leader;
    from->page = shim.sandboxed ? 0 : spool_hint(&shim.spool);
    enum gate_verdict verdict = gate_check(call->dirfd, call->path);
    if (!gate_lets_in(verdict))
        unseen_write(&call->unseen, &(struct unseen_program){call->path, call->argv, verdict}, from);
    if (call->who == SHIM_SELF)
        recorder_exec(from->time_ns);
    return verdict;
}

/* The real call came back, so it failed. */
static void exec_undo(struct exec_call *call)
{
    unseen_void(&call->unseen);
    if (call->who == SHIM_SELF)
        recorder_exec_failed();
}

typedef int (*execve_fn)(const char *, char *const *, char *const *);
typedef int (*execveat_fn)(int, const char *, char *const *, char *const *, int);

static int exec_real(const char *path, char *const *argv, char *const *envp, enum real which)
{
    execve_fn real = REAL(execve_fn, which);
    if (real)
        return real(path, argv, envp);
    real_set_errno(ENOSYS);
    return -1;
}

/* The new environment's array: on the stack of the hook that says so, or mapped. After vfork a mapping would stay in the
 * parent when the exec succeeds, so a large environment goes unedited there. NULL: leave it as it is. */
#define EXEC_ARRAY(room)                                                                                        \
    ((room) <= ENVP_ON_STACK ? alloca((room) * sizeof(char *))                                                  \
     : shim_who() != SHIM_SELF ? NULL                                                                           \
                                : envp_map(room))

/* Every exec by name ends here; `which` takes (path or file, argv, envp). */
static int exec_path(const char *path, char *const *argv, char *const *envp, enum real which)
{
    size_t room = shim.on && path ? envp_room(envp) : 0;
    char **env = room ? EXEC_ARRAY(room) : NULL;
    if (!env)
        return exec_real(path, argv, envp, which);
    char found[SPOOL_PATH_MAX];
    struct exec_call call = {.dirfd = AT_FDCWD, .path = path, .argv = argv};
    struct envp_from from;
    struct envp edited;
    if (which == REAL_EXECVPE)
        call.path = gate_search_path(path, envp_value(real_environ(), "PATH="), found, sizeof found);
    enum gate_verdict verdict = exec_begin(&call, &from);
    envp_edit(&edited, env, envp, &from, gate_lets_in(verdict));
    int ret = exec_real(path, argv, env, which);
    exec_undo(&call);
    envp_unmap(env, room);
    return ret;
}

exported int execve(const char *path, char *const argv[], char *const envp[])
{
    return exec_path(path, argv, envp, REAL_EXECVE);
}

exported int execv(const char *path, char *const argv[])
{
    return exec_path(path, argv, real_environ(), REAL_EXECVE);
}

exported int execvp(const char *file, char *const argv[])
{
    return exec_path(file, argv, real_environ(), REAL_EXECVPE);
}

exported int execvpe(const char *file, char *const argv[], char *const envp[])
{
    return exec_path(file, argv, envp, REAL_EXECVPE);
}

/* execveat and fexecve: `path` is NULL for the second one, which has no flags either. */
static int exec_at_real(int dirfd, const char *path, char *const *argv, char *const *envp, int flags)
{
    typedef int (*fexecve_fn)(int, char *const *, char *const *);
    real_fn real = real_find(path ? REAL_EXECVEAT : REAL_FEXECVE);
    if (real)
        return path ? ((execveat_fn)real)(dirfd, path, argv, envp, flags) : ((fexecve_fn)real)(dirfd, argv, envp);
    long ret = SYS_ARG5(SYS_execveat, dirfd, path ? path : "", argv, envp, path ? flags : AT_EMPTY_PATH);
    real_set_errno((int)-ret);
    return -1;
}

static int exec_at(int dirfd, const char *path, char *const *argv, char *const *envp, int flags)
{
    size_t room = shim.on ? envp_room(envp) : 0;
    char **env = room ? EXEC_ARRAY(room) : NULL;
    if (!env)
        return exec_at_real(dirfd, path, argv, envp, flags);
    struct exec_call call = {.dirfd = dirfd, .path = path ? path : "", .argv = argv};
    struct envp_from from;
    struct envp edited;
    enum gate_verdict verdict = exec_begin(&call, &from);
    envp_edit(&edited, env, envp, &from, gate_lets_in(verdict));
    int ret = exec_at_real(dirfd, path, argv, env, flags);
    exec_undo(&call);
    envp_unmap(env, room);
    return ret;
}

exported int execveat(int dirfd, const char *path, char *const argv[], char *const envp[], int flags)
{
    return exec_at(dirfd, path, argv, envp, flags);
}

exported int fexecve(int fd, char *const argv[], char *const envp[])
{
    return exec_at(fd, NULL, argv, envp, 0);
}

/* The variadic ones: the words become an array on the stack, as libc itself does it. */
static size_t words_count(va_list ap)
{
    va_list again;
    size_t n = 1;
    va_copy(again, ap);
    while (va_arg(again, char *))
        n++;
    va_end(again);
    return n;
}

static void words_fill(char **argv, const char *first, va_list *ap)
{
    *argv = (char *)(uintptr_t)first;
    while (*argv)
        *++argv = va_arg(*ap, char *);
}

#define WORDS_TO_ARGV(argv, first, ap)                                                                          \
    va_start(ap, first);                                                                                       \
    char **argv = alloca((first ? words_count(ap) + 1 : 1) * sizeof *argv);                                    \
    words_fill(argv, first, &ap)

exported int execl(const char *path, const char *first, ...)
{
    va_list ap;
    WORDS_TO_ARGV(argv, first, ap);
    va_end(ap);
    return exec_path(path, argv, real_environ(), REAL_EXECVE);
}

exported int execlp(const char *file, const char *first, ...)
{
    va_list ap;
    WORDS_TO_ARGV(argv, first, ap);
    va_end(ap);
    return exec_path(file, argv, real_environ(), REAL_EXECVPE);
}

exported int execle(const char *path, const char *first, ...)
{
    va_list ap;
    WORDS_TO_ARGV(argv, first, ap);
    char *const *envp = va_arg(ap, char *const *);
    va_end(ap);
    return exec_path(path, argv, envp, REAL_EXECVE);
}
