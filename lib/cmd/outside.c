/* SPDX-License-Identifier: MIT */
/* A run's leader that is no part of the run. Owns the spool's one block that such a leader writes. */
#include "cmd/outside.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/own.h"
#include "base/self.h"
#include "base/settings.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "cmd/relaunch.h"
#include "redact/redact_line.h"
#include "run/mapped.h"
#include "run/places.h"
#include "spool/folder.h"
#include "spool/handshake.h"
#include "spool/lead_stores.h"
#include "spool/usage.h"
#include "sys/attr.h"
#include "sys/clock.h"
#include "sys/elf_file.h"
#include "sys/layout.h"
#include "sys/proc.h"
#include "sys/slots.h"
#include "sys/switch.h"

#define SCRIPT_DEPTH 5  /* the kernel follows at most this many #! lines */
#define SCRIPT_LINE 256 /* and reads so much of one */

static void complain(const struct outside *lead, const char *message)
{
    auto_buf line = BUF_EMPTY;
    if (lead->quiet)
        return;
    utf8_put_line(&line, message, strlen(message));
    fprintf(stderr, "dtrack: %s\n", buf_text(&line));
}

/* In the first base folder that will have it, as the shim does. */
static int make_run(struct outside *lead, const struct spool_start *start, struct buf *why)
{
    const struct folder_env env = environment_folders(cmd_getenv);
    char base[SPOOL_PATH_MAX], at[TRUST_PATH_MAX] = "";
    int err = -ENOENT;
    for (unsigned nth = 0; err && folder_base(&env, nth, base, sizeof base) == 0; nth++) {
        err = folder_make_base(&env, nth, base, at);
        buf_clear(why);
        if (err == -EPERM)
            places_put_reason(at, env.uid, why);
        if (!err)
            err = folder_create_run(base, start, &lead->spool);
        if (err && !why->len)
            buf_printf(why, "'%s': %s", at, strerror(-err));
    }
    mapped_outlive_cuts(); /* whoever runs the job passes its status on, whatever becomes of the spool */
    return err;
}

/* What the guardian gets, above the numbers that it gets it at; no `leader` (-1) where the kernel has no pidfd. */
struct lead_fds {
    int end, done, leader;
};

/* Ours, without libraries of the job's for the loader, of which the path is kept under another name; and switched off: a guardian that is preloaded, by a file of the system's
 * or by another tool, would begin a run of its own, and so would that run's. NULL when memory is short. */
static char **guardian_environment(void)
{
    static char off[] = "DTRACK_OFF=1";
    size_t n = 0, kept = 0;
    while (environ[n])
        n++;
    char **env = malloc((n + 2) * sizeof *env);
    if (!env)
        return NULL;
    for (char **entry = environ; *entry; entry++)
        if (!strncmp(*entry, "L" RELAUNCH_KEPT "=", sizeof RELAUNCH_KEPT + 1))
            env[kept++] = *entry + 1;
        else if (strncmp(*entry, off, sizeof off - 2) && strncmp(*entry, "LD_", 3)) /* whatever the value */
            env[kept++] = *entry;
    env[kept++] = off;
    env[kept] = NULL;
    return env;
}

/* The guardian is this very program, even when its file has been replaced. A session of its own keeps the terminal's signals
 * away, "/" holds no folder that the job wants to remove, and its stdio is no pipe that somebody waits to see closed. */
static int spawn_guardian(const struct outside *lead, const struct lead_fds *from)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    pid_t pid;
    char *argv[] = {"dtrack", "finish", "--guard", (char *)(uintptr_t)lead->spool.folder, NULL};
    char program[PATH_MAX] = "/proc/self/exe";
    if (access(program, X_OK) && !self_path(program))
        return -ENOENT;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSID);
    for (int fd = 0; fd < 3; fd++)
        posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&actions, from->end, HANDSHAKE_FD_END);
    posix_spawn_file_actions_adddup2(&actions, from->done, HANDSHAKE_FD_DONE);
    if (from->leader >= 0)
        posix_spawn_file_actions_adddup2(&actions, from->leader, HANDSHAKE_FD_LEADER);
    else
        posix_spawn_file_actions_addclose(&actions, HANDSHAKE_FD_LEADER);
    posix_spawn_file_actions_addchdir_np(&actions, "/");
    auto_free char **env = guardian_environment();
    int err = env ? posix_spawn(&pid, program, &actions, &attr, argv, env) : ENOMEM;
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attr);
    return -err;
}

