/* SPDX-License-Identifier: MIT */
/* 64-bit atomic operations where registers have 32: the compiler calls these by name, and no library of ours may. Its
 * own way would be through the x87 registers, where an error that the host left pending would strike inside of us.
 * Every mapping that they are used on is writable, so to load may be to exchange a value for itself. */
#include <stdint.h>

#include "sys/attr.h"

#define NAMED(name) __asm__(name) hidden __attribute__((used))

uint64_t atomic64_load(const volatile uint64_t *at, int order) NAMED("__atomic_load_8");
void atomic64_store(volatile uint64_t *at, uint64_t value, int order) NAMED("__atomic_store_8");
uint64_t atomic64_fetch_add(volatile uint64_t *at, uint64_t value, int order) NAMED("__atomic_fetch_add_8");
_Bool atomic64_compare_exchange(volatile uint64_t *at, uint64_t *want, uint64_t value, int success, int failure)
    NAMED("__atomic_compare_exchange_8");

uint64_t atomic64_load(const volatile uint64_t *at, unused int order)
{
    return __sync_val_compare_and_swap((volatile uint64_t *)(uintptr_t)at, 0, 0);
}

_Bool atomic64_compare_exchange(volatile uint64_t *at, uint64_t *want, uint64_t value, unused int success,
                                unused int failure)
{
    uint64_t expected = *want, found = __sync_val_compare_and_swap(at, expected, value);
    *want = found;
    return found == expected;
}

void atomic64_store(volatile uint64_t *at, uint64_t value, unused int order)
{
    uint64_t found = *at;
    while (!atomic64_compare_exchange(at, &found, value, 0, 0)) {
    }
}

uint64_t atomic64_fetch_add(volatile uint64_t *at, uint64_t value, unused int order)
{
    uint64_t found = *at;
    while (!atomic64_compare_exchange(at, &found, found + value, 0, 0)) {
    }
    return found;
}
