/* SPDX-License-Identifier: MIT */
/* Unseen images. The mapping is given back before exec: after vfork it would stay in the parent for ever. */
#include "unseen.h"

#include "base/sys.h"
#include "recorder.h"
#include "shim.h"

static uint64_t unseen_put(const struct recorder_image *what)
{
    struct spool_room room;
    int fd = shim.sandboxed ? -1 : spool_reopen(&shim.spool);
    if (fd < 0)
        return 0;
    int err = recorder_write(what, fd, &room);
    sys_close(fd);
    if (err)
        return 0;
    uint64_t offset = room.offset;
    spool_unmap(&room);
    return offset;
}

static struct recorder_image unseen_image(const char *path, char *const *argv, const struct envp_from *from)
{
    return (struct recorder_image){.start_ns = from->time_ns, .ready_ns = from->time_ns, .origin = from->ref,
                                   .origin_pid = from->pid, .exe = path, .argv = argv, .args = shim.args,
                                   .flags = SPOOL_IMAGE_UNSEEN | SPOOL_IMAGE_START_SEEN};
}

void unseen_write(struct unseen *unseen, const char *path, char *const *argv, const struct envp_from *from)
{
    struct recorder_image what = unseen_image(path, argv, from);
    what.pid = from->pid;
    what.ppid = sys_getppid();
    unseen->offset = unseen_put(&what);
}

void unseen_write_child(const char *path, char *const *argv, const struct envp_from *from, int32_t pid)
{
    struct recorder_image what = unseen_image(path, argv, from);
    what.pid = pid;
    what.ppid = from->pid;
    unseen_put(&what);
}

void unseen_void(struct unseen *unseen)
{
    if (!unseen->offset)
        return;
    uint64_t page = unseen->offset & ~UINT64_C(4095);
    int fd = spool_reopen(&shim.spool);
    if (fd < 0)
        return;
    void *map = sys_mmap(2 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, page);
    sys_close(fd);
    if (sys_is_error(map))
        return;
    struct spool_image *image = (void *)((char *)map + (unseen->offset - page));
    __atomic_store_n(&image->is_void, 1, __ATOMIC_RELEASE);
    sys_munmap(map, 2 * 4096);
}
