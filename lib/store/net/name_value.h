/* SPDX-License-Identifier: MIT */
/* A name with a value: a header or a query parameter. Both strings are borrowed. */
#ifndef STORE_NET_NAME_VALUE_H
#define STORE_NET_NAME_VALUE_H

struct name_value {
    const char *name; /* NULL ends an array */
    const char *value;
};

#endif
