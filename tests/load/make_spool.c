/* SPDX-License-Identifier: MIT */
/* make_spool BASE PROCESSES WRITERS [UNIT]: a run of a parallel build in the spool folder BASE, as that many processes
 * would have left it, its folder printed. make starts WRITERS make -C, each a process of its own that writes at the same
 * time as the others; below each of them come units: sh > gcc > cc1, as, and now and then what is less usual. Everything
 * goes through the shim's own writer, one join a process; only the processes themselves are made up, with their times.
 * With UNIT, every eighth writer is killed there, between claiming room and publishing what it wrote.
 * check_rows.py knows what each unit must come out as. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "spool/folder.h"
#include "spool/segment.h"

#define US INT64_C(1000)
#define DAY_NS (INT64_C(86400) * 1000000000)
#define LEADER 100 /* pids; that of writer n is LEADER + 1 + n */
#define PIDS_FROM 1000
#define PIDS_EACH 480 /* a writer's processes take turns in so many: pids are used again and again */
#define WRITERS_MAX 64
#define MAPS_MAX 64
#define START_MONO_NS INT64_C(5000000000000)
#define START_WALL_NS INT64_C(1795422982123000000)

/* One made-up process: what the shim keeps of itself in a real one. */
struct process {
    struct spool spool;
    struct spool_image *image;
    struct spool_block *block;
    uint32_t ref;
    int32_t pid;
    unsigned block_step;
    void *maps[MAPS_MAX]; /* pages to give back at its end */
    size_t maps_len;
};

/* What is run, by whom. */
struct program {
    const struct process *from;
    int32_t pid, ppid;
    uint32_t origin;
    int32_t origin_pid;
    unsigned flags;
    const char *exe, *words; /* separated by blanks; '_' stands for a blank within */
};

/* One of the processes that write at the same time. */
struct writer {
    const char *folder;
    int number;
    int64_t now_ns, left, made;
    int64_t killed_at; /* the unit at which it is killed; -1 = none */
    struct process *make;
};

static void die(const char *what, int err)
{
    fprintf(stderr, "make_spool: cannot %s: %s\n", what, strerror(-err));
    exit(1);
}

static int64_t tick(struct writer *w, int64_t us)
{
    return w->now_ns += us * US;
}

static int32_t next_pid(struct writer *w)
{
    w->left--;
    return PIDS_FROM + w->number * PIDS_EACH + (int32_t)(w->made++ % PIDS_EACH);
}

static void keep_page(struct process *p)
{
    void *page = p->spool.page;
    if (!page || (p->maps_len && p->maps[p->maps_len - 1] == page))
        return;
    if (p->maps_len == MAPS_MAX)
        die("keep track of so many pages", -E2BIG);
    p->maps[p->maps_len++] = page;
}

static void claim(struct process *p, size_t bytes, struct spool_room *room)
{
    int err = spool_claim(&p->spool, bytes, room);
    if (err)
        die("claim room", err);
    keep_page(p);
}

/* As preload/cells.c does it. */
static void new_block(struct process *p)
{
    static const uint32_t cells[] = {2, 5, 63, 255, 1023};
    size_t bytes = sizeof(struct spool_block) + cells[p->block_step] * sizeof(struct spool_cell);
    struct spool_room room;
    claim(p, bytes, &room);
    p->block = room.bytes;
    p->block->pid = p->pid;
    p->block->owner = p->ref;
    p->block->cells = cells[p->block_step];
    p->block->self = spool_ref(room.offset);
    spool_publish(&room, (uint32_t)bytes, SPOOL_BLOCK);
    p->block_step += p->block_step < 4;
}

static struct spool_cell *new_cell(struct process *p)
{
    if (!p->block || p->block->used == p->block->cells)
        new_block(p);
    return &p->block->cell[p->block->used++];
}

static struct spool_cell *born(struct process *p, int32_t pid, int64_t start_ns)
{
    struct spool_cell *cell = new_cell(p);
    cell->pid = pid;
    cell->born.start_ns = start_ns;
    cell->kind = SPOOL_CELL_BORN;
    return cell;
}

