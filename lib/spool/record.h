/* SPDX-License-Identifier: MIT */
/* The file format of the spool, which the shim writes and the reader reads, on the same machine and in its byte order.
 *
 * `spool` in the run's folder is one file: a header, then pages. Whole pages are claimed with one atomic add on header.next, small
 * records with one on the `used` of a page that several processes share, so no writer ever waits for another one. A parent passes a
 * page number to each child: a leaf process maps only that page and never the header. A record is published by storing its tag last.
 * Room that was claimed but not published (its writer was killed) is skipped by the reader, which looks for the next valid tag. All
 * times are ns of CLOCK_MONOTONIC unless their name says otherwise.
 *
 * Changing anything here means a new SPOOL_VERSION: a reader refuses versions that it does not know. */
#ifndef SPOOL_RECORD_H
#define SPOOL_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "sys/status.h"

#define SPOOL_MAGIC 0x6c6f6f70736b7464ull /* "dtkspool" */
#define SPOOL_VERSION 1u                  /* nothing has been released yet */
#define SPOOL_ALIGN 64u
#define SPOOL_LIMIT_MAX \
    ((uint64_t)SPOOL_ALIGN << 30) /* bytes; references then have 30 bits, and the reader uses the other two */
#define SPOOL_GATE_SLOTS 1024u
#define SPOOL_ID_BYTES 40u
#define SPOOL_FAILED 1u /* the run is kept in its folder */
#define SPOOL_FAILED_VALUES \
    2u /* the run is stored, but there is a message: values were given up, or its place was rejected */

/* What a new spool starts with. */
struct spool_start {
    int64_t wall_ns;             /* Unix time when the run began, */
    int64_t mono_ns;             /* the same instant on CLOCK_MONOTONIC, */
    int64_t boot_ns;             /* and on CLOCK_BOOTTIME */
    uint64_t leader_ticks;       /* start time of the leader, clock ticks since boot (field 22 of its stat) */
    int32_t leader_pid;          /* the run ends when this process does */
    uint32_t uid;                /* the owner of the run */
    char run_id[SPOOL_ID_BYTES]; /* NUL-terminated */
};

/* The first pages of the file. Words that several processes write are changed with atomic operations only. */
struct spool_header {
    uint64_t magic;
    uint32_t version;
    uint32_t header_bytes; /* where records start */
    uint64_t pid_ns;       /* inode of the leader's pid namespace; 0 = unknown */
    uint64_t limit;        /* maximum size of the file, itself at most SPOOL_LIMIT_MAX */
    union {
        struct spool_start start;
        struct { /* the same, field by field */
            int64_t start_wall_ns, start_mono_ns, start_boot_ns;
            uint64_t leader_ticks;
            int32_t leader_pid;
            uint32_t uid;
            char run_id[SPOOL_ID_BYTES];
        };
    };
    /* Written by `dtrack run`, a leader that is not recorded itself, when its command has ended. */
    int64_t end_mono_ns;
    struct wait_status end_status;
    uint32_t end_known; /* 1: the two above are good */

    /* The words below change often: they start on a cache line of their own. */

    uint64_t next;        /* offset of the next free page, claimed by atomic add; may exceed `limit` */
    uint64_t reserved;    /* bytes reserved on disk; only grows */
    uint64_t missed;      /* processes that could not be recorded for lack of room */
    uint64_t shim_ns;     /* time spent in the shim by processes that have no page */
    uint32_t closed;      /* 1: the run is being finished, write nothing more */
    uint32_t failed;      /* SPOOL_FAILED*: finishing went wrong and `message` says how; 0: not so */
    char message[256];    /* for the leader's one line; NUL-terminated */
    uint32_t truncated;   /* how often the file was cut short and put back: what stood there is lost */
    int32_t guardian_pid; /* of the guardian that was made last, once its program has begun; 0 = it has not */
    /* Written once, by the leader, before anybody joins: for whoever finishes a run whose guardian died before it could write
     * down what the environment says. */
    uint32_t stores_known; /* 1: the next one is good */
    char stores[1024];     /* URLs without secrets, with blanks between; empty: the default. NUL-terminated */
    uint32_t missed_marks; /* marks that dtrack-mark found no room for */
    uint8_t pad[4096 - 436 - 1024 - 4];

    /* Exec gate verdicts: upper 56 bits a hash of (dev, ino, mtime, size), lowest 8 the verdict; 0 = free. */
    uint64_t gate[SPOOL_GATE_SLOTS];
};

#define SPOOL_HEADER_BYTES ((uint64_t)sizeof(struct spool_header))

enum spool_kind {
    SPOOL_IMAGE = 1, /* struct spool_image: one executed image */
    SPOOL_BLOCK = 2, /* struct spool_block: a process's cells */
    SPOOL_PAGE = 3,  /* struct spool_page: the head of a page of small records */
};

/* Larger counters, and larger times since boot (73 years), are damage. */
#define SPOOL_SANE_MAX (INT64_C(1) << 61)

