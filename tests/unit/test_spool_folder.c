/* SPDX-License-Identifier: MIT */
#include "spool/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "test.h"

static char base[] = "/tmp/dtrack-folder-XXXXXX";
static char stopped[TRUST_PATH_MAX]; /* what the last folder was refused for */

static const char *at(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", base, name);
    return path;
}

static mode_t kind_of(const char *name)
{
    struct stat st;
    return lstat(at(name), &st) ? 0 : st.st_mode & (S_IFMT | 0777);
}

static int entries(void)
{
    int count = 0;
    DIR *d = opendir(base);
    while (d && readdir(d))
        count++;
    if (d)
        closedir(d);
    return count - 2;
}

static void remove_run(void)
{
    static const char *const names[] = {"run-a/spool", "run-a/end", "run-a/done", "run-a/lock", "leader-4321"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        unlink(at(names[i]));
    rmdir(at("run-a"));
}

static const struct spool_start start = {.run_id = "a", .leader_pid = 4321};

TEST(a_run_has_all_its_files_under_the_name_that_makes_it_one)
{
    struct spool spool = {0};
    CHECK(!folder_create_run(base, &start, &spool));
    CHECK_STR(spool.folder, at("run-a"));
    CHECK(kind_of("run-a") == (S_IFDIR | 0700) && kind_of("run-a/spool") == (S_IFREG | 0600));
    CHECK(kind_of("run-a/end") == (S_IFIFO | 0600) && kind_of("run-a/done") == (S_IFIFO | 0600));
    CHECK(kind_of("run-a/lock") == (S_IFREG | 0600));
    char target[64] = "";
    CHECK(readlink(at("leader-4321"), target, sizeof target - 1) == 5);
    CHECK_STR(target, "run-a");
    CHECK(entries() == 2);
    spool_detach(&spool);
    remove_run();
}

TEST(a_stale_link_of_the_same_pid_is_replaced)
{
    struct spool spool = {0};
    CHECK(!symlink("run-gone", at("leader-4321")));
    CHECK(!folder_create_run(base, &start, &spool));
    char target[64] = "";
    CHECK(readlink(at("leader-4321"), target, sizeof target - 1) == 5);
    spool_detach(&spool);
    remove_run();
}

TEST(a_run_that_cannot_be_made_leaves_nothing)
{
    struct spool spool = {0};
    CHECK(!mkdir(at("leader-4321"), 0700)); /* where the link should go */
    CHECK(folder_create_run(base, &start, &spool) < 0);
    CHECK(!spool.header && entries() == 1);
    CHECK(!rmdir(at("leader-4321")));
    CHECK(!mkdir(at("run-a"), 0700) && !mkdir(at("run-a/x"), 0700)); /* its name is taken */
    CHECK(folder_create_run(base, &start, &spool) < 0);
    CHECK(!spool.header && entries() == 1);
    rmdir(at("run-a/x"));
    rmdir(at("run-a"));
}

TEST(a_base_that_is_missing_is_an_error)
{
    struct spool spool = {0};
    CHECK(folder_create_run(at("missing"), &start, &spool) == -ENOENT);
    CHECK(!spool.header);
}

TEST(bases_are_tried_in_order)
{
    char out[64];
    const struct folder_env own = {.spool = "/s", .home = "/h", .uid = 7}, home = {.home = "/h", .uid = 7},
                            none = {.uid = 7}, xdg = {.state_home = "/x", .home = "/h"};
    CHECK(!folder_base(&own, 0, out, sizeof out));
    CHECK_STR(out, "/s");
    CHECK(folder_base(&own, 1, out, sizeof out) == -ENOENT);
    CHECK(!folder_base(&xdg, 0, out, sizeof out));
    CHECK_STR(out, "/x/dtrack/spool");
    CHECK(!folder_base(&home, 0, out, sizeof out));
    CHECK_STR(out, "/h/.local/state/dtrack/spool");
    CHECK(!folder_base(&home, 2, out, sizeof out));
    CHECK_STR(out, "/tmp/dtrack-7");
    CHECK(folder_base(&home, 3, out, sizeof out) == -ENOENT);
    CHECK(!folder_base(&none, 0, out, sizeof out));
    CHECK_STR(out, "/var/tmp/dtrack-7");
    CHECK(folder_base(&home, 0, out, 10) == -ENAMETOOLONG);
}

/* As `sh -c 'umask 777'` leaves it. */
TEST(a_umask_takes_nothing_from_what_is_ours)
{
    struct spool spool = {0};
    mode_t before = umask(0777);
    int err = folder_make_private(at("a/b"), geteuid(), stopped);
    if (!err)
        err = folder_create_run(at("a/b"), &start, &spool);
    umask(before);
    CHECK(!err);
    CHECK(kind_of("a") == (S_IFDIR | 0700) && kind_of("a/b") == (S_IFDIR | 0700) &&
          kind_of("a/b/run-a") == (S_IFDIR | 0700));
    CHECK(kind_of("a/b/run-a/spool") == (S_IFREG | 0600) && kind_of("a/b/run-a/lock") == (S_IFREG | 0600));
    CHECK(kind_of("a/b/run-a/end") == (S_IFIFO | 0600) && kind_of("a/b/run-a/done") == (S_IFIFO | 0600));
    spool_detach(&spool);
    CHECK(!chmod(at("a/b"), 0));
    CHECK(!folder_make_private(at("a/b"), geteuid(), stopped) &&
          kind_of("a/b") == (S_IFDIR | 0700)); /* of an earlier job */
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", at("a"));
    CHECK(system(command) == 0);
}

TEST(bases_too_long_for_runs_are_passed_over)
{
    char out[SPOOL_PATH_MAX], path[SPOOL_PATH_MAX], spool[400], home[400];
    unsigned long_ones = 0;
    for (size_t len = 150; len < sizeof spool - 1; len++) {
        memset(spool, 's', len);
        memset(home, 'h', len);
        spool[0] = home[0] = '/';
        spool[len] = home[len] = '\0';
        const struct folder_env told = {.spool = spool, .uid = 7}, at_home = {.home = home, .uid = 7};
        CHECK(!folder_base(&told, 0, out, sizeof out) &&
              !folder_run_path(out, "20260101T000000.000Z-00000000", path, sizeof path));
        long_ones += !strcmp(out, "/var/tmp/dtrack-7");
        CHECK(!folder_base(&at_home, 0, out, sizeof out));
        CHECK(!folder_run_path(out, "20260101T000000.000Z-00000000", path, sizeof path));
    }
    CHECK(long_ones > 150 && long_ones < 200);
}

TEST(a_home_serves_if_it_is_there_and_ones_own_and_no_work_tree)
{
    char out[SPOOL_PATH_MAX], home[SPOOL_PATH_MAX];
    static const char *const marks[] = {"w/.git", "w/.hg", "w/.svn", "w/.jj"};
    snprintf(home, sizeof home, "%s", at("w/h"));
    struct folder_env env = {.home = home, .uid = geteuid()};
    CHECK(!folder_base(&env, 0, out, sizeof out));
    CHECK(folder_make_base(&env, 0, out, stopped) == -EBUSY && !kind_of("w"));
    CHECK(!mkdir(at("w"), 0755) && !mkdir(home, 0755));
    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        CHECK(!mkdir(at(marks[i]), 0755));
        CHECK(folder_make_base(&env, 0, out, stopped) == -EBUSY && folder_is_in_work_tree(home));
        CHECK(!rmdir(at(marks[i])));
    }
    env.uid++;
    CHECK(folder_make_base(&env, 0, out, stopped) == -EBUSY && !kind_of("w/h/.local"));
    env.uid--;
    CHECK(!folder_make_base(&env, 0, out, stopped) && kind_of("w/h/.local/state/dtrack/spool") == (S_IFDIR | 0700));
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", at("w"));
    CHECK(system(command) == 0);
}

