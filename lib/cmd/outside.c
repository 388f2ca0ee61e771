/* SPDX-License-Identifier: MIT */
/* A run's leader that is no part of the run. Owns the spool's one block that such a leader writes. */
#include "cmd/outside.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/own.h"
#include "base/self.h"
#include "base/settings.h"
#include "base/utf8.h"
#include "cmd/cmd.h"
#include "redact/redact_line.h"
#include "run/environment.h"
#include "run/mapped.h"
#include "spool/handshake.h"
#include "spool/judge.h"
#include "spool/lead.h"
#include "spool/lead_guardian.h"
#include "spool/lead_stores.h"
#include "spool/usage.h"
#include "sys/attr.h"
#include "sys/clock.h"
#include "sys/layout.h"
#include "sys/switch.h"

#define LIBRARY_NAME "libdtrack.so"

static void complain(const struct outside *o, const char *message)
{
    auto_buf line = BUF_EMPTY;
    if (o->quiet)
        return;
    utf8_put_line(&line, message, strlen(message));
    fprintf(stderr, "dtrack: %s\n", buf_text(&line));
}

/* In the words that the library has for it. */
static void complain_of(const struct outside *o, enum lead_problem problem, const char *about)
{
    char line[TRUST_PATH_MAX + SPOOL_PATH_MAX];
    struct text t = text_into(line, sizeof line);
    lead_words(&t, problem, about, o->spool.folder);
    complain(o, line);
}

/* The guardian is this very program, even when its file has been replaced. */
static int start_guardian(const struct outside *o, bool is_late)
{
    char program[PATH_MAX] = "/proc/self/exe";
    auto_free const char **env = malloc(lead_guardian_room(environ) * sizeof *env);
    const struct lead_guardian g = {.spool = &o->spool, .program = program, .env = env};
    if (access(program, X_OK) && !self_path(program))
        return -ENOENT;
    if (!env)
        return -ENOMEM;
    lead_guardian_environment(env, environ);
    int err = is_late ? lead_guardian_make_last(&g) : -EINVAL;
    if (err != -EINVAL)
        return err;
    int child = lead_guardian_make(&g, SIGCHLD);
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
    return child > 0 ? 0 : child;
}

/* The library's path, seen from where this program is. */
static int find_library(char out[TRUST_PATH_MAX])
{
    char self[PATH_MAX];
    return self_path(self) ? layout_library(self, geteuid(), out) : -ENOENT;
}

void outside_begin(struct outside *o)
{
    *o = (struct outside){.quiet = switch_is_on(getenv(settings[SETTING_QUIET].name))};
    const struct folder_env env = environment_folders(cmd_getenv);
    char at[TRUST_PATH_MAX];
    int err = lead_begin(&env, getpid(), clock_now_ns(), &o->spool, at);
    mapped_outlive_cuts(); /* whoever runs the job passes its status on, whatever becomes of the spool */
    o->on = !err;
    if (err) {
        complain_of(o, lead_place_problem(err), at);
        return;
    }
    lead_stores_note(o->spool.header, cmd_getenv(settings[SETTING_STORE].name));
    o->library_err = find_library(o->library);
    if (!lead_guards_late(env.uid) && start_guardian(o, false))
        return; /* the end is another try, and says so */
}

/* Two cells, for the only child: its birth and its reaping. */
static struct spool_block *own_block(struct outside *o)
{
    return o->room.bytes;
}

/* What would run for `program`, and whether the library may go along. */
static void judge_command(struct outside *o, const char *program)
{
    const char *path = getenv("PATH");
    const size_t room = judge_search_room(program, path);
    const struct judge j = {.header = o->spool.header,
                            .folder = o->spool.folder,
                            .uid = geteuid(),
                            .library = o->library_err ? NULL : o->library,
                            .entry = o->library};
    char *found = malloc(room);
    o->program = program;
    o->found = found;
    o->verdict = found ? judge_search(&j, &o->program, path, found, room) : GATE_UNKNOWN;
}

/* The block is claimed before there is a child, as its birth must not wait for room; the time is that of the fork. */
void outside_before_fork(struct outside *o, const char *program)
{
    const size_t bytes = sizeof(struct spool_block) + 2 * sizeof(struct spool_cell);
    if (o->on)
        judge_command(o, program);
    o->forked_ns = clock_now_ns();
    if (!o->on || spool_claim(&o->spool, bytes, &o->room))
        return;
    struct spool_block *block = own_block(o);
    block->pid = getpid();
    block->cells = 2;
    block->self = spool_ref(o->room.offset);
    spool_publish(&o->room, (uint32_t)bytes, SPOOL_BLOCK);
}

/* The kind comes last: a cell counts only when it has one, so a leader that is killed leaves no half. */
static void publish(struct spool_cell *cell, enum spool_cell_kind kind)
{
    __atomic_store_n(&cell->kind, kind, __ATOMIC_RELEASE);
}

