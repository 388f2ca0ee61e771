/* SPDX-License-Identifier: MIT */
/* The sources of the page in report/, as the build has put them together: report/embed.py. */
#ifndef EXPORT_REPORT_ASSETS_H
#define EXPORT_REPORT_ASSETS_H

#include <stddef.h>

extern const unsigned char report_style[], report_timeline[], report_graphs[], report_script[];
extern const size_t report_style_len, report_timeline_len, report_graphs_len, report_script_len;

/* SHA-256 in base64, of the style and of the script: what the page's policy allows. */
extern const char report_style_digest[], report_script_digest[];

#endif
