/* SPDX-License-Identifier: MIT */
/* lib/store/local*.c through the contract; what takes two processes is in tests/store. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/store.h"
#include "sys/clock.h"

#include "test.h"

static const char *no_variables(const char *name)
{
    (void)name;
    return NULL;
}

/* A store in a folder of its own; every test has one. */
struct place {
    char top[32];
    char root[48]; /* exists only when the store made it */
    struct store *store;
    struct buf why;
};

static struct place place_open(void)
{
    struct place p = {.top = "/tmp/dtrack-test-XXXXXX"};
    struct store_config config = {.getenv = no_variables, .deadline_ms = 50};
    char url[64];
    if (!mkdtemp(p.top))
        return p;
    snprintf(p.root, sizeof p.root, "%s/a b", p.top);
    snprintf(url, sizeof url, "file://%s/a%%20b/", p.top);
    if (store_open(&config, url, &p.store, &p.why))
        printf("# %s\n", buf_text(&p.why));
    return p;
}

static void place_close(struct place *p)
{
    char command[64];
    store_close(p->store);
    buf_release(&p->why);
    snprintf(command, sizeof command, "rm -rf '%s'", p->top);
    if (system(command))
        printf("# cannot remove %s\n", p->top);
}

#define auto_place __attribute__((cleanup(place_close))) struct place

/* The path of something in the store's folder, in a static buffer. */
static const char *at(const struct place *p, const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", p->root, name);
    return path;
}

static enum store_result put(struct place *p, const char *name, const char *text)
{
    struct store_body body = {.data = text, .fd = -1, .size = strlen(text), .type = "text/plain"};
    return store_put(p->store, name, &body, STORE_CREATE, NULL, &p->why);
}

static enum store_result replace(struct place *p, const char *name, const char *text, const char *etag)
{
    struct store_body body = {.data = text, .fd = -1, .size = strlen(text), .type = "text/plain"};
    return store_put(p->store, name, &body, STORE_REPLACE, etag, &p->why);
}

static int add_name(void *ctx, const struct store_entry *entry)
{
    buf_printf(ctx, "%s:%d ", entry->name, (int)entry->size);
    return 0;
}

static void check_listing(struct place *p, const char *prefix, const char *want)
{
    auto_buf names = BUF_EMPTY;
    CHECK(store_list(p->store, prefix, add_name, &names, &p->why) == STORE_OK);
    CHECK_STR(buf_text(&names), want);
}

static void check_content(struct place *p, const char *name, const char *want)
{
    auto_buf out = BUF_EMPTY;
    CHECK(store_get_small(p->store, name, 100, &out, NULL, &p->why) == STORE_OK);
    CHECK_STR(buf_text(&out), want);
}

TEST(opening_touches_nothing)
{
    auto_place p = place_open();
    CHECK(access(p.root, F_OK) != 0);
    check_listing(&p, "", "");
    CHECK(access(p.root, F_OK) != 0);
}

TEST(object_reads_back_and_is_private)
{
    auto_place p = place_open();
    struct stat st;
    CHECK(put(&p, "runs/v=1/r.json", "hello") == STORE_OK);
    check_content(&p, "runs/v=1/r.json", "hello");
    CHECK(!stat(at(&p, "runs/v=1/r.json"), &st) && (st.st_mode & 0777) == 0600 && st.st_nlink == 1);
    CHECK(!stat(at(&p, "runs"), &st) && (st.st_mode & 0777) == 0700);
    CHECK(!stat(p.root, &st) && (st.st_mode & 0777) == 0700);
}

TEST(body_comes_from_a_file_too)
{
    auto_place p = place_open();
    CHECK(put(&p, "source", "0123456789") == STORE_OK);
    int fd = open(at(&p, "source"), O_RDONLY);
    struct store_body body = {.fd = fd, .size = 10, .type = "text/plain"};
    CHECK(store_put(p.store, "copy", &body, STORE_CREATE, NULL, &p.why) == STORE_OK);
    check_content(&p, "copy", "0123456789");
    body.size = 11;
    CHECK(store_put(p.store, "short", &body, STORE_CREATE, NULL, &p.why) == STORE_REFUSED);
    CHECK(access(at(&p, "short"), F_OK) != 0);
    check_listing(&p, "", "copy:10 source:10 ");
    close(fd);
}

