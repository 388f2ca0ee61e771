/* SPDX-License-Identifier: MIT */
/* Converts resource usage to the form in records. Freestanding: the shim and `dtrack run` share it. */
#include "spool/usage.h"

static uint32_t fit32(int64_t value)
{
    return value < 0 ? 0 : value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

uint64_t usage_us(const struct timeval *time)
{
    return (uint64_t)time->tv_sec * 1000000 + (uint64_t)time->tv_usec;
}

void usage_reaped(struct spool_reap *reap, const struct rusage *usage)
{
    reap->user_us = usage_us(&usage->ru_utime);
    reap->sys_us = usage_us(&usage->ru_stime);
    reap->maxrss_kb = fit32(usage->ru_maxrss);
    reap->minflt = fit32(usage->ru_minflt);
    reap->majflt = fit32(usage->ru_majflt);
    reap->inblock = fit32(usage->ru_inblock);
    reap->oublock = fit32(usage->ru_oublock);
    reap->nvcsw = fit32(usage->ru_nvcsw);
    reap->nivcsw = fit32(usage->ru_nivcsw);
}
