/* SPDX-License-Identifier: MIT */
/* A made-up run: a spool through the real writer, its fold, and what the fold says of it. */
#ifndef SOME_RUN_H
#define SOME_RUN_H

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/assemble.h"
#include "spool/folder.h"
#include "spool/segment.h"
#include "test.h"

#define MS INT64_C(1000000)
#define LEADER 100

/* A spool made through the real writer, and what the fold says of it: one line a span. */
struct scene {
    char base[64];
    struct spool spool;
    char marks[512];
    char text[8192];
    char ends[2048]; /* of each span: name, when it was reaped, by when it had ended, how long it took to load */
    int forked;      /* how many spans say that they are */
    struct summary summary;
    size_t memory_bytes;
    int64_t latest_ns;
    struct wait_status leader_status;
    struct spool_block *block;
    struct spool_room block_room;
};

static inline struct scene scene_new(void)
{
    struct scene s = {.base = "/tmp/dtrack-unit-XXXXXX", .leader_status = WAIT_STATUS_UNKNOWN, .latest_ns = 1000 * MS};
    struct spool_start start = {.run_id = "20260102T030405.006Z-0000abcd",
                                .leader_pid = LEADER,
                                .uid = geteuid(),
                                .wall_ns = 1000000 * MS,
                                .mono_ns = 0};
    if (!mkdtemp(s.base) || folder_create_run(s.base, &start, &s.spool))
        test_failed = true;
    summary_init(&s.summary);
    return s;
}

/* An image with exe /bin/NAME and argv NAME; returns it still mapped, *ref is its reference. */
static inline struct spool_image *put_image(struct scene *s, int32_t pid, int64_t start_ms, const char *name,
                                            uint32_t *ref)
{
    struct spool_room room;
    size_t n = strlen(name), bytes = sizeof(struct spool_image) + n + 6 + 2 + n + 1;
    if (spool_claim(&s->spool, bytes, &room)) {
        test_failed = true;
        exit(1);
    }
    struct spool_image *image = room.bytes;
    image->pid = pid;
    image->ppid = LEADER;
    image->start_ns = image->ready_ns = start_ms * MS;
    image->argc = 1;
    image->exe_bytes = (uint16_t)(n + 6);
    image->cwd_bytes = 2;
    image->args_bytes = (uint32_t)n + 1;
    sprintf(image->text, "/bin/%s", name);
    strcpy(image->text + n + 6, "/");
    strcpy(image->text + n + 8, name);
    spool_publish(&room, (uint32_t)bytes, SPOOL_IMAGE);
    *ref = spool_ref(room.offset);
    return image;
}

/* It was told its start, and who exec'd or spawned it. */
static inline void tell(struct spool_image *image, uint32_t origin, int32_t origin_pid)
{
    image->head.flags |= SPOOL_IMAGE_START_SEEN;
    image->origin = origin;
    image->origin_pid = origin_pid;
}

static inline void leave(struct spool_image *image, int64_t end_ms, int status)
{
    image->end.end_ns = end_ms * MS;
    image->end.code = exit_code_of(status);
    image->end.left = SPOOL_LEFT_EXIT;
}

/* A run whose leader NAME exits with 0 after half a second. */
static inline struct scene scene_led_by(const char *name, uint32_t *root)
{
    struct scene s = scene_new();
    leave(put_image(&s, LEADER, 0, name, root), 500, 0);
    return s;
}

static inline uint32_t put_block(struct scene *s, int32_t pid, uint32_t owner)
{
    size_t bytes = sizeof(struct spool_block) + 8 * sizeof(struct spool_cell);
    if (spool_claim(&s->spool, bytes, &s->block_room))
        test_failed = true;
    s->block = s->block_room.bytes;
    s->block->pid = pid;
    s->block->owner = owner;
    s->block->cells = 8;
    s->block->self = spool_ref(s->block_room.offset);
    spool_publish(&s->block_room, (uint32_t)bytes, SPOOL_BLOCK);
    return s->block->self;
}

