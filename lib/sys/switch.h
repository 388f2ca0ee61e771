/* SPDX-License-Identifier: MIT */
/* Environment variables that switch something on. */
#ifndef SYS_SWITCH_H
#define SYS_SWITCH_H

#include "sys/text.h"

/* Whether a variable's value (NULL = unset) means "on": anything but "" and "0". */
static inline int switch_is_on(const char *value)
{
    return value && *value && !text_equal(value, "0");
}

#endif
