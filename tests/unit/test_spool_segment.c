/* SPDX-License-Identifier: MIT */
#include "spool/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spool/folder.h"
#include "spool/reader.h"
#include "sys/sys.h"
#include "test.h"

static char base[64];

static struct spool fresh_run(void)
{
    struct spool spool = {0};
    static int count;
    struct spool_start start = {.leader_pid = getpid(), .uid = geteuid()};
    snprintf(start.run_id, sizeof start.run_id, "test-%d", count++);
    if (!base[0]) {
        strcpy(base, "/tmp/dtrack-unit-XXXXXX");
        if (!mkdtemp(base))
            test_failed = true;
    }
    if (folder_create_run(base, &start, &spool))
        test_failed = true;
    return spool;
}

/* Write one image record that says `pid`. */
static int write_image(struct spool *spool, int32_t pid)
{
    struct spool_room room;
    int err = spool_claim(spool, sizeof(struct spool_image) + 4, &room);
    if (err)
        return err;
    struct spool_image *image = room.bytes;
    image->pid = pid;
    image->exe_bytes = 2;
    image->cwd_bytes = 2;
    memcpy(image->text, "e\0c", 4);
    spool_publish(&room, sizeof *image + 4, SPOOL_IMAGE);
    spool_unmap(&room);
    return 0;
}

/* Give the file a length, without taking room on the disk. */
static int truncate_spool(const struct spool *spool, off_t bytes)
{
    char path[SPOOL_PATH_MAX + 8];
    snprintf(path, sizeof path, "%s/spool", spool->folder);
    return truncate(path, bytes);
}

struct tally {
    long records, sum;
};

static int count_record(void *ctx, const struct spool_record *record, uint64_t offset)
{
    struct tally *tally = ctx;
    (void)offset;
    tally->records++;
    tally->sum += ((const struct spool_image *)(const void *)record)->pid;
    return 0;
}

static struct tally scan(const struct spool *spool, uint64_t *damaged)
{
    struct tally tally = {0};
    struct spool_reader reader;
    char path[SPOOL_PATH_MAX + 8];
    snprintf(path, sizeof path, "%s/spool", spool->folder);
    if (spool_reader_open_fd(&reader, open(path, O_RDONLY | O_CLOEXEC)) ||
        spool_reader_scan(&reader, count_record, &tally))
        test_failed = true;
    *damaged = reader.damaged_bytes;
    spool_reader_close(&reader);
    return tally;
}

TEST(what_is_published_is_read)
{
    struct spool spool = fresh_run();
    uint64_t damaged;
    for (int i = 1; i <= 5000; i++) /* more than one chunk */
        CHECK(write_image(&spool, i) == 0);
    struct tally tally = scan(&spool, &damaged);
    CHECK(tally.records == 5000 && tally.sum == 5000L * 5001 / 2 && damaged == 0);
    spool_detach(&spool);
}

TEST(eight_writers_at_once_lose_nothing)
{
    struct spool spool = fresh_run();
    uint64_t damaged;
    for (int w = 0; w < 8; w++)
        if (fork() == 0) {
            for (int i = 0; i < 1000; i++)
                if (write_image(&spool, 1))
                    _exit(1);
            _exit(0);
        }
    int status, failed = 0;
    while (wait(&status) > 0)
        failed |= status;
    CHECK(!failed);
    struct tally tally = scan(&spool, &damaged);
    CHECK(tally.records == 8000 && tally.sum == 8000 && damaged == 0);
    spool_detach(&spool);
}

TEST(a_writer_killed_before_it_published_leaves_a_gap)
{
    struct spool spool = fresh_run();
    struct spool_room room;
    uint64_t damaged;
    CHECK(write_image(&spool, 1) == 0);
    CHECK(spool_claim(&spool, 300, &room) == 0);
    memset((char *)room.bytes + 100, 'x', 100); /* units 1 to 3 of the record's five */
    CHECK(write_image(&spool, 2) == 0);
    struct tally tally = scan(&spool, &damaged);
    CHECK(tally.records == 2 && tally.sum == 3);
    CHECK(damaged == 3 * SPOOL_ALIGN);
    spool_detach(&spool);
}

