/* SPDX-License-Identifier: MIT */
/* What the loader of the other word size makes of an LD_PRELOAD entry: ld.so(8). Anything but a sure yes is a no, for
 * a loader that does not find a library says so in the middle of the job. */
#include "spool/sibling.h"

#include "spool/segment.h"
#include "sys/attr.h"
#include "sys/elf_file.h"
#include "sys/sys.h"
#include "sys/text.h"

/* Without the folders that $LIB never has in front. */
static const char *sibling_skip(const char *path)
{
    text_take(&path, "/usr/\0/\0../\0");
    return path;
}

/* $LIB is the folder that the loader was built to be in. Programs name it by a path that is the same everywhere and may
 * be a link: "/lib/ld-linux.so.2" -> "/lib32/ld-linux.so.2". */
static void sibling_add_lib(struct text *t)
{
    char link[64];
    const char *loader = ELF_FILE_SIBLING_LOADER;
    long len = sys_readlink(loader, link, sizeof link - 1);
    link[len > 0 ? len : 0] = '\0';
    if (link[0] && link[0] != '/' && !text_after(link, "../"))
        text_str(t, "lib/");
    const char *path = sibling_skip(link[0] ? link : loader);
    size_t folder = 0;
    for (size_t i = 0; path[i]; i++)
        if (path[i] == '/')
            folder = i;
    text_add(t, path, folder);
}

/* The entry as that loader spells it out. */
static int sibling_path(const char *entry, char *out, size_t room)
{
    struct text t = text_into(out, room);
    int is_served = 0;
    if (*entry && *entry != '/' && *entry != '$') { /* a bare name: in that loader's own folder, it needs no cache */
        text_str(&t, "/usr/");
        sibling_add_lib(&t);
        text_str(&t, "/");
        is_served = 1;
    }
    while (*entry) {
        if (text_take(&entry, "$LIB\0${LIB}\0")) {
            sibling_add_lib(&t);
            is_served = 1;
        } else {
            text_add(&t, entry++, 1);
        }
    }
    return is_served && !t.cut && *out == '/';
}

int sibling_is_served(const char *entry)
{
    char path[SPOOL_PATH_MAX], head[64] __attribute__((aligned(8)));
    int fd = sibling_path(entry, path, sizeof path) ? sys_open(path, O_RDONLY, 0) : -1;
    if (fd < 0)
        return 0;
    long len = sys_pread(fd, head, sizeof head, 0);
    sys_close(fd);
    return len > 0 && elf_file_is_sibling(head, (size_t)len);
}
