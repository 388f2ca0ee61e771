/* SPDX-License-Identifier: MIT */
/* Names of folders and their URLs, computed from given values: the environment is the caller's business. */
#ifndef BASE_PATHS_H
#define BASE_PATHS_H

#include "base/buf.h"
#include "sys/attr.h"

/* Append the folder for dtrack's own state: $XDG_STATE_HOME/dtrack, else $HOME/.local/state/dtrack. Either
 * value may be NULL; one that is not absolute counts as missing, as the XDG specification says. 0, -ENOENT
 * when both are missing, or the buffer's error. */
must_check int paths_state(const char *xdg_state_home, const char *home, struct buf *out);

/* Append the file:// URL of an absolute path, percent-encoding what is not plain in a URL. */
void paths_put_file_url(struct buf *out, const char *path);

#endif
