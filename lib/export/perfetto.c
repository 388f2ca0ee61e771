/* SPDX-License-Identifier: MIT */
/* Perfetto's own format, a sequence of TracePackets: exact nanoseconds, lanes as named tracks in a fixed
 * order. The numbers are those of the fields in Perfetto's .proto files. */
#include <errno.h>
#include <stdlib.h>

#include "export/formats.h"
#include "export/protobuf.h"
#include "export/escape.h"
#include "export/timeline.h"

#define NAME_MAX_BYTES 256
#define TEXT_MAX_BYTES 4096
#define SEQUENCE 1 /* our only writer */

enum trace { TRACE_PACKET = 1 };

enum packet {
    PACKET_TIMESTAMP = 8,
    PACKET_SEQUENCE = 10,
    PACKET_EVENT = 11,
    PACKET_INTERNED = 12,
    PACKET_SEQUENCE_FLAGS = 13,
    PACKET_TRACK = 60,
};

enum sequence_flags { SEQUENCE_CLEARED = 1, SEQUENCE_NEEDS = 2 };

enum track {
    TRACK_UUID = 1,
    TRACK_NAME = 2,
    TRACK_PARENT = 5,
    TRACK_CHILD_ORDERING = 11,
    TRACK_RANK = 12,
    TRACK_MERGE = 15,
};

#define ORDER_EXPLICIT 3
#define MERGE_NONE 2 /* otherwise siblings of one name become one track */

enum event {
    EVENT_ANNOTATION = 4,
    EVENT_TYPE = 9,
    EVENT_TRACK = 11,
    EVENT_CATEGORY = 22,
    EVENT_NAME = 23,
    EVENT_FLOW = 47,
    EVENT_FLOW_END = 48,
};

enum event_type { TYPE_BEGIN = 1, TYPE_END = 2, TYPE_INSTANT = 3 };

enum annotation { ANNOTATION_NAME_IID = 1, ANNOTATION_BOOL = 2, ANNOTATION_INT = 4, ANNOTATION_TEXT = 6 };

#define INTERNED_ANNOTATION_NAME 3
#define INTERNED_IID 1
#define INTERNED_NAME 2

/* The keys of annotations, sent once; an iid is a place here + 1. */
enum key {
    KEY_SPAN_ID,
    KEY_PARENT_ID,
    KEY_END_BY,
    KEY_COMMAND,
    KEY_CWD,
    KEY_TASK,
    KEY_VALUE,
    KEY_PID,
    KEY_PPID,
    KEY_EXIT_CODE,
    KEY_SIGNAL,
    KEY_USER_US,
    KEY_SYS_US,
    KEY_MAXRSS_KB,
    KEY_FORKED,
    KEY_COUNT,
};

static const char *const keys[KEY_COUNT] = {
    "span_id", "parent_id", "end_by", "command", "cwd",    "task",      "value",  "pid",
    "ppid",    "exit_code", "signal", "user_us", "sys_us", "maxrss_kb", "forked",
};

enum uuid { UUID_RUN = 1, UUID_TASKS, UUID_PROCESSES, UUID_MARKS };

struct perfetto {
    struct timeline timeline;
    uint32_t at;                    /* the bar of the latest row */
    uint32_t *first;                /* by bar: its first child in another lane */
    uint32_t *next;                 /* by bar: the next child of the same parent that is */
    struct buf packet, event, part; /* being made */
    bool begun;
};

static int init(struct export *e)
{
    struct perfetto *p = e->state;
    return timeline_init(&p->timeline, e->summary, false);
}

static int plan(struct export *e, const struct span *span)
{
    struct perfetto *p = e->state;
    return timeline_add(&p->timeline, span);
}

static uint64_t lane_uuid(enum timeline_group group, uint32_t lane)
{
    return ((uint64_t)group + 1) << 32 | lane;
}

/* Send the packet being made. The first one tells the reader to forget what it knew of the sequence. */
static void send_packet(struct export *e)
{
    struct perfetto *p = e->state;
    protobuf_uint(&p->packet, PACKET_SEQUENCE, SEQUENCE);
    protobuf_uint(&p->packet, PACKET_SEQUENCE_FLAGS, p->begun ? SEQUENCE_NEEDS : SEQUENCE_CLEARED);
    protobuf_message(e->out, TRACE_PACKET, &p->packet);
    p->begun = true;
}

