/* SPDX-License-Identifier: MIT */
#include "export/names.h"

#include "test.h"

#define ID "20261123T083622.123Z-0a1b2c3d"

TEST(only_whole_ids_are_ids)
{
    CHECK(names_is_run_id(ID));
    CHECK(!names_is_run_id("") && !names_is_run_id("20261123T083622.123Z-0a1b2c3"));
    CHECK(!names_is_run_id(ID "4") && !names_is_run_id("20261123T083622.123Z-0A1B2C3D"));
    CHECK(!names_is_run_id("2026-1123T083622.123Z0a1b2c3d"));
}

TEST(starts_of_ids_are_known)
{
    char start[] = ID;
    for (size_t len = sizeof ID - 1; len > 0; len--) {
        start[len] = '\0';
        CHECK(names_is_id_start(start));
    }
    CHECK(names_is_id_start("") && !names_is_id_start("x") && !names_is_id_start("2026/") &&
          !names_is_id_start(ID "0"));
}

TEST(objects_are_named_by_day_and_id)
{
    auto_buf b = BUF_EMPTY;
    names_put_summary(&b, ID);
    CHECK_STR(buf_text(&b), "runs/v=1/dt=2026-11-23/run-" ID ".json");
    buf_clear(&b);
    names_put_spans(&b, ID);
    CHECK_STR(buf_text(&b), "spans/v=1/dt=2026-11-23/run-" ID ".ndjson.gz");
}

TEST(a_listing_is_as_narrow_as_the_start_allows)
{
    const char *pairs[][2] = {
        {"", "runs/v=1/"},
        {"202", "runs/v=1/"},
        {"2026", "runs/v=1/dt=2026"},
        {"20261", "runs/v=1/dt=2026"},
        {"202611", "runs/v=1/dt=2026-11"},
        {"2026112", "runs/v=1/dt=2026-11"},
        {"20261123", "runs/v=1/dt=2026-11-23/run-20261123"},
        {"20261123T08", "runs/v=1/dt=2026-11-23/run-20261123T08"},
        {ID, "runs/v=1/dt=2026-11-23/run-" ID},
    };
    for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
        auto_buf b = BUF_EMPTY;
        names_put_listing(&b, pairs[i][0]);
        CHECK_STR(buf_text(&b), pairs[i][1]);
    }
}

TEST(ids_are_read_from_summary_names_only)
{
    char id[RUN_ID_BYTES] = "";
    CHECK(names_run_id("runs/v=1/dt=2026-11-23/run-" ID ".json", id));
    CHECK_STR(id, ID);
    CHECK(!names_run_id("runs/v=1/dt=2026-11-24/run-" ID ".json", id));
    CHECK(!names_run_id("runs/v=1/dt=2026-11-23/run-" ID ".json.tmp", id));
    CHECK(!names_run_id("spans/v=1/dt=2026-11-23/run-" ID ".ndjson.gz", id));
    CHECK(!names_run_id("runs/v=1/dt=2026-11-23/run-x.json", id) && !names_run_id("", id));
}

TEST(a_search_finds_the_latest_and_the_candidates)
{
    struct names_search search = {.start = "20261123T08"};
    const char *names[] = {"runs/v=1/dt=2026-11-22/run-20261122T083622.123Z-00000000.json", "runs/v=1/dt=2026-11-23/x",
                           "runs/v=1/dt=2026-11-23/run-20261123T080000.000Z-00000001.json",
                           "runs/v=1/dt=2026-11-23/run-" ID ".json",
                           "runs/v=1/dt=2026-11-23/run-20261123T090000.000Z-00000001.json"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        names_search_take(&search, names[i]);
    CHECK(search.matches == 2);
    CHECK_STR(search.latest, ID);
    CHECK_STR(search.candidates[0], "20261123T080000.000Z-00000001");
    CHECK_STR(search.candidates[1], ID);
}

TEST(a_search_bounds_its_candidates)
{
    struct names_search search = {.start = ""};
    for (int i = 0; i < 50; i++)
        names_search_take(&search, "runs/v=1/dt=2026-11-23/run-" ID ".json");
    CHECK(search.matches == 50);
    CHECK_STR(search.candidates[NAMES_CANDIDATES - 1], ID);
}

TEST_MAIN(CASE(only_whole_ids_are_ids), CASE(starts_of_ids_are_known), CASE(objects_are_named_by_day_and_id),
          CASE(a_listing_is_as_narrow_as_the_start_allows), CASE(ids_are_read_from_summary_names_only),
          CASE(a_search_finds_the_latest_and_the_candidates), CASE(a_search_bounds_its_candidates))
