/* SPDX-License-Identifier: MIT */
/* Figures as people read them: durations, counts, times, how something ended. ASCII, the same in every
 * locale. */
#ifndef EXPORT_WORDS_H
#define EXPORT_WORDS_H

#include <stdint.h>

#include "base/buf.h"
#include "model/span.h"

/* How a process or a run ended. */
struct words_end {
    enum span_end end_by;
    int64_t exit_code, signal; /* SPAN_NONE when absent */
};

/* Append a duration in at most 7 columns: "310 ms", "4.12 s", "2m 10s", "1h 02m", "3d 04h"; "-" for
 * SPAN_NONE. */
void words_duration(struct buf *out, int64_t ns);

/* Append a number with its thousands set apart: "1,312". */
void words_count(struct buf *out, int64_t count);

/* Append a count and its noun, with an s unless it is one: "1 process", "3 tasks". `noun` may carry its own
 * plural behind a '|': "process|processes". */
void words_counted(struct buf *out, int64_t count, const char *noun);

/* Append an amount of memory: "512 kB", "1.5 GB"; "-" for SPAN_NONE. */
void words_memory(struct buf *out, int64_t kb);

/* Append a moment in UTC: "2026-11-23 08:36:22". */
void words_time(struct buf *out, int64_t unix_ns);

/* Append an argument so that it reads as one word: in quotes where it is more, or empty; at most `max` bytes of it. For eyes, not
 * for a shell. */
void words_argument(struct buf *out, const char *word, size_t max);

/* Find the first word of a command line, from `text` on, that names a source file: no option, and with the ending of one. Returns it,
 * its length in *len; NULL when there is none. Words end at blanks. */
const char *words_source(const char *text, size_t *len);

/* Is it the name, or the path, of a shell, whose forks are subshells? */
bool words_is_shell(const char *path);

/* Append how it ended: "exit 0", "killed by SIGKILL", "still running", "end not seen". */
void words_status(struct buf *out, const struct words_end *end);

/* Did it end badly: a status other than 0, or a signal? */
bool words_failed(const struct words_end *end);

#endif
