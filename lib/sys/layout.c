/* SPDX-License-Identifier: MIT */
#include "sys/layout.h"

#include <errno.h>

#include "sys/text.h"

#define LAYOUTS 2

/* Of each layout the library's place, then the program's; below one folder, or absolute where the build was configured so. One
 * string without pointers, which a loader would have to relocate. */
static const char layout_places[] = DTRACK_LIBRARY_PLACE "\0" DTRACK_PROGRAM_PLACE "\0"
                                    "/preload/libdtrack.so\0/lib/cmd/dtrack";

static const char *layout_place(int nth)
{
    const char *place = layout_places;
    for (; nth; nth--)
        while (*place++) {
        }
    return place;
}

/* The length of `path` without its ending `place`, or -1 when it does not end so. */
static int layout_stem(const char *path, const char *place)
{
    size_t len = text_len(path, TRUST_PATH_MAX), tail = text_len(place, TRUST_PATH_MAX);
    return len >= tail && text_equal(path + len - tail, place) ? (int)(len - tail) : -1;
}

/* The other half of the layout that the path `from` is in. */
static int layout_look(const char *from, uint32_t uid, int is_library, char *out)
{
    char path[TRUST_PATH_MAX];
    int err = -ENOENT;
    for (int i = 0; err == -ENOENT && i < LAYOUTS; i++) {
        int stem = layout_stem(from, layout_place(2 * i + !is_library));
        if (stem < 0)
            continue;
        struct text t = text_into(path, sizeof path);
        text_add(&t, from, (size_t)stem);
        text_str(&t, layout_place(2 * i + is_library));
        err = t.cut ? -ENAMETOOLONG : trust_resolve(path, uid, out);
    }
    return err;
}

/* Symbolic links may point from elsewhere into an installation, or an installation may consist of links. */
static int layout_find(const char *from, uint32_t uid, int is_library, char *out)
{
    char real[TRUST_PATH_MAX];
    int err = trust_resolve(from, uid, real);
    if (!err)
        err = layout_look(real, uid, is_library, out);
    return err == -ENOENT ? layout_look(from, uid, is_library, out) : err;
}

int layout_program(const char *library, uint32_t uid, char *out)
{
    return layout_find(library, uid, 1, out);
}

int layout_library(const char *program, uint32_t uid, char *out)
{
    return layout_find(program, uid, 0, out);
}
