/* SPDX-License-Identifier: MIT */
/* The reader of the spool file. Trusts nothing in it: the file may be damaged, truncated, or written to during the read. Memory is
 * bounded whatever the file's size. Records are read into memory, not mapped, so a truncation is an error and not a SIGBUS. */
#ifndef SPOOL_READER_H
#define SPOOL_READER_H

#include <stddef.h>
#include <stdint.h>

#include "spool/record.h"
#include "sys/attr.h"

struct spool_pieces;

struct spool_reader {
    int fd;
    struct spool_header header; /* a copy, made when the reader was opened */
    uint64_t end;               /* all records are below this offset */
    uint8_t *window;            /* the part of the file that the scan has in memory: */
    uint64_t window_at;         /* its offset */
    size_t window_len;
    uint64_t data_end;           /* for the scan: offset of the next hole in the file */
    struct spool_pieces *pieces; /* a cache for records fetched by offset */
    uint64_t damaged_bytes;      /* found by the last scan: bytes claimed, but without a valid record */
    uint64_t shim_ns;            /* found by the last scan: time that processes spent in the shim */
};

/* Called for each valid record, in file order. The record exists during the call only; its counts and NUL terminators have been
 * checked. Return 0 to go on; anything else stops the scan and becomes its result. */
typedef int (*spool_record_fn)(void *ctx, const struct spool_record *record, uint64_t offset);

/* Open a reader on the descriptor `fd`, which the reader owns on success and the caller keeps on failure. 0; -EPROTO when it is
 * not a spool, -ENOTSUP when it is of another version, or another -errno. Close the reader with spool_reader_close(). */
must_check int spool_reader_open_fd(struct spool_reader *reader, int fd);

/* Close the descriptor and free what the reader holds. */
void spool_reader_close(struct spool_reader *reader);

/* Walk all records. 0, what `each` returned to stop, or -errno. */
must_check int spool_reader_scan(struct spool_reader *reader, spool_record_fn each, void *ctx);

/* Copy the record at `offset` to the heap. 0, and *out is the caller's, to be freed; -EPROTO when there is no valid record; or
 * another -errno. */
must_check int spool_reader_get(struct spool_reader *reader, uint64_t offset, struct spool_record **out);

/* Copy the cell at `offset`, unchecked. 0 or -errno. */
must_check int spool_reader_get_cell(struct spool_reader *reader, uint64_t offset, struct spool_cell *out);

/* Whether a cell is plausible: its kind is known, and its times and counters are small enough that sums can't overflow. */
int spool_cell_is_good(const struct spool_cell *cell);

/* Whether the cell records that an ended child was waited for. */
int spool_cell_is_reap(const struct spool_cell *cell);

/* The status that somebody left with by his own word; it may be unknown. */
struct wait_status spool_end_status(const struct spool_end *end);

/* The path of the program; empty when it could not be read. For this function and the next three, the image must come from a scan
 * or from spool_reader_get(), which check it; the result points into the image. */
const char *spool_image_exe(const struct spool_image *image);

/* The working directory at its start; empty when it could not be read. */
const char *spool_image_cwd(const struct spool_image *image);

/* The first recorded argument, or NULL. */
const char *spool_image_first_arg(const struct spool_image *image);

/* The argument after `arg`, which must be one of this image's; or NULL. */
const char *spool_image_next_arg(const struct spool_image *image, const char *arg);

#endif
