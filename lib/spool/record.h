/* SPDX-License-Identifier: MIT */
/* The on-disk contract of the spool: what the shim writes and the reader reads. Same machine, same byte order.
 *
 * `spool` in the run's folder is one file: a header, then pages. Whole pages are claimed with one atomic add on
 * header.next, small records with one on the `used` of a page that several processes share, so no writer ever waits
 * for another one. A process that starts is told by its parent which page to try: a leaf process then maps that one
 * page and never looks at the header. A record is published by storing its tag last. What was claimed and not
 * published (its writer was killed) is skipped by the reader, which looks for the next tag. All times are
 * CLOCK_MONOTONIC ns unless their name says otherwise.
 *
 * Changing anything here means a new SPOOL_VERSION: a reader refuses versions that it does not know. */
#ifndef SPOOL_RECORD_H
#define SPOOL_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "sys/status.h"

#define SPOOL_MAGIC 0x6c6f6f70736b7464ull /* "dtkspool" */
#define SPOOL_VERSION 1u /* nothing has been released yet */
#define SPOOL_ALIGN 64u
#define SPOOL_LIMIT_MAX ((uint64_t)SPOOL_ALIGN << 30) /* of a file: who reads it keeps two bits of each reference for himself */
#define SPOOL_GATE_SLOTS 1024u
#define SPOOL_ID_BYTES 40u
#define SPOOL_FAILED 1u        /* the run is kept in its folder */
#define SPOOL_FAILED_VALUES 2u /* the run is stored, but something is to be said: of values that are given up, of its place */

/* What a new spool starts with. */
struct spool_start {
    int64_t wall_ns; /* Unix time when the run began, and the same moment on two other clocks */
    int64_t mono_ns;
    int64_t boot_ns;
    uint64_t leader_ticks;       /* start time of the leader, clock ticks since boot (field 22 of its stat) */
    int32_t leader_pid;          /* the run ends when this process does */
    uint32_t uid;                /* who owns the run */
    char run_id[SPOOL_ID_BYTES]; /* NUL-terminated */
};

/* The first pages of the file. Words that several processes write are changed with atomic operations only. */
struct spool_header {
    uint64_t magic;
    uint32_t version;
    uint32_t header_bytes; /* where records start */
    uint64_t pid_ns;       /* inode of the leader's pid namespace; 0 = not known */
    uint64_t limit;        /* the file never grows beyond, nor beyond SPOOL_LIMIT_MAX */
    union {
        struct spool_start start;
        struct { /* the same */
            int64_t start_wall_ns, start_mono_ns, start_boot_ns;
            uint64_t leader_ticks;
            int32_t leader_pid;
            uint32_t uid;
            char run_id[SPOOL_ID_BYTES];
        };
    };
    /* Written by a leader that is no part of the run itself (`dtrack run`), when its command has ended. */
    int64_t end_mono_ns;
    struct wait_status end_status;
    uint32_t end_known; /* 1: the two above are good */

    /* The words below change often: they start on a cache line of their own. */