static void reap(struct process *p, int32_t pid, int64_t end_ns, int status)
{
    struct spool_cell *cell = new_cell(p);
    cell->pid = pid;
    cell->reap = (struct spool_reap){.end_ns = end_ns,
                                     .status = wait_status_of(status),
                                     .user_us = 700,
                                     .sys_us = 200,
                                     .maxrss_kb = 9000,
                                     .minflt = 400,
                                     .nvcsw = 3};
    cell->kind = SPOOL_CELL_REAP;
}

static size_t put_words(char *out, const char *words)
{
    size_t len = strlen(words) + 1;
    for (size_t i = 0; i < len; i++)
        out[i] = words[i] == ' ' ? '\0' : words[i] == '_' ? ' ' : words[i];
    return len;
}

static uint32_t count_words(const char *words)
{
    uint32_t n = 1;
    for (; *words; words++)
        n += *words == ' ';
    return n;
}

/* Write the image record of `what` into the spool of `p`. */
static struct spool_image *put_image(struct process *p, const struct program *what, int64_t start_ns, uint32_t *ref)
{
    static const char cwd[] = "/srv/ci/nightly/src/project/build";
    size_t exe = strlen(what->exe) + 1, args = strlen(what->words) + 1;
    size_t bytes = sizeof(struct spool_image) + exe + sizeof cwd + args;
    struct spool_room room;
    claim(p, bytes, &room);
    struct spool_image *image = room.bytes;
    image->pid = what->pid;
    image->ppid = what->ppid;
    image->uid = getuid();
    image->start_ns = start_ns;
    image->ready_ns = start_ns + (what->flags & SPOOL_IMAGE_UNSEEN ? 0 : 30 * US);
    image->origin = what->origin;
    image->origin_pid = what->origin_pid;
    image->argc = count_words(what->words);
    image->exe_bytes = (uint16_t)exe;
    image->cwd_bytes = sizeof cwd;
    image->args_bytes = (uint32_t)args;
    memcpy(image->text, what->exe, exe);
    memcpy(image->text + exe, cwd, sizeof cwd);
    put_words(image->text + exe + sizeof cwd, what->words);
    spool_publish(&room, (uint32_t)bytes, SPOOL_IMAGE | (what->flags | SPOOL_IMAGE_START_SEEN) << 16);
    *ref = spool_ref(room.offset);
    return image;
}

/* A process begins: it goes to the page that its starter told it. */
static void start(struct process *p, const struct program *what, int64_t start_ns)
{
    struct spool *from = (struct spool *)(uintptr_t)&what->from->spool;
    memset(p, 0, sizeof *p);
    uint32_t page = spool_next_page(from);
    int err =
        page ? spool_join(&p->spool, from->folder, page, getuid()) : spool_attach(&p->spool, from->folder, getuid());
    if (err)
        die("join", err);
    keep_page(p);
    p->pid = what->pid;
    p->image = put_image(p, what, start_ns, &p->ref);
}

/* It ends; -1: without a word. */
static void leave(struct process *p, int64_t end_ns, int status)
{
    if (status >= 0) {
        p->image->end.end_ns = end_ns;
        p->image->end.code = exit_code_of(status);
        p->image->end.left = SPOOL_LEFT_EXIT;
    }
    for (size_t i = 0; i < p->maps_len; i++)
        munmap(p->maps[i], SPOOL_PAGE_BYTES);
    spool_detach(&p->spool);
}

/* How a child comes into being, and what is known of it for that. */
enum way {
    BY_SPAWN, /* its parent notes the birth */
    BY_VFORK, /* nobody does */
    BY_FORK,  /* its parent notes the birth, and it is known until its exec by that note */
};

static void put_exe(char exe[128], const char *words)
{
    int name = (int)strcspn(words, " ");
    const char *place = !strncmp(words, "gcc ", 4)   ? "/usr/bin/"
                        : !strncmp(words, "cc1 ", 4) ? "/usr/lib/gcc/x86_64-linux-gnu/12/"
                                                     : "/bin/";
    snprintf(exe, 128, "%s%.*s", place, name, words);
}

static void child(struct writer *w, struct process *p, struct process *from, enum way way, const char *words)
{
    char exe[128];
    int64_t now = tick(w, 150);
    int32_t pid = next_pid(w);
    struct program what = {.from = from,
                           .pid = pid,
                           .ppid = from->pid,
                           .origin = from->ref,
                           .exe = exe,
                           .words = words,
                           .origin_pid = way == BY_SPAWN ? from->pid : pid};
    put_exe(exe, words);
    if (way != BY_VFORK) {
        struct spool_cell *cell = born(from, pid, now);
        cell->born.is_fork = way == BY_FORK;
        if (way == BY_FORK) {
            now = tick(w, 400);
            what.origin = from->block->self + from->block->used;
        }
    }
    start(p, &what, now);
}

