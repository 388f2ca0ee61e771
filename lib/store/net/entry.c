/* SPDX-License-Identifier: MIT */
/* The table that the module exports to the program. */
#include "store/module.h"
#include "store/net/backends.h"

exported extern const struct module dtrack_net;

const struct module dtrack_net = {.version = VERSION, .sizes = MODULE_SIZES, .backends = net_backends};
