/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/own.h"
#include "test.h"

/* A folder of its own for each test; paths are made by at(). */
static char dir[] = "/tmp/dtrack-file-XXXXXX";
static char path_room[4][128];

static const char *at(int slot, const char *name)
{
    snprintf(path_room[slot], sizeof path_room[slot], "%s/%s", dir, name);
    return path_room[slot];
}

static int entries(void)
{
    int count = 0;
    DIR *d = opendir(dir);
    while (d && readdir(d))
        count++;
    if (d)
        closedir(d);
    return count - 2;
}

static const char *contents(struct buf *b, const char *path)
{
    buf_clear(b);
    return file_read(path, 1000, b) ? NULL : buf_text(b);
}

TEST(replace_creates_with_the_mode_and_replaces)
{
    auto_buf b = BUF_EMPTY;
    struct stat st;
    CHECK(!file_replace(at(0, "a"), 0600, "one", 3));
    CHECK_STR(contents(&b, at(0, "a")), "one");
    CHECK(!stat(at(0, "a"), &st) && (st.st_mode & 07777) == 0600);
    CHECK(!file_replace(at(0, "a"), 0640, "two", 3));
    CHECK_STR(contents(&b, at(0, "a")), "two");
    CHECK(!stat(at(0, "a"), &st) && (st.st_mode & 07777) == 0640);
    CHECK(entries() == 1);
    unlink(at(0, "a"));
}

TEST(an_abandoned_file_leaves_the_old_one)
{
    auto_buf b = BUF_EMPTY;
    CHECK(!file_replace(at(0, "a"), 0600, "old", 3));
    {
        auto_file_new file = FILE_NEW_NONE;
        CHECK(!file_begin(at(0, "a"), 0600, &file));
        CHECK(!file_write_all(file.fd, "new", 3));
        CHECK(entries() == 1);
    }
    CHECK(entries() == 1);
    CHECK_STR(contents(&b, at(0, "a")), "old");
    unlink(at(0, "a"));
}

/* As a root under construction is: a file without a name can't get one there. */
static bool hide_proc(void)
{
    return !unshare(CLONE_NEWNS) && !mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) &&
           !mount("none", "/proc", "tmpfs", 0, NULL);
}

/* Replace again and again, slowly enough to be met at any moment. Ends by a signal, or with 77 where /proc can't be hidden. */
static pid_t start_replacing(bool without_proc)
{
    pid_t pid = fork();
    if (pid)
        return pid;
    if (without_proc && !hide_proc())
        _exit(77);
    for (;;)
        if (file_replace(at(0, "a"), 0640, path_room, sizeof path_room))
            _exit(1);
}

TEST(a_writer_that_is_ended_leaves_nothing)
{
    struct stat st;
    int status = 0;
    for (int i = 0; i < 60 && !(WIFEXITED(status) && i); i++) {
        pid_t pid = start_replacing(i % 2);
        usleep((useconds_t)(2000 + i * 131));
        kill(pid, i % 3 ? SIGTERM : SIGINT);
        CHECK(waitpid(pid, &status, 0) == pid && (WIFSIGNALED(status) || WEXITSTATUS(status) == 77));
        CHECK(entries() <= 1);
    }
    CHECK(!stat(at(0, "a"), &st) && (st.st_mode & 07777) == 0640 && st.st_size == sizeof path_room);
    unlink(at(0, "a"));
}

TEST(a_symlink_stays_a_symlink)
{
    auto_buf b = BUF_EMPTY;
    struct stat st;
    CHECK(!file_replace(at(0, "target"), 0600, "old", 3));
    CHECK(!symlink("target", at(1, "link")));
    CHECK(!file_replace(at(1, "link"), 0600, "new", 3));
    CHECK(!lstat(at(1, "link"), &st) && S_ISLNK(st.st_mode));
    CHECK_STR(contents(&b, at(0, "target")), "new");
    unlink(at(0, "target"));
    CHECK(file_replace(at(1, "link"), 0600, "x", 1) == -ENOENT);
    unlink(at(1, "link"));
}