TEST(ids_name_the_millisecond_in_utc)
{
    char id[SPOOL_ID_BYTES];
    folder_run_id(0, 0xabc, id);
    CHECK_STR(id, "19700101T000000.000Z-00000abc");
    folder_run_id(INT64_C(951782399123) * 1000000, 0x123456789, id); /* the day before a leap day of a century */
    CHECK_STR(id, "20000228T235959.123Z-23456789");
    folder_run_id(INT64_C(951782400000) * 1000000, 1, id);
    CHECK_STR(id, "20000229T000000.000Z-00000001");
    folder_run_id(INT64_C(4107542399999) * 1000000, 1, id); /* 2100 has none */
    CHECK_STR(id, "21000228T235959.999Z-00000001");
    folder_run_id(INT64_C(4107542400000) * 1000000, 1, id);
    CHECK_STR(id, "21000301T000000.000Z-00000001");
}

TEST(only_a_folder_of_ones_own_is_private)
{
    CHECK(folder_is_private(base, geteuid()) && !folder_is_private(base, geteuid() + 1));
    CHECK(!folder_make_private(at("new/below"), geteuid(), stopped) && kind_of("new/below") == (S_IFDIR | 0700));
    CHECK(!chmod(at("new/below"), 0750));
    CHECK(folder_make_private(at("new/below"), geteuid(), stopped) == -EPERM);
    CHECK(!symlink("new", at("link")) && !folder_is_private(at("link"), geteuid()));
    CHECK(folder_make_private("relative", geteuid(), stopped) == -EINVAL);
    unlink(at("link"));
    rmdir(at("new/below"));
    rmdir(at("new"));
}

