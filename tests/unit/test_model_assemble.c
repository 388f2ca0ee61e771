/* SPDX-License-Identifier: MIT */
#include "model/assemble.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spool/folder.h"
#include "spool/segment.h"
#include "test.h"

#define MS INT64_C(1000000)
#define LEADER 100

/* A spool made through the real writer, and what the fold says of it: one line a span. */
struct scene {
    char base[64];
    struct spool spool;
    char marks[512];
    char text[8192];
    struct summary summary;
    size_t memory_bytes;
    int leader_status;
    struct spool_block *block;
    struct spool_room block_room;
};

static struct scene scene_new(void)
{
    struct scene s = {.base = "/tmp/dtrack-unit-XXXXXX", .leader_status = -1};
    struct spool_start start = {.run_id = "20260102T030405.006Z-0000abcd", .leader_pid = LEADER,
                                .uid = geteuid(), .wall_ns = 1000000 * MS, .mono_ns = 0};
    if (!mkdtemp(s.base) || folder_create_run(s.base, &start, &s.spool))
        test_failed = true;
    summary_init(&s.summary);
    return s;
}

/* An image with exe /bin/NAME and argv NAME; returns it still mapped, *ref is its reference. */
static struct spool_image *put_image(struct scene *s, int32_t pid, int64_t start_ms, const char *name, uint32_t *ref)
{
    struct spool_room room;
    size_t n = strlen(name), bytes = sizeof(struct spool_image) + n + 6 + 2 + n + 1;
    if (spool_claim(&s->spool, bytes, &room)) {
        test_failed = true;
        exit(1);
    }
    struct spool_image *image = room.bytes;
    image->pid = pid;
    image->ppid = LEADER;
    image->start_ns = image->ready_ns = start_ms * MS;
    image->argc = 1;
    image->exe_bytes = (uint16_t)(n + 6);
    image->cwd_bytes = 2;
    image->args_bytes = (uint32_t)n + 1;
    sprintf(image->text, "/bin/%s", name);
    strcpy(image->text + n + 6, "/");
    strcpy(image->text + n + 8, name);
    spool_publish(&room, (uint32_t)bytes, SPOOL_IMAGE);
    *ref = spool_ref(room.offset);
    return image;
}

static void leave(struct spool_image *image, int64_t end_ms, int status)
{
    image->end_ns = end_ms * MS;
    image->status = status;
    image->left = SPOOL_LEFT_EXIT;
}

static uint32_t put_block(struct scene *s, int32_t pid, uint32_t owner)
{
    size_t bytes = sizeof(struct spool_block) + 8 * sizeof(struct spool_cell);
    if (spool_claim(&s->spool, bytes, &s->block_room))
        test_failed = true;
    s->block = s->block_room.bytes;
    s->block->pid = pid;
    s->block->owner = owner;
    s->block->cells = 8;
    s->block->self = spool_ref(s->block_room.offset);
    spool_publish(&s->block_room, (uint32_t)bytes, SPOOL_BLOCK);
    return s->block->self;
}

static struct spool_cell *put_born(struct scene *s, int at, int32_t pid, int64_t ms, uint32_t is_fork)
{
    struct spool_cell *cell = &s->block->cell[at];
    *cell = (struct spool_cell){.kind = SPOOL_CELL_BORN, .pid = pid,
                                .born = {.start_ns = ms * MS, .is_fork = is_fork, .self_pid = pid}};
    return cell;
}

static void put_reap(struct scene *s, int at, int32_t pid, int64_t ms, int status)
{
    s->block->cell[at] = (struct spool_cell){.kind = SPOOL_CELL_REAP, .pid = pid,
                                             .reap = {.end_ns = ms * MS, .status = status, .user_us = 1000,
                                                      .sys_us = 500, .maxrss_kb = 10}};
}

/* Times in ms since the run began, "-" for what is absent. */
static void put_time(char *out, size_t room, int64_t ns)
{
    if (ns == SPAN_NONE)
        snprintf(out, room, "-");
    else
        snprintf(out, room, "%lld", (long long)(ns / MS));
}

