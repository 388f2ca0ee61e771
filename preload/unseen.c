/* SPDX-License-Identifier: MIT */
/* Unseen images. A record with a mapping of its own gives it back before exec, for after vfork it would stay in the
 * parent for ever: should that exec fail, it is mapped again. */
#include "unseen.h"

#include "recorder.h"
#include "shim.h"
#include "sys/sys.h"

static struct unseen unseen_put(const struct recorder_image *what)
{
    struct spool_room room;
    if (recorder_write(what, &room))
        return (struct unseen){0};
    struct unseen unseen = {.image = room.map ? NULL : room.bytes, .offset = room.offset};
    spool_unmap(&room);
    return unseen;
}

static struct recorder_image unseen_image(const struct unseen_program *program, const struct envp_from *from)
{
    return (struct recorder_image){.start_ns = from->time_ns,
                                   .ready_ns = from->time_ns,
                                   .origin = (uint32_t)from->ref,
                                   .origin_pid = (int32_t)from->pid,
                                   .exe = program->path,
                                   .argv = program->argv,
                                   .args = shim.args,
                                   .flags = SPOOL_IMAGE_UNSEEN | SPOOL_IMAGE_START_SEEN |
                                            (unsigned)program->why << SPOOL_WHY_SHIFT};
}

void unseen_write(struct unseen *unseen, const struct unseen_program *program, const struct envp_from *from)
{
    *unseen = (struct unseen){0};
    if (shim.sandboxed)
        return;
    struct recorder_image what = unseen_image(program, from);
    what.pid = (int32_t)from->pid;
    what.ppid = sys_getppid();
    *unseen = unseen_put(&what);
}

void unseen_write_child(const struct unseen_program *program, const struct envp_from *from, int32_t pid)
{
    if (shim.sandboxed)
        return;
    struct recorder_image what = unseen_image(program, from);
    what.pid = pid;
    what.ppid = (int32_t)from->pid;
    unseen_put(&what);
}

void unseen_void(struct unseen *unseen)
{
    struct spool_room room;
    if (unseen->image)
        __atomic_store_n(&unseen->image->is_void, 1, __ATOMIC_RELEASE);
    else if (unseen->offset && spool_map_again(&shim.spool, unseen->offset, &room) == 0) {
        __atomic_store_n(&((struct spool_image *)room.bytes)->is_void, 1, __ATOMIC_RELEASE);
        spool_unmap(&room);
    }
}