static inline struct spool_cell *put_born(struct scene *s, int at, int32_t pid, int64_t ms, uint32_t is_fork)
{
    struct spool_cell *cell = &s->block->cell[at];
    *cell = (struct spool_cell){.kind = SPOOL_CELL_BORN, .pid = pid, .born = {.start_ns = ms * MS, .is_fork = is_fork}};
    return cell;
}

static inline void put_reap(struct scene *s, int at, int32_t pid, int64_t ms, int status)
{
    s->block->cell[at] = (struct spool_cell){
        .kind = SPOOL_CELL_REAP,
        .pid = pid,
        .reap = {.end_ns = ms * MS, .status = wait_status_of(status), .user_us = 1000, .sys_us = 500, .maxrss_kb = 10}};
}

/* Times in ms since the run began, "-" for what is absent. */
static inline void put_time(char *out, size_t room, int64_t ns)
{
    if (ns == SPAN_NONE)
        snprintf(out, room, "-");
    else
        snprintf(out, room, "%lld", (long long)(ns / MS));
}

static inline int note(void *ctx, const struct span *span)
{
    struct scene *s = ctx;
    char dur[24], line[256];
    put_time(dur, sizeof dur, span->dur_ns);
    snprintf(line, sizeof line, "%s<%s %s %lld+%s %s", span->span_id, span->parent_id ? span->parent_id : "",
             span->name, (long long)(span->start_ns / MS - 1000000), dur, span_end_word(span->end_by));
    if (span->exit_code != SPAN_NONE)
        snprintf(line + strlen(line), 32, " exit%lld", (long long)span->exit_code);
    if (span->signal != SPAN_NONE)
        snprintf(line + strlen(line), 32, " sig%lld", (long long)span->signal);
    if (span->task)
        snprintf(line + strlen(line), 64, " [%s]", span->task);
    if (span->value)
        snprintf(line + strlen(line), 64, " =%s", span->value);
    strcat(strcat(s->text, line), "\n");
    char reaped[24], by[24], load[24];
    put_time(reaped, sizeof reaped, span->reaped_ns == SPAN_NONE ? SPAN_NONE : span->reaped_ns - 1000000 * MS);
    put_time(by, sizeof by, span->ended_by_ns == SPAN_NONE ? SPAN_NONE : span->ended_by_ns - 1000000 * MS);
    put_time(load, sizeof load, span->load_ns);
    snprintf(s->ends + strlen(s->ends), sizeof s->ends - strlen(s->ends), "%s %s %s %s\n", span->name, reaped, by,
             load);
    s->forked += span->forked && span->program;
    return 0;
}

static inline void fold(struct scene *s)
{
    struct spool_reader reader;
    char path[SPOOL_PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/marks", s->spool.folder);
    int marks = open(path, O_RDWR | O_CREAT, 0600);
    if (write(marks, s->marks, strlen(s->marks)) < 0)
        test_failed = true;
    snprintf(path, sizeof path, "%s/spool", s->spool.folder);
    struct assemble a = {.reader = &reader,
                         .marks_fd = marks,
                         .noticed_ns = 1000 * MS,
                         .latest_ns = s->latest_ns,
                         .emit = note,
                         .emit_ctx = s,
                         .leader_status = s->leader_status,
                         .memory_bytes = s->memory_bytes};
    if (spool_reader_open_fd(&reader, open(path, O_RDONLY | O_CLOEXEC)) || assemble(&a, &s->summary))
        test_failed = true;
    spool_reader_close(&reader);
    close(marks);
}

static inline void scene_end(struct scene *s)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", s->base);
    if (system(command))
        test_failed = true;
    spool_detach(&s->spool);
    summary_release(&s->summary);
}

/* Does the fold's text hold this line? References are not known beforehand: lines are compared from the name on. */
static inline bool has(const struct scene *s, const char *line)
{
    if (strstr(s->text, line))
        return true;
    printf("# no \"%s\" in:\n# %s\n", line, s->text);
    return false;
}

#endif
