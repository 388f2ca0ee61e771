/* SPDX-License-Identifier: MIT */
/* Events of one process -> its record in the spool. Decides who may write; knows no hook and no environment. */
#include "recorder.h"

#include <alloca.h>
#include <sys/wait.h>

#include "redact/redact.h"
#include "spool/usage.h"
#include "sys/sys.h"
#include "sys/text.h"

#define ARGS_MAX 4096          /* bytes of command line kept */
#define ARG_SCANNED (64 << 10) /* of one argument: half a token is no token to the redactor */
#define PATH_KEPT 512          /* of exe, and of cwd */
#define TOKEN_MIN 16           /* bytes in a name that can be told for a token by its form */

/* The variable part of an image record, put together on the stack: its size decides how much to claim. */
struct recorder_text {
    char *bytes;
    size_t len;
    size_t args_room; /* that they have in `bytes`: whoever writes to them meanwhile makes them no longer here */
    size_t exe_bytes, cwd_bytes, args_bytes;
    uint32_t argc;
    unsigned cut; /* SPOOL_IMAGE_ARGS_CUT or 0 */
};

/* What the arguments can need at most. No more stack than that is touched: a page of it that nobody used before costs as
 * much as all the rest. */
static size_t recorder_args_room(const struct recorder_image *what)
{
    size_t args = 0;
    for (uint32_t i = 0; what->argv && what->argv[i] && args < ARGS_MAX; i++)
        args += REDACT_ROOM(text_len(what->argv[i], ARGS_MAX)) + 1;
    return MIN(args, (size_t)ARGS_MAX);
}

/* Nearly all paths are names of people's own making, and need no closer look: a token is longer, and a value stands
 * behind a sign. */
static int path_may_hold_a_secret(const char *path, size_t len)
{
    size_t name = 0;
    for (size_t i = 0; i < len; i++) {
        name = path[i] == '/' ? 0 : name + 1;
        if (name == TOKEN_MIN || path[i] == '=' || path[i] == '@' || path[i] == ':')
            return 1;
    }
    return 0;
}

static size_t recorder_add_path(struct recorder_text *t, const char *path)
{
    char *out = t->bytes + t->len;
    size_t len = text_len(path, PATH_KEPT - 1);
    if (path_may_hold_a_secret(path, len))
        len = redact_text(shim.rules, path, len, out, PATH_KEPT - 1);
    else
        __builtin_memcpy(out, path, len);
    out[len] = '\0';
    t->len += len + 1;
    return len + 1;
}

static size_t recorder_add_cwd(struct recorder_text *t)
{
    char cwd[PATH_KEPT];
    if (SYS_ARG2(SYS_getcwd, cwd, sizeof cwd) <= 0)
        cwd[0] = '\0';
    return recorder_add_path(t, cwd);
}

/* Append one argument in at most `room` bytes with its NUL. */
static void recorder_add_arg(struct recorder_text *t, struct redactor *redactor, const char *arg, size_t room)
{
    char *out = t->bytes + t->len;
    size_t len = text_len(arg, ARG_SCANNED), kept = MIN(len, room - 1);
    if (redactor)
        kept = redact_arg(redactor, arg, len, out, room - 1);
    else
        __builtin_memcpy(out, arg, kept);
    out[kept] = '\0';
    t->len += kept + 1;
    if (redactor ? redactor->cut || len == ARG_SCANNED : kept < len)
        t->cut = SPOOL_IMAGE_ARGS_CUT;
}

static void recorder_add_args(struct recorder_text *t, const struct recorder_image *what)
{
    struct redactor redactor;
    size_t start = t->len;
    if (!what->argv)
        return;
    if (what->argv[0])
        redact_init(&redactor, shim.rules);
    uint32_t kept = what->args == STARTUP_ARGS_NAME ? 1 : UINT32_MAX;
    for (; what->argv[t->argc]; t->argc++) {
        size_t room = t->args_room - (t->len - start);
        if (t->argc >= kept || room < 2 || t->cut) {
            t->cut = SPOOL_IMAGE_ARGS_CUT;
            continue; /* go on counting */
        }
        recorder_add_arg(t, what->args == STARTUP_ARGS_FULL ? NULL : &redactor, what->argv[t->argc], room);
    }
    t->args_bytes = t->len - start;
}

int recorder_write(const struct recorder_image *what, struct spool_room *room)
{
    struct recorder_text text = {.args_room = recorder_args_room(what)};
    text.bytes = alloca(2 * PATH_KEPT + text.args_room);
    text.exe_bytes = recorder_add_path(&text, what->exe ? what->exe : "");
    text.cwd_bytes = recorder_add_cwd(&text);
    recorder_add_args(&text, what);
    size_t bytes = sizeof(struct spool_image) + text.len;
    int err = spool_claim(&shim.spool, bytes, room);
    if (err) {
        if (what->origin || what->origin_pid != what->pid) /* else its fork has been counted */
            spool_miss(&shim.spool);
        return err;
    }
    struct spool_image *image = room->bytes;
    image->pid = what->pid;
    image->ppid = what->ppid;
    image->uid = shim.uid;
    image->ns = shim.ns;
    image->start_ns = what->start_ns;
    image->ready_ns = what->ready_ns;
    image->origin = what->origin;
    image->origin_pid = what->origin_pid;
    image->argc = text.argc;
    image->exe_bytes = (uint16_t)text.exe_bytes;
    image->cwd_bytes = (uint16_t)text.cwd_bytes;
    image->doubted_ns = what->doubted_ns;
    image->args_bytes = (uint32_t)text.args_bytes;
    __builtin_memcpy(image->text, text.bytes, text.len);
    spool_publish(room, (uint32_t)bytes, SPOOL_IMAGE | (what->flags | text.cut) << 16);
    return 0;
}

