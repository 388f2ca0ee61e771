/* SPDX-License-Identifier: MIT */
/* Parses DTRACK_REDACT. Reads no variable. */
#include "cmd/rules.h"

#include <errno.h>
#include <string.h>

#include "base/file.h"
#include "base/settings.h"

#define WORDS "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.-"
#define BLANKS " \t\r"
#define FILE_MAX ((size_t)64 << 10)

static int complain(struct buf *why, const char *what, const char *subject, const char *reason)
{
    buf_printf(why, "%s: %s '%s': %s", settings[SETTING_REDACT].name, what, subject, reason);
    return -EINVAL;
}

/* Take one name, without the blanks around it. */
static int add_word(const char *word, struct buf *rules, struct buf *why)
{
    word += strspn(word, BLANKS);
    size_t len = strcspn(word, BLANKS);
    if (!len)
        return 0;
    if (strspn(word, WORDS) != len || word[len + strspn(word + len, BLANKS)] || word[0] == '-')
        return complain(why, "no name", word, "write letters, digits and '_.-', without dashes in front");
    buf_str(rules, rules->len ? "," : "");
    buf_add(rules, word, len);
    return 0;
}

/* Take the lines of a file; '#' begins a remark. */
static int add_file(const char *path, struct buf *rules, struct buf *why)
{
    auto_buf text = BUF_EMPTY;
    if (path[0] != '/')
        return complain(why, "no file", path, "name it by an absolute path");
    int err = file_read(path, FILE_MAX, &text);
    if (err)
        return complain(why, "cannot read", path, strerror(-err));
    char *rest = text.data, *line;
    while (!err && (line = strsep(&rest, "\n"))) {
        line[strcspn(line, "#")] = '\0';
        err = add_word(line, rules, why);
    }
    return err;
}

int rules_parse(const char *value, struct buf *rules, struct buf *why)
{
    auto_buf copy = BUF_EMPTY;
    buf_str(&copy, value);
    char *rest = copy.data, *word;
    int err = buf_error(&copy);
    while (!err && (word = strsep(&rest, ",")))
        err = strncmp(word, "file:", 5) ? add_word(word, rules, why) : add_file(word + 5, rules, why);
    return err ? err : buf_error(rules);
}
