/* SPDX-License-Identifier: MIT */
/* What people type and take for a number, or not. */
#ifndef BASE_JSON_NUMBER_H
#define BASE_JSON_NUMBER_H

#include <stdbool.h>

#include "sys/attr.h"

/* Is the number still what was typed, after a reader has made a double of it? Not 1.10, nor 20 digits. An exponent needs its
 * sign: 4e12345 and 1234e56 are commit ids. The text is a number as JSON has it. */
must_check bool json_number_survives(const char *text);

#endif
