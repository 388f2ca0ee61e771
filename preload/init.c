/* SPDX-License-Identifier: MIT */
/* The order of life: what the constructor does, in which order, and nothing else. */
#include "apart.h"
#include "envp.h"
#include "exit.h"
#include "join.h"
#include "leader.h"
#include "real.h"
#include "recorder.h"
#include "shim.h"
#include "startup.h"
#include "sys/switch.h"
#include "sys/sys.h"
#include "sys/text.h"

/* The host may write over its initial environment. Whole words only. */
static void init_rules(const char *rules)
{
    size_t len = rules ? text_len(rules, sizeof shim.rules) : 0;
    while (len == sizeof shim.rules || (len && rules[len] && rules[len] != ','))
        len--;
    __builtin_memcpy(shim.rules, rules, len);
}

/* Children will be started from other folders: what they get must not depend on ours. Where another library took the
 * variable away before us, this one goes by its path, but not where the system preloads it for everybody. */
static void init_library(const struct startup *s)
{
    size_t len = 0;
    const char *entry = s->ld_preload ? envp_find_library(s->ld_preload, &len) : NULL;
    if (!entry && sys_access("/etc/ld.so.preload", F_OK)) {
        entry = real_own_path();
        len = entry ? text_len(entry, SPOOL_PATH_MAX) : 0;
    }
    if (!entry)
        return;
    struct text t = text_into(shim.library, sizeof shim.library);
    int has_slash = 0;
    for (size_t i = 0; i < len; i++)
        has_slash |= entry[i] == '/';
    if (has_slash && entry[0] != '/' && entry[0] != '$') {
        char cwd[SPOOL_PATH_MAX];
        if (SYS_ARG2(SYS_getcwd, cwd, sizeof cwd) > 0) {
            text_str(&t, cwd);
            text_str(&t, "/");
        }
    }
    text_add(&t, entry, len);
    if (t.cut)
        shim.library[0] = '\0';
}

/* Who started us, as far as DTRACK_FROM can be trusted: it may have come down through programs that we do not see. */
static void init_origin(struct recorder_image *what, struct envp_from *from)
{
    shim.ns = (uint32_t)from->ns;
    if (!from->pid || from->pid != (uint32_t)(from->by_spawn ? what->ppid : what->pid)) {
        from->spent_ns = 0;
        return;
    }
    what->origin = (uint32_t)from->ref;
    what->origin_pid = (int32_t)from->pid;
    if (from->time_ns > what->start_ns && from->time_ns < SPOOL_SANE_MAX) {
        what->doubted_ns = from->time_ns;
        what->flags |= SPOOL_IMAGE_DOUBTED;
    } else if (from->time_ns > 0 && from->time_ns <= what->start_ns) {
        what->start_ns = from->time_ns;
        what->flags |= SPOOL_IMAGE_START_SEEN;
    }
}

/* Also without a record the process goes on: what it starts must be judged. */
static void init_record(const struct startup *s, struct envp_from *from, int64_t now)
{
    struct recorder_image what = {.pid = shim.pid,
                                  .ppid = sys_getppid(),
                                  .start_ns = now,
                                  .ready_ns = now,
                                  .exe = s->exe,
                                  .argv = s->argv,
                                  .args = s->args};
    init_origin(&what, from);
    recorder_begin(&what);
}

/* noinline: else each hook that may come first would have a copy of it, in code and in its frame. */
static __attribute__((constructor, noinline)) void init(int argc, char **argv, char **envp)
{
    struct startup s;
    if (shim.is_started || startup_read(&s, argc, argv, envp))
        return; /* called too early to read anything, it is called again */
    shim.is_started = 1;
    if (s.secure || switch_is_on(s.off) || real_is_second_copy())
        return;
    struct envp_from from;
    if (!s.from || envp_read_from(s.from, &from))
        from = (struct envp_from){0};
    shim.no_vdso = from.no_vdso != 0;
    shim.clock = shim.no_vdso ? NULL : vdso_find_clock(s.vdso);
    int64_t now = shim_now();
    shim.pid = sys_getpid();
    shim.uid = s.uid;
    shim.gid = s.gid;
    shim.args = s.args;
    shim.stack = (uintptr_t)s.envp;
    init_rules(s.rules);
    init_library(&s);
    shim.spool.unseen = apart_from_threads;
    if (join_run(&s, &from, now))
        return;
    init_record(&s, &from, now);
    const struct spool_header *header = shim.spool.header;
    if (header && header->leader_pid == shim.pid && shim.ns == 0)
        leader_settings(&s);
    if (shim.is_leader)
        shim_watch_forks(); /* no child may end the run */
    shim.on = 1;
    exit_register();
    recorder_spent(now - (uint32_t)from.spent_ns); /* whatever the text says */
}

/* A hook was called before our constructor, by another library's: do now what that does. Whether this process is recorded. */
static int init_early(void)
{
    init(0, NULL, NULL);
    return shim.on;
}

int recorder_ready(void)
{
    if (!shim.on && (shim.is_started || !init_early()))
        return 0;
    enum shim_who who = shim_who();
    if (who == SHIM_SELF)
        return 1;
    /* Nobody watched, and what a vfork child may do does not lead here: so it was a fork that no hook saw. */
    if (who == SHIM_VFORK && shim.armed)
        return 0;
    recorder_adopt();
    return 1;
}