void outside_ended(struct outside *o, pid_t pid, struct wait_status status, const struct rusage *usage)
{
    if (!o->on)
        return;
    mapped_let_through(); /* no signal is waited for any more */
    struct spool_header *header = o->spool.header;
    int64_t now = clock_now_ns();
    if (o->room.bytes) {
        struct spool_cell *cell = &own_block(o)->cell[1];
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

static int start_late(void *o)
{
    return start_guardian(o, true);
}

void outside_finish(struct outside *o)
{
    struct lead_end end = {.spool = &o->spool, .start = start_late, .with = o};
    free(o->found);
    o->found = NULL;
    if (!o->on)
        return;
    end.wait_is_bad = handshake_read_limit(getenv(settings[SETTING_WAIT].name), &end.wait_ns) != 0;
    enum lead_problem problem = lead_end(&end);
    if (problem)
        complain_of(o, problem, o->spool.header->message);
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
static void put_unseen(struct outside *o, pid_t pid, char *const *words)
{
    char cwd[PATH_MAX];
    auto_buf text = {.limit = SPOOL_SMALL_MAX - sizeof(struct spool_image)};
    struct spool_room room;
    buf_add(&text, o->program, strlen(o->program) + 1);
    size_t exe_bytes = text.len;
    if (!getcwd(cwd, sizeof cwd))
        cwd[0] = '\0';
    buf_add(&text, cwd, strlen(cwd) + 1);
    size_t cwd_bytes = text.len - exe_bytes;
    if (buf_error(&text))
        return;
    bool cut = put_words(&text, words);
    size_t bytes = sizeof(struct spool_image) + text.len;
    if (spool_claim(&o->spool, bytes, &room))
        return;
    struct spool_image *image = room.bytes;
    image->pid = pid;
    image->ppid = getpid();
    image->uid = geteuid();
    image->start_ns = image->ready_ns = o->forked_ns;
    image->exe_bytes = (uint16_t)exe_bytes;
    image->cwd_bytes = (uint16_t)cwd_bytes;
    image->args_bytes = (uint32_t)(text.len - exe_bytes - cwd_bytes);
    memcpy(image->text, text.data, text.len);
    unsigned flags = SPOOL_IMAGE_UNSEEN | SPOOL_IMAGE_START_SEEN | (cut ? SPOOL_IMAGE_ARGS_CUT : 0);
    flags |= (unsigned)o->verdict << SPOOL_WHY_SHIFT;
    spool_publish(&room, (uint32_t)bytes, SPOOL_IMAGE | flags << 16);
}

void outside_born(struct outside *o, pid_t pid, char *const *words)
{
    if (!o->room.bytes)
        return;
    mapped_let_through();
    struct spool_cell *cell = &own_block(o)->cell[0];
    cell->pid = pid;
    cell->born.start_ns = o->forked_ns;
    publish(cell, SPOOL_CELL_BORN);
    if (!judge_lets_in(o->verdict))
        put_unseen(o, pid, words);
    mapped_block();
}

/* Whether an entry of LD_PRELOAD is our library. */
static bool is_ours(const char *entry, size_t len)
{
    const size_t name = sizeof LIBRARY_NAME - 1;
    return len >= name && !memcmp(entry + len - name, LIBRARY_NAME, name) &&
           (len == name || entry[len - name - 1] == '/');
}

/* LD_PRELOAD as it must be: with `library` in place of ours, or behind the others; without ours when it is NULL. */
static void set_preload(const char *library)
{
    const char *rest = getenv("LD_PRELOAD");
    auto_buf value = BUF_EMPTY;
    for (size_t len; rest && *rest; rest += len + (rest[len] != '\0')) {
        len = strcspn(rest, ": ");
        bool ours = is_ours(rest, len);
        const char *entry = ours ? library : rest;
        if (len && entry)
            buf_printf(&value, "%s%.*s", value.len ? ":" : "", ours ? INT_MAX : (int)len, entry);
        library = ours ? NULL : library;
    }
    if (library)
        buf_printf(&value, "%s%s", value.len ? ":" : "", library);
    if (buf_error(&value))
        return;
    if (value.len)
        setenv("LD_PRELOAD", buf_text(&value), 1);
    else
        unsetenv("LD_PRELOAD");
}

void outside_environment(const struct outside *o)
{
    char message[TRUST_PATH_MAX + 128];
    if (!o->on) {
        set_preload(NULL); /* the command would try for a run of its own, and say once more why there can't be one */
        return;
    }
    setenv(settings[SETTING_RUN].name, o->spool.folder, 1);
    bool goes_along =
        judge_lets_in(o->verdict) || o->verdict == GATE_STATIC; /* no loader: it is there for what that starts */
    if (goes_along && o->library_err) {
        snprintf(message, sizeof message, "only the command itself is recorded: libdtrack.so beside this program %s",
                 o->library_err == -EPERM ? "may be somebody else's" : "is not to be found");
        complain(o, message);
        return;
    }
    if (o->verdict == GATE_INVISIBLE) {
        snprintf(message, sizeof message, "what the job starts is not recorded: no program can be told to load '%s'",
                 o->library);
        complain(o, message);
    }
    set_preload(goes_along ? o->library : NULL);
}
