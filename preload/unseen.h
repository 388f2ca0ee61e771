/* SPDX-License-Identifier: MIT */
/* Records of images that cannot record themselves, because the gate withheld the shim from them. */
#ifndef PRELOAD_UNSEEN_H
#define PRELOAD_UNSEEN_H

#include <stdint.h>

#include "envp.h"
#include "gate.h"

/* Remembers where the record is, to take it back. Lives in the hook's frame. */
struct unseen {
    struct spool_image *image; /* NULL = look at offset */
    uint64_t offset;           /* of a record that is not mapped any more; 0 = none was written */
};

/* What the gate has withheld the shim from. */
struct unseen_program {
    const char *path;
    char *const *argv;
    enum gate_verdict why;
};

/* Record that the process `from->pid` becomes `program`. Safe in a vfork child. */
void unseen_write(struct unseen *unseen, const struct unseen_program *program, const struct envp_from *from);

/* The same for a spawned child, whose pid is known. */
void unseen_write_child(const struct unseen_program *program, const struct envp_from *from, int32_t pid);

/* The exec failed: that image never was. */
void unseen_void(struct unseen *unseen);

#endif
