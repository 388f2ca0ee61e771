/* SPDX-License-Identifier: MIT */
/* A name with a value: a header or a query parameter. Both strings are borrowed. */
#ifndef STORE_NET_PAIR_H
#define STORE_NET_PAIR_H

struct pair {
    const char *name; /* NULL ends an array of pairs */
    const char *value;
};

#endif