static int note(void *ctx, const struct span *span)
{
    struct scene *s = ctx;
    char dur[24], line[256];
    put_time(dur, sizeof dur, span->dur_ns);
    snprintf(line, sizeof line, "%s<%s %s %lld+%s %s", span->span_id, span->parent_id ? span->parent_id : "",
             span->name, (long long)(span->start_ns / MS - 1000000), dur, span_end_word(span->end_by));
    if (span->exit_code != SPAN_NONE)
        snprintf(line + strlen(line), 32, " exit%lld", (long long)span->exit_code);
    if (span->signal != SPAN_NONE)
        snprintf(line + strlen(line), 32, " sig%lld", (long long)span->signal);
    if (span->task)
        snprintf(line + strlen(line), 64, " [%s]", span->task);
    if (span->value)
        snprintf(line + strlen(line), 64, " =%s", span->value);
    strcat(strcat(s->text, line), "\n");
    return 0;
}

static void fold(struct scene *s)
{
    struct spool_reader reader;
    char path[SPOOL_PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/marks", s->spool.folder);
    int marks = open(path, O_RDWR | O_CREAT, 0600);
    if (write(marks, s->marks, strlen(s->marks)) < 0)
        test_failed = true;
    snprintf(path, sizeof path, "%s/spool", s->spool.folder);
    struct assemble a = {.reader = &reader, .marks_fd = marks, .noticed_ns = 1000 * MS, .emit = note, .emit_ctx = s,
                         .leader_status = s->leader_status, .memory_bytes = s->memory_bytes};
    if (spool_reader_open(&reader, path) || assemble(&a, &s->summary))
        test_failed = true;
    spool_reader_close(&reader);
    close(marks);
}

static void scene_end(struct scene *s)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", s->base);
    if (system(command))
        test_failed = true;
    spool_detach(&s->spool);
    summary_release(&s->summary);
}

/* Does the fold's text hold this line? References are not known beforehand: lines are compared from the name on. */
static bool has(const struct scene *s, const char *line)
{
    if (strstr(s->text, line))
        return true;
    printf("# no \"%s\" in:\n# %s\n", line, s->text);
    return false;
}

TEST(the_leader_says_how_the_run_ended)
{
    struct scene s = scene_new();
    uint32_t ref;
    leave(put_image(&s, LEADER, 0, "make", &ref), 500, 2);
    fold(&s);
    CHECK(has(&s, "run< make 0+500 self exit2\n"));
    CHECK(has(&s, "<run make 0+500 self exit2\n"));
    CHECK(s.summary.processes == 1 && s.summary.failed == 1 && s.summary.exit_code == 2);
    CHECK_STR(s.summary.command[0], "make");
    scene_end(&s);
}

TEST(a_killed_leader_is_inferred_with_the_kernels_status)
{
    struct scene s = scene_new();
    uint32_t ref;
    put_image(&s, LEADER, 0, "make", &ref);
    s.leader_status = 9;
    fold(&s);
    CHECK(has(&s, "run< make 0+1000 inferred sig9\n"));
    CHECK(has(&s, "<run make 0+1000 inferred sig9\n"));
    scene_end(&s);
}

TEST(the_kernels_status_wins_and_the_own_end_stands)
{
    struct scene s = scene_new();
    uint32_t root, ref;
    leave(put_image(&s, LEADER, 0, "sh", &root), 500, 0);
    leave(put_image(&s, 7, 10, "cc", &ref), 20, 0);
    put_block(&s, LEADER, root);
    put_born(&s, 0, 7, 9, 0);
    put_reap(&s, 1, 7, 30, 1 << 8);
    fold(&s);
    CHECK(has(&s, "cc 9+11 self exit1\n"));
    scene_end(&s);
}

TEST(a_signal_after_the_exit_hook_is_the_end)
{
    struct scene s = scene_new();
    uint32_t root, ref;
    leave(put_image(&s, LEADER, 0, "sh", &root), 500, 0);
    leave(put_image(&s, 7, 10, "yes", &ref), 20, 0);
    put_block(&s, LEADER, root);
    put_reap(&s, 0, 7, 30, 13);
    fold(&s);
    CHECK(has(&s, "yes 10+20 parent sig13\n"));
    scene_end(&s);
}

