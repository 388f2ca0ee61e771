/* SPDX-License-Identifier: MIT */
/* Variables that switch something on. */
#ifndef SYS_SWITCH_H
#define SYS_SWITCH_H

#include "sys/text.h"

/* Whether a variable's value, NULL when it is unset, means "on": anything but empty and 0. */
static inline int switch_is_on(const char *value)
{
    return value && *value && !text_equal(value, "0");
}

#endif
