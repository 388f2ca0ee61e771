/* SPDX-License-Identifier: MIT */
/* The network on demand: all code that needs libcurl or OpenSSL is in a module, libdtrack-net.so, which is loaded when a URL
 * needs it. The program and the module both include this header. */
#ifndef STORE_MODULE_H
#define STORE_MODULE_H

#include <stdint.h>

#include "base/buf.h"
#include "store/store.h"
#include "sys/attr.h"

#define MODULE_FILE "libdtrack-net.so"
#define MODULE_TABLE "dtrack_net" /* the only symbol that the module exports: its struct module */

/* A checksum of the sizes of the structs that program and module share: if it differs, they are of different builds. */
#define MODULE_SIZES \
    (uint32_t)(sizeof(struct store_backend) << 20 | sizeof(struct store_config) << 10 | sizeof(struct store_body))

struct module {
    char version[32];                            /* dtrack's own; the program and its module are installed together */
    uint32_t sizes;                              /* MODULE_SIZES */
    const struct store_backend *const *backends; /* ends with NULL */
};

/* Load the module unless it is loaded already, and return its backends, terminated by NULL. It stays loaded until the process ends.
 * NULL, with the reason appended to `why`, when it is missing, does not load or is of another version. Tests are linked with the
 * backends and define a function of this name themselves. */
must_check nonnull const struct store_backend *const *module_load(struct buf *why);

#endif
