/* SPDX-License-Identifier: MIT */
/* The exec family. Before the call: judge the target, note the moment, put our variables into its environment.
 * Any of these may run in a vfork child, in the parent's memory: stack only, and no word of the state is written. */
#include <alloca.h>
#include <errno.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <unistd.h>

#include "apart.h"
#include "envp.h"
#include "gate.h"
#include "real.h"
#include "recorder.h"
#include "shim.h"
#include "sys/clock.h"
#include "sys/sys.h"
#include "sys/text.h"
#include "unseen.h"

#define STACK_SPARE (64 << 10) /* for libc, and whoever else is below */
#define STACK_MAX (8 << 20)
#define FORK_PROMPT_NS INT64_C(1000000000) /* what the reader takes for no sign of another clock */

/* One exec call on its way. */
struct exec_call {
    enum real which;
    int dirfd;
    const char *path; /* or the file to search for; NULL: the descriptor itself */
    char *const *argv;
    char *const *envp;
    int flags;
    enum shim_who who;
    int is_edited;         /* there is room for the new environment */
    struct envp_from from; /* what the program is told of this process */
    enum gate_verdict verdict;
    int is_told; /* the program's own record says of this process what there is to say */
    struct unseen unseen;
};

typedef int (*execve_fn)(const char *, char *const *, char *const *);
typedef int (*execveat_fn)(int, const char *, char *const *, char *const *, int);
typedef int (*fexecve_fn)(int, char *const *, char *const *);

/* A C library without execveat, or without fexecve, is no reason to fail where the kernel can. */
static int exec_missing(const struct exec_call *c, char *const *envp)
{
    long ret = -ENOSYS;
    if (c->which == REAL_EXECVEAT || c->which == REAL_FEXECVE)
        ret = SYS_ARG5(SYS_execveat, c->dirfd, c->path ? c->path : "", c->argv, envp, c->flags);
    real_set_errno((int)-ret);
    return -1;
}

static int exec_real(const struct exec_call *c, char *const *envp)
{
    real_fn real = real_find(c->which);
    if (!real)
        return exec_missing(c, envp);
    if (c->which == REAL_EXECVEAT)
        return ((execveat_fn)real)(c->dirfd, c->path, c->argv, envp, c->flags);
    if (c->which == REAL_FEXECVE)
        return ((fexecve_fn)real)(c->dirfd, c->argv, envp);
    return ((execve_fn)real)(c->path, c->argv, envp);
}

/* A fork child without an image of its own, which this is the end of. */
static int exec_ends_fork(const struct exec_call *c)
{
    return c->who == SHIM_SELF && shim.cell && !shim.sandboxed;
}

/* In a fork child the clock's system call is cheaper than the vDSO, which has to be mapped first. */
static int64_t exec_now(const struct exec_call *c)
{
    int64_t now = exec_ends_fork(c) ? clock_now_ns() : 0;
    return now ? now : shim_now();
}

/* Whether the program's own record will tell all of this fork child: what it could note itself costs two page faults.
 * Later, or earlier, the clock may have been changed in between, and a note by the old one helps. */
static int exec_will_tell(const struct exec_call *c)
{
    int64_t age = c->from.time_ns - shim.forked_ns;
    return gate_lets_in(c->verdict) && exec_ends_fork(c) && age >= 0 && age <= FORK_PROMPT_NS;
}

/* How to look at what is new in the run, so that no other thread's fork child gets the descriptor, and no lock is lost that this
 * process holds on the file. What is not new stands in the header. A fork child, like a vfork child, has a table of its own and no
 * locks: for it, to ask libc about threads would be page faults. */
static judge_apart exec_apart(const struct exec_call *c)
{
    if (c->who != SHIM_SELF || shim.is_forked || shim.sandboxed || spool_need_header(&shim.spool))
        return NULL;
    return apart_unseen;
}

/* Step 1: the moment, and what the program is told. */
static void exec_tell(struct exec_call *c)
{
    c->from = envp_from_self(exec_now(c));
    if (c->who != SHIM_SELF && !shim.sandboxed)
        c->from.pid = (uint32_t)sys_getpid();
    c->from.leads = c->who == SHIM_SELF && shim.is_leader;
    c->from.page = recorder_page_for_program(c->who == SHIM_SELF);
}