TEST(at_the_limit_claims_are_refused_and_what_is_missed_is_counted)
{
    struct spool spool = fresh_run();
    uint64_t damaged;
    const int a_page = (int)(SPOOL_SMALL_MAX / spool_round(sizeof(struct spool_image) + 4));
    spool.header->limit = SPOOL_HEADER_BYTES + 2 * SPOOL_PAGE_BYTES;
    for (int i = 0; i < 2 * a_page; i++)
        CHECK(write_image(&spool, 1) == 0);
    CHECK(write_image(&spool, 1) == -ENOSPC);
    CHECK(write_image(&spool, 1) == -ENOSPC);
    spool_miss(&spool);
    CHECK(spool.header->missed == 1);
    CHECK(scan(&spool, &damaged).records == 2 * a_page);
    spool_detach(&spool);
}

/* A page's count of claimed bytes has 32 bits: refused claims that went on counting would come round to its records. */
TEST(a_full_page_counts_no_further)
{
    struct spool spool = fresh_run();
    struct spool_room room;
    spool.header->limit = SPOOL_HEADER_BYTES + SPOOL_PAGE_BYTES;
    while (!write_image(&spool, 1)) {
    }
    uint32_t used = spool.page->used;
    for (int i = 0; i < 1000; i++)
        CHECK(spool_claim(&spool, 1000, &room) == -ENOSPC);
    CHECK(spool.page->used == used);
    spool.page->used = UINT32_MAX - 100; /* as a library that counted on would leave it */
    CHECK(spool_claim(&spool, 1000, &room) == -ENOSPC && spool_claim(&spool, 1000, &room) == -ENOSPC);
    spool_detach(&spool);
}

/* A reference into the file has 32 bits, of which its reader uses two: beyond, a child would be told another's parent. */
TEST(whatever_limit_is_set_no_reference_grows_too_large)
{
    struct spool spool = fresh_run();
    struct spool_room room;
    spool.header->limit = UINT64_MAX;
    spool.header->next = SPOOL_LIMIT_MAX - SPOOL_PAGE_BYTES;
    spool.header->reserved = UINT64_MAX; /* and no disk is asked for that much */
    CHECK(truncate_spool(&spool, (off_t)SPOOL_LIMIT_MAX) == 0);
    CHECK(spool_claim(&spool, SPOOL_SMALL_MAX, &room) == 0);
    CHECK(spool_ref(room.offset) >> 30 == 0);
    CHECK(spool_claim(&spool, SPOOL_SMALL_MAX, &room) == -ENOSPC && spool_next_page(&spool) == 0);
    spool_detach(&spool);
}

TEST(a_truncated_spool_is_read_as_far_as_it_goes)
{
    struct spool spool = fresh_run();
    char path[SPOOL_PATH_MAX + 8];
    uint64_t damaged;
    for (int i = 0; i < 100; i++)
        CHECK(write_image(&spool, 1) == 0);
    snprintf(path, sizeof path, "%s/spool", spool.folder);
    CHECK(truncate(path, (off_t)SPOOL_HEADER_BYTES + 1000) == 0);
    CHECK(scan(&spool, &damaged).records == (1000 - 64) / (long)spool_round(sizeof(struct spool_image) + 4));
    spool_detach(&spool);
}

TEST(a_short_or_foreign_file_is_refused)
{
    struct spool spool = fresh_run(), other = {0};
    char path[SPOOL_PATH_MAX + 8];
    snprintf(path, sizeof path, "%s/spool", spool.folder);
    CHECK(spool_attach(&other, spool.folder, geteuid() + 1) == -EPERM);
    spool.header->version++;
    CHECK(spool_attach(&other, spool.folder, geteuid()) == -EPROTO);
    spool_detach(&spool);
    CHECK(truncate(path, 100) == 0);
    CHECK(spool_attach(&other, base, geteuid()) == -ENOENT);
    char folder[SPOOL_PATH_MAX];
    snprintf(folder, sizeof folder, "%.*s", (int)(strlen(path) - 6), path);
    CHECK(spool_attach(&other, folder, geteuid()) == -EPROTO);
    CHECK(!other.header);
}