TEST(empty_object_is_an_object)
{
    auto_place p = place_open();
    CHECK(put(&p, "empty", "") == STORE_OK);
    check_content(&p, "empty", "");
    CHECK(put(&p, "empty", "") == STORE_EXISTS);
}

TEST(create_leaves_what_exists_alone)
{
    auto_place p = place_open();
    CHECK(put(&p, "a", "first") == STORE_OK);
    CHECK(put(&p, "a", "second") == STORE_EXISTS);
    CHECK(strstr(buf_text(&p.why), "exists") != NULL);
    check_content(&p, "a", "first");
}

TEST(replace_needs_the_current_tag)
{
    auto_place p = place_open();
    auto_buf out = BUF_EMPTY, etag = BUF_EMPTY;
    CHECK(put(&p, "a", "first") == STORE_OK);
    CHECK(store_get_small(p.store, "a", 100, &out, &etag, &p.why) == STORE_OK);
    CHECK(replace(&p, "a", "second", buf_text(&etag)) == STORE_OK);
    CHECK(replace(&p, "a", "third!", buf_text(&etag)) == STORE_CHANGED);
    check_content(&p, "a", "second");
    CHECK(replace(&p, "missing", "x", buf_text(&etag)) == STORE_CHANGED);
    CHECK(access(at(&p, "missing"), F_OK) != 0);
}

TEST(tag_sees_a_change_of_the_same_size)
{
    auto_place p = place_open();
    auto_buf out = BUF_EMPTY, etag = BUF_EMPTY;
    CHECK(put(&p, "a", "first") == STORE_OK);
    CHECK(store_get_small(p.store, "a", 100, &out, &etag, &p.why) == STORE_OK);
    int fd = open(at(&p, "a"), O_WRONLY);
    CHECK(write(fd, "FIRST", 5) == 5);
    close(fd);
    CHECK(replace(&p, "a", "second", buf_text(&etag)) == STORE_CHANGED);
}

TEST(missing_things_are_missing)
{
    auto_place p = place_open();
    auto_buf out = BUF_EMPTY;
    CHECK(store_get_small(p.store, "a", 100, &out, NULL, &p.why) == STORE_MISSING);
    CHECK(put(&p, "dir/a", "x") == STORE_OK);
    CHECK(store_get_small(p.store, "dir", 100, &out, NULL, &p.why) == STORE_MISSING);
    CHECK(store_get_small(p.store, "dir/a/b", 100, &out, NULL, &p.why) == STORE_MISSING);
    CHECK(mkfifo(at(&p, "pipe"), 0600) == 0);
    CHECK(store_get_small(p.store, "pipe", 100, &out, NULL, &p.why) == STORE_MISSING);
}

