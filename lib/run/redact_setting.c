/* SPDX-License-Identifier: MIT */
/* Parses DTRACK_REDACT. Reads no variable. */
#include "run/redact_setting.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/file.h"
#include "base/settings.h"

#define WORDS "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.-"
#define BLANKS " \t\r"
#define NO_NAME "no name, which is letters, digits and '_.-', without dashes in front"
#define FILE_MAX ((size_t)64 << 10)

/* Write a message about the `word`th word, and the line of its file if `line` is not 0. The faulty text is never quoted: it may
 * be a secret, and messages end up in logs. */
static int complain(struct buf *why, size_t word, size_t line, const char *what)
{
    buf_printf(why, "%s: word %zu", settings[SETTING_REDACT].name, word);
    if (line)
        buf_printf(why, ", line %zu of the file", line);
    buf_printf(why, ": %s", what);
    return -EINVAL;
}

/* Append one name without the blanks around it; blank text is skipped. False when it is not a valid name. */
static bool add_word(const char *word, struct buf *rules)
{
    word += strspn(word, BLANKS);
    size_t len = strcspn(word, BLANKS);
    if (!len)
        return true;
    if (strspn(word, WORDS) != len || word[len + strspn(word + len, BLANKS)] || word[0] == '-')
        return false;
    buf_str(rules, rules->len ? "," : "");
    buf_add(rules, word, len);
    return true;
}

/* Append the names in the file that the `word`th word names; '#' starts a comment. */
static int add_file(const char *path, size_t word, struct buf *rules, struct buf *why)
{
    auto_buf text = BUF_EMPTY;
    if (path[0] != '/')
        return complain(why, word, 0, "name the file by an absolute path");
    int err = file_read(path, FILE_MAX, &text);
    if (err) {
        complain(why, word, 0, "cannot read the file: ");
        buf_str(why, strerror(-err));
        return -EINVAL;
    }
    char *rest = text.data, *line;
    for (size_t number = 1; (line = strsep(&rest, "\n")); number++) {
        line[strcspn(line, "#")] = '\0';
        if (!add_word(line, rules))
            return complain(why, word, number, NO_NAME);
    }
    return 0;
}

int redact_setting_parse(const char *value, struct buf *rules, struct buf *why)
{
    auto_buf copy = BUF_EMPTY;
    buf_str(&copy, value);
    char *rest = copy.data, *word;
    int err = buf_error(&copy);
    for (size_t number = 1; !err && (word = strsep(&rest, ",")); number++) {
        if (!strncmp(word, "file:", 5))
            err = add_file(word + 5, number, rules, why);
        else if (!add_word(word, rules))
            err = complain(why, number, 0, NO_NAME);
    }
    return err ? err : buf_error(rules);
}