TEST(who_joins_leaves_the_last_access_alone)
{
    struct spool spool = fresh_run(), other = {0};
    const struct timespec old[2] = {{.tv_sec = 1}, {.tv_sec = 2}};
    struct stat st;
    char path[SPOOL_PATH_MAX + 8];
    snprintf(path, sizeof path, "%s/spool", spool.folder);
    CHECK(utimensat(AT_FDCWD, path, old, 0) == 0);
    CHECK(spool_attach(&other, spool.folder, geteuid()) == 0 && write_image(&other, 1) == 0);
    CHECK(stat(path, &st) == 0 && st.st_atim.tv_sec == 1);
    spool_detach(&other);
    spool_detach(&spool);
}

/* A root that may write everywhere, and is not taken for the owner of what others own. */
static int give_up_ownership(void)
{
    struct __user_cap_header_struct self = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct held[2];
    if (syscall(SYS_capget, &self, held))
        return -1;
    held[0].effective &= ~(1U << CAP_FOWNER);
    return (int)syscall(SYS_capset, &self, held);
}

static int join_as_another(const struct spool *spool, uint32_t owner)
{
    struct spool other = {0};
    return give_up_ownership() || spool_attach(&other, spool->folder, owner) || write_image(&other, 1);
}

TEST(who_may_write_and_does_not_own_the_file_joins_as_well)
{
    struct spool spool = fresh_run();
    const uint32_t nobody = 65534;
    char path[SPOOL_PATH_MAX + 8];
    snprintf(path, sizeof path, "%s/spool", spool.folder);
    if (chown(path, nobody, nobody) == 0) { /* as root, where there are others */
        int status = -1;
        pid_t pid = fork();
        if (pid == 0)
            _exit(join_as_another(&spool, nobody));
        CHECK(waitpid(pid, &status, 0) == pid && status == 0);
    }
    spool_detach(&spool);
}

TEST(a_page_of_somebody_else_s_spool_is_not_joined)
{
    struct spool spool = fresh_run(), child = {0};
    const uint32_t page = spool_next_page(&spool);
    CHECK(spool_join(&child, spool.folder, page, geteuid() + 1) == -EPERM && !child.page);
    CHECK(spool_join(&child, spool.folder, page, geteuid()) == 0 && child.page);
    spool_detach(&child);
    char name[SPOOL_PATH_MAX + 8], second[SPOOL_PATH_MAX + 8];
    snprintf(name, sizeof name, "%s/spool", spool.folder);
    snprintf(second, sizeof second, "%s/second", spool.folder);
    CHECK(!link(name, second)); /* as another user can make one of any file of ours, where the kernel lets him */
    CHECK(spool_join(&child, spool.folder, page, geteuid()) == -EPERM && !child.page);
    CHECK(spool_attach(&child, spool.folder, geteuid()) == -EPERM && !child.header);
    CHECK(!unlink(second) && spool_attach(&child, spool.folder, geteuid()) == 0);
    spool_detach(&child);
    spool_detach(&spool);
}

TEST(a_closed_run_takes_no_more_processes)
{
    struct spool spool = fresh_run(), other = {0};
    spool.header->closed = 1;
    CHECK(spool_attach(&other, spool.folder, geteuid()) == -ESHUTDOWN);
    spool_detach(&spool);
}