    uint64_t next;     /* next free page's offset, claimed by atomic add; may run past `limit` */
    uint64_t reserved; /* bytes that surely have room on disk; only grows */
    uint64_t missed;   /* processes that there was no room for */
    uint64_t shim_ns;  /* time spent in the shim by processes that have no page */
    uint32_t closed;   /* 1: the run is being finished, write nothing more */
    uint32_t failed;   /* SPOOL_FAILED*: finishing went wrong and `message` says how; 0: not so */
    char message[256]; /* for the leader's one line; NUL-terminated */
    uint32_t truncated; /* how often the file was cut short and put back: what stood there is lost */
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

/* Counters, and times since a boot, beyond this (73 years) are damage. */
#define SPOOL_SANE_MAX (INT64_C(1) << 61)

/* Unix times beyond this (the year 2186) are. With a time since a boot added, and two years, they still fit in 63 bits. */
#define SPOOL_WALL_MAX ((INT64_C(3) << 61) - (INT64_C(1) << 56))

/* Every record starts so. A reference to a record or a cell is its byte offset in the file / SPOOL_ALIGN. */
struct spool_record {
    uint64_t tag;   /* spool_tag() of the record's offset, stored last; anything else = not published */
    uint32_t bytes; /* whole record, a multiple of SPOOL_ALIGN */
    uint16_t kind;
    uint16_t flags;
};

/* What a record at `offset` must carry to count. */
static inline uint64_t spool_tag(uint64_t offset)
{
    return (offset + SPOOL_MAGIC) * UINT64_C(0x9e3779b97f4a7c15);
}

#define SPOOL_PAGE_BYTES 4096u

/* Small records follow, up to the end of the page. Zeros until the first claim; every claimer stores the same head. */
struct spool_page {
    struct spool_record head;
    uint32_t used;      /* bytes claimed behind this head; may run past the page */
    uint32_t number;    /* offset / SPOOL_PAGE_BYTES */
    uint64_t shim_ns;   /* time that processes recorded here spent in the shim, but for what stands in their blocks */
    uint64_t next_page; /* for children of these processes: its number, << 8, and how many more of them may go there */
    uint8_t pad[24];
};

enum spool_image_flags {
    SPOOL_IMAGE_UNSEEN = 1,    /* written by whoever exec'd it: the shim was withheld, so it has no own end */
    SPOOL_IMAGE_ARGS_CUT = 2,  /* args are not all there, or not whole */
    SPOOL_IMAGE_START_SEEN = 4, /* start_ns is the moment of the exec call; otherwise of the constructor */
    SPOOL_IMAGE_DOUBTED = 16,   /* it was told a moment of the exec call that was still to come by its own clock */
    SPOOL_IMAGE_WHY = 0xf00,    /* of an unseen one: why the shim was withheld, an enum gate_verdict */
    SPOOL_IMAGE_FORKED = 8,     /* no image of its own: a fork child, first noticed at start_ns */
};

/* Why the shim is withheld from a program: the exec gate's verdicts. Stored in the shared cache and in images. */
enum gate_verdict {
    GATE_UNKNOWN = 0,   /* missing, unreadable, not a regular file: exec will tell; assume that it is fine */
    GATE_PRELOAD = 1,   /* dynamic, ours to watch */
    GATE_MUSL = 2,      /* the same, and its loader must be told the library's path */
    GATE_STATIC = 3,    /* no interpreter: the loader never runs */
    GATE_FOREIGN = 4,   /* other word size or machine, without a library of ours */
    GATE_SANITIZER = 5, /* its runtime insists on coming first */
    GATE_LIBCLESS = 6,  /* needs no library at all */
    GATE_CAPS = 7,      /* file capabilities: secure mode unless we are root */
    GATE_SIBLING = 8,   /* other word size: ours to watch where our library is there for both; decided each time */
    GATE_SECURE = 9,    /* set-user-ID or set-group-ID to somebody else: never cached */
    GATE_INVISIBLE = 10, /* our library can't be seen from this root folder: never cached */
    GATE_FILTERED = 11, /* a seccomp filter is on that may kill for what our constructor does: never cached */
    GATE_EMULATOR = 12, /* runs another machine's programs, whose loader would get our library: never cached */
    GATE_DOUBTFUL = 13, /* which file will run, or what is in it, can't be known: never cached */
    GATE_UNEDITED = 14, /* there was no room for our variables in its environment: never cached */
};

#define SPOOL_WHY_SHIFT 8

/* How an image left, as far as it could say itself. */
enum spool_left {
    SPOOL_LEFT_NOT = 0,
    SPOOL_LEFT_EXIT = 1,    /* end_ns and code are good */
    SPOOL_LEFT_UNKNOWN = 2, /* end_ns is good, the code is not known */
};

/* How an image, or a fork child without one, tells its end. `left` is stored after the words that it vouches for. */
struct spool_end {
    int64_t exec_ns; /* when it called exec; 0 = it did not, or it failed, or the program's own record tells */
    int64_t end_ns;
    union {
        struct exit_code code;
        struct wait_status returned; /* in a SPOOL_CELL_SYSTEM */
    };
    uint32_t left;  /* enum spool_left */
};

/* One executed image. The first part is written once; the second by its process later, each word by itself. */
struct spool_image {
    struct spool_record head;
    int32_t pid, ppid;
    uint32_t uid;
    uint32_t ns;         /* reference of the fork that opened its pid namespace; 0 = the run's own */
    int64_t start_ns;
    int64_t ready_ns;    /* when its constructor ran; start_ns for an unseen one */
    uint32_t origin;     /* reference of the image or cell that exec'd or spawned it; 0 = not known */
    int32_t origin_pid;  /* pid of that process; equal to pid after exec, to ppid after spawn */
    uint32_t argc;       /* of the original command line */
    uint32_t args_bytes; /* in text, behind exe and cwd */
    uint16_t exe_bytes, cwd_bytes; /* in text, with their NULs */
    uint32_t is_void; /* 1: an unseen image whose exec failed: it never was */
    struct spool_end end;
    uint64_t user_us, sys_us; /* of the process so far: at that exec, or at the leader's end */
    union {
        uint64_t tree_user_us; /* with waited-for descendants; leader's end only, else 0 */
        int64_t doubted_ns;    /* that moment, of a doubted one, and then there is none of these two */
    };
    uint64_t tree_sys_us;
    char text[];              /* exe NUL cwd NUL arg NUL arg NUL … */
};

/* What a parent knows of its children, appended in order. */
enum spool_cell_kind {
    SPOOL_CELL_FREE = 0,
    SPOOL_CELL_BORN = 1,   /* fork or spawn returned */
    SPOOL_CELL_REAP = 2,   /* a wait returned an ended child, with its resource usage */
    SPOOL_CELL_REAP_BARE = 3, /* the same without resource usage */
    SPOOL_CELL_SYSTEM = 4, /* system or pclose returned a status; pid 0, times and what it was in `born`. Of pclose,
                              born.end.exec_ns is the stream: its shell has started at that stream's popen */
    SPOOL_CELL_VOID = 5,   /* claimed, then not needed */
    SPOOL_CELL_POPEN = 6,  /* popen was called at born.start_ns; born.end.exec_ns is the stream, as for its pclose */
};

struct spool_born {
    int64_t start_ns;
    /* The child's own half: written by a fork child about itself while it has no image. */
    struct spool_end end;
    int32_t self_pid;  /* as the child sees it, where it can't see its parent: in a new pid namespace; else 0 */
    uint32_t is_fork;  /* 1: fork, so the child runs on without exec; 0: spawned */
    uint64_t shim_ns;  /* time that the child spent in the shim */
};

struct spool_reap {
    int64_t end_ns;
    uint64_t user_us, sys_us; /* of the child and all that it waited for */
    struct wait_status status;
    uint32_t maxrss_kb, minflt, majflt, inblock, oublock, nvcsw, nivcsw;
};

struct spool_cell {
    uint32_t kind; /* stored last; changed by its process only */
    int32_t pid;
    union {
        struct spool_born born;
        struct spool_reap reap;
        uint8_t bytes[56];
    };
};

struct spool_block {
    struct spool_record head;
    int32_t pid;     /* the process whose children these are */
    uint32_t ns;     /* as in struct spool_image */
    uint32_t owner;  /* reference of its image, or of its own BORN cell */
    uint32_t cells;  /* how many follow */
    uint32_t self;   /* reference of this block: cell n has reference self + 1 + n */
    uint32_t used;   /* claimed cells; may run past `cells` */
    uint64_t shim_ns; /* time that the process spent in the shim; in its first block only */
    uint32_t holders; /* in its first block, and while it lives: how many of its threads have hold of a cell */
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

/* Processes of both word sizes write into one run, and i386 aligns 64-bit words to 4 bytes only: nowhere may that change
 * what lies where. */
_Static_assert(offsetof(struct spool_header, run_id) == 72 && offsetof(struct spool_header, next) == 128 &&
                   offsetof(struct spool_header, gate) == 4096 && offsetof(struct spool_page, shim_ns) == 24 &&
                   offsetof(struct spool_page, next_page) == 32 && offsetof(struct spool_image, end.end_ns) == 80 &&
                   offsetof(struct spool_image, text) == 128 && offsetof(struct spool_block, shim_ns) == 40 &&
                   offsetof(struct spool_cell, born) == 8 && sizeof(struct spool_born) == 48 && sizeof(struct spool_reap) == 56,
               "no word size adds padding");

_Static_assert(sizeof(struct spool_header) % SPOOL_PAGE_BYTES == 0, "pages start aligned");

#endif
