/* SPDX-License-Identifier: MIT */
/* The table of network backends. The schemes in it are named in store.c, too, where they decide about loading
 * the module. */
#include "store/net/backends.h"

#include <stddef.h>

const struct store_backend *const net_backends[] = {&azure_backend, NULL};
