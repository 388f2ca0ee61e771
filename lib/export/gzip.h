/* SPDX-License-Identifier: MIT */
/* Streams of gzip, compressed to a descriptor and decompressed into lines, in bounded memory both ways. */
#ifndef EXPORT_GZIP_H
#define EXPORT_GZIP_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "sys/attr.h"

/* The longest line that is read back; a longer one is damage, not data. */
#define GUNZIP_LINE_MAX ((size_t)16 << 20)

struct gzip;
struct gunzip;

/* Start one gzip member that is written to `fd`, which stays the caller's. The bytes depend on the input
 * only, not on the time. On 0 *out is the caller's, for gzip_free(); -ENOMEM. */
must_check int gzip_new(int fd, struct gzip **out);

/* Compress `len` bytes. 0, or the negative errno of a write, which sticks. */
must_check int gzip_write(struct gzip *gz, const void *bytes, size_t len);

/* Write what is left and the trailer, once. On 0 *written, when not NULL, is the number of compressed bytes.
 */
must_check int gzip_finish(struct gzip *gz, uint64_t *written);

/* Free the stream, finished or not. NULL is fine. */
void gzip_free(struct gzip *gz);

/* Append `len` bytes as one gzip member, compressed as well as it goes. 0, -ENOMEM or -EFBIG. */
must_check int gzip_put(struct buf *out, const void *bytes, size_t len);

/* Called with each line, its newline included; only the last line may lack one. Return 0 to go on, a negative
 * errno to stop. */
typedef int (*gunzip_line_fn)(void *ctx, const char *line, size_t len);

/* Start decompressing. On 0 *out is the caller's, for gunzip_free(); -ENOMEM. */
must_check int gunzip_new(gunzip_line_fn each, void *ctx, struct gunzip **out);

/* Take the next compressed bytes; `gz` is a struct gunzip, so that this can be a store's sink. Members that
 * follow one another are one text. 0; -EBADMSG when the bytes are not gzip or damaged; -EMSGSIZE when a line
 * is longer than GUNZIP_LINE_MAX; -ENOMEM; or what the callback returned. Errors stick. */
must_check int gunzip_feed(void *gz, const void *bytes, size_t len);

/* The input has ended: hand out the last line if it had no newline. 0, the error that had happened, or
 * -EBADMSG when the end is missing. */
must_check int gunzip_finish(struct gunzip *gz);

/* Free the stream. NULL is fine. */
void gunzip_free(struct gunzip *gz);

#endif
