/* SPDX-License-Identifier: MIT */
/* The backends of the module. */
#ifndef STORE_NET_BACKENDS_H
#define STORE_NET_BACKENDS_H

#include "store/store.h"

extern const struct store_backend azure_backend;

/* All of them; ends with NULL. */
extern const struct store_backend *const net_backends[];

#endif