TEST(an_exec_chain_is_spans_in_a_row_under_one_parent)
{
    struct scene s = scene_new();
    uint32_t root, a, b;
    leave(put_image(&s, LEADER, 0, "make", &root), 500, 0);
    put_block(&s, LEADER, root);
    put_born(&s, 0, 7, 9, 1);
    put_reap(&s, 1, 7, 50, 0);
    put_image(&s, 7, 10, "sh", &a)->exec_ns = 20 * MS;
    struct spool_image *second = put_image(&s, 7, 20, "cc", &b);
    second->origin = a;
    second->origin_pid = 7;
    leave(second, 45, 0);
    fold(&s);
    char want[64];
    snprintf(want, sizeof want, "p%x<p%x sh 10+10 exec\n", a, root);
    CHECK(has(&s, want));
    snprintf(want, sizeof want, "p%x<p%x cc 20+25 self exit0\n", b, root);
    CHECK(has(&s, want));
    CHECK(s.summary.processes == 2);
    scene_end(&s);
}

TEST(a_fork_child_without_exec_carries_its_parents_name)
{
    struct scene s = scene_new();
    uint32_t root;
    leave(put_image(&s, LEADER, 0, "bash", &root), 500, 0);
    put_block(&s, LEADER, root);
    struct spool_cell *cell = put_born(&s, 0, 7, 10, 1);
    cell->born.left = SPOOL_LEFT_EXIT;
    cell->born.end_ns = 40 * MS;
    cell->born.status = 3;
    fold(&s);
    CHECK(has(&s, "bash 10+30 self exit3\n"));
    scene_end(&s);
}

TEST(a_fork_child_with_children_stays_when_it_execs)
{
    struct scene s = scene_new();
    uint32_t root, ref, fork_ref;
    leave(put_image(&s, LEADER, 0, "bash", &root), 500, 0);
    fork_ref = put_block(&s, LEADER, root) + 1;
    put_born(&s, 0, 7, 10, 1);
    put_block(&s, 7, fork_ref);
    put_born(&s, 0, 8, 11, 0);
    put_reap(&s, 1, 8, 12, 0);
    leave(put_image(&s, 7, 14, "cc", &ref), 20, 0);
    fold(&s);
    char want[64];
    snprintf(want, sizeof want, "p%x<p%x bash 10+4 exec\n", fork_ref, root);
    CHECK(has(&s, want));
    CHECK(has(&s, "cc 14+6 self exit0\n"));
    scene_end(&s);
}

TEST(a_shell_that_libc_reaped_gets_the_status_of_system)
{
    struct scene s = scene_new();
    uint32_t root, ref;
    leave(put_image(&s, LEADER, 0, "prog", &root), 500, 0);
    put_image(&s, 7, 11, "sh", &ref);
    put_block(&s, LEADER, root);
    s.block->cell[0] = (struct spool_cell){.kind = SPOOL_CELL_SYSTEM,
                                           .born = {.start_ns = 10 * MS, .end_ns = 30 * MS, .status = 9}};
    fold(&s);
    CHECK(has(&s, "sh 10+20 parent sig9\n")); /* it began with the call */
    scene_end(&s);
}

TEST(a_process_seen_by_its_reaper_alone_is_there)
{
    struct scene s = scene_new();
    uint32_t root;
    leave(put_image(&s, LEADER, 0, "sh", &root), 500, 0);
    put_block(&s, LEADER, root);
    put_reap(&s, 0, 7, 30, 127 << 8);
    fold(&s);
    CHECK(has(&s, "sh 30+0 parent exit127\n"));
    scene_end(&s);
}

TEST(an_image_whose_exec_failed_never_was)
{
    struct scene s = scene_new();
    uint32_t root, ref;
    leave(put_image(&s, LEADER, 0, "sh", &root), 500, 0);
    put_image(&s, 7, 10, "ghost", &ref)->is_void = 1;
    fold(&s);
    CHECK(!strstr(s.text, "ghost") && s.summary.processes == 1);
    scene_end(&s);
}

TEST(a_parent_is_found_by_pid_and_time_when_nothing_else_tells)
{
    struct scene s = scene_new();
    uint32_t root, old, now, child;
    leave(put_image(&s, LEADER, 0, "make", &root), 500, 0);
    leave(put_image(&s, 50, 10, "old", &old), 20, 0);
    leave(put_image(&s, 50, 100, "new", &now), 300, 0);
    struct spool_image *image = put_image(&s, 60, 200, "child", &child);
    image->ppid = 50;
    leave(image, 210, 0);
    fold(&s);
    char want[64];
    snprintf(want, sizeof want, "p%x<p%x child", child, now);
    CHECK(has(&s, want));
    scene_end(&s);
}

