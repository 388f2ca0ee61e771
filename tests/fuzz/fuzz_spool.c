/* SPDX-License-Identifier: MIT */
/* Any bytes as the records of a spool: the reader and the fold take them without a fault, and every span that comes out
 * has the shape of the schema. The header and the tags are made good here, or no input would get past them: the first
 * byte of each unit says whether a record is published there. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/own.h"
#include "model/assemble.h"

#include "fuzz.h"

#define BODY_MAX ((size_t)1 << 16)

static int see(void *ctx, const struct span *span)
{
    int64_t *rows = ctx;
    ++*rows;
    PROMISE(span->run_id && span->span_id && span->name);
    PROMISE(!span->parent_id == (span->kind == SPAN_RUN));
    PROMISE(span->dur_ns == SPAN_NONE || span->dur_ns >= 0);
    PROMISE(span->exit_code == SPAN_NONE || span->signal == SPAN_NONE);
    for (size_t i = 0; i < span->argc; i++)
        PROMISE(strlen(span->args[i]) < BODY_MAX);
    return 0;
}

static void make_header(struct spool_header *header, const uint8_t *data, size_t size)
{
    memcpy(&header->start_wall_ns, data, MIN(size, (size_t)64)); /* times and leader: anything */
    header->magic = SPOOL_MAGIC;
    header->version = SPOOL_VERSION;
    header->header_bytes = SPOOL_HEADER_BYTES;
    header->limit = header->next = header->reserved = SPOOL_HEADER_BYTES + size / SPOOL_ALIGN * SPOOL_ALIGN;
    memcpy(header->run_id, "20260102T030405.006Z-00000001", 30);
}

static void publish(uint8_t *body, size_t size)
{
    for (size_t at = 0; at + SPOOL_ALIGN <= size; at += SPOOL_ALIGN) {
        uint64_t tag = spool_tag(SPOOL_HEADER_BYTES + at);
        if (body[at] & 1)
            memcpy(body + at, &tag, sizeof tag);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct spool_header header;
    static uint8_t body[BODY_MAX];
    auto_fd fd = memfd_create("spool", MFD_CLOEXEC);
    struct spool_reader reader;
    struct summary summary;
    int64_t rows = 0;
    size = MIN(size, BODY_MAX);
    memset(&header, 0, sizeof header);
    make_header(&header, data, size);
    if (size)
        memcpy(body, data, size);
    publish(body, size);
    PROMISE(fd >= 0 && write(fd, &header, sizeof header) == (ssize_t)sizeof header);
    PROMISE(write(fd, body, size) == (ssize_t)size);
    int err = spool_reader_open_fd(&reader, fd);
    PROMISE(!err || err == -EPROTO); /* times that make no sense */
    if (err)
        return 0;
    take_fd(&fd);
    summary_init(&summary);
    const struct assemble a = {.reader = &reader,
                               .marks_fd = -1,
                               .leader_status = WAIT_STATUS_UNKNOWN,
                               .memory_bytes = 4096,
                               .latest_ns = INT64_C(1) << 45, /* so that some clocks are not the run's */
                               .emit = see,
                               .emit_ctx = &rows};
    err = assemble(&a, &summary);
    PROMISE(!err && rows >= 1 && rows == summary.spans_rows);
    summary_release(&summary);
    spool_reader_close(&reader);
    return 0;
}
