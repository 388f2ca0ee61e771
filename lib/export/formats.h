/* SPDX-License-Identifier: MIT */
/* The formats themselves, each defined in the file of its name. What each is for is in the table of
 * README.md. */
#ifndef EXPORT_FORMATS_H
#define EXPORT_FORMATS_H

#include "export/export_format.h"

extern const struct export_format format_chrome;
extern const struct export_format format_collapsed;
extern const struct export_format format_csv;
extern const struct export_format format_junit;
extern const struct export_format format_markdown;
extern const struct export_format format_openmetrics;
extern const struct export_format format_perfetto;
extern const struct export_format format_speedscope;

#endif