TEST(a_task_marked_by_a_gone_shell_belongs_to_who_outlives_it)
{
    struct scene s = scene_new();
    uint32_t root, shell, ref;
    leave(put_image(&s, LEADER, 0, "make", &root), 500, 0);
    struct spool_image *sh = put_image(&s, 7, 10, "sh", &shell);
    sh->origin = root;
    sh->origin_pid = LEADER;
    leave(sh, 20, 0);
    struct spool_image *cc = put_image(&s, 8, 100, "cc", &ref);
    cc->origin = root;
    cc->origin_pid = LEADER;
    leave(cc, 150, 0);
    strcpy(s.marks, "1000.015\tstart\tbuild\t\tppid=7\n1000.200\tend\tbuild\n1000.300\tset\tsize\t42\n"
                    "1000.310\tstart\topen\n");
    fold(&s);
    CHECK(has(&s, "t1<run build 15+185 mark\n"));
    CHECK(has(&s, "t2<run open 310+190 run\n"));
    CHECK(has(&s, "size 300+- mark =42\n"));
    CHECK(has(&s, "cc 100+50 self exit0 [build]\n"));
    CHECK(s.summary.tasks == 2 && s.summary.marks == 1);
    scene_end(&s);
}

TEST(folding_in_many_parts_gives_the_same_processes)
{
    struct scene s = scene_new();
    uint32_t root, ref;
    leave(put_image(&s, LEADER, 0, "make", &root), 500, 0);
    for (int i = 0; i < 40; i++) {
        char name[8];
        snprintf(name, sizeof name, "n%02d", i);
        leave(put_image(&s, 1000 + i, 10 + i, name, &ref), 60, 0);
    }
    s.memory_bytes = 5 * 24;
    fold(&s);
    CHECK(s.summary.processes == 41);
    for (int i = 0; i < 40; i++) {
        char want[64];
        snprintf(want, sizeof want, " n%02d %d+%d self exit0\n", i, 10 + i, 50 - i);
        CHECK(has(&s, want));
    }
    scene_end(&s);
}

TEST(a_bad_marker_line_is_counted_and_stops_nothing)
{
    struct scene s = scene_new();
    uint32_t root;
    leave(put_image(&s, LEADER, 0, "make", &root), 500, 0);
    strcpy(s.marks, "nonsense\n1000.1\tstart\ta\n1000.2\tend\ta\n1000.3\tend\tnever-started\n");
    fold(&s);
    CHECK(has(&s, "t1<run a 100+100 mark\n"));
    CHECK(s.summary.coverage.bad_marks == 2);
    scene_end(&s);
}

TEST(a_leader_that_cannot_tell_its_status_gets_the_kernels)
{
    struct scene s = scene_new();
    uint32_t ref;
    struct spool_image *image = put_image(&s, LEADER, 0, "make", &ref);
    leave(image, 500, 0);
    image->left = SPOOL_LEFT_UNKNOWN;
    s.leader_status = 5 << 8;
    fold(&s);
    CHECK(has(&s, "run< make 0+500 self exit5\n"));
    CHECK(has(&s, "<run make 0+500 self exit5\n"));
    CHECK(s.summary.exit_code == 5);
    scene_end(&s);
}

TEST(a_leader_killed_after_its_last_word_was_killed)
{
    struct scene s = scene_new();
    uint32_t ref;
    leave(put_image(&s, LEADER, 0, "make", &ref), 500, 0);
    s.leader_status = 9;
    fold(&s);
    CHECK(has(&s, "run< make 0+1000 inferred sig9\n"));
    CHECK(has(&s, "<run make 0+1000 inferred sig9\n"));
    scene_end(&s);
}

TEST(a_run_that_nobody_guarded_lasts_until_its_last_record)
{
    struct scene s = scene_new();
    uint32_t root, ref;
    put_image(&s, LEADER, 0, "make", &root);
    struct spool_image *image = put_image(&s, 7, 900, "cc", &ref);
    image->origin = root;
    leave(image, 1200, 0); /* the run was noticed gone at 1000 */
    fold(&s);
    CHECK(has(&s, "run< make 0+1200 inferred\n"));
    CHECK(has(&s, "cc 900+300 self exit0\n"));
    scene_end(&s);
}

