/* SPDX-License-Identifier: MIT */
#include "base/paths.h"

#include <errno.h>

#include "base/settings.h"
#include "test.h"

TEST(state_folder_prefers_xdg)
{
    auto_buf b = BUF_EMPTY;
    CHECK(!paths_state("/xdg", "/home/me", &b));
    CHECK_STR(buf_text(&b), "/xdg/dtrack");
}

TEST(state_folder_falls_back_to_home)
{
    auto_buf b = BUF_EMPTY;
    CHECK(!paths_state(NULL, "/home/me", &b));
    CHECK_STR(buf_text(&b), "/home/me/.local/state/dtrack");
    buf_clear(&b);
    CHECK(!paths_state("relative", "/home/me", &b));
    CHECK_STR(buf_text(&b), "/home/me/.local/state/dtrack");
}

TEST(no_folder_without_either)
{
    auto_buf b = BUF_EMPTY;
    CHECK(paths_state(NULL, NULL, &b) == -ENOENT);
    CHECK(paths_state("", "here", &b) == -ENOENT);
    CHECK(b.len == 0);
}

TEST(file_urls_encode_what_a_url_cannot_hold)
{
    auto_buf b = BUF_EMPTY;
    paths_put_file_url(&b, "/a b/c%d/\xC3\xA9?#");
    CHECK_STR(buf_text(&b), "file:///a%20b/c%25d/%C3%A9%3F%23");
}

TEST(every_setting_is_named_and_explained)
{
    for (int i = 0; i < SETTING_COUNT; i++) {
        CHECK(settings[i].name && !strncmp(settings[i].name, "DTRACK_", 7));
        CHECK(settings[i].shown && settings[i].help && strlen(settings[i].help) < 90);
        for (int j = 0; j < i; j++)
            CHECK(strcmp(settings[i].name, settings[j].name));
    }
}

TEST_MAIN(CASE(state_folder_prefers_xdg), CASE(state_folder_falls_back_to_home), CASE(no_folder_without_either),
          CASE(file_urls_encode_what_a_url_cannot_hold), CASE(every_setting_is_named_and_explained))