/* A child of `from` has worked for a while and ends with `status`, 256 + N by signal N. */
static void done(struct writer *w, struct process *p, struct process *from, int status)
{
    int64_t end = tick(w, 900);
    bool killed = status >= 256;
    leave(p, end, killed ? -1 : status);
    reap(from, p->pid, tick(w, 60), killed ? status - 256 : status << 8);
}

/* A subshell that never execs: it has no record but its parent's cell. */
static void subshell(struct writer *w, struct process *sh)
{
    int32_t pid = next_pid(w);
    struct spool_cell *cell = born(sh, pid, tick(w, 80));
    cell->born.is_fork = 1;
    cell->born.end.end_ns = tick(w, 300);
    cell->born.end.code = exit_code_of(5);
    cell->born.end.left = SPOOL_LEFT_EXIT;
    reap(sh, pid, tick(w, 40), 5 << 8);
}

/* A static program: recorded by the process that is about to exec it. */
static void static_tool(struct writer *w, struct process *sh, const char *unit)
{
    char words[96];
    uint32_t ref;
    int32_t pid = next_pid(w);
    snprintf(words, sizeof words, "static-tool --check unit=%s", unit);
    put_image(sh,
              &(struct program){.pid = pid,
                                .ppid = sh->pid,
                                .origin = sh->ref,
                                .origin_pid = pid,
                                .exe = "/opt/bin/static-tool",
                                .words = words,
                                .flags = SPOOL_IMAGE_UNSEEN | GATE_STATIC << SPOOL_WHY_SHIFT},
              tick(w, 90), &ref);
    reap(sh, pid, tick(w, 700), 0);
}

/* sh becomes gcc: the same pid goes on in a new image. */
static void become_gcc(struct writer *w, struct process *sh, const char *words)
{
    struct process gcc;
    int64_t now = tick(w, 100);
    sh->image->end.exec_ns = now;
    start(&gcc,
          &(struct program){.from = sh,
                            .pid = sh->pid,
                            .ppid = w->make->pid,
                            .origin = sh->ref,
                            .origin_pid = sh->pid,
                            .exe = "/usr/bin/gcc",
                            .words = words},
          now);
    leave(sh, 0, -1);
    *sh = gcc;
}

/* cc1 and as, below gcc. */
static void compile(struct writer *w, struct process *gcc, const char *unit, bool killed)
{
    struct process step;
    char words[256];
    snprintf(words, sizeof words,
             "cc1 -quiet -imultiarch x86_64-linux-gnu src/%s.c -dumpbase %s.c -O2 -Wall -o /tmp/cc%s.s"
             " unit=%s",
             unit, unit, unit, unit);
    child(w, &step, gcc, BY_VFORK, words);
    done(w, &step, gcc, killed ? 256 + 9 : 0);
    if (killed)
        return;
    snprintf(words, sizeof words, "as --64 -o obj/%s.o /tmp/cc%s.s unit=%s", unit, unit, unit);
    child(w, &step, gcc, BY_VFORK, words);
    done(w, &step, gcc, 0);
}

/* One object file of the build. check_rows.py has the same rules. */
static void make_unit(struct writer *w, int64_t number)
{
    static const char *const extra[] = {"", " -g", " -g -Iinclude", " -g -Iinclude -DNDEBUG -fPIC -pthread"};
    struct process sh, gcc;
    char unit[32], words[320], shell[400];
    snprintf(unit, sizeof unit, "w%d/u%lld", w->number, (long long)number);
    snprintf(words, sizeof words, "gcc -O2%s -c src/%s.c -o obj/%s.o unit=%s", extra[number / 2 % 4], unit, unit, unit);
    snprintf(shell, sizeof shell, "sh -c gcc_-O2_-Iinclude_-c_src/%s.c_-o_obj/%s.o unit=%s", unit, unit, unit);
    bool killed = number % 16 == 7;
    child(w, &sh, w->make, BY_SPAWN, shell);
    if (number % 8 == 3)
        subshell(w, &sh);
    if (number % 16 == 11)
        static_tool(w, &sh, unit);
    if (number % 8 == 5) {
        become_gcc(w, &sh, words);
        compile(w, &sh, unit, killed);
    } else {
        child(w, &gcc, &sh, number % 4 == 2 ? BY_FORK : BY_VFORK, words);
        compile(w, &gcc, unit, killed);
        done(w, &gcc, &sh, killed ? 1 : 0);
    }
    done(w, &sh, w->make, killed ? 2 : 0);
}