/* Larger Unix times (year 2186) are damage. The sum of a Unix time, a time since boot and two years still fits in 63 bits. */
#define SPOOL_WALL_MAX ((INT64_C(3) << 61) - (INT64_C(1) << 56))

/* The head of every record. A reference to a record or cell is its byte offset in the file / SPOOL_ALIGN. */
struct spool_record {
    uint64_t tag;   /* spool_tag() of the record's offset, stored last; anything else = not published */
    uint32_t bytes; /* length of the whole record, a multiple of SPOOL_ALIGN */
    uint16_t kind;
    uint16_t flags;
};

/* The tag of a published record at `offset`. */
static inline uint64_t spool_tag(uint64_t offset)
{
    return (offset + SPOOL_MAGIC) * UINT64_C(0x9e3779b97f4a7c15);
}

#define SPOOL_PAGE_BYTES 4096u

/* The head of a page; small records follow, up to the end of the page. All zeros until the first claim. Each process that claims
 * room stores the same record head. */
struct spool_page {
    struct spool_record head;
    uint32_t used;    /* bytes claimed after this head; may exceed the page */
    uint32_t number;  /* offset / SPOOL_PAGE_BYTES */
    uint64_t shim_ns; /* time in the shim of processes recorded here, except what is counted in their blocks */
    uint64_t
        next_page; /* the page for children of these processes: its number << 8 | how many more children may use it */
    uint8_t pad[24];
};

enum spool_image_flags {
    SPOOL_IMAGE_UNSEEN =
        1, /* runs without the shim: written by the process that exec'd it, and never has an end of its own */
    SPOOL_IMAGE_ARGS_CUT = 2,   /* the arguments are truncated */
    SPOOL_IMAGE_START_SEEN = 4, /* start_ns is the time of the exec call, as given; otherwise of the constructor */
    SPOOL_IMAGE_DOUBTED = 16,   /* the exec time given to it was implausible: in the future by its own clock */
    SPOOL_IMAGE_WHY = 0xf00,    /* when unseen: why it got no shim, an enum gate_verdict */
    SPOOL_IMAGE_FORKED = 8,     /* a fork child without an image of its own, first noticed at start_ns */
};

/* The exec gate's verdicts: whether a program gets the shim, and if not, why. Stored in the shared cache and in images. */
enum gate_verdict {
    GATE_UNKNOWN = 0,   /* missing, unreadable, or not a regular file: exec will report it; the shim is not withheld */
    GATE_PRELOAD = 1,   /* dynamic: gets the shim */
    GATE_MUSL = 2,      /* the same, but musl's loader needs the full path of the library */
    GATE_STATIC = 3,    /* no interpreter: the loader never runs */
    GATE_FOREIGN = 4,   /* another word size or machine, for which we have no library */
    GATE_SANITIZER = 5, /* its sanitizer runtime must be the first library loaded */
    GATE_LIBCLESS = 6,  /* needs no library at all */
    GATE_CAPS = 7,      /* file capabilities: runs in secure mode unless we are root */
    GATE_SIBLING =
        8, /* the other word size (multilib): gets the shim if our library is installed for both; decided each time */
    GATE_SECURE = 9,     /* set-user-ID or set-group-ID to another id: never cached */
    GATE_INVISIBLE = 10, /* our library does not exist in this root directory: never cached */
    GATE_FILTERED = 11,  /* a seccomp filter may kill the process for a call of our constructor: never cached */
    GATE_EMULATOR = 12,  /* runs programs of another machine, whose loader would try our library: never cached */
    GATE_DOUBTFUL = 13,  /* which file will run, or what it contains, can't be determined: never cached */
    GATE_UNEDITED = 14,  /* there was no room for our variables in its environment: never cached */
};

#define SPOOL_WHY_SHIFT 8

/* How an image ended, as recorded by its own process. */
enum spool_left {
    SPOOL_LEFT_NOT = 0,
    SPOOL_LEFT_EXIT = 1,    /* end_ns and code are good */
    SPOOL_LEFT_UNKNOWN = 2, /* end_ns is good, the code is not known */
};

/* The end of an image, or of a fork child without one, as recorded by itself. `left` is stored after the fields that it
 * validates. */
struct spool_end {
    int64_t
        exec_ns; /* when it called exec; 0 = it did not, or the exec failed, or the next image's record has the time */
    int64_t end_ns;
    union {
        struct exit_code code;
        struct wait_status returned; /* in a SPOOL_CELL_SYSTEM */
    };
    uint32_t left; /* enum spool_left */
};

/* One executed image. Written once when the image starts, except is_void, `end` and the CPU times: each of these is stored later,
 * by itself. */