TEST(a_child_that_was_told_a_page_needs_no_header)
{
    struct spool spool = fresh_run(), child = {0};
    uint64_t damaged;
    CHECK(write_image(&spool, 1) == 0);
    uint32_t page = spool_next_page(&spool);
    CHECK(page == spool.page->number);
    CHECK(spool_join(&child, spool.folder, page, geteuid()) == 0);
    CHECK(!child.header && write_image(&child, 2) == 0 && !child.header);
    while (child.page->number == page) /* until it is full: then it finds room by itself */
        CHECK(write_image(&child, 3) == 0);
    CHECK(child.header);
    uint32_t first = spool_next_page(&spool), second = 0;
    CHECK(first > page);
    for (int i = 0; i < 64 && second <= first; i++)
        second = spool_next_page(&spool);
    CHECK(second > first);
    CHECK(spool_join(&child, spool.folder, 0, geteuid()) == -EINVAL);
    CHECK(spool_join(&child, spool.folder, 1 << 20, geteuid()) == -EPROTO);
    CHECK(scan(&spool, &damaged).records > 2 && damaged == 0);
    spool_detach(&spool);
}

TEST(a_child_killed_as_it_joins_leaves_no_damage)
{
    struct spool spool = fresh_run(), child = {0};
    uint64_t damaged;
    CHECK(write_image(&spool, 1) == 0);
    uint32_t first = spool.page->number;
    while (spool_next_page(&spool) == first)
        CHECK(write_image(&spool, 1) == 0);
    CHECK(spool_join(&child, spool.folder, spool_next_page(&spool), geteuid()) == 0);
    CHECK(child.page->number > first && child.page->used == 0);
    CHECK(scan(&spool, &damaged).records > 1 && damaged == 0);
    spool_detach(&child);
    spool_detach(&spool);
}

/* Whoever is on the same page and finds it full goes on where its neighbours do. */
TEST(neighbours_fill_the_next_page_together)
{
    struct spool spool = fresh_run(), other = {0};
    CHECK(write_image(&spool, 1) == 0);
    uint32_t page = spool.page->number;
    CHECK(spool_join(&other, spool.folder, page, geteuid()) == 0);
    while (spool.page->number == page)
        CHECK(write_image(&spool, 1) == 0);
    CHECK(write_image(&other, 2) == 0);
    CHECK(other.page->number == spool.page->number);
    spool_detach(&other);
    spool_detach(&spool);
}

TEST(long_records_have_pages_of_their_own)
{
    struct spool spool = fresh_run();
    struct spool_room room;
    uint64_t damaged;
    CHECK(write_image(&spool, 1) == 0);
    CHECK(spool_claim(&spool, 3 * SPOOL_PAGE_BYTES, &room) == 0);
    CHECK(room.map && room.offset % SPOOL_PAGE_BYTES == 0);
    struct spool_image *image = room.bytes;
    image->pid = 5;
    image->exe_bytes = image->cwd_bytes = 1;
    spool_publish(&room, 3 * SPOOL_PAGE_BYTES, SPOOL_IMAGE);
    spool_unmap(&room);
    CHECK(write_image(&spool, 1) == 0);
    struct tally tally = scan(&spool, &damaged);
    CHECK(tally.records == 3 && tally.sum == 7 && damaged == 0);
    spool_detach(&spool);
}

/* How many mappings of a spool this process has; -1 when one starts where the largest pages would not let it. */
static int spool_mappings(void)
{
    char line[512];
    int count = 0;
    FILE *maps = fopen("/proc/self/maps", "r");
    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long long offset = 1;
        if (!strstr(line, "/spool"))
            continue;
        count = sscanf(line, "%*s %*s %llx", &offset) != 1 || offset % SYS_PAGE_MAX || count < 0 ? -1 : count + 1;
    }
    if (maps)
        fclose(maps);
    return count;
}

TEST(mappings_suit_the_largest_pages_and_are_given_back_whole)
{
    struct spool spool = fresh_run();
    struct spool_room room;
    while (spool.pages < 20)
        CHECK(write_image(&spool, 1) == 0);
    int before = spool_mappings();
    CHECK(before > 0);
    CHECK(spool_claim(&spool, 3 * SPOOL_PAGE_BYTES, &room) == 0 && room.offset % 65536 != 0);
    memset(room.bytes, 'x', 3 * SPOOL_PAGE_BYTES);
    CHECK(spool_mappings() >= before);
    spool_unmap(&room);
    CHECK(spool_mappings() == before);
    spool_detach(&spool);
}

