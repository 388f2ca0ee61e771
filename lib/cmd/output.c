/* SPDX-License-Identifier: MIT */
/* A file, or stdout. */
#include "cmd/output.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* The mode that a newly created file has. */
static mode_t new_file_mode(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

int output_write(const struct command *self, const char *path, output_fn write, void *ctx)
{
    auto_file_new file = FILE_NEW_NONE; /* abandoned on return, unless it was committed */
    if (!path || !strcmp(path, "-"))
        return write(ctx, STDOUT_FILENO);
    int err = file_begin(path, new_file_mode(), &file);
    if (err)
        return cmd_fail(self, "cannot create '%s': %s", path, strerror(-err));
    int status = write(ctx, file.fd);
    if (status != CMD_OK)
        return status;
    err = file_commit(&file, false);
    return err ? cmd_fail(self, "cannot write '%s': %s", path, strerror(-err)) : CMD_OK;
}