TEST(a_pipe_is_written_and_not_replaced)
{
    struct stat st;
    char got[4] = "";
    CHECK(!mkfifo(at(0, "pipe"), 0600));
    auto_fd reader = open(at(0, "pipe"), O_RDONLY | O_NONBLOCK);
    CHECK(reader >= 0);
    CHECK(!file_replace(at(0, "pipe"), 0600, "abc", 3));
    CHECK(read(reader, got, 3) == 3);
    CHECK_STR(got, "abc");
    CHECK(!stat(at(0, "pipe"), &st) && S_ISFIFO(st.st_mode));
    unlink(at(0, "pipe"));
}

TEST(reading_stops_at_the_limit)
{
    auto_buf b = BUF_EMPTY;
    CHECK(!file_replace(at(0, "a"), 0600, "12345", 5));
    CHECK(file_read(at(0, "a"), 4, &b) == -EFBIG);
    buf_clear(&b);
    CHECK(file_read(at(0, "a"), 5, &b) == 0 && b.len == 5);
    CHECK(file_read(at(1, "missing"), 5, &b) == -ENOENT);
    unlink(at(0, "a"));
}

TEST(folders_are_made_with_their_parents)
{
    struct stat st;
    CHECK(!file_make_dirs(at(0, "x/y/z"), 0700));
    CHECK(!stat(at(0, "x/y/z"), &st) && S_ISDIR(st.st_mode) && (st.st_mode & 07777) == 0700);
    CHECK(!file_make_dirs(at(0, "x/y/z/"), 0700));
    CHECK(!file_replace(at(1, "x/file"), 0600, "", 0));
    CHECK(file_make_dirs(at(2, "x/file/sub"), 0700) == -ENOTDIR);
    unlink(at(1, "x/file"));
    rmdir(at(0, "x/y/z"));
    rmdir(at(0, "x/y"));
    rmdir(at(0, "x"));
}

TEST(a_file_of_an_open_folder_is_replaced_in_one_step)
{
    auto_buf b = BUF_EMPTY, first = BUF_EMPTY, second = BUF_EMPTY;
    auto_fd folder = open(dir, O_RDONLY | O_DIRECTORY);
    buf_str(&first, "first");
    buf_str(&second, "2");
    CHECK(!file_replace_at(folder, "a", &first, false));
    CHECK_STR(contents(&b, at(0, "a")), "first");
    CHECK(!file_replace(at(1, "a.new"), 0600, "of a writer that was killed", 27));
    CHECK(!file_replace_at(folder, "a", &second, true));
    CHECK_STR(contents(&b, at(0, "a")), "2");
    CHECK(entries() == 1);
    unlink(at(0, "a"));
}

TEST(what_cannot_be_replaced_stays_and_leaves_no_rest)
{
    auto_buf text = BUF_EMPTY;
    auto_fd folder = open(dir, O_RDONLY | O_DIRECTORY);
    buf_str(&text, "x");
    CHECK(!mkdir(at(0, "a"), 0700));
    CHECK(file_replace_at(folder, "a", &text, false) == -EISDIR);
    CHECK(entries() == 1);
    CHECK(file_replace_at(-1, "a", &text, false) == -EBADF);
    rmdir(at(0, "a"));
}

int main(void)
{
    static const struct test_case cases[] = {CASE(replace_creates_with_the_mode_and_replaces),
                                             CASE(an_abandoned_file_leaves_the_old_one),
                                             CASE(a_writer_that_is_ended_leaves_nothing),
                                             CASE(a_symlink_stays_a_symlink),
                                             CASE(a_pipe_is_written_and_not_replaced),
                                             CASE(reading_stops_at_the_limit),
                                             CASE(folders_are_made_with_their_parents),
                                             CASE(a_file_of_an_open_folder_is_replaced_in_one_step),
                                             CASE(what_cannot_be_replaced_stays_and_leaves_no_rest)};
    if (!mkdtemp(dir))
        return 1;
    int status = test_run(cases, ARRAY_LEN(cases));
    return rmdir(dir) ? 1 : status;
}
