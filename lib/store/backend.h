/* SPDX-License-Identifier: MIT */
/* The backends that the program itself has; store.c collects them. */
#ifndef STORE_BACKEND_H
#define STORE_BACKEND_H

#include "store/store.h"

extern const struct store_backend local_backend;
extern const struct store_backend null_backend;

#endif
