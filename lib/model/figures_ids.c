/* SPDX-License-Identifier: MIT */
/* Ids -> numbers. "p" and a hexadecimal number are a process, "t" and a decimal one are a task; the two upper bits of a number
 * tell these and the rest apart, as no reference into a spool needs them. */
#include "model/figures_ids.h"

#include <stdbool.h>
#include <string.h>

#define NUMBER_MAX ((1u << 30) - 1)
#define TASK_BIT (1u << 30)
#define TEXT_BIT (1u << 31)

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

/* The number as we would write it: no zero in front, and none that is too large. */
static bool parse(const char *digits, unsigned base, uint32_t *out)
{
    uint64_t number = 0;
    if (*digits == '0' || !*digits)
        return false;
    for (; *digits; digits++) {
        unsigned digit = (unsigned)digit_of(*digits);
        number = number * base + digit;
        if (digit >= base || number > NUMBER_MAX)
            return false;
    }
    *out = (uint32_t)number;
    return true;
}

int figures_ids_number(struct figures_ids *ids, const char *id, uint32_t *out)
{
    *out = 0;
    if (!id || !strcmp(id, "run"))
        return 0;
    if (*id == 'p' && parse(id + 1, 16, out))
        return 0;
    if (*id == 't' && parse(id + 1, 10, out)) {
        *out |= TASK_BIT;
        return 0;
    }
    int err = figures_names_put(&ids->texts, id, out);
    *out |= TEXT_BIT;
    return err;
}
