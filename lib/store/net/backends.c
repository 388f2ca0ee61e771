/* SPDX-License-Identifier: MIT */
/* The table of network backends. store.c lists their schemes, too, to decide when to load the module. */
#include "store/net/backends.h"

#include <stddef.h>

const struct store_backend *const net_backends[] = {&azure_backend, NULL};
