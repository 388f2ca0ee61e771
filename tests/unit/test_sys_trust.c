/* SPDX-License-Identifier: MIT */
#include "sys/trust.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

static char base[] = "/tmp/dtrack-trust-XXXXXX";
static char out[TRUST_PATH_MAX];

static const char *at(const char *name)
{
    static char paths[4][256];
    static unsigned turn;
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", base, name);
    return path;
}

static int resolve(const char *path)
{
    return trust_resolve(path, geteuid(), out);
}

static void set_mode(const char *name, mode_t mode)
{
    CHECK(!chmod(at(name), mode));
}

TEST(a_path_of_ones_own_is_trusted)
{
    CHECK(!resolve(at("a/b/file")));
    CHECK_STR(out, at("a/b/file"));
    CHECK(!resolve(at("./a//b/../b/file")));
    CHECK_STR(out, at("a/b/file"));
    CHECK(!resolve("/") && !strcmp(out, "/"));
    CHECK(!resolve("/../..") && !strcmp(out, "/"));
}

TEST(links_are_followed_to_where_they_lead)
{
    CHECK(!resolve(at("near/file")));
    CHECK_STR(out, at("a/b/file"));
    CHECK(!resolve(at("far/b/file")));
    CHECK_STR(out, at("a/b/file"));
    CHECK(!resolve(at("up")));
    CHECK_STR(out, at("a"));
    CHECK(resolve(at("round")) == -ELOOP);
}

TEST(what_others_may_write_to_is_not_trusted)
{
    static const struct {
        const char *name;
        mode_t usual;
    } places[] = {{"a", 0700}, {"a/b", 0755}, {"a/b/file", 0644}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        for (mode_t bit = 020; bit; bit = bit == 020 ? 002 : 0) {
            set_mode(places[i].name, places[i].usual | bit);
            CHECK(resolve(at("a/b/file")) == -EPERM);
            CHECK(resolve(at("far/b/file")) == -EPERM);
        }
        set_mode(places[i].name, places[i].usual);
    }
    CHECK(!resolve(at("a/b/file")));
}

TEST(the_sticky_bit_helps_roots_folders_only)
{
    set_mode("a", 01777);
    CHECK(resolve(at("a/b/file")) == (geteuid() ? -EPERM : 0));
    set_mode("a", 0700);
}

TEST(what_others_own_is_not_trusted)
{
    if (geteuid())
        return; /* nothing can be given away */
    CHECK(!lchown(at("near"), 12345, 12345));
    CHECK(resolve(at("near/file")) == -EPERM);
    CHECK(trust_resolve(at("near/file"), 12345, out) == 0);
    CHECK(!lchown(at("near"), 0, 0) && !chown(at("a/b"), 12345, 12345));
    CHECK(resolve(at("near/file")) == -EPERM && resolve(at("a/b/file")) == -EPERM);
    CHECK(!chown(at("a/b"), 0, 0));
}

TEST(what_is_no_path_is_an_error)
{
    char longest[TRUST_PATH_MAX + 8];
    memset(longest, 'a', sizeof longest - 1);
    longest[0] = '/';
    longest[sizeof longest - 1] = '\0';
    CHECK(resolve("a/b") == -EINVAL && resolve("") == -EINVAL);
    CHECK(resolve(longest) == -ENAMETOOLONG);
    CHECK(resolve(at("a/none")) == -ENOENT && resolve(at("a/b/file/x")) == -ENOTDIR);
}

static void prepare(void)
{
    CHECK(mkdtemp(base) && !mkdir(at("a"), 0700) && !mkdir(at("a/b"), 0755));
    FILE *file = fopen(at("a/b/file"), "w");
    CHECK(file && !fclose(file));
    set_mode("a/b", 0755);
    set_mode("a/b/file", 0644);
    CHECK(!symlink("a/b", at("near")) && !symlink(at("a"), at("far")) && !symlink("a/b/..", at("up")));
    CHECK(!symlink("round", at("round")));
}

TEST(setting_up)
{
    prepare();
}

TEST(tidying_up)
{
    static const char *const names[] = {"near", "far", "up", "round", "a/b/file"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        CHECK(!unlink(at(names[i])));
    CHECK(!rmdir(at("a/b")) && !rmdir(at("a")) && !rmdir(base));
}

TEST_MAIN(CASE(setting_up), CASE(a_path_of_ones_own_is_trusted), CASE(links_are_followed_to_where_they_lead),
          CASE(what_others_may_write_to_is_not_trusted), CASE(the_sticky_bit_helps_roots_folders_only),
          CASE(what_others_own_is_not_trusted), CASE(what_is_no_path_is_an_error), CASE(tidying_up))
