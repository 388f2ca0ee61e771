/* SPDX-License-Identifier: MIT */
#include "export/html.h"

#include <stdarg.h>
#include <string.h>

#include "base/utf8.h"

static void put_escaped(struct buf *out, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            buf_str(out, "&amp;");
            break;
        case '<':
            buf_str(out, "&lt;");
            break;
        case '>':
            buf_str(out, "&gt;");
            break;
        case '"':
            buf_str(out, "&quot;");
            break;
        case '\'':
            buf_str(out, "&#39;");
            break;
        default:
            buf_char(out, *text);
        }
    }
}

void html_put(struct buf *out, const char *text)
{
    auto_buf line = BUF_EMPTY;
    if (!text)
        return;
    utf8_put_line(&line, text, strlen(text));
    put_escaped(out, buf_text(&line));
}

void html_printf(struct buf *out, const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    for (const char *at = format; *at; at++) {
        if (at[0] == '%' && at[1] == 's')
            html_put(out, va_arg(ap, const char *));
        else if (at[0] == '%' && at[1] == 'd')
            buf_printf(out, "%lld", va_arg(ap, long long));
        else
            buf_char(out, *at);
        at += at[0] == '%' && (at[1] == 's' || at[1] == 'd');
    }
    va_end(ap);
}
