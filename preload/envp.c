/* SPDX-License-Identifier: MIT */
/* Edits environment arrays. Knows which variables are ours and how LD_PRELOAD is written: ld.so(8). */
#include "envp.h"

#include "real.h"
#include "shim.h"
#include "sys/elf_file.h"
#include "sys/sys.h"
#include "sys/text.h"

#define LIBRARY_NAME "libdtrack.so"

static int is_separator(char c)
{
    return c == ':' || c == ' ';
}

const char *envp_find_library(const char *preload, size_t *len)
{
    const size_t name = sizeof LIBRARY_NAME - 1;
    while (*preload) {
        size_t n = 0;
        while (preload[n] && !is_separator(preload[n]))
            n++;
        if (n >= name && (n == name || preload[n - name - 1] == '/') && text_after(preload + n - name, LIBRARY_NAME)) {
            *len = n;
            return preload;
        }
        preload += n + (preload[n] != '\0');
    }
    return NULL;
}

const char *envp_value(char *const *envp, const char *name)
{
    for (; envp && *envp; envp++) {
        const char *value = text_after(*envp, name);
        if (value)
            return value;
    }
    return NULL;
}

int envp_names_library(char *const *envp)
{
    size_t len;
    const char *preload = envp_value(envp, "LD_PRELOAD=");
    return preload && envp_find_library(preload, &len);
}

size_t envp_room(char *const *envp)
{
    size_t n = 0;
    while (envp && envp[n])
        n++;
    return n + 4;
}

/* Also in a sandbox: what is executed there will have to map its libraries under the same filter. */
char **envp_map(size_t room)
{
    void *map = sys_mmap(room * sizeof(char *), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return sys_is_error(map) ? NULL : map;
}

void envp_unmap(char **array, size_t room)
{
    if (array && room > ENVP_ON_STACK)
        sys_munmap(array, room * sizeof(char *));
}

static int is_in_loader_path(const char *path)
{
    return text_take(&path, "/lib\0/usr/lib\0/usr/local/lib\0");
}

const char *envp_library_path(void)
{
    if (shim.library[0] != '/')
        return real_own_path();
    for (const char *s = shim.library; *s; s++)
        if (*s == '$')
            return real_own_path();
    return shim.library;
}

/* A bare name stays one where the loader finds it by itself, for it may stand for one file a word size; found by
 * LD_LIBRARY_PATH alone, it would be missed, loudly, once that is gone. */
const char *envp_library(void)
{
    const char *name = shim.library, *path;
    if (!name[0] || name[0] == '/' || name[0] == '$')
        return name;
    path = real_own_path();
    return path && path[0] == '/' && !is_in_loader_path(path) ? path : name;
}

/* Whether a sanitizer's runtime stands in this part of LD_PRELOAD: it refuses to run behind us. */
static int envp_has_runtime(const char *preload)
{
    int is_start = 1;
    for (; *preload; preload++) {
        if (is_start && elf_is_sanitizer(preload))
            return 1;
        is_start = is_separator(*preload) || *preload == '/';
    }
    return 0;
}

/* LD_PRELOAD's new value, behind its name, from the old one (or ""). Our entry is replaced in place by the path that
 * works from any folder, where we know one. Taken out, it takes a separator along; so it does when it moves behind a sanitizer's
 * runtime, which must come first. 1, 0 when nothing is left of the value, or -1 when it does not fit. */
static int envp_preload(struct envp *e, const char *old, enum envp_library_as let_in)
{
    struct text t = text_into(e->preload, sizeof e->preload);
    size_t len = 0;
    const char *path = let_in == ENVP_BY_PATH ? envp_library_path() : NULL;
    const char *library = path ? path : let_in ? envp_library() : "";
    const char *ours = envp_find_library(old, &len);
    size_t before = ours ? (size_t)(ours - old) : text_len(old, sizeof e->preload);
    const char *after = old + before + (let_in && !library[0] ? 0 : len);
    int goes_last = let_in && library[0] && ours && envp_has_runtime(after);
    if (!let_in || goes_last) {
        if (ours && before)
            before--;
        else if (*after)
            after++;
    }
    text_str(&t, "LD_PRELOAD=");
    size_t start = t.len;
    text_add(&t, old, before);
    text_str(&t, goes_last ? after : !ours && before && library[0] ? ":" : "");
    text_str(&t, goes_last ? ":" : "");
    text_str(&t, library);
    text_str(&t, goes_last ? "" : after);
    return t.cut ? -1 : t.len > start;
}

struct envp_from envp_from_self(int64_t time_ns)
{
    return (struct envp_from){.version = SPOOL_VERSION,
                              .ns = shim.ns,
                              .ref = shim.ref,
                              .pid = (uint32_t)shim.pid,
                              .uid = shim.uid,
                              .time_ns = time_ns,
                              .no_vdso = (uint64_t)shim.no_vdso};
}

static void envp_from_text(struct envp *e, const struct envp_from *from)
{
    struct text t = text_into(e->from, sizeof e->from);
    text_str(&t, "DTRACK_FROM=");
    for (int i = 0; i < ENVP_NUMBERS; i++) {
        text_str(&t, i ? "." : "");
        text_num(&t, from->number[i], 16, 0);
    }
}

int envp_read_from(const char *text, struct envp_from *from)
{
    for (int i = 0; i < ENVP_NUMBERS; i++) {
        if (i && *text++ != '.')
            return -1;
        from->number[i] = text_read_num(&text, 16);
    }
    return *text || from->version != SPOOL_VERSION ? -1 : 0;
}

void envp_edit(struct envp *e, char **out, char *const *old, const struct envp_from *from, enum envp_library_as let_in)
{
    const char *preload = NULL;
    size_t n = 0, preload_at = 0;
    for (; old && *old; old++) {
        const char *entry = *old, *value;
        if (entry[0] == 'D' && (text_after(entry, "DTRACK_RUN=") || text_after(entry, "DTRACK_FROM=")))
            continue;
        if (entry[0] == 'L' && (value = text_after(entry, "LD_PRELOAD="))) {
            int is_again = preload != NULL; /* the loader obeys the last one; one is enough */
            preload = value;
            if (is_again)
                continue;
            preload_at = n;
        } else if (entry[0] == 'L' && text_after(entry, "LD_TRACE_LOADED_OBJECTS=")) {
            let_in = ENVP_WITHHELD; /* the loader will list what it loads, and stop */
        }
        out[n++] = *old;
    }
    int kept = envp_preload(e, preload ? preload : "", let_in);
    if (kept > 0 && preload)
        out[preload_at] = e->preload;
    else if (kept > 0)
        out[n++] = e->preload;
    else if (kept == 0 && preload) {
        for (size_t i = preload_at; i + 1 < n; i++)
            out[i] = out[i + 1];
        n--;
    }
    (void)!text_join(e->run, sizeof e->run, "DTRACK_RUN=", shim.spool.folder, ""); /* it fits: see ENVP_ROOM */
    if (from) {
        envp_from_text(e, from);
        out[n++] = e->run;
        out[n++] = e->from;
    }
    out[n] = NULL;
}
