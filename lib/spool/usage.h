/* SPDX-License-Identifier: MIT */
/* What the kernel says of resources, getrusage(2), in the words of records. */
#ifndef SPOOL_USAGE_H
#define SPOOL_USAGE_H

#include <sys/resource.h>

#include "spool/record.h"

/* A time of a struct rusage in microseconds. */
uint64_t usage_us(const struct timeval *time);

/* Fill in the resource usage of a reaped child and of the descendants that it waited for. Counters are clamped to the fields'
 * range. */
void usage_reaped(struct spool_reap *reap, const struct rusage *usage);

#endif