/* A plain track: below one of a process or a thread, lanes would lose their order. */
static void put_track(struct export *e, uint64_t uuid, uint64_t parent, const char *name, uint32_t rank)
{
    struct perfetto *p = e->state;
    protobuf_uint(&p->part, TRACK_UUID, uuid);
    protobuf_text(&p->part, TRACK_NAME, name);
    if (parent)
        protobuf_uint(&p->part, TRACK_PARENT, parent);
    protobuf_uint(&p->part, TRACK_CHILD_ORDERING, ORDER_EXPLICIT);
    protobuf_uint(&p->part, TRACK_RANK, rank);
    protobuf_uint(&p->part, TRACK_MERGE, MERGE_NONE);
    protobuf_message(&p->packet, PACKET_TRACK, &p->part);
    send_packet(e);
}

static int put_lanes(struct export *e, enum timeline_group group, uint64_t parent)
{
    const struct perfetto *p = e->state;
    int err = 0;
    for (uint32_t lane = 1; !err && lane <= p->timeline.lanes[group]; lane++) {
        auto_buf name = BUF_EMPTY;
        buf_printf(&name, "lane %u", lane);
        put_track(e, lane_uuid(group, lane), parent, buf_text(&name), lane);
        err = export_spill(e);
    }
    return err;
}

static void put_keys(struct export *e)
{
    struct perfetto *p = e->state;
    for (uint64_t i = 0; i < KEY_COUNT; i++) {
        protobuf_uint(&p->part, INTERNED_IID, i + 1);
        protobuf_text(&p->part, INTERNED_NAME, keys[i]);
        protobuf_message(&p->event, INTERNED_ANNOTATION_NAME, &p->part);
    }
    protobuf_message(&p->packet, PACKET_INTERNED, &p->event);
    send_packet(e);
}

/* Is there an arrow to the bar, from the one that started it? On its lane it lies on that one anyway; and an
 * arrow must have begun before it ends, by time and, where that is equal, by the order of the rows. */
static bool has_flow(const struct timeline *t, uint32_t at)
{
    const struct timeline_bar *bar = &t->bars[at], *parent = &t->bars[bar->parent];
    if (!bar->parent || bar->head != at || bar->lane == parent->lane)
        return false;
    return bar->start_ns > parent->start_ns || (bar->start_ns == parent->start_ns && bar->parent < at);
}

/* A bar has to name its arrows when it begins, before the bars that they lead to have come. */
static int find_flows(struct perfetto *p)
{
    const struct timeline *t = &p->timeline;
    p->first = calloc(t->len, sizeof *p->first);
    p->next = calloc(t->len, sizeof *p->next);
    if (!p->first || !p->next)
        return -ENOMEM;
    for (uint32_t at = t->len; at-- > 1;) {
        if (!has_flow(t, at))
            continue;
        p->next[at] = p->first[t->bars[at].parent];
        p->first[t->bars[at].parent] = at;
    }
    return 0;
}

static int begin(struct export *e)
{
    struct perfetto *p = e->state;
    int err = timeline_link(&p->timeline);
    if (!err)
        err = timeline_assign_lanes(&p->timeline);
    if (!err)
        err = find_flows(p);
    if (err)
        return err;
    auto_buf name = BUF_EMPTY;
    text_put_cut(&name, e->summary->name, NAME_MAX_BYTES);
    put_keys(e);
    put_track(e, UUID_RUN, 0, buf_text(&name), 0);
    put_track(e, UUID_MARKS, UUID_RUN, "marks", 1);
    put_track(e, UUID_TASKS, UUID_RUN, "tasks", 2);
    put_track(e, UUID_PROCESSES, UUID_RUN, "processes", 3);
    err = put_lanes(e, TIMELINE_TASKS, UUID_TASKS);
    return err ? err : put_lanes(e, TIMELINE_PROCESSES, UUID_PROCESSES);
}

static void note_text(struct perfetto *p, enum key key, const char *text, size_t max)
{
    if (!text)
        return;
    auto_buf line = BUF_EMPTY;
    text_put_cut(&line, text, max);
    protobuf_uint(&p->part, ANNOTATION_NAME_IID, (uint64_t)key + 1);
    protobuf_text(&p->part, ANNOTATION_TEXT, buf_text(&line));
    protobuf_message(&p->event, EVENT_ANNOTATION, &p->part);
}

static void note_int(struct perfetto *p, enum key key, int64_t value)
{
    if (value == SPAN_NONE)
        return;
    protobuf_uint(&p->part, ANNOTATION_NAME_IID, (uint64_t)key + 1);
    protobuf_uint(&p->part, ANNOTATION_INT, (uint64_t)value);
    protobuf_message(&p->event, EVENT_ANNOTATION, &p->part);
}

