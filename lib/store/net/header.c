/* SPDX-License-Identifier: MIT */
/* Splits a header line. Knows no header by name. */
#include "store/net/header.h"

#include <ctype.h>
#include <string.h>

/* The length of the line without its end and the blanks before that. */
static size_t trimmed(const char *line, size_t len)
{
    while (len && strchr(" \t\r\n", line[len - 1]) && line[len - 1])
        len--;
    return len;
}

static bool is_clean(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (iscntrl((unsigned char)text[i]) && text[i] != '\t')
            return false;
    return true;
}

bool header_split(const char *line, size_t len, struct header *header)
{
    len = trimmed(line, len);
    const char *colon = memchr(line, ':', len);
    if (!colon || colon == line || len >= sizeof header->text || !is_clean(line, len))
        return false;
    memcpy(header->text, line, len);
    header->text[len] = '\0';
    char *value = header->text + (colon - line);
    *value++ = '\0';
    for (char *c = header->text; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    header->name = header->text;
    header->value = value + strspn(value, " \t");
    return true;
}
