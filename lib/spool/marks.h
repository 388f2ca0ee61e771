/* SPDX-License-Identifier: MIT */
/* The marker file, $DTRACK_RUN/marks: the grammar of a line, reading and writing. Knows no runs and no tasks; the model interprets
 * the marks.
 *
 * The file is append-only text. Each line is one write to a descriptor opened with O_APPEND, which any language can do:
 *
 *     TIME <tab> VERB <tab> NAME [<tab> VALUE [<tab> ATTRIBUTE]...] <newline>
 *
 * TIME       Unix seconds, optionally with a fraction after '.' or ',': bash's $EPOCHREALTIME in any locale, or
 *            `date +%s.%N`. Digits of the fraction beyond the ninth are ignored.
 * VERB       start, end, set or event.
 * NAME       1 to 255 bytes, anything but tab, newline and NUL.
 * VALUE      any text without tab, newline and NUL. An empty field is no value; the empty text is written "".
 *            Not interpreted here: JSON if it reads as JSON, otherwise text. Of an end: values of that task alone, as a JSON
 *            object; of a start nothing so far.
 * ATTRIBUTE  pid=N, the process that wrote the line; ppid=N, the process that the task belongs to: the caller
 *            of dtrack-mark, the shell that sourced dtrack.sh, or `dtrack-mark run` itself; mono=N, the same
 *            moment in ns of CLOCK_MONOTONIC, which nobody sets: bash has none. Of an end, how the task did:
 *            status=N, 0 to 255, as an exit status or a shell's $? says it, where 128 and more stay what they are; or
 *            signal=N, 1 to 64, from who saw that a signal ended it. Others are passed over, and so are malformed ones.
 *
 * So a shell says that a task failed, and gives it a value, by
 *     printf '%s\tend\tNAME\t{"rows":5}\tstatus=%s\n' "$(date +%s.%N)" "$?" >>"$DTRACK_RUN/marks"
 *
 * A carriage return before the newline is ignored. A last line without a newline counts: a writer that forgot it is
 * far more likely than one that was killed and still left a readable line. A line that is not of this form, or longer
 * than MARK_LINE_MAX, is bad: it is passed to the callback as such and does not stop the reader. */
#ifndef SPOOL_MARKS_H
#define SPOOL_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "sys/attr.h"

#define MARK_LINE_MAX 65536 /* bytes of a line, without its newline */
#define MARK_NAME_MAX 255   /* bytes of a name */
#define MARKS_BYTES_MAX \
    (INT64_C(128) << 20) /* bytes read of a marker file, whatever the run's limit: over a million marks */

enum mark_verb { MARK_START, MARK_END, MARK_SET, MARK_EVENT };

struct mark {
    int64_t time_ns; /* Unix, ns */
    enum mark_verb verb;
    const char *name;
    const char *value; /* or NULL */
    int64_t mono_ns;   /* the same instant in ns of CLOCK_MONOTONIC; 0 = unknown */
    int32_t pid, ppid; /* 0 = unknown */
    bool has_status;   /* of an end: it says how the task did, in `status` */
    int status;        /* as wait gives it */
};

/* What is wrong with a line. */
enum mark_fault {
    MARK_GOOD = 0,
    MARK_BAD_TIME,
    MARK_BAD_VERB,
    MARK_BAD_NAME,
    MARK_BAD_BYTE, /* a NUL: not text, or a hole left by a crash */
    MARK_TOO_LONG,
};

/* One line of the file. All pointers are valid only during the call that receives it. */
struct mark_line {
    int64_t number;        /* from 1 */
    enum mark_fault fault; /* MARK_GOOD: `mark` is filled in; otherwise `text` is */
    struct mark mark;
    const char *text; /* a bad line as it stands; of one too long, its beginning */
    int64_t offset;   /* in the file, of `len` bytes */
    size_t len;
};

/* Called with each line. Return 0 to go on, a negative errno to stop. */
typedef int (*marks_fn)(void *ctx, const struct mark_line *line);

/* Parse the verb of `len` bytes at `word`. 0, or -EINVAL. */
must_check int mark_verb_parse(const char *word, size_t len, enum mark_verb *out);

/* Read Unix seconds as in a TIME, into ns. 0, or -EINVAL. */
must_check int mark_time_parse(const char *text, int64_t *out);

/* Whether the `len` bytes can be a NAME: MARK_GOOD, MARK_BAD_BYTE or MARK_BAD_NAME. */
must_check enum mark_fault mark_name_check(const char *name, size_t len);

/* Parse one line of `len` bytes without its newline. line[len] must be writable. On MARK_GOOD the strings of *out point into the
 * line, in which NULs have been inserted; otherwise neither is changed. */
must_check enum mark_fault mark_parse(char *line, size_t len, struct mark *out);

/* Append a mark as a line with its newline. The value is encoded to fit on one line: in a JSON document, control characters
 * between the tokens become blanks; other text with control characters becomes a JSON string. 0, -EINVAL for an invalid name,
 * -EFBIG when the line would be longer than MARK_LINE_MAX, or -ENOMEM; after an error the content of `out` is unusable. */
must_check int mark_format(const struct mark *mark, struct buf *out);

/* Counts from reading a marker file. */
struct marks_tally {
    int64_t bad;          /* malformed lines */
    int64_t unread_bytes; /* bytes after the last line within the limit */
};

/* How many bytes of marks are read in a run whose spool has the limit `limit`; 0 = unknown. */
int64_t marks_room(uint64_t limit);

/* Read at most the first `room` bytes of a marker file, whatever the position of `fd`, using memory bounded by MARK_LINE_MAX, and
 * call `each` for every whole line. The marks are not redacted: use mark_clean_set(). 0, the result of `each` if it stopped, or
 * -errno. */
must_check int marks_read(int fd, int64_t room, marks_fn each, void *ctx, struct marks_tally *tally);

#endif