static void note_true(struct perfetto *p, enum key key)
{
    protobuf_uint(&p->part, ANNOTATION_NAME_IID, (uint64_t)key + 1);
    protobuf_uint(&p->part, ANNOTATION_BOOL, 1);
    protobuf_message(&p->event, EVENT_ANNOTATION, &p->part);
}

static void note_span(struct perfetto *p, const struct span *span)
{
    note_text(p, KEY_SPAN_ID, span->span_id, NAME_MAX_BYTES);
    note_text(p, KEY_PARENT_ID, span->parent_id, NAME_MAX_BYTES);
    note_text(p, KEY_END_BY, span_end_word(span->end_by), NAME_MAX_BYTES);
    if (span->kind == SPAN_PROCESS) {
        auto_buf command = BUF_EMPTY;
        text_put_command(&command, span, TEXT_MAX_BYTES);
        note_text(p, KEY_COMMAND, buf_text(&command), SIZE_MAX - 1);
    }
    note_text(p, KEY_CWD, span->cwd, TEXT_MAX_BYTES);
    note_text(p, KEY_TASK, span->task, NAME_MAX_BYTES);
    note_text(p, KEY_VALUE, span->value, TEXT_MAX_BYTES);
    note_int(p, KEY_PID, span->pid);
    note_int(p, KEY_PPID, span->ppid);
    note_int(p, KEY_EXIT_CODE, span->exit_code);
    note_int(p, KEY_SIGNAL, span->signal);
    note_int(p, KEY_USER_US, span->user_us);
    note_int(p, KEY_SYS_US, span->sys_us);
    note_int(p, KEY_MAXRSS_KB, span->maxrss_kb);
    if (span->forked)
        note_true(p, KEY_FORKED);
}

/* Begin the packet of an event. */
static void start_event(struct perfetto *p, enum event_type type, uint64_t track, int64_t at_ns)
{
    protobuf_uint(&p->packet, PACKET_TIMESTAMP, (uint64_t)at_ns);
    protobuf_uint(&p->event, EVENT_TYPE, type);
    protobuf_uint(&p->event, EVENT_TRACK, track);
}

static void send_event(struct export *e)
{
    struct perfetto *p = e->state;
    protobuf_message(&p->packet, PACKET_EVENT, &p->event);
    send_packet(e);
}

static void name_event(struct perfetto *p, const struct span *span)
{
    auto_buf name = BUF_EMPTY;
    text_put_cut(&name, span->name, NAME_MAX_BYTES);
    protobuf_text(&p->event, EVENT_CATEGORY, span_kind_word(span->kind));
    protobuf_text(&p->event, EVENT_NAME, buf_text(&name));
    note_span(p, span);
}

static void put_flows(struct perfetto *p, uint32_t at)
{
    for (uint32_t child = p->first[at]; child; child = p->next[child])
        protobuf_fixed64(&p->event, EVENT_FLOW, child);
    if (has_flow(&p->timeline, at))
        protobuf_fixed64(&p->event, EVENT_FLOW_END, at);
}

/* Begin and end side by side: the reader sorts by time, and what begins and ends at one time stays in the
 * file's order, which the lanes were made for. */
static void put_bar(struct export *e, uint32_t at, const struct span *span)
{
    struct perfetto *p = e->state;
    const struct timeline_bar *bar = &p->timeline.bars[at];
    uint64_t track = lane_uuid(timeline_group_of(bar), bar->lane);
    start_event(p, TYPE_BEGIN, track, bar->start_ns);
    name_event(p, span);
    put_flows(p, at);
    send_event(e);
    start_event(p, TYPE_END, track, bar->end_ns);
    send_event(e);
}

static int span(struct export *e, const struct span *span)
{
    struct perfetto *p = e->state;
    if (!timeline_is_bar(span)) {
        start_event(p, TYPE_INSTANT, UUID_MARKS, MAX(span->start_ns, p->timeline.start_ns));
        name_event(p, span);
        send_event(e);
    } else if (++p->at < p->timeline.len) {
        put_bar(e, p->at, span);
    }
    return 0;
}

static void release(struct export *e)
{
    struct perfetto *p = e->state;
    timeline_release(&p->timeline);
    free(p->first);
    free(p->next);
    buf_release(&p->packet);
    buf_release(&p->event);
    buf_release(&p->part);
}

const struct export_format format_perfetto = {
    .name = "perfetto",
    .help = "Perfetto's own format, to the nanosecond",
    .suffix = ".pftrace",
    .binary = true,
    .state_bytes = sizeof(struct perfetto),
    .init = init,
    .plan = plan,
    .begin = begin,
    .span = span,
    .release = release,
};