/* As the kernel might do it to a real one at the worst moment. */
static void die_writing(struct process *p)
{
    struct spool_room room;
    claim(p, 512, &room);
    memset(room.bytes, 'x', 300);
    kill(getpid(), SIGKILL);
}

/* A process of its own: one make -C with all below it. */
static void write_all(struct process *leader, struct writer w)
{
    struct process make;
    char words[64];
    snprintf(words, sizeof words, "make -C part%d all unit=w%d", w.number, w.number);
    w.make = &make;
    start(&make,
          &(struct program){.from = leader,
                            .pid = LEADER + 1 + w.number,
                            .ppid = LEADER,
                            .origin = leader->ref,
                            .origin_pid = LEADER,
                            .exe = "/usr/bin/make",
                            .words = words},
          w.now_ns);
    w.left--;
    for (int64_t unit = 0; w.left > 0; unit++) {
        if (unit == w.killed_at)
            die_writing(&make);
        make_unit(&w, unit);
    }
    leave(&make, tick(&w, 500), 0);
}

static struct writer new_writer(int number, int64_t processes, int64_t killed_at)
{
    return (struct writer){.number = number,
                           .now_ns = START_MONO_NS + (20 + number) * 1000 * US,
                           .left = processes,
                           .killed_at = number % 8 == 7 ? killed_at : -1};
}

/* All writers at once. Which of them ended when is not known here: a day will do. */
static void run_writers(struct process *leader, int writers, int64_t processes, int64_t killed_at)
{
    pid_t pids[WRITERS_MAX];
    for (int i = 0; i < writers; i++) {
        pids[i] = fork();
        if (pids[i] < 0)
            die("fork", -errno);
        if (pids[i] == 0) {
            write_all(leader, new_writer(i, processes / writers, killed_at));
            _exit(0);
        }
    }
    for (int i = 0; i < writers; i++) {
        struct writer w = new_writer(i, 0, killed_at);
        int status;
        if (waitpid(pids[i], &status, 0) < 0 || status != (w.killed_at < 0 ? 0 : SIGKILL))
            die("write: a writer failed", -EIO);
        born(leader, LEADER + 1 + i, w.now_ns);
        reap(leader, LEADER + 1 + i, w.now_ns + DAY_NS, status);
    }
}

/* Where the run is to go, as a leader notes it. */
static void note_store(struct spool_header *header)
{
    const char *store = getenv("DTRACK_STORE");
    snprintf(header->stores, sizeof header->stores, "%s", store ? store : "");
    header->stores_known = 1;
}

int main(int argc, char **argv)
{
    struct process leader = {.pid = LEADER};
    int64_t processes = argc > 2 ? atoll(argv[2]) : 0, killed_at = argc > 4 ? atoll(argv[4]) : -1;
    int writers = argc > 3 ? atoi(argv[3]) : 0;
    if (processes < 1 || writers < 1 || writers > WRITERS_MAX)
        return 2;
    const struct spool_start begin = {.run_id = "20261123T093622.123Z-0000abcd",
                                      .wall_ns = START_WALL_NS,
                                      .mono_ns = START_MONO_NS,
                                      .boot_ns = START_MONO_NS,
                                      .leader_ticks = 1,
                                      .leader_pid = LEADER,
                                      .uid = getuid()};
    int err = folder_create_run(argv[1], &begin, &leader.spool);
    if (err)
        die("begin a run", err);
    note_store(leader.spool.header);
    leader.image = put_image(
        &leader,
        &(struct program){.pid = LEADER, .ppid = 1, .exe = "/usr/bin/make", .words = "make -j64 all unit=leader"},
        START_MONO_NS, &leader.ref);
    run_writers(&leader, writers, processes, killed_at);
    puts(leader.spool.folder);
    leave(&leader, START_MONO_NS + DAY_NS + DAY_NS, 0);
    return 0;
}