TEST(run_ids_say_the_time_and_sort_by_it)
{
    char id[SPOOL_ID_BYTES], later[SPOOL_ID_BYTES];
    folder_run_id(INT64_C(951782399999) * 1000000, 0x1234, id); /* the last ms of 28 February 2000 */
    CHECK_STR(id, "20000228T235959.999Z-00001234");
    folder_run_id(INT64_C(951782400000) * 1000000, 0, later);
    CHECK_STR(later, "20000229T000000.000Z-00000000");
    CHECK(strcmp(id, later) < 0);
}

TEST(bases_are_tried_in_order)
{
    char out[SPOOL_PATH_MAX];
    struct folder_env env = {.spool = "/x", .home = "/h", .uid = 7};
    CHECK(!folder_base(&env, 0, out, sizeof out));
    CHECK_STR(out, "/x");
    CHECK(folder_base(&env, 1, out, sizeof out) == -ENOENT);
    env.spool = NULL;
    CHECK(!folder_base(&env, 0, out, sizeof out));
    CHECK_STR(out, "/h/.local/state/dtrack/spool");
    CHECK(!folder_base(&env, 1, out, sizeof out));
    CHECK_STR(out, "/var/tmp/dtrack-7");
    env.home = NULL;
    CHECK(!folder_base(&env, 0, out, sizeof out));
    CHECK_STR(out, "/var/tmp/dtrack-7");
    env.state_home = "relative";
    CHECK(!folder_base(&env, 1, out, sizeof out));
    CHECK_STR(out, "/tmp/dtrack-7");
}

TEST(a_base_open_to_others_or_linked_is_refused)
{
    char path[128], link[128], stopped[TRUST_PATH_MAX];
    fresh_run();
    snprintf(path, sizeof path, "%s/a/b/c", base);
    CHECK(!folder_make_private(path, geteuid(), stopped));
    CHECK(!folder_make_private(path, geteuid(), stopped));
    CHECK(folder_make_private(path, geteuid() + 1, stopped) == -EPERM);
    CHECK(!chmod(path, 0755));
    CHECK(folder_make_private(path, geteuid(), stopped) == -EPERM);
    CHECK(!chmod(path, 0700));
    snprintf(link, sizeof link, "%s/link", base);
    CHECK(!symlink(path, link));
    CHECK(folder_make_private(link, geteuid(), stopped) == -EPERM);
}

TEST(nothing_is_left_behind)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", base);
    CHECK(system(command) == 0);
}

TEST_MAIN(CASE(what_is_published_is_read), CASE(eight_writers_at_once_lose_nothing),
          CASE(a_writer_killed_before_it_published_leaves_a_gap),
          CASE(at_the_limit_claims_are_refused_and_what_is_missed_is_counted), CASE(a_full_page_counts_no_further),
          CASE(whatever_limit_is_set_no_reference_grows_too_large), CASE(a_truncated_spool_is_read_as_far_as_it_goes),
          CASE(a_short_or_foreign_file_is_refused), CASE(who_joins_leaves_the_last_access_alone),
          CASE(a_page_of_somebody_else_s_spool_is_not_joined),
          CASE(who_may_write_and_does_not_own_the_file_joins_as_well), CASE(a_closed_run_takes_no_more_processes),
          CASE(a_child_that_was_told_a_page_needs_no_header), CASE(a_child_killed_as_it_joins_leaves_no_damage),
          CASE(neighbours_fill_the_next_page_together), CASE(long_records_have_pages_of_their_own),
          CASE(mappings_suit_the_largest_pages_and_are_given_back_whole), CASE(run_ids_say_the_time_and_sort_by_it),
          CASE(bases_are_tried_in_order), CASE(a_base_open_to_others_or_linked_is_refused),
          CASE(nothing_is_left_behind))
