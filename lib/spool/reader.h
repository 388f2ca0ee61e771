/* SPDX-License-Identifier: MIT */
/* The reader's side of the spool file. Believes nothing: the file may be torn, truncated, or written to while it is
 * read. Memory is bounded whatever the file's size; records are copied out of it, so that a truncation is an error
 * and not a fault. */
#ifndef SPOOL_READER_H
#define SPOOL_READER_H

#include <stddef.h>
#include <stdint.h>

#include "spool/record.h"
#include "sys/attr.h"

struct spool_pieces;

struct spool_reader {
    int fd;
    struct spool_header header; /* as it was when the reader was opened or refreshed */
    uint64_t end;               /* records lie below this offset */
    uint8_t *window;            /* a piece of the file, for the scan */
    uint64_t window_at;
    size_t window_len;
    uint64_t data_end; /* for the scan: where the next hole in the file begins */
    struct spool_pieces *pieces; /* small pieces, for what is fetched by offset */
    uint64_t damaged_bytes; /* met by the last scan: claimed, but without a readable record */
    uint64_t shim_ns;       /* met by the last scan: time that processes spent in the shim */
};

/* Called for each good record, in file order; the record is valid during the call only, NUL-terminated where it
 * must be, its counts checked. Return 0 to go on; anything else stops the scan and is its result. */
typedef int (*spool_record_fn)(void *ctx, const struct spool_record *record, uint64_t offset);

/* Read a spool from the descriptor, which becomes the reader's on success and stays the caller's otherwise. 0; -EPROTO when it
 * is no spool, -ENOTSUP when it is of another version, or another -errno. The caller closes the reader. */
must_check int spool_reader_open_fd(struct spool_reader *reader, int fd);

/* Release what the reader holds. */
void spool_reader_close(struct spool_reader *reader);

/* Walk all records. 0, what `each` returned to stop, or -errno. */
must_check int spool_reader_scan(struct spool_reader *reader, spool_record_fn each, void *ctx);

/* Copy the good record at `offset` to the heap. 0 and *out is the caller's, or -errno (-EPROTO: nothing good
 * there). */
must_check int spool_reader_get(struct spool_reader *reader, uint64_t offset, struct spool_record **out);

/* Copy the cell at `offset`. 0 or -errno. */
must_check int spool_reader_get_cell(struct spool_reader *reader, uint64_t offset, struct spool_cell *out);

/* Whether a published cell makes sense: a known kind, times and counters that sums can't overflow. */
int spool_cell_is_good(const struct spool_cell *cell);

/* Whether it tells that an ended child was waited for. */
int spool_cell_is_reap(const struct spool_cell *cell);

/* The status that somebody left with by his own word; it may be unknown. */
struct wait_status spool_end_status(const struct spool_end *end);

/* The path of the program; empty when it could not be read. For this one and the next three the image is one that a scan or
 * a get has checked, and the text is a part of it. */
const char *spool_image_exe(const struct spool_image *image);

/* The folder it was started in; empty when it could not be read. */
const char *spool_image_cwd(const struct spool_image *image);

/* The first recorded argument, or NULL. */
const char *spool_image_first_arg(const struct spool_image *image);

/* The argument behind `arg`, which is one of this image, or NULL. */
const char *spool_image_next_arg(const struct spool_image *image, const char *arg);

#endif