struct spool_image {
    struct spool_record head;
    int32_t pid, ppid;
    uint32_t uid;
    uint32_t ns; /* reference of the fork that created its pid namespace; 0 = the run's own */
    int64_t start_ns;
    int64_t ready_ns;              /* when its constructor ran; start_ns if unseen */
    uint32_t origin;               /* reference of the image or cell that exec'd or spawned it; 0 = unknown */
    int32_t origin_pid;            /* pid of that process; equal to pid after exec, to ppid after spawn */
    uint32_t argc;                 /* of the original command line */
    uint32_t args_bytes;           /* length in `text`, after exe and cwd */
    uint16_t exe_bytes, cwd_bytes; /* lengths in `text`, with their NULs */
    uint32_t is_void;              /* 1: an unseen image whose exec failed, so it never ran */
    struct spool_end end;
    uint64_t user_us, sys_us; /* CPU time of the process so far: at its exec, or at the leader's end */
    union {
        uint64_t tree_user_us; /* with waited-for descendants; only at the leader's end, else 0 */
        int64_t doubted_ns; /* with SPOOL_IMAGE_DOUBTED, the implausible exec time; the tree_ fields are then unused */
    };
    uint64_t tree_sys_us;
    char text[]; /* exe NUL cwd NUL arg NUL arg NUL … */
};

/* Events of a process's children, appended in order. */
enum spool_cell_kind {
    SPOOL_CELL_FREE = 0,
    SPOOL_CELL_BORN = 1,      /* fork or spawn returned */
    SPOOL_CELL_REAP = 2,      /* a wait returned an ended child, with its resource usage */
    SPOOL_CELL_REAP_BARE = 3, /* the same without resource usage */
    SPOOL_CELL_SYSTEM = 4,    /* system or pclose returned a status; pid 0, times and what it was in `born`. Of pclose,
                              born.end.exec_ns is the stream: its shell has started at that stream's popen */
    SPOOL_CELL_VOID = 5,      /* claimed, then not needed */
    SPOOL_CELL_POPEN = 6,     /* popen was called at born.start_ns; born.end.exec_ns identifies the stream */
};

struct spool_born {
    int64_t start_ns;
    /* Written by a fork child about itself, as long as it has no image. */
    struct spool_end end;
    int32_t self_pid; /* the child's pid in its own pid namespace, if that is a new one; else 0 */
    uint32_t is_fork; /* 1: fork, so the child runs on without exec; 0: spawned */
    uint64_t shim_ns; /* time that the child spent in the shim */
};

struct spool_reap {
    int64_t end_ns;
    uint64_t user_us, sys_us; /* of the child and all that it waited for */
    struct wait_status status;
    uint32_t maxrss_kb, minflt, majflt, inblock, oublock, nvcsw, nivcsw;
};

struct spool_cell {
    uint32_t kind; /* enum spool_cell_kind; stored last, and changed by its process only */
    int32_t pid;
    union {
        struct spool_born born;
        struct spool_reap reap;
        uint8_t bytes[56];
    };
};

struct spool_block {
    struct spool_record head;
    int32_t pid;      /* the process whose children these are */
    uint32_t ns;      /* as in struct spool_image */
    uint32_t owner;   /* reference of its image, or of its own BORN cell */
    uint32_t cells;   /* how many follow */
    uint32_t self;    /* reference of this block: cell n has reference self + 1 + n */
    uint32_t used;    /* claimed cells; may run past `cells` */
    uint64_t shim_ns; /* time that the process spent in the shim; in its first block only */
    uint32_t holders; /* in its first block, while the process lives: how many of its threads are using a cell */
    uint8_t pad[12];
    struct spool_cell cell[];
};

_Static_assert(sizeof(struct spool_header) == 4096 + 8 * SPOOL_GATE_SLOTS, "the header is three pages");
_Static_assert(sizeof(struct spool_cell) == SPOOL_ALIGN, "a cell is one unit");
_Static_assert(sizeof(struct spool_block) == SPOOL_ALIGN, "cells start aligned");
_Static_assert(sizeof(struct spool_record) == 16, "record head");
_Static_assert(offsetof(struct spool_header, start.boot_ns) == offsetof(struct spool_header, start_boot_ns) &&
                   offsetof(struct spool_header, start.uid) == offsetof(struct spool_header, uid) &&
                   offsetof(struct spool_header, start.run_id) == offsetof(struct spool_header, run_id),
               "both names of a start mean the same");
_Static_assert(sizeof(struct spool_page) == SPOOL_ALIGN, "records start aligned");

/* Processes of both word sizes write to the same spool, and i386 aligns 64-bit fields to 4 bytes only: the layout must not depend
 * on that. */
_Static_assert(offsetof(struct spool_header, run_id) == 72 && offsetof(struct spool_header, next) == 128 &&
                   offsetof(struct spool_header, gate) == 4096 && offsetof(struct spool_page, shim_ns) == 24 &&
                   offsetof(struct spool_page, next_page) == 32 && offsetof(struct spool_image, end.end_ns) == 80 &&
                   offsetof(struct spool_image, text) == 128 && offsetof(struct spool_block, shim_ns) == 40 &&
                   offsetof(struct spool_cell, born) == 8 && sizeof(struct spool_born) == 48 &&
                   sizeof(struct spool_reap) == 56,
               "no word size adds padding");

_Static_assert(sizeof(struct spool_header) % SPOOL_PAGE_BYTES == 0, "pages start aligned");

#endif
