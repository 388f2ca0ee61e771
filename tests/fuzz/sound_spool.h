/* SPDX-License-Identifier: MIT */
/* A small spool in memory, as a sound job leaves it: a shell, programs, forks, an exec chain, namespaces, calls of system(),
 * some of each. */
#ifndef TESTS_FUZZ_SOUND_SPOOL_H
#define TESTS_FUZZ_SOUND_SPOOL_H

#include <string.h>

#include "spool/record.h"

#include "fuzz.h"

#define SOUND_S INT64_C(1000000000)
#define SOUND_MONO_NS (INT64_C(5000) * SOUND_S)
#define SOUND_LEADER 100
#define SOUND_BODY_MAX ((size_t)1 << 20)
#define SOUND_RECORDS_MAX 4096

struct sound {
    struct spool_header header;
    uint8_t body[SOUND_BODY_MAX + 65536]; /* what is changed may be larger than it says */
    size_t len;
    size_t records[SOUND_RECORDS_MAX]; /* offsets in the body, of cells as well */
    size_t records_len;
};

static inline uint32_t sound_ref(const struct sound *s, const uint8_t *record)
{
    return (uint32_t)((SPOOL_HEADER_BYTES + (size_t)(record - s->body)) / SPOOL_ALIGN);
}

static inline void sound_publish(const struct sound *s, uint8_t *record)
{
    uint64_t tag = spool_tag((uint64_t)sound_ref(s, record) * SPOOL_ALIGN);
    memcpy(record, &tag, sizeof tag);
}

/* Zeroed room behind all that there is, or NULL. */
static inline uint8_t *sound_claim(struct sound *s, size_t bytes)
{
    bytes = (bytes + SPOOL_ALIGN - 1) / SPOOL_ALIGN * SPOOL_ALIGN;
    if (s->len + bytes > SOUND_BODY_MAX || s->records_len == SOUND_RECORDS_MAX)
        return NULL;
    uint8_t *room = s->body + s->len;
    memset(room, 0, bytes);
    s->records[s->records_len++] = s->len;
    s->len += bytes;
    s->header.next = s->header.reserved = SPOOL_HEADER_BYTES + s->len;
    return room;
}

/* A program of process `pid` that began after `ms`. Its reference. */
static inline uint32_t sound_image(struct sound *s, int32_t pid, uint32_t origin, int32_t origin_pid, int64_t ms,
                                   uint16_t flags)
{
    static const char text[] = "/usr/bin/cc\0/src\0cc\0-c\0main.c\0--token=abc";
    struct spool_image image = {.head = {.bytes = 192, .kind = SPOOL_IMAGE, .flags = flags},
                                .pid = pid,
                                .ppid = origin_pid == pid ? SOUND_LEADER : origin_pid,
                                .start_ns = SOUND_MONO_NS + ms * 1000000,
                                .ready_ns = SOUND_MONO_NS + ms * 1000000 + 100000,
                                .origin = origin,
                                .origin_pid = origin_pid,
                                .argc = 4,
                                .exe_bytes = 12,
                                .cwd_bytes = 5,
                                .args_bytes = sizeof text - 17,
                                .end = {.end_ns = SOUND_MONO_NS + (ms + 50) * 1000000, .left = SPOOL_LEFT_EXIT},
                                .user_us = 1000};
    uint8_t *room = sound_claim(s, image.head.bytes);
    PROMISE(room && sizeof image + sizeof text <= image.head.bytes);
    memcpy(room, &image, sizeof image);
    memcpy(room + sizeof image, text, sizeof text);
    sound_publish(s, room);
    return sound_ref(s, room);
}

/* Room for what `owner` writes of its children. */
static inline struct spool_block *sound_block(struct sound *s, int32_t pid, uint32_t owner, uint32_t cells)
{
    struct spool_block block = {.head = {.kind = SPOOL_BLOCK}, .pid = pid, .owner = owner, .cells = cells};
    block.head.bytes = (uint32_t)(sizeof block + cells * sizeof(struct spool_cell));
    uint8_t *room = sound_claim(s, block.head.bytes);
    PROMISE(room);
    block.self = sound_ref(s, room);
    memcpy(room, &block, sizeof block);
    sound_publish(s, room);
    for (uint32_t i = 0; i < cells; i++)
        s->records[s->records_len++] = (size_t)(room - s->body) + (i + 1) * sizeof(struct spool_cell);
    return (struct spool_block *)(void *)room;
}

