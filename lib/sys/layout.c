/* SPDX-License-Identifier: MIT */
#include "sys/layout.h"

#include <errno.h>

#include "sys/text.h"

#define LAYOUTS 2

/* The path of each file below a common folder, in both layouts: installation and build folder. Two strings in one array, since
 * pointers would need relocation. */
static const char layout_libraries[] = DTRACK_LIBRARY_PLACE "\0/preload/libdtrack.so";
static const char layout_programs[] = DTRACK_PROGRAM_PLACE "\0/lib/cmd/dtrack";
static const char layout_modules[] = DTRACK_MODULE_PLACE "\0/lib/store/net/libdtrack-net.so";

static const char *layout_place(const char *place, int nth)
{
    for (; nth; nth--)
        while (*place++) {
        }
    return place;
}

/* The length of `path` without its suffix `place`, or -1 when it does not end in `place`. */
static int layout_stem(const char *path, const char *place)
{
    size_t len = text_len(path, TRUST_PATH_MAX), tail = text_len(place, TRUST_PATH_MAX);
    return len >= tail && text_equal(path + len - tail, place) ? (int)(len - tail) : -1;
}

/* Find the file at `wanted` in the same layout as `from`, which must end in one of `places`. */
static int layout_look(const char *from, const char *places, const char *wanted, uint32_t uid, char *out)
{
    char path[TRUST_PATH_MAX];
    int err = -ENOENT;
    for (int i = 0; err == -ENOENT && i < LAYOUTS; i++) {
        int stem = layout_stem(from, layout_place(places, i));
        if (stem < 0)
            continue;
        struct text t = text_into(path, sizeof path);
        text_add(&t, from, (size_t)stem);
        text_str(&t, layout_place(wanted, i));
        err = t.cut ? -ENAMETOOLONG : trust_resolve(path, uid, out);
    }
    return err;
}

/* Try the resolved path first, since a symlink may point into an installation; then the path itself, since an installation may
 * consist of symlinks. */
static int layout_find(const char *from, const char *places, const char *wanted, uint32_t uid, char *out)
{
    char real[TRUST_PATH_MAX];
    int err = trust_resolve(from, uid, real);
    if (!err)
        err = layout_look(real, places, wanted, uid, out);
    return err == -ENOENT ? layout_look(from, places, wanted, uid, out) : err;
}

int layout_program(const char *library, uint32_t uid, char *out)
{
    return layout_find(library, layout_libraries, layout_programs, uid, out);
}

int layout_library(const char *program, uint32_t uid, char *out)
{
    return layout_find(program, layout_programs, layout_libraries, uid, out);
}

int layout_module(const char *program, uint32_t uid, char *out)
{
    return layout_find(program, layout_programs, layout_modules, uid, out);
}
