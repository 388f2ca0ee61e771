/* SPDX-License-Identifier: MIT */
/* What the module shows to the program that opens it. */
#include "store/module.h"
#include "store/net/backends.h"

exported extern const struct module dtrack_net;

const struct module dtrack_net = {.version = VERSION, .sizes = MODULE_SIZES, .backends = net_backends};