/* Move a descriptor up: it may be the very number that the guardian gets another one at. */
static int move_up(int fd)
{
    int up = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 10);
    if (fd >= 0)
        close(fd);
    return up;
}

static int start_guardian(const struct outside *lead)
{
    int end, done;
    int err = handshake_open_guardian(lead->spool.folder, &end, &done);
    if (err)
        return err;
    auto_fd end_up = move_up(end);
    auto_fd done_up = move_up(done);
    auto_fd leader_up = move_up((int)syscall(SYS_pidfd_open, getpid(), 0));
    if (end_up < 0 || done_up < 0)
        return -EMFILE;
    return spawn_guardian(lead, &(struct lead_fds){end_up, done_up, leader_up});
}

/* Three clocks at one moment: all times of the run are monotonic, and are turned into others by these. */
static int begin(struct outside *lead, struct buf *why)
{
    uint64_t random = 0;
    struct proc_stat self = {.start_ticks = 0};
    struct spool_start start = {.leader_pid = getpid(), .uid = geteuid()};
    int err = proc_stat_read(getpid(), &self);
    if (err && err != -ENOENT) /* without /proc the pid alone must do */
        return err;
    if (getrandom(&random, sizeof random, 0) < 0)
        return -errno;
    start.leader_ticks = self.start_ticks;
    start.wall_ns = clock_ns(CLOCK_REALTIME);
    start.mono_ns = clock_now_ns();
    start.boot_ns = clock_ns(CLOCK_BOOTTIME);
    folder_run_id(start.wall_ns, random, start.run_id);
    err = make_run(lead, &start, why);
    if (err)
        return err;
    lead_stores_note(lead->spool.header, cmd_getenv(settings[SETTING_STORE].name));
    /* A job that may have few processes needs them all: its guardian is started at the end. */
    return slots_are_few(start.uid) ? 0 : start_guardian(lead);
}

/* The library's path, seen from where this program is. */
static int find_library(char out[TRUST_PATH_MAX])
{
    char self[PATH_MAX];
    return self_path(self) ? layout_library(self, geteuid(), out) : -ENOENT;
}

/* LD_PRELOAD can't name it: blanks and colons stand between its entries. */
static bool library_is_split(void)
{
    char library[TRUST_PATH_MAX];
    return !find_library(library) && strpbrk(library, " :");
}

void outside_begin(struct outside *lead)
{
    *lead = (struct outside){.quiet = switch_is_on(getenv(settings[SETTING_QUIET].name))};
    auto_buf why = BUF_EMPTY, message = BUF_EMPTY;
    int err = begin(lead, &why);
    lead->on = lead->spool.header != NULL;
    lead->is_split = lead->on && library_is_split();
    if (lead->is_split)
        complain(lead, "what the job starts is not recorded: the library's path has a blank or a colon");
    if (!err)
        return;
    buf_printf(&message, "cannot record this run: %s", why.len ? buf_text(&why) : strerror(-err));
    complain(lead, buf_text(&message));
}

/* Two cells, for the only child: its birth and its reaping. */
static struct spool_block *lead_block(struct outside *lead)
{
    return lead->room.bytes;
}

/* The block is claimed before there is a child, as its birth must not wait for room; the time is that of the fork. */
void outside_before_fork(struct outside *lead)
{
    const size_t bytes = sizeof(struct spool_block) + 2 * sizeof(struct spool_cell);
    lead->forked_ns = clock_now_ns();
    if (!lead->on || spool_claim(&lead->spool, bytes, &lead->room))
        return;
    struct spool_block *block = lead_block(lead);
    block->pid = getpid();
    block->cells = 2;
    block->self = spool_ref(lead->room.offset);
    spool_publish(&lead->room, (uint32_t)bytes, SPOOL_BLOCK);
}

/* The kind comes last: a cell counts only when it has one, so a leader that is killed leaves no half. */
static void publish(struct spool_cell *cell, enum spool_cell_kind kind)
{
    __atomic_store_n(&cell->kind, kind, __ATOMIC_RELEASE);
}

void outside_ended(struct outside *lead, pid_t pid, int status, const struct rusage *usage)
{
    if (!lead->on)
        return;
    mapped_let_through(); /* no signal is waited for any more */
    struct spool_header *header = lead->spool.header;
    int64_t now = clock_now_ns();
    if (lead->room.bytes) {
        struct spool_cell *cell = &lead_block(lead)->cell[1];
        cell->pid = pid;
        cell->reap.end_ns = now;
        cell->reap.status = status;
        usage_reaped(&cell->reap, usage);
        publish(cell, SPOOL_CELL_REAP);
    }
    header->end_mono_ns = now;
    header->end_status = status;
    __atomic_store_n(&header->end_known, 1, __ATOMIC_RELEASE);
}