TEST(listing_is_in_byte_order_of_whole_names)
{
    auto_place p = place_open();
    static const char *const names[] = {"a0", "a/z", "a-b", "a/b/c", "a.b", "b", "Z", "\xc3\xbc"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        CHECK(put(&p, names[i], "1") == STORE_OK);
    check_listing(&p, "", "Z:1 a-b:1 a.b:1 a/b/c:1 a/z:1 a0:1 b:1 \xc3\xbc:1 ");
    check_listing(&p, "a", "a-b:1 a.b:1 a/b/c:1 a/z:1 a0:1 ");
    check_listing(&p, "a/", "a/b/c:1 a/z:1 ");
    check_listing(&p, "a/b/c", "a/b/c:1 ");
    check_listing(&p, "a/b/cc", "");
    check_listing(&p, "/", "");
}

static int stop_at_second(void *ctx, const struct store_entry *entry)
{
    (void)entry;
    return ++*(int *)ctx == 2;
}

TEST(listing_stops_when_told)
{
    auto_place p = place_open();
    int calls = 0;
    CHECK(put(&p, "a", "") == STORE_OK && put(&p, "b/c", "") == STORE_OK && put(&p, "d", "") == STORE_OK);
    CHECK(store_list(p.store, "", stop_at_second, &calls, &p.why) == STORE_OK);
    CHECK(calls == 2);
}

/* What a killed writer leaves is in nobody's way and in no listing. */
TEST(left_overs_and_strangers_are_not_listed)
{
    auto_place p = place_open();
    CHECK(put(&p, "d/a", "1") == STORE_OK);
    close(open(at(&p, "d/.dtrack-new-abc123"), O_CREAT | O_WRONLY, 0600));
    close(open(at(&p, "d/.dtrack-lock"), O_CREAT | O_WRONLY, 0600));
    close(open(at(&p, "d/not\xffutf8"), O_CREAT | O_WRONLY, 0600));
    CHECK(symlink("/etc", at(&p, "d/link")) == 0);
    CHECK(symlink("..", at(&p, "d/loop")) == 0);
    check_listing(&p, "", "d/a:1 ");
    CHECK(put(&p, "d/b", "2") == STORE_OK);
    check_listing(&p, "", "d/a:1 d/b:1 ");
}

TEST(names_of_its_own_files_are_refused)
{
    auto_place p = place_open();
    CHECK(put(&p, ".dtrack-lock", "x") == STORE_REFUSED);
    CHECK(put(&p, "a/.dtrack-new-1", "x") == STORE_REFUSED);
    CHECK(strstr(buf_text(&p.why), ".dtrack-") != NULL);
    CHECK(put(&p, "a.dtrack-ok", "x") == STORE_OK);
}

TEST(nothing_is_left_after_any_outcome)
{
    auto_place p = place_open();
    CHECK(put(&p, "a", "x") == STORE_OK);
    CHECK(put(&p, "a", "y") == STORE_EXISTS);
    CHECK(replace(&p, "a", "z", "stale") == STORE_CHANGED);
    int left = 0;
    DIR *dir = opendir(p.root);
    for (struct dirent *d = readdir(dir); d; d = readdir(dir))
        left += strcmp(d->d_name, "a") && strcmp(d->d_name, ".") && strcmp(d->d_name, "..");
    closedir(dir);
    CHECK(left == 1); /* the lock */
}

static int refuse_bytes(void *ctx, const void *bytes, size_t len)
{
    (void)ctx, (void)bytes, (void)len;
    return -ENOSPC;
}

TEST(reader_that_stops_is_told_so)
{
    auto_place p = place_open();
    auto_buf out = BUF_EMPTY;
    CHECK(put(&p, "a", "0123456789") == STORE_OK);
    CHECK(store_get(p.store, "a", refuse_bytes, NULL, NULL, &p.why) == STORE_REFUSED);
    CHECK(store_get_small(p.store, "a", 9, &out, NULL, &p.why) == STORE_REFUSED);
    CHECK(strstr(buf_text(&p.why), "larger than 9 bytes") != NULL);
    CHECK(store_get_small(p.store, "a", 10, &out, NULL, &p.why) == STORE_OK);
    CHECK(out.len == 10);
}

TEST(file_in_the_way_of_a_folder_is_refused)
{
    auto_place p = place_open();
    CHECK(put(&p, "a", "x") == STORE_OK);
    CHECK(put(&p, "a/b", "x") == STORE_REFUSED);
    CHECK(strstr(buf_text(&p.why), "create the folder") != NULL);
}

/* As somebody whom permissions stop: root is not. */
TEST(folder_of_another_is_refused_by_name)
{
    auto_place p = place_open();
    auto_buf names = BUF_EMPTY, out = BUF_EMPTY;
    CHECK(put(&p, "a", "x") == STORE_OK);
    CHECK(chmod(p.top, 0755) == 0 && chmod(p.root, 0) == 0);
    CHECK(geteuid() || !seteuid(65534));
    enum store_result listed = store_list(p.store, "", add_name, &names, &p.why);
    bool list_told = strstr(buf_text(&p.why), p.root);
    enum store_result got = store_get_small(p.store, "a", 9, &out, NULL, &p.why);
    enum store_result written = put(&p, "b", "x");
    bool put_told = strstr(buf_text(&p.why), p.root);
    CHECK(getuid() || !seteuid(0));
    CHECK(chmod(p.root, 0700) == 0);
    CHECK(listed == STORE_REFUSED && list_told);
    CHECK(got == STORE_REFUSED);
    CHECK(written == STORE_REFUSED && put_told);
}

/* In a folder that users share, another one's link may lead to anything of ours. */
TEST(links_of_others_are_not_followed)
{
    auto_place p = place_open();
    auto_buf out = BUF_EMPTY;
    char link[96], target[64];
    snprintf(link, sizeof link, "%s/runs", p.root);
    snprintf(target, sizeof target, "%s/elsewhere", p.top);
    CHECK(put(&p, "first", "x") == STORE_OK && !mkdir(target, 0700) && !symlink(target, link));
    CHECK(put(&p, "runs/a", "mine") == STORE_OK); /* a link of one's own is a way to another disk */
    if (geteuid() == 0) {
        CHECK(!lchown(link, 12345, 12345));
        CHECK(put(&p, "runs/b", "x") == STORE_REFUSED && strstr(buf_text(&p.why), "link of another"));
        CHECK(store_get_small(p.store, "runs/a", 9, &out, NULL, &p.why) == STORE_REFUSED);
        CHECK(store_list(p.store, "", add_name, &out, &p.why) == STORE_OK && !strstr(buf_text(&out), "runs"));
    }
    CHECK(!unlink(link));
    snprintf(link, sizeof link, "%s/a", target);
    CHECK(!unlink(link) && !rmdir(target));
}

/* On the way to the store a link of another's is a part of the machine, but not where everybody may put one. */
TEST(the_way_to_a_store_follows_no_link_that_anybody_could_put_there)
{
    static const struct {
        mode_t above;
        uid_t above_owner, link_owner;
        int is_refused;
    } ways[] = {
        {0755, 0, 12345, 0}, {01777, 0, 12345, 1}, {0777, 0, 12345, 1}, {01777, 12345, 12345, 0}, {01777, 12345, 0, 0}};
    auto_place p = place_open();
    struct store_config config = {.getenv = no_variables, .deadline_ms = 50};
    char link[64], target[64], url[96];
    snprintf(link, sizeof link, "%s/team", p.top);
    snprintf(target, sizeof target, "%s/elsewhere", p.top);
    snprintf(url, sizeof url, "file://%s/store", link);
    CHECK(!mkdir(target, 0700) && !symlink(target, link));
    for (size_t i = 0; i < ARRAY_LEN(ways) && geteuid() == 0; i++) {
        struct store *store = NULL;
        auto_buf out = BUF_EMPTY, why = BUF_EMPTY, names = BUF_EMPTY;
        struct store_body body = {.data = "x", .fd = -1, .size = 1, .type = "text/plain"};
        CHECK(!chown(p.top, ways[i].above_owner, 0) && !chmod(p.top, ways[i].above) &&
              !lchown(link, ways[i].link_owner, 0));
        CHECK(store_open(&config, url, &store, &why) == STORE_OK);
        enum store_result put = store_put(store, "a", &body, STORE_CREATE, NULL, &why);
        CHECK(ways[i].is_refused ? put == STORE_REFUSED : put == STORE_OK || put == STORE_EXISTS);
        CHECK(store_get_small(store, "a", 9, &out, NULL, &why) == (ways[i].is_refused ? STORE_REFUSED : STORE_OK));
        CHECK(store_list(store, "", add_name, &names, &why) == (ways[i].is_refused ? STORE_REFUSED : STORE_OK));
        store_close(store);
    }
}

/* Swap a folder of the store for a link to `target` and back, as its owner may do while others write. Ends with its parent. */
static pid_t start_swapping(const char *folder, const char *aside, const char *link)
{
    pid_t parent = getpid(), pid = fork();
    if (pid)
        return pid;
    while (getppid() == parent) {
        (void)!rename(folder, aside);
        (void)!rename(link, folder);
        (void)!rename(folder, link);
        (void)!rename(aside, folder);
    }
    _exit(0);
}

/* Between a look at a folder and its use somebody may put a link in its place. */
TEST(a_link_that_comes_and_goes_leads_nowhere)
{
    auto_place p = place_open();
    auto_buf out = BUF_EMPTY, names = BUF_EMPTY;
    char folder[96], aside[96], link[96], target[64], name[32], path[96];
    if (geteuid())
        return;
    snprintf(folder, sizeof folder, "%s/runs", p.root);
    snprintf(aside, sizeof aside, "%s/aside", p.root);
    snprintf(link, sizeof link, "%s/link", p.root);
    snprintf(target, sizeof target, "%s/elsewhere", p.top);
    snprintf(path, sizeof path, "%s/secret", target);
    CHECK(put(&p, "runs/first", "x") == STORE_OK && !mkdir(target, 0700) && !symlink(target, link) &&
          !lchown(link, 12345, 12345));
    close(open(path, O_CREAT | O_WRONLY, 0600));
    pid_t swapping = start_swapping(folder, aside, link);
    int read = 0, refused = 0;
    for (int i = 0; i < 1500; i++) {
        snprintf(name, sizeof name, "runs/%d", i);
        refused += put(&p, name, "mine") == STORE_REFUSED;
        read += store_get_small(p.store, "runs/secret", 9, &out, NULL, &p.why) == STORE_OK;
        if (i % 16 == 0)
            (void)!store_list(p.store, "runs/", add_name, &names, &p.why);
    }
    CHECK(!kill(swapping, SIGKILL) && waitpid(swapping, NULL, 0) == swapping);
    CHECK(read == 0 && !strstr(buf_text(&names), "secret"));
    printf("# %d writes met the link\n", refused);
    CHECK(!unlink(path) && !rmdir(target)); /* nothing else was written there */
}

/* Anybody may make a lock file in a folder that users share, and hold it. */
TEST(lock_that_another_user_holds_costs_a_moment)
{
    auto_place p = place_open();
    auto_buf out = BUF_EMPTY, etag = BUF_EMPTY, why = BUF_EMPTY;
    struct store_config config = {.getenv = no_variables, .deadline_ms = 30000};
    struct store *patient = NULL;
    char url[64];
    if (geteuid())
        return;
    snprintf(url, sizeof url, "file://%s/a%%20b", p.top);
    CHECK(put(&p, "a", "x") == STORE_OK && store_open(&config, url, &patient, &why) == STORE_OK);
    CHECK(store_get_small(p.store, "a", 9, &out, &etag, &p.why) == STORE_OK);
    int fd = open(at(&p, ".dtrack-lock"), O_CREAT | O_RDWR, 0666);
    CHECK(!fchown(fd, 12345, 12345) && !flock(fd, LOCK_EX));
    int64_t begin = clock_now_ms();
    struct store_body body = {.data = "y", .fd = -1, .size = 1, .type = "text/plain"};
    CHECK(store_put(patient, "a", &body, STORE_REPLACE, buf_text(&etag), &why) == STORE_RETRY);
    CHECK(clock_now_ms() - begin < 5000 && strstr(buf_text(&why), "another user holds the lock"));
    CHECK(flock(fd, LOCK_UN) == 0);
    CHECK(store_put(patient, "a", &body, STORE_REPLACE, buf_text(&etag), &why) == STORE_OK);
    CHECK(!unlink(at(&p, ".dtrack-lock")) && !mkfifo(at(&p, ".dtrack-lock"), 0666));
    CHECK(store_put(patient, "a", &body, STORE_REPLACE, buf_text(&etag), &why) == STORE_REFUSED);
    close(fd);
    store_close(patient);
}

/* Nobody holds the lock for long; who finds it held until the deadline may come back. */
TEST(lock_held_by_another_is_waited_for_until_the_deadline)
{
    auto_place p = place_open();
    auto_buf out = BUF_EMPTY, etag = BUF_EMPTY;
    CHECK(put(&p, "a", "x") == STORE_OK);
    CHECK(store_get_small(p.store, "a", 9, &out, &etag, &p.why) == STORE_OK);
    int fd = open(at(&p, ".dtrack-lock"), O_CREAT | O_RDWR, 0600);
    CHECK(flock(fd, LOCK_EX) == 0);
    CHECK(replace(&p, "a", "y", buf_text(&etag)) == STORE_RETRY);
    CHECK(flock(fd, LOCK_UN) == 0);
    CHECK(replace(&p, "a", "y", buf_text(&etag)) == STORE_OK);
    close(fd);
}

TEST_MAIN(CASE(opening_touches_nothing), CASE(object_reads_back_and_is_private), CASE(body_comes_from_a_file_too),
          CASE(empty_object_is_an_object), CASE(create_leaves_what_exists_alone), CASE(replace_needs_the_current_tag),
          CASE(tag_sees_a_change_of_the_same_size), CASE(missing_things_are_missing),
          CASE(listing_is_in_byte_order_of_whole_names), CASE(listing_stops_when_told),
          CASE(left_overs_and_strangers_are_not_listed), CASE(names_of_its_own_files_are_refused),
          CASE(nothing_is_left_after_any_outcome), CASE(reader_that_stops_is_told_so),
          CASE(file_in_the_way_of_a_folder_is_refused), CASE(folder_of_another_is_refused_by_name),
          CASE(links_of_others_are_not_followed), CASE(the_way_to_a_store_follows_no_link_that_anybody_could_put_there),
          CASE(a_link_that_comes_and_goes_leads_nowhere), CASE(lock_that_another_user_holds_costs_a_moment),
          CASE(lock_held_by_another_is_waited_for_until_the_deadline))