TEST(a_child_that_was_told_nothing_began_when_its_parent_noted_it)
{
    struct scene s = scene_new();
    uint32_t root, ref;
    leave(put_image(&s, LEADER, 0, "script", &root), 500, 0);
    put_block(&s, LEADER, root);
    put_born(&s, 0, 7, 10, 0);
    struct spool_image *adopted = put_image(&s, 7, 15, "x", &ref);
    adopted->head.flags |= SPOOL_IMAGE_FORKED;
    leave(adopted, 30, 3);
    fold(&s);
    CHECK(has(&s, "script 10+20 self exit3\n"));
    scene_end(&s);
}

TEST(a_call_of_system_without_a_status_still_tells_the_times)
{
    struct scene s = scene_new();
    uint32_t root, ref;
    leave(put_image(&s, LEADER, 0, "prog", &root), 500, 0);
    leave(put_image(&s, 7, 14, "sh", &ref), 20, 4);
    put_image(&s, 8, 34, "sh", &ref);
    put_block(&s, LEADER, root);
    for (int i = 0; i < 2; i++)
        s.block->cell[i] = (struct spool_cell){
            .kind = SPOOL_CELL_SYSTEM,
            .born = {.start_ns = (10 + 20 * i) * MS, .end_ns = (25 + 20 * i) * MS, .status = -1}};
    fold(&s);
    CHECK(has(&s, "sh 10+10 self exit4\n"));
    CHECK(has(&s, "sh 30+15 parent\n"));
    scene_end(&s);
}

TEST(the_time_in_which_children_of_the_first_process_ran_is_summed_up)
{
    struct scene s = scene_new();
    uint32_t root, child, ref;
    leave(put_image(&s, LEADER, 0, "make", &root), 500, 0);
    struct spool_image *image = put_image(&s, 7, 100, "cc", &child);
    image->origin = root;
    leave(image, 200, 0);
    image = put_image(&s, 8, 150, "cc", &ref);
    image->origin = root;
    leave(image, 300, 0);
    image = put_image(&s, 9, 400, "orphan", &ref); /* a grandchild explains nothing */
    image->origin = child;
    leave(image, 450, 0);
    put_block(&s, LEADER, root);
    put_born(&s, 0, 10, 480, 0); /* still there when the run ends */
    fold(&s);
    CHECK(s.summary.coverage.explained_ns == 200 * MS);
    CHECK(s.summary.coverage.explained_percent == 40);
    scene_end(&s);
}

TEST(the_time_spent_in_the_shim_is_gathered_from_everywhere)
{
    struct scene s = scene_new();
    uint32_t root;
    leave(put_image(&s, LEADER, 0, "make", &root), 500, 0);
    put_block(&s, LEADER, root);
    put_born(&s, 0, 7, 10, 1)->born.shim_ns = 30;
    s.block->shim_ns = 200;
    spool_add_cost(&s.spool, 1000);
    fold(&s);
    CHECK(s.summary.cost.shim_ns == 1230);
    CHECK(s.summary.cost.spool_bytes > 0);
    scene_end(&s);
}

TEST(every_reason_to_withhold_the_shim_is_a_blind_spot)
{
    static const struct {
        enum gate_verdict why;
        const char *name, *word;
    } cases[] = {
        {GATE_STATIC, "busybox", "static"},   {GATE_FOREIGN, "wine", "foreign"},
        {GATE_SANITIZER, "fuzz", "sanitizer"}, {GATE_LIBCLESS, "tiny", "libcless"},
        {GATE_CAPS, "ping", "privileged"},    {GATE_SECURE, "sudo", "privileged"},
        {GATE_INVISIBLE, "jail", "elsewhere"}, {GATE_FILTERED, "box", "filtered"},
        {GATE_STATIC, "docker", "container"},
    };
    struct scene s = scene_new();
    uint32_t root, ref;
    leave(put_image(&s, LEADER, 0, "make", &root), 500, 0);
    for (int i = 0; i < (int)ARRAY_LEN(cases); i++)
        put_image(&s, 10 + i, 10 + i, cases[i].name, &ref)->head.flags |=
            SPOOL_IMAGE_UNSEEN | (unsigned)cases[i].why << SPOOL_WHY_SHIFT;
    fold(&s);
    const struct blind *blind = &s.summary.coverage.blind;
    CHECK(blind->len == ARRAY_LEN(cases));
    for (size_t i = 0; i < blind->len; i++) {
        CHECK_STR(blind->list[i].name, cases[i].name);
        CHECK_STR(blind_word(blind->list[i].cause), cases[i].word);
        CHECK(blind->list[i].count == 1);
    }
    scene_end(&s);
}

