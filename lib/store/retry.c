/* SPDX-License-Identifier: MIT */
/* The retry policy. Decides only: the caller measures time, draws the random number and waits. */
#include "store/retry.h"

#include <stddef.h>

bool retry_worth(int status)
{
    /* the union of what the official clients retry */
    static const int later[] = {0, 408, 429, 500, 502, 503, 504};
    for (size_t i = 0; i < ARRAY_LEN(later); i++)
        if (status == later[i])
            return true;
    return false;
}

/* Half of the pause is sure, half is chance. */
static int64_t backoff_ms(unsigned attempt, uint32_t random)
{
    int64_t most = RETRY_BASE_MS << MIN(attempt, 16U);
    most = MIN(most, RETRY_CAP_MS);
    return most / 2 + random % (most / 2 + 1);
}

int64_t retry_delay_ms(const struct retry_try *last)
{
    if (!retry_worth(last->status))
        return RETRY_STOP;
    int64_t delay = last->retry_after_ms > 0 ? last->retry_after_ms : backoff_ms(last->attempt, last->random);
    return delay < last->left_ms ? delay : RETRY_STOP;
}