/* Step 2: whether the library may go along. If not, the program is recorded from here. `found` has room for where a search
 * along PATH finds it; NULL: it is not searched for. */
static void exec_judge(struct exec_call *c, char *found, size_t found_room)
{
    const char *target = c->path ? c->path : "";
    const judge_apart how = exec_apart(c);
    c->verdict = found ? gate_search(&target, envp_value(real_environ(), "PATH="), found, found_room, how)
                       : gate_check(c->dirfd, target, how);
    if (gate_lets_in(c->verdict) && !c->is_edited && !envp_names_library(c->envp))
        c->verdict = GATE_UNEDITED;
    if (!gate_lets_in(c->verdict))
        unseen_write(&c->unseen, &(struct unseen_program){target, c->argv, c->verdict}, &c->from);
}

/* Step 3: the end of this image, or fork child, in its own record or, if that will do, by what the program is told. */
static void exec_note(struct exec_call *c)
{
    c->is_told = exec_will_tell(c);
    if (c->is_told)
        c->from.spent_ns = (uint64_t)(exec_now(c) - c->from.time_ns);
    else if (c->who == SHIM_SELF)
        recorder_exec(c->from.time_ns);
}

/* The real call came back, so it failed: each step in reverse. */
static void exec_undo(struct exec_call *c)
{
    if (c->who == SHIM_SELF && !c->is_told)
        recorder_exec(0);
    unseen_void(&c->unseen);
    if (c->who == SHIM_SELF)
        shim.next_page = (uint32_t)c->from.page;
}

/* Whether `bytes` more of stack are there for sure: on the main thread's, whose limit is known. */
static int exec_has_stack(size_t bytes)
{
    uint64_t limit[2];
    uintptr_t here = (uintptr_t)limit, used = shim.stack - here;
    if (here >= shim.stack || used > STACK_MAX || shim.sandboxed ||
        SYS_ARG4(SYS_prlimit64, 0, RLIMIT_STACK, NULL, limit))
        return 0;
    return used + bytes + STACK_SPARE < (limit[0] < STACK_MAX ? limit[0] : STACK_MAX);
}

/* The new environment's array: on the stack, or mapped. After vfork a mapping would stay in the parent when the exec
 * succeeds. NULL where there is no room. */
#define EXEC_ARRAY(c, room)                                                      \
    ((room) <= ENVP_ON_STACK                   ? alloca((room) * sizeof(char *)) \
     : (c)->who == SHIM_SELF                   ? envp_map(room)                  \
     : exec_has_stack((room) * sizeof(char *)) ? alloca((room) * sizeof(char *)) \
                                               : NULL)

/* All in all it was too long: once more without ours. An environment of the host's own that would preload the library
 * where it is withheld has it taken out. */
static int exec_again(struct exec_call *c, char **env, struct envp *edited)
{
    int names_library = envp_names_library(c->envp);
    if (c->is_told)
        recorder_exec(c->from.time_ns);
    c->is_told = 0;
    if (!gate_lets_in(c->verdict) && names_library) {
        envp_edit(edited, env, c->envp, NULL, ENVP_WITHHELD);
        return exec_real(c, env);
    }
    if (gate_lets_in(c->verdict) && !names_library)
        unseen_write(&c->unseen, &(struct unseen_program){c->path ? c->path : "", c->argv, GATE_UNEDITED}, &c->from);
    return exec_real(c, c->envp);
}

#define KCMP_MEMORY 1 /* KCMP_VM of <linux/kcmp.h> */

/* Before our constructor, in another library's: 0 when the caller is a vfork child, for which nothing can begin in borrowed
 * memory; 1 when it is not, and everything can; -1 where the kernel does not tell. */
static int exec_own_memory(void)
{
    long differs = SYS_ARG5(SYS_kcmp, sys_getpid(), sys_getppid(), KCMP_MEMORY, 0, 0);
    return differs < 0 ? -1 : differs > 0;
}

/* What is executed before anything has begun, and can't be judged, goes without the library: who has not been told of a run
 * would begin one beside its parent's. */