/* What went wrong, or NULL. */
static const char *wait_for_guardian(struct outside *lead, int64_t limit_ns)
{
    const char *folder = lead->spool.folder;
    if (handshake_is_guarded(folder) == 0 && start_guardian(lead))
        return "cannot start the program 'dtrack'";
    int told = handshake_say_end(folder);
    if (!told && limit_ns && !handshake_wait(folder, limit_ns))
        return "the run is not stored yet and is left to the background";
    if (__atomic_load_n(&lead->spool.header->failed, __ATOMIC_ACQUIRE)) {
        snprintf(lead->problem, sizeof lead->problem, "%.*s", (int)sizeof lead->problem - 1, lead->spool.header->message);
        return lead->problem;
    }
    /* a run that is stored has another name by now, or none */
    return !told && limit_ns && !access(folder, F_OK) ? "the guardian of this run was killed" : NULL;
}

void outside_finish(struct outside *lead)
{
    int64_t limit_ns;
    if (handshake_read_limit(getenv(settings[SETTING_WAIT].name), &limit_ns) && lead->on)
        complain(lead, HANDSHAKE_BAD_LIMIT);
    const char *problem = lead->on ? wait_for_guardian(lead, limit_ns) : NULL;
    if (!problem)
        return;
    char message[SPOOL_PATH_MAX + 400];
    snprintf(message, sizeof message, "%s; the run is kept in '%s', 'dtrack flush' sends it", problem,
             lead->spool.folder);
    bool is_stored = __atomic_load_n(&lead->spool.header->failed, __ATOMIC_ACQUIRE) == SPOOL_FAILED_VALUES;
    complain(lead, is_stored ? problem : message);
}