#define AHEAD_MS INT64_C(100000000) /* of the clock in a time namespace */

TEST(a_process_in_a_time_namespace_is_one_life_within_the_run)
{
    struct scene s = scene_new();
    uint32_t root, ref;
    leave(put_image(&s, LEADER, 0, "sh", &root), 500, 0);
    put_block(&s, LEADER, root);
    put_born(&s, 0, 7, 100, 0);
    put_reap(&s, 1, 7, 160, 0);
    struct spool_image *image = put_image(&s, 7, 100, "timed", &ref);
    image->head.flags |= SPOOL_IMAGE_START_SEEN;
    image->ready_ns += (AHEAD_MS + 2) * MS;
    leave(image, AHEAD_MS + 152, 0);
    fold(&s);
    CHECK(has(&s, "timed 100+50 self exit0\n"));
    CHECK(s.summary.processes == 2);
    CHECK(s.summary.coverage.blind.len == 1 && s.summary.coverage.blind.list[0].cause == BLIND_CLOCK);
    scene_end(&s);
}

TEST(deep_in_a_time_namespace_durations_are_right)
{
    struct scene s = scene_new();
    uint32_t root, outer, ref;
    leave(put_image(&s, LEADER, 0, "sh", &root), 500, 0);
    leave(put_image(&s, 7, AHEAD_MS + 100, "outer", &outer), AHEAD_MS + 300, 0);
    put_block(&s, 7, outer);
    put_born(&s, 0, 8, AHEAD_MS + 110, 0);
    put_reap(&s, 1, 8, AHEAD_MS + 150, 9);
    put_image(&s, 8, AHEAD_MS + 110, "inner", &ref)->origin = outer;
    fold(&s);
    CHECK(has(&s, "outer 0+200 self exit0\n"));
    CHECK(has(&s, "inner 0+40 parent sig9\n"));
    CHECK(s.summary.processes == 3);
    scene_end(&s);
}

TEST_MAIN(CASE(the_leader_says_how_the_run_ended), CASE(a_killed_leader_is_inferred_with_the_kernels_status),
          CASE(the_kernels_status_wins_and_the_own_end_stands), CASE(a_signal_after_the_exit_hook_is_the_end),
          CASE(an_exec_chain_is_spans_in_a_row_under_one_parent),
          CASE(a_fork_child_without_exec_carries_its_parents_name),
          CASE(a_fork_child_with_children_stays_when_it_execs),
          CASE(a_shell_that_libc_reaped_gets_the_status_of_system),
          CASE(a_process_seen_by_its_reaper_alone_is_there), CASE(an_image_whose_exec_failed_never_was),
          CASE(a_parent_is_found_by_pid_and_time_when_nothing_else_tells),
          CASE(a_task_marked_by_a_gone_shell_belongs_to_who_outlives_it),
          CASE(folding_in_many_parts_gives_the_same_processes), CASE(a_bad_marker_line_is_counted_and_stops_nothing),
          CASE(a_leader_that_cannot_tell_its_status_gets_the_kernels),
          CASE(a_leader_killed_after_its_last_word_was_killed),
          CASE(a_run_that_nobody_guarded_lasts_until_its_last_record),
          CASE(a_child_that_was_told_nothing_began_when_its_parent_noted_it),
          CASE(a_call_of_system_without_a_status_still_tells_the_times),
          CASE(the_time_in_which_children_of_the_first_process_ran_is_summed_up),
          CASE(the_time_spent_in_the_shim_is_gathered_from_everywhere),
          CASE(every_reason_to_withhold_the_shim_is_a_blind_spot),
          CASE(a_process_in_a_time_namespace_is_one_life_within_the_run),
          CASE(deep_in_a_time_namespace_durations_are_right))