static int exec_unseen(struct exec_call *c)
{
    struct envp edited;
    size_t room = envp_room(c->envp);
    char **env = room <= ENVP_ON_STACK ? alloca(room * sizeof *env) : envp_map(room);
    if (env)
        envp_edit(&edited, env, c->envp, NULL, ENVP_WITHHELD);
    return exec_real(c, env ? env : c->envp);
}

/* Every exec ends here. */
static int exec(struct exec_call *c)
{
    int is_refused =
        c->which == REAL_FEXECVE ? !c->argv || !c->envp : !c->path; /* glibc's word on it is the one to pass on */
    int own_memory = shim.is_started || is_refused ? -1 : exec_own_memory();
    if (!own_memory)
        return exec_unseen(c);
    if (is_refused || (!shim.on && (own_memory < 0 || !recorder_ready())))
        return exec_real(c, c->envp);
    c->who = shim_who();
    size_t room = envp_room(c->envp);
    char **env = EXEC_ARRAY(c, room);
    c->is_edited = env != NULL;
    struct envp edited;
    char *found = NULL;
    size_t found_room = 0;
    if (c->which == REAL_EXECVPE) {
        found_room = judge_search_room(c->path, envp_value(real_environ(), "PATH="));
        found = alloca(found_room);
    }
    exec_tell(c);
    exec_judge(c, found, found_room);
    exec_note(c);
    if (!env && !gate_lets_in(c->verdict) && envp_names_library(c->envp))
        env = envp_map(room); /* that it stays in the parent is the lesser evil */
    if (env)
        envp_edit(&edited, env, c->envp, &c->from, gate_lets_in(c->verdict));
    if (!c->is_told)
        recorder_spent(c->from.time_ns);
    int ret = exec_real(c, env ? env : c->envp);
    int error = env ? real_errno() : 0;
    if (error == E2BIG || error == ENOMEM)
        ret = exec_again(c, env, &edited);
    exec_undo(c);
    if (c->who == SHIM_SELF || !c->is_edited)
        envp_unmap(env, room);
    return ret;
}

static int exec_path(const char *path, char *const *argv, char *const *envp, enum real which)
{
    return exec(&(struct exec_call){.which = which, .dirfd = AT_FDCWD, .path = path, .argv = argv, .envp = envp});
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

exported int execveat(int dirfd, const char *path, char *const argv[], char *const envp[], int flags)
{
    return exec(&(struct exec_call){
        .which = REAL_EXECVEAT, .dirfd = dirfd, .path = path, .argv = argv, .envp = envp, .flags = flags});
}

exported int fexecve(int fd, char *const argv[], char *const envp[])
{
    return exec(
        &(struct exec_call){.which = REAL_FEXECVE, .dirfd = fd, .argv = argv, .envp = envp, .flags = AT_EMPTY_PATH});
}

/* The variadic ones: the words become an array on the stack, as libc itself does it. */
static size_t words_count(va_list ap)
{
    size_t n = 1;
    while (va_arg(ap, char *))
        n++;
    return n;
}

static void words_fill(char **argv, const char *first, va_list *ap)
{
    *argv = (char *)(uintptr_t)first;
    while (*argv)
        *++argv = va_arg(*ap, char *);
}

/* Neither inlined into three callers nor split: what is on its stack must be there when the program is executed. */
static __attribute__((noinline)) int exec_words(const char *path, const char *first, va_list *ap, enum real which,
                                                int has_envp)
{
    va_list again;
    va_copy(again, *ap);
    char **argv = alloca((first ? words_count(again) + 1 : 1) * sizeof *argv);
    va_end(again);
    words_fill(argv, first, ap);
    return exec_path(path, argv, has_envp ? va_arg(*ap, char *const *) : real_environ(), which);
}

#define EXEC_WORDS(path, first, which, has_envp)             \
    va_list ap;                                              \
    va_start(ap, first);                                     \
    int ret = exec_words(path, first, &ap, which, has_envp); \
    va_end(ap);                                              \
    return ret

exported int execl(const char *path, const char *first, ...)
{
    EXEC_WORDS(path, first, REAL_EXECVE, 0);
}

exported int execlp(const char *file, const char *first, ...)
{
    EXEC_WORDS(file, first, REAL_EXECVPE, 0);
}

exported int execle(const char *path, const char *first, ...)
{
    EXEC_WORDS(path, first, REAL_EXECVE, 1);
}