void recorder_begin(const struct recorder_image *what)
{
    struct spool_room room;
    if (recorder_write(what, &room))
        return;
    shim.image = room.bytes;
    shim.end = &shim.image->end;
    shim.ref = spool_ref(room.offset);
}

/* A later end overwrites an earlier one: exit handlers may run on, and what ran in a child by mistake is put right
 * when the owner ends. */
void recorder_end(struct exit_code code, enum spool_left left)
{
    int64_t now = shim_now();
    if (!shim.end)
        return;
    shim.end->end_ns = now;
    shim.end->code = code;
    __atomic_store_n(&shim.end->left, left, __ATOMIC_RELEASE);
}

void recorder_end_failed(void)
{
    if (shim.end)
        __atomic_store_n(&shim.end->left, SPOOL_LEFT_NOT, __ATOMIC_RELEASE);
}

void recorder_reaped(struct wait_status status)
{
    const struct spool_end *end = shim.end;
    if (end && unlikely(end->left == SPOOL_LEFT_EXIT) && wait_status_is_same(status, wait_status_of_exit(end->code)))
        recorder_end_failed();
}

void recorder_vfork_ended(struct exit_code code)
{
    int64_t now = shim_now();
    struct spool_room room;
    struct recorder_image what = {.pid = sys_getpid(),
                                  .ppid = sys_getppid(),
                                  .start_ns = now,
                                  .ready_ns = now,
                                  .origin = shim.ref,
                                  .origin_pid = shim.pid,
                                  .flags = SPOOL_IMAGE_FORKED};
    if (recorder_write(&what, &room))
        return;
    struct spool_end *end = &((struct spool_image *)room.bytes)->end;
    end->end_ns = now;
    end->code = code;
    __atomic_store_n(&end->left, SPOOL_LEFT_EXIT, __ATOMIC_RELEASE);
    spool_unmap(&room);
}

void recorder_exec(int64_t now)
{
    struct rusage usage;
    if (shim.image && now && !shim.sandboxed && !SYS_ARG2(SYS_getrusage, RUSAGE_SELF, &usage)) {
        shim.image->user_us = usage_us(&usage.ru_utime);
        shim.image->sys_us = usage_us(&usage.ru_stime);
    }
    if (!shim.end)
        return;
    /* Below a filter, where nobody asks who he is, a vfork child may have written its end over this process's. */
    if (now)
        __atomic_store_n(&shim.end->left, SPOOL_LEFT_NOT, __ATOMIC_RELAXED);
    __atomic_store_n(&shim.end->exec_ns, now, __ATOMIC_RELEASE);
}

/* The child's own pid stands in its cell only where its parent knows it by another one: in a new pid namespace, where it
 * can't see its parent. The cell lies in a page that this process may never need. */
void recorder_forked(const struct recorder_fork *fork)
{
    struct spool_cell *cell = fork->cell;
    uint32_t ref = fork->ref;
    int32_t parent = shim.pid;
    if (shim.ref != fork->parent)
        return;
    shim.pid = shim.sandboxed ? 0 : sys_getpid(); /* its parent will know */
    shim.image = NULL;
    shim.cell = cell;
    shim.end = cell ? &cell->born.end : NULL;
    shim.next_page = fork->page;
    shim.forked_ns = fork->time_ns;
    shim.is_forked = 1;
    shim.block = NULL; /* its mapping stays: it holds the cell */
    shim.first = NULL;
    shim.block_step = 0;
    shim.is_leader = 0;
    shim.ref = ref;
    shim.armed = 0;
    if (shim.pid == 1)
        shim.ns = ref; /* the first of a new pid namespace: its fork stands for it */
    if (cell && shim.pid && sys_getppid() != parent)
        cell->born.self_pid = shim.pid;
}

uint32_t recorder_page_for_program(int is_self)
{
    uint32_t page = is_self ? shim.next_page : 0;
    if (!page)
        return shim.sandboxed ? 0 : spool_next_page(&shim.spool);
    shim.next_page = 0;
    return page;
}

void recorder_spent(int64_t start_ns)
{
    uint64_t ns = (uint64_t)(shim_now() - start_ns);
    if (shim.first)
        __atomic_fetch_add(&shim.first->shim_ns, ns, __ATOMIC_RELAXED);
    else if (shim.cell)
        __atomic_fetch_add(&shim.cell->born.shim_ns, ns, __ATOMIC_RELAXED);
    else
        spool_add_cost(&shim.spool, ns);
}

void recorder_adopt(void)
{
    uint32_t parent = shim.ref;
    int32_t parent_pid = shim.pid;
    recorder_forked(&(struct recorder_fork){.parent = parent});
    if (shim.sandboxed)
        return; /* no record, but what it executes is judged and told of the run */
    int64_t now = shim_now();
    struct recorder_image what = {.pid = shim.pid,
                                  .ppid = sys_getppid(),
                                  .start_ns = now,
                                  .ready_ns = now,
                                  .origin = parent,
                                  .origin_pid = parent_pid,
                                  .flags = SPOOL_IMAGE_FORKED};
    recorder_begin(&what);
}
