/* SPDX-License-Identifier: MIT */
/* Compiler attributes, ownership helpers and small macros. Knows no domain words. Usable without libc. */
#ifndef SYS_ATTR_H
#define SYS_ATTR_H

#define must_check __attribute__((warn_unused_result))
#define nonnull __attribute__((nonnull))
#define printf_like(fmt, args) __attribute__((format(printf, fmt, args)))
#define hidden __attribute__((visibility("hidden")))
#define exported __attribute__((visibility("default")))
#define unused __attribute__((unused))

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

#endif