TEST(a_private_folder_is_private_all_the_way_up)
{
    static const struct {
        mode_t mode;
        int is_good;
    } ways[] = {{0755, 1}, {0711, 1}, {0775, 0}, {0757, 0}, {0777, 0}, {0720, 0}, {02775, 0}};
    CHECK(!folder_make_private(at("up/mid/own"), geteuid(), stopped));
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        CHECK(!chmod(at("up"), ways[i].mode));
        CHECK(folder_is_private(at("up/mid/own"), geteuid()) == ways[i].is_good);
        CHECK(folder_make_private(at("up/mid/own"), geteuid(), stopped) == (ways[i].is_good ? 0 : -EPERM));
        CHECK(folder_make_private(at("up/new/own"), geteuid(), stopped) == (ways[i].is_good ? 0 : -EPERM));
        CHECK_STR(stopped, at(ways[i].is_good ? "up/new/own" : "up"));
        CHECK(!kind_of("up/new") == !ways[i].is_good); /* nothing is made there */
        rmdir(at("up/new/own"));
        rmdir(at("up/new"));
    }
    CHECK(!chmod(at("up"), 0755) && !symlink("up", at("way")) && folder_is_private(at("way/mid/own"), geteuid()));
    if (geteuid() == 0) {
        CHECK(!lchown(at("way"), 12345, 12345) && !folder_is_private(at("way/mid/own"), 0));
        CHECK(folder_make_private(at("way/mid/own"), 0, stopped) == -EPERM);
        CHECK_STR(stopped, at("way"));
        CHECK(!chown(at("up/mid"), 12345, 12345) && !folder_is_private(at("up/mid/own"), 0));
        CHECK(folder_make_private(at("up/mid/own"), 0, stopped) == -EPERM);
        CHECK_STR(stopped, at("up/mid"));
    }
    char command[300];
    snprintf(command, sizeof command, "rm -rf '%s'", at("up"));
    unlink(at("way"));
    CHECK(system(command) == 0);
}

int main(void)
{
    static const struct test_case cases[] = {CASE(a_run_has_all_its_files_under_the_name_that_makes_it_one),
                                             CASE(a_stale_link_of_the_same_pid_is_replaced),
                                             CASE(a_run_that_cannot_be_made_leaves_nothing),
                                             CASE(a_base_that_is_missing_is_an_error),
                                             CASE(bases_are_tried_in_order),
                                             CASE(a_umask_takes_nothing_from_what_is_ours),
                                             CASE(bases_too_long_for_runs_are_passed_over),
                                             CASE(a_home_serves_if_it_is_there_and_ones_own_and_no_work_tree),
                                             CASE(ids_name_the_millisecond_in_utc),
                                             CASE(only_a_folder_of_ones_own_is_private),
                                             CASE(a_private_folder_is_private_all_the_way_up)};
    if (!mkdtemp(base))
        return 1;
    int status = test_run(cases, ARRAY_LEN(cases));
    return rmdir(base) ? 1 : status;
}
