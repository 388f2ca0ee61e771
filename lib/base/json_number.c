/* SPDX-License-Identifier: MIT */
/* What people type and take for a number, or not. Needs no JSON tree: dtrack-mark asks as well. */
#include "base/json_number.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TYPED_DIGITS_MAX 24              /* more than any double has, with sign, point and a few zeros */
#define TYPED_INT_MAX 9007199254740992.0 /* 2^53: up to here a double has every integer */

/* Does printing the number again, with `digits` behind the point, give `text` up to its exponent? */
static bool prints_as(double number, char format, int digits, const char *text)
{
    char again[64];
    snprintf(again, sizeof again, format == 'f' ? "%.*f" : "%.*e", digits, number);
    size_t len = strcspn(again, "e");
    return len == strcspn(text, "e") && !strncmp(again, text, len);
}

/* Would a digit less be the same number? Then the last one means something to people only: a version is not its 1.1. */
static bool has_digit_too_many(double number, char format, int digits)
{
    char shorter[64];
    snprintf(shorter, sizeof shorter, format == 'f' ? "%.*f" : "%.*e", digits - 1, number);
    return strtod(shorter, NULL) == number;
}

bool json_number_survives(const char *text)
{
    size_t whole = strcspn(text, ".eE"), mantissa = strcspn(text, "eE");
    const char *exponent = text + mantissa;
    char format = *exponent ? 'e' : 'f';
    int digits = mantissa > whole ? (int)(mantissa - whole - 1) : 0;
    double number = strtod(text, NULL);
    if (mantissa > TYPED_DIGITS_MAX || fabs(number) > DBL_MAX || (number == 0 && *text == '-'))
        return false;
    if (*exponent && (*exponent != 'e' || !strpbrk(exponent, "+-") || number == 0))
        return false;
    if (!*exponent && fabs(number) > TYPED_INT_MAX)
        return false;
    return prints_as(number, format, digits, text) && (!digits || !has_digit_too_many(number, format, digits));
}
