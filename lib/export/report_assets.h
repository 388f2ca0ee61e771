/* SPDX-License-Identifier: MIT */
/* The sources of the page in report/, as the build has put them together: report/embed.py. */
#ifndef EXPORT_REPORT_ASSETS_H
#define EXPORT_REPORT_ASSETS_H

#include <stddef.h>

extern const unsigned char report_style[], report_app[], report_script[];
extern const size_t report_style_len, report_app_len, report_script_len;

/* SHA-256 in base64, of the style and of the script: what the page's policy allows. */
extern const char report_style_digest[], report_script_digest[];

#endif