static inline struct spool_cell sound_born(int32_t pid, int64_t ms, uint32_t is_fork)
{
    return (struct spool_cell){.kind = SPOOL_CELL_BORN,
                               .pid = pid,
                               .born = {.start_ns = SOUND_MONO_NS + ms * 1000000, .is_fork = is_fork, .shim_ns = 1000}};
}

static inline struct spool_cell sound_reap(int32_t pid, int64_t ms, int status)
{
    return (struct spool_cell){
        .kind = SPOOL_CELL_REAP,
        .pid = pid,
        .reap = {
            .end_ns = SOUND_MONO_NS + ms * 1000000, .user_us = 2000, .sys_us = 1000, .status = wait_status_of(status)}};
}

static inline void sound_header(struct sound *s)
{
    s->header = (struct spool_header){.magic = SPOOL_MAGIC,
                                      .version = SPOOL_VERSION,
                                      .header_bytes = SPOOL_HEADER_BYTES,
                                      .limit = 1 << 30,
                                      .shim_ns = 5000,
                                      .start = {.wall_ns = 1000000 * SOUND_S,
                                                .mono_ns = SOUND_MONO_NS,
                                                .boot_ns = SOUND_MONO_NS,
                                                .leader_pid = SOUND_LEADER,
                                                .run_id = "20260102T030405.006Z-00000001"}};
}

/* Make it anew. */
static inline void sound_make(struct sound *s)
{
    sound_header(s);
    s->len = s->records_len = 0;
    uint32_t told = SPOOL_IMAGE_START_SEEN;
    uint32_t root = sound_image(s, SOUND_LEADER, 0, 0, 0, 0);
    struct spool_block *all = sound_block(s, SOUND_LEADER, root, 16);
    all->cell[0] = sound_born(101, 10, 1);
    all->cell[1] = sound_born(102, 20, 0);
    all->cell[2] = sound_reap(102, 90, 0);
    all->cell[3] = sound_born(103, 30, 1);
    all->cell[3].born.self_pid = 1; /* in a pid namespace */
    all->cell[4] = sound_reap(103, 95, 9);
    all->cell[5] = sound_reap(101, 400, 256);
    all->cell[6] = (struct spool_cell){.kind = SPOOL_CELL_SYSTEM,
                                       .born.start_ns = SOUND_MONO_NS + 100000000,
                                       .born.end = {.end_ns = SOUND_MONO_NS + 200000000, .left = SPOOL_LEFT_EXIT}};
    all->cell[7] = (struct spool_cell){.kind = SPOOL_CELL_POPEN,
                                       .born = {.start_ns = SOUND_MONO_NS + 210000000, .end.exec_ns = 77}};
    all->cell[8] =
        (struct spool_cell){.kind = SPOOL_CELL_SYSTEM,
                            .born.start_ns = SOUND_MONO_NS + 220000000,
                            .born.end = {.exec_ns = 77, .end_ns = SOUND_MONO_NS + 250000000, .left = SPOOL_LEFT_EXIT}};
    uint32_t sub = sound_ref(s, (uint8_t *)&all->cell[0]), space = sound_ref(s, (uint8_t *)&all->cell[3]);
    uint32_t cc = sound_image(s, 102, root, SOUND_LEADER, 20, (uint16_t)told);
    sound_image(s, 102, cc, 102, 40, (uint16_t)told); /* it execs */
    struct spool_block *below = sound_block(s, 101, sub, 8);
    below->cell[0] = sound_born(104, 50, 1);
    below->cell[1] = sound_reap(104, 80, 0);
    below->cell[2] = sound_born(105, 60, 1);
    sound_image(s, 104, sound_ref(s, (uint8_t *)&below->cell[0]), 104, 51, (uint16_t)told);
    sound_image(s, 105, sound_ref(s, (uint8_t *)&below->cell[2]), 101, 61, SPOOL_IMAGE_FORKED);
    sound_image(s, 1, space, 1, 31, (uint16_t)told);
    sound_image(s, 106, 0, 0, 110, 0); /* the shell of system() */
    sound_image(s, 107, 0, 0, 215, 0);
    sound_image(s, 108, root, SOUND_LEADER, 120, SPOOL_IMAGE_UNSEEN | GATE_STATIC << SPOOL_WHY_SHIFT);
    sound_image(s, 109, root, SOUND_LEADER, 4000, SPOOL_IMAGE_DOUBTED); /* another clock */
    sound_image(s, SOUND_LEADER, root, SOUND_LEADER, 300, (uint16_t)told);
}

#endif