/* Whether execvp stops at this file: folders, and what may not be executed, are passed over. */
static bool is_program(const char *path)
{
    struct stat st;
    return access(path, X_OK) == 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* The file that execvp would take for `program`; "" when there is none. */
static void find_program(const char *program, char out[PATH_MAX])
{
    const char *path = getenv("PATH");
    auto_free char *folders = strdup(path ? path : "/bin:/usr/bin");
    char *rest = folders, *folder;
    bool is_path = strchr(program, '/') != NULL;
    snprintf(out, PATH_MAX, "%s", is_path ? program : "");
    while (!is_path && rest && (folder = strsep(&rest, ":"))) {
        if (snprintf(out, PATH_MAX, "%s/%s", *folder ? folder : ".", program) < PATH_MAX && is_program(out))
            return;
        out[0] = '\0';
    }
}

/* What "#! interpreter" names, as the kernel reads it: the path ends at a blank, a NUL, or the end of the line or the file. */
static bool take_interpreter(const char *head, size_t len, char out[PATH_MAX])
{
    size_t limit = MIN(len, (size_t)SCRIPT_LINE - 1), from = 2;
    while (from < limit && (head[from] == ' ' || head[from] == '\t'))
        from++;
    size_t to = from;
    while (to < limit && head[to] && !strchr(" \t\n", head[to]))
        to++;
    snprintf(out, PATH_MAX, "%.*s", (int)(to - from), head + from);
    return to > from;
}

/* What kind of file will run for `program`: of a script, its interpreter. */
static enum elf_kind kind_of(const char *program)
{
    char head[ELF_FILE_HEAD] __attribute__((aligned(8)));
    char path[PATH_MAX];
    find_program(program, path);
    for (int depth = 0; depth <= SCRIPT_DEPTH; depth++) {
        auto_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        ssize_t len = fd < 0 ? -1 : pread(fd, head, sizeof head, 0);
        if (len > 2 && !memcmp(head, "#!", 2) && take_interpreter(head, (size_t)len, path))
            continue;
        bool is_elf = len >= 4 && !memcmp(head, "\177ELF", 4);
        return is_elf ? elf_file_kind(fd, head, (size_t)len) : ELF_UNREADABLE;
    }
    return ELF_UNREADABLE;
}

/* Whether the shim would hurt `program`: the same judgement as its exec gate makes for everything below. */
static bool must_go_without(const char *program)
{
    enum elf_kind kind = kind_of(program);
    return kind == ELF_FOREIGN || kind == ELF_SIBLING || kind == ELF_SANITIZED || kind == ELF_LIBCLESS;
}

/* What DTRACK_ARGS leaves of the command line, each word with its NUL. True when that is not all. */
static bool put_words(struct buf *out, char *const *words)
{
    const char *keep = cmd_setting(SETTING_ARGS);
    bool full = !strcmp(keep, "full"), name = !strcmp(keep, "name");
    struct redact_line redactor;
    redact_line_init(&redactor, cmd_setting(SETTING_REDACT));
    for (size_t i = 0; words[i]; i++) {
        auto_buf word = BUF_EMPTY;
        if (name && i)
            return true;
        if (full)
            buf_str(&word, words[i]);
        else
            redact_line_put(&word, &redactor, words[i]);
        buf_add(out, buf_text(&word), word.len + 1);
    }
    return buf_error(out);
}

/* A program that can't record itself is recorded from here, as a parent under the shim would. */
static void put_unseen(struct outside *lead, pid_t pid, char *const *words)
{
    static const enum gate_verdict why[] = {[ELF_STATIC] = GATE_STATIC, [ELF_FOREIGN] = GATE_FOREIGN,
                                            [ELF_SANITIZED] = GATE_SANITIZER, [ELF_LIBCLESS] = GATE_LIBCLESS,
                                            [ELF_SIBLING] = GATE_FOREIGN};
    char cwd[PATH_MAX];
    auto_buf text = {.limit = SPOOL_SMALL_MAX - sizeof(struct spool_image)};
    struct spool_room room;
    buf_add(&text, words[0], strlen(words[0]) + 1);
    size_t exe_bytes = text.len;
    if (!getcwd(cwd, sizeof cwd))
        cwd[0] = '\0';
    buf_add(&text, cwd, strlen(cwd) + 1);
    size_t cwd_bytes = text.len - exe_bytes;
    if (buf_error(&text))
        return;
    bool cut = put_words(&text, words);
    size_t bytes = sizeof(struct spool_image) + text.len;
    if (spool_claim(&lead->spool, bytes, &room))
        return;
    struct spool_image *image = room.bytes;
    image->pid = pid;
    image->ppid = getpid();
    image->uid = geteuid();
    image->start_ns = image->ready_ns = lead->forked_ns;
    image->exe_bytes = (uint16_t)exe_bytes;
    image->cwd_bytes = (uint16_t)cwd_bytes;
    image->args_bytes = (uint32_t)(text.len - exe_bytes - cwd_bytes);
    memcpy(image->text, text.data, text.len);
    unsigned flags = SPOOL_IMAGE_UNSEEN | SPOOL_IMAGE_START_SEEN | (cut ? SPOOL_IMAGE_ARGS_CUT : 0);
    flags |= (unsigned)(lead->is_split ? GATE_INVISIBLE : why[kind_of(words[0])]) << SPOOL_WHY_SHIFT;
    spool_publish(&room, (uint32_t)bytes, SPOOL_IMAGE | flags << 16);
}

void outside_born(struct outside *lead, pid_t pid, char *const *words)
{
    if (!lead->room.bytes)
        return;
    mapped_let_through();
    struct spool_cell *cell = &lead_block(lead)->cell[0];
    cell->pid = pid;
    cell->born.start_ns = lead->forked_ns;
    publish(cell, SPOOL_CELL_BORN);
    if (lead->is_split || must_go_without(words[0]) || kind_of(words[0]) == ELF_STATIC)
        put_unseen(lead, pid, words);
    mapped_block();
}

void outside_environment(const struct outside *lead, const char *program)
{
    char library[TRUST_PATH_MAX], message[256];
    if (!lead->on || lead->is_split || must_go_without(program))
        return;
    setenv(settings[SETTING_RUN].name, lead->spool.folder, 1);
    int err = find_library(library);
    if (err) {
        snprintf(message, sizeof message, "only the command itself is recorded: libdtrack.so beside this program %s",
                 err == -EPERM ? "may be somebody else's" : "is not to be found");
        complain(lead, message);
        return;
    }
    const char *old = getenv("LD_PRELOAD");
    auto_free char *value = NULL;
    if (old && strstr(old, "libdtrack.so"))
        return;
    if (asprintf(&value, "%s%s%s", old ? old : "", old && *old ? ":" : "", library) >= 0)
        setenv("LD_PRELOAD", value, 1);
}
