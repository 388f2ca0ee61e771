/* SPDX-License-Identifier: MIT */
#include "run/store_urls.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "some_environment.h"
#include "test.h"

static char home[] = "/tmp/dtrack-urls-XXXXXX";
static char home_is[64];

static const char *under_home(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", home, name);
    return path;
}

/* Whether the list holds one URL, that of the folder. */
static bool is_one(char **urls, const char *folder)
{
    bool is = urls && urls[0] && !urls[1] && !strncmp(urls[0], "file://", 7) && !strcmp(urls[0] + 7, folder);
    store_urls_free(urls);
    return is;
}

TEST(a_list_is_split_at_blanks_in_its_order)
{
    SOME_ENVIRONMENT("DTRACK_STORE=  null:\tfile:///b \n file:///a");
    char **urls = store_urls_read(some_getenv);
    CHECK(urls && urls[0] && urls[1] && urls[2] && !urls[3]);
    CHECK_STR(urls[0], "null:");
    CHECK_STR(urls[1], "file:///b");
    CHECK_STR(urls[2], "file:///a");
    store_urls_free(urls);
}

TEST(blanks_alone_name_the_embedded_store)
{
    SOME_ENVIRONMENT("DTRACK_STORE= \t", "XDG_STATE_HOME=/state");
    CHECK(is_one(store_urls_read(some_getenv), "/state/dtrack/store"));
    CHECK(is_one(store_urls_split(some_getenv, NULL), "/state/dtrack/store"));
    CHECK(is_one(store_urls_split(some_getenv, "file:///x"), "/x"));
}

TEST(the_embedded_store_lies_in_a_home_that_is_there)
{
    SOME_ENVIRONMENT(home_is);
    CHECK(is_one(store_urls_read(some_getenv), under_home(".local/state/dtrack/store")));
}

TEST(no_store_is_made_up_without_a_home)
{
    SOME_ENVIRONMENT("PATH=/bin");
    errno = 0;
    CHECK(!store_urls_read(some_getenv) && errno == ENOENT);
    SOME_ENVIRONMENT("HOME=/nowhere/to/be/found");
    errno = 0;
    CHECK(!store_urls_read(some_getenv) && errno == ENOENT);
}

TEST(only_the_embedded_store_of_a_work_tree_is_hidden_from_git)
{
    static const char ignore[] = "state/dtrack/.gitignore";
    char state_is[160];
    snprintf(state_is, sizeof state_is, "XDG_STATE_HOME=%s", under_home("state"));
    SOME_ENVIRONMENT(home_is, state_is);
    store_urls_hide_embedded(some_getenv);
    CHECK(access(under_home(ignore), F_OK));
    CHECK(!mkdir(under_home(".git"), 0700));
    SOME_ENVIRONMENT(home_is, state_is, "DTRACK_STORE=null:");
    store_urls_hide_embedded(some_getenv);
    CHECK(access(under_home(ignore), F_OK));
    SOME_ENVIRONMENT(home_is, state_is);
    store_urls_hide_embedded(some_getenv);
    CHECK(!access(under_home(ignore), F_OK));
}

static void clear_up(void)
{
    static const char *const names[] = {"state/dtrack/.gitignore", "state/dtrack", "state", ".git", ""};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        (void)!remove(under_home(names[i]));
}

int main(void)
{
    static const struct test_case cases[] = {
        CASE(a_list_is_split_at_blanks_in_its_order),
        CASE(blanks_alone_name_the_embedded_store),
        CASE(the_embedded_store_lies_in_a_home_that_is_there),
        CASE(no_store_is_made_up_without_a_home),
        CASE(only_the_embedded_store_of_a_work_tree_is_hidden_from_git),
    };
    if (!mkdtemp(home))
        return 1;
    snprintf(home_is, sizeof home_is, "HOME=%s", home);
    int failed = test_run(cases, ARRAY_LEN(cases));
    clear_up();
    return failed;
}
