/* SPDX-License-Identifier: MIT */
/* Reads the file that DTRACK_RULES names. */
#include "run/rules_setting.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/own.h"
#include "base/settings.h"
#include "model/task_rules.h"

static int note_unread(const char *path, int err, struct buf *rules, struct buf *why)
{
    buf_clear(rules);
    buf_str(rules, "unreadable");
    if (why)
        buf_printf(why, "%s: cannot read '%s': %s", settings[SETTING_RULES].name, path,
                   err == -EFBIG ? "a file of rules has at most 16 KiB" : strerror(-err));
    return buf_error(rules);
}

/* What is wrong with the first bad line. 0 or -ENOMEM. */
static int check(const char *path, const char *text, struct buf *why)
{
    struct task_rules parsed;
    int err = task_rules_parse(text, &parsed);
    if (!err && parsed.bad)
        buf_printf(why, "%s: '%s': line %zu is no rule, as 'PROGRAM | ARGUMENTS | FOLDER -> NAME' is",
                   settings[SETTING_RULES].name, path, parsed.first_bad);
    task_rules_release(&parsed);
    return err;
}

/* Whatever the path leads to, nobody is to wait for the other end of a pipe. */
static int read_plain(const char *path, struct buf *out)
{
    struct stat st;
    auto_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &st))
        return -errno;
    return S_ISREG(st.st_mode) ? file_read_fd(fd, RULES_FILE_MAX, out) : -EINVAL;
}

int rules_setting_read(const char *value, bool *off, struct buf *rules, struct buf *why)
{
    *off = value && !strcmp(value, "off");
    if (!value || !*value || *off)
        return 0;
    int err = read_plain(value, rules);
    if (err == -ENOMEM)
        return err;
    if (err)
        return note_unread(value, err, rules, why);
    return why ? check(value, buf_text(rules), why) : 0;
}
