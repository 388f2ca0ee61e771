/* SPDX-License-Identifier: MIT */
/* Object names of a run. Touches no store. */
#include "export/names.h"

#include <string.h>

/* '0' stands for a digit, 'x' for a lower-case hexadecimal one; anything else for itself. */
#define ID_SHAPE "00000000T000000.000Z-xxxxxxxx"
#define ID_LEN (sizeof ID_SHAPE - 1)

static bool fits_shape(char c, char shape)
{
    bool digit = c >= '0' && c <= '9';
    if (shape == '0')
        return digit;
    return shape == 'x' ? digit || (c >= 'a' && c <= 'f') : c == shape;
}

bool names_is_id_start(const char *text)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++)
        if (i == ID_LEN || !fits_shape(text[i], ID_SHAPE[i]))
            return false;
    return true;
}

bool names_is_run_id(const char *text)
{
    return strlen(text) == ID_LEN && names_is_id_start(text);
}

/* Days as dt=YYYY-MM-DD: what engines that read whole folders take for a partition. */
static void put_object(struct buf *out, const char *top, const char *run_id, const char *suffix)
{
    buf_printf(out, "%sdt=%.4s-%.2s-%.2s/run-%s%s", top, run_id, run_id + 4, run_id + 6, run_id, suffix);
}

void names_put_summary(struct buf *out, const char *run_id)
{
    put_object(out, NAMES_RUNS, run_id, ".json");
}

void names_put_spans(struct buf *out, const char *run_id)
{
    put_object(out, "spans/v=1/", run_id, ".ndjson.gz");
}

void names_put_listing(struct buf *out, const char *start)
{
    size_t digits = strspn(start, "0123456789");
    buf_str(out, NAMES_RUNS);
    if (digits >= 4)
        buf_printf(out, "dt=%.4s", start);
    if (digits >= 6)
        buf_printf(out, "-%.2s", start + 4);
    if (digits >= 8)
        buf_printf(out, "-%.2s/run-%s", start + 6, start);
}

/* The name must be the one that this id would get: in a shared container there may be others that look alike. */
bool names_run_id(const char *name, char id[RUN_ID_BYTES])
{
    const char *run = strstr(name, "/run-");
    if (!run || strlen(run) < ID_LEN + 5)
        return false;
    char found[ID_LEN + 1];
    memcpy(found, run + 5, ID_LEN);
    found[ID_LEN] = '\0';
    if (!names_is_run_id(found))
        return false;
    auto_buf whole = BUF_EMPTY;
    names_put_summary(&whole, found);
    if (strcmp(buf_text(&whole), name))
        return false;
    memcpy(id, found, sizeof found);
    return true;
}

/* Names come sorted, and ids sort by time: the last one taken is the latest. */
void names_search_take(struct names_search *search, const char *name)
{
    char id[RUN_ID_BYTES] = "";
    if (!names_run_id(name, id) || strncmp(id, search->start, strlen(search->start)))
        return;
    if (search->matches < NAMES_CANDIDATES)
        memcpy(search->candidates[search->matches], id, sizeof id);
    memcpy(search->latest, id, sizeof id);
    search->matches++;
}
