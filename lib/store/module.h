/* SPDX-License-Identifier: MIT */
/* The network on demand: what needs libcurl or OpenSSL is one module, libdtrack-net.so, which is loaded when
 * a URL asks for it. Both sides of that seam include this header. */
#ifndef STORE_MODULE_H
#define STORE_MODULE_H

#include <stdint.h>

#include "base/buf.h"
#include "store/store.h"
#include "sys/attr.h"

#define MODULE_FILE "libdtrack-net.so"
#define MODULE_TABLE "dtrack_net" /* the one name that the module exports: its struct module */

/* What crosses the seam has these sizes on both sides, or one of them is of another build. */
#define MODULE_SIZES                                                                                         \
    (uint32_t)(sizeof(struct store_backend) << 20 | sizeof(struct store_config) << 10 |                      \
               sizeof(struct store_body))

struct module {
    char version[32]; /* dtrack's own; the program and its module are installed together */
    uint32_t sizes;   /* MODULE_SIZES */
    const struct store_backend *const *backends; /* ends with NULL */
};

/* The backends of the module, ended by NULL, which is loaded unless it is already; it stays until the process
 * ends. NULL with the reason appended to `why` when it is missing, does not load or is of another version.
 * `store/module.c` opens the file; tests are linked with the backends instead, by a function of the same
 * name. */
must_check nonnull const struct store_backend *const *module_load(struct buf *why);

#endif
