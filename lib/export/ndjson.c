/* SPDX-License-Identifier: MIT */
/* The schema of rows, and writing them. Rows are put together without a JSON tree: there may be a million of
 * them, and this way takes a fifth of the time (lib/export/README.md has the figures). */
#include "export/ndjson.h"

#include <string.h>

#include "base/base64.h"
#include "base/json_write.h"
#include "base/utf8.h"
#include "export/ndjson_schema.h"

#define KEY(key) #key, ",\"" #key "\":", sizeof(",\"" #key "\":") - 1
#define AT(member) offsetof(struct span, member)

const struct field fields[FIELD_COUNT] = {
    {KEY(run_id), FIELD_TEXT, AT(run_id), true},
    {KEY(span_id), FIELD_TEXT, AT(span_id), true},
    {KEY(parent_id), FIELD_TEXT, AT(parent_id), false},
    {KEY(kind), FIELD_KIND, AT(kind), true},
    {KEY(name), FIELD_TEXT, AT(name), true},
    {KEY(start_ns), FIELD_INT, AT(start_ns), true},
    {KEY(dur_ns), FIELD_INT, AT(dur_ns), false},
    {KEY(end_by), FIELD_END, AT(end_by), true},
    {KEY(exit_code), FIELD_INT, AT(exit_code), false},
    {KEY(signal), FIELD_INT, AT(signal), false},
    {KEY(pid), FIELD_INT, AT(pid), false},
    {KEY(ppid), FIELD_INT, AT(ppid), false},
    {KEY(uid), FIELD_INT, AT(uid), false},
    {KEY(exe), FIELD_TEXT, AT(exe), false},
    {KEY(args), FIELD_ARGS, AT(args), false},
    {KEY(args_cut), FIELD_BOOL, AT(args_cut), false},
    {KEY(args_raw), FIELD_RAW, 0, false},
    {KEY(cwd), FIELD_TEXT, AT(cwd), false},
    {KEY(user_us), FIELD_INT, AT(user_us), false},
    {KEY(sys_us), FIELD_INT, AT(sys_us), false},
    {KEY(tree_user_us), FIELD_INT, AT(tree_user_us), false},
    {KEY(tree_sys_us), FIELD_INT, AT(tree_sys_us), false},
    {KEY(maxrss_kb), FIELD_INT, AT(maxrss_kb), false},
    {KEY(minflt), FIELD_INT, AT(minflt), false},
    {KEY(majflt), FIELD_INT, AT(majflt), false},
    {KEY(inblock), FIELD_INT, AT(inblock), false},
    {KEY(oublock), FIELD_INT, AT(oublock), false},
    {KEY(nvcsw), FIELD_INT, AT(nvcsw), false},
    {KEY(nivcsw), FIELD_INT, AT(nivcsw), false},
    {KEY(task), FIELD_TEXT, AT(task), false},
    {KEY(reaped_ns), FIELD_INT, AT(reaped_ns), false},
    {KEY(forked), FIELD_BOOL, AT(forked), false},
    {KEY(ended_by_ns), FIELD_INT, AT(ended_by_ns), false},
    {KEY(value), FIELD_TEXT, AT(value), false},
};

size_t ndjson_keys(void)
{
    return FIELD_COUNT;
}

const char *ndjson_key(size_t index)
{
    return fields[index].key;
}

/* [] when there are none: a list is always a list. */
static void put_args(struct buf *out, const struct span *span)
{
    buf_char(out, '[');
    for (size_t i = 0; i < span->argc; i++) {
        if (i)
            buf_char(out, ',');
        json_put_string(out, span->args[i]);
    }
    buf_char(out, ']');
}

static bool is_utf8(const char *text)
{
    return !text || utf8_valid(text, strlen(text));
}

static void put_base64(struct buf *out, const char *text)
{
    buf_char(out, '"');
    if (text)
        base64_put(out, text, strlen(text));
    buf_char(out, '"');
}

/* null, or the bytes of all args; and behind them those of exe and cwd when it was one of these that is not
 * UTF-8. */
static void put_raw(struct buf *out, const struct span *span)
{
    bool paths_good = is_utf8(span->exe) && is_utf8(span->cwd), args_good = true;
    for (size_t i = 0; args_good && i < span->argc; i++)
        args_good = is_utf8(span->args[i]);
    if (paths_good && args_good) {
        buf_str(out, "null");
        return;
    }
    const char *separator = "[";
    for (size_t i = 0; i < span->argc; i++, separator = ",") {
        buf_str(out, separator);
        put_base64(out, span->args[i]);
    }
    if (!paths_good) {
        buf_str(out, separator);
        put_base64(out, span->exe);
        buf_char(out, ',');
        put_base64(out, span->cwd);
    }
    buf_char(out, ']');
}

/* The table gives each member's place and type, so that a new one is a line there and nothing here. */
void ndjson_put_value(struct buf *out, const struct span *span, const struct field *field)
{
    const void *member = (const char *)span + field->offset;
    switch (field->type) {
    case FIELD_TEXT:
        json_put_string(out, *(const char *const *)member);
        break;
    case FIELD_INT:
        json_put_int_or_null(out, *(const int64_t *)member);
        break;
    case FIELD_BOOL:
        json_put_bool(out, *(const bool *)member);
        break;
    case FIELD_KIND:
        json_put_string(out, span_kind_word(span->kind));
        break;
    case FIELD_END:
        json_put_string(out, span_end_word(span->end_by));
        break;
    case FIELD_ARGS:
        put_args(out, span);
        break;
    case FIELD_RAW:
        put_raw(out, span);
        break;
    }
}

void ndjson_put(struct buf *out, const struct span *span)
{
    size_t start = out->len;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        buf_add(out, fields[i].lead, fields[i].lead_len);
        ndjson_put_value(out, span, &fields[i]);
    }
    buf_str(out, "}\n");
    if (!buf_error(out))
        out->data[start] = '{'; /* where the first key's lead has its comma */
}
