/* SPDX-License-Identifier: MIT */
#include "some_run.h"
#include "test.h"

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
    s.leader_status = wait_status_of(9);
    fold(&s);
    CHECK(has(&s, "run< make 0+1000 inferred sig9\n"));
    CHECK(has(&s, "<run make 0+1000 inferred sig9\n"));
    scene_end(&s);
}

TEST(the_kernels_status_wins_and_the_own_end_stands)
{
    uint32_t root, ref;
    struct scene s = scene_led_by("sh", &root);
    leave(put_image(&s, 7, 10, "cc", &ref), 20, 0);
    put_block(&s, LEADER, root);
    put_born(&s, 0, 7, 9, 0);
    put_reap(&s, 1, 7, 30, 1 << 8);
    fold(&s);
    CHECK(has(&s, "cc 9+11 self exit1\n") && !s.forked);
    scene_end(&s);
}

TEST(a_signal_after_the_exit_hook_is_the_end)
{
    uint32_t root, ref;
    struct scene s = scene_led_by("sh", &root);
    leave(put_image(&s, 7, 10, "yes", &ref), 20, 0);
    put_block(&s, LEADER, root);
    put_reap(&s, 0, 7, 30, 13);
    fold(&s);
    CHECK(has(&s, "yes 10+20 parent sig13\n"));
    scene_end(&s);
}

TEST(an_exec_chain_is_spans_in_a_row_under_one_parent)
{
    uint32_t root, a, b;
    struct scene s = scene_led_by("make", &root);
    put_block(&s, LEADER, root);
    put_born(&s, 0, 7, 9, 1);
    put_reap(&s, 1, 7, 50, 0);
    put_image(&s, 7, 10, "sh", &a)->end.exec_ns = 20 * MS;
    struct spool_image *second = put_image(&s, 7, 20, "cc", &b);
    tell(second, a, 7);
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
    uint32_t root;
    struct scene s = scene_led_by("bash", &root);
    put_block(&s, LEADER, root);
    struct spool_cell *cell = put_born(&s, 0, 7, 10, 1);
    cell->born.end.left = SPOOL_LEFT_EXIT;
    cell->born.end.end_ns = 40 * MS;
    cell->born.end.code = exit_code_of(3);
    fold(&s);
    CHECK(has(&s, "bash 10+30 self exit3\n") && s.forked == 1);
    scene_end(&s);
}

TEST(a_fork_child_with_children_stays_when_it_execs)
{
    uint32_t root, ref, fork_ref;
    struct scene s = scene_led_by("bash", &root);
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
    CHECK(has(&s, "cc 14+6 self exit0\n") && s.forked == 1);
    scene_end(&s);
}

TEST(a_shell_that_libc_reaped_gets_the_status_of_system)
{
    uint32_t root, ref;
    struct scene s = scene_led_by("prog", &root);
    put_image(&s, 7, 11, "sh", &ref);
    put_block(&s, LEADER, root);
    s.block->cell[0] =
        (struct spool_cell){.kind = SPOOL_CELL_SYSTEM,
                            .born = {.start_ns = 10 * MS, .end.end_ns = 30 * MS, .end.returned = wait_status_of(9)}};
    fold(&s);
    CHECK(has(&s, "sh 10+20 parent sig9\n")); /* it began with the call */
    scene_end(&s);
}

TEST(when_a_child_was_reaped_is_told)
{
    uint32_t root, a, b, ref;
    struct scene s = scene_led_by("make", &root);
    put_block(&s, LEADER, root);
    put_born(&s, 0, 7, 9, 1);
    put_reap(&s, 1, 7, 50, 0);
    put_image(&s, 7, 10, "sh", &a)->end.exec_ns = 20 * MS;
    struct spool_image *second = put_image(&s, 7, 20, "cc", &b);
    tell(second, a, 7);
    second->ready_ns = 23 * MS;
    leave(second, 45, 0);
    put_born(&s, 2, 8, 60, 0);
    put_image(&s, 8, 61, "lost", &ref);
    fold(&s);
    CHECK(strstr(s.ends, "sh - - -\n") && strstr(s.ends, "cc 50 - 3\n")); /* before an exec nobody is reaped */
    CHECK(strstr(s.ends, "lost - 1000 -\n")); /* nobody saw it end: by when it had is known */
    scene_end(&s);
}

TEST(a_shell_that_libc_reaped_was_reaped_when_system_returned)
{
    uint32_t root, ref;
    struct scene s = scene_led_by("prog", &root);
    leave(put_image(&s, 7, 11, "sh", &ref), 25, 0);
    put_block(&s, LEADER, root);
    s.block->cell[0] =
        (struct spool_cell){.kind = SPOOL_CELL_SYSTEM, .born = {.start_ns = 10 * MS, .end.end_ns = 30 * MS}};
    fold(&s);
    CHECK(strstr(s.ends, "sh 30 - -\n"));
    scene_end(&s);
}

TEST(a_process_seen_by_its_reaper_alone_is_there)
{
    uint32_t root;
    struct scene s = scene_led_by("sh", &root);
    put_block(&s, LEADER, root);
    put_reap(&s, 0, 7, 30, 127 << 8);
    fold(&s);
    CHECK(has(&s, "sh 30+0 parent exit127\n"));
    scene_end(&s);
}

TEST(an_image_whose_exec_failed_never_was)
{
    uint32_t root, ref;
    struct scene s = scene_led_by("sh", &root);
    put_image(&s, 7, 10, "ghost", &ref)->is_void = 1;
    fold(&s);
    CHECK(!strstr(s.text, "ghost") && s.summary.processes == 1);
    scene_end(&s);
}

TEST(a_parent_is_found_by_pid_and_time_when_nothing_else_tells)
{
    uint32_t root, old, now, child;
    struct scene s = scene_led_by("make", &root);
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
    uint32_t root, shell, ref;
    struct scene s = scene_led_by("make", &root);
    struct spool_image *sh = put_image(&s, 7, 10, "sh", &shell);
    tell(sh, root, LEADER);
    leave(sh, 20, 0);
    struct spool_image *cc = put_image(&s, 8, 100, "cc", &ref);
    tell(cc, root, LEADER);
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

TEST(a_task_did_what_its_end_says)
{
    uint32_t root;
    struct scene s = scene_led_by("make", &root);
    strcpy(s.marks,
           "1000.01\tstart\tgood\n1000.02\tstart\tbad\n1000.03\tstart\tkilled\n1000.04\tstart\tmute\n"
           "1000.05\tstart\topen\n1000.06\tstart\tbad\n"
           "1000.10\tend\tgood\t{\"rows\": 5, \"of\": \"1.10\"}\tstatus=0\n1000.11\tend\tbad\t\tstatus=3\tpid=9\n"
           "1000.12\tend\tkilled\ta text\tsignal=9\n1000.13\tend\tmute\n1000.14\tend\tgood\t{\"no\":1}\tstatus=9\n"
           "1000.15\tend\tbad\t\tstatus=0");
    fold(&s);
    CHECK(has(&s, "good 10+90 mark exit0 ={\"rows\":5,\"of\":\"1.10\"}\n"));
    CHECK(has(&s, "bad 20+130 mark exit0 [good]\n")); /* of two of a name the one that started last ends first */
    CHECK(has(&s, "bad 60+50 mark exit3 [open]\n"));
    CHECK(has(&s, "killed 30+90 mark sig9 [bad] =\"a text\"\n"));
    CHECK(has(&s, "mute 40+90 mark [killed]\n"));
    CHECK(has(&s, "open 50+450 run [mute]\n"));
    CHECK(s.summary.coverage.bad_marks == 1); /* of a task that had ended: the first word stands */
    scene_end(&s);
}

TEST(a_task_that_began_before_the_run_is_shown_from_there_on)
{
    uint32_t root;
    struct scene s = scene_led_by("make", &root);
    strcpy(s.marks, "900.5\tstart\tinstall\n1000.1\tend\tinstall\n900\tstart\tearlier\n901\tend\tearlier\n");
    fold(&s);
    CHECK(has(&s, "install 0+100 mark\n"));
    CHECK(has(&s, "earlier 0+0 mark"));
    scene_end(&s);
}

TEST(tasks_and_marks_stand_where_they_were_though_the_clock_on_the_wall_was_set)
{
    struct scene s = scene_new();
    uint32_t root, ref;
    leave(put_image(&s, LEADER, 0, "make", &root), 900, 0);
    struct spool_image *image = put_image(&s, 7, 200, "cc", &ref);
    tell(image, root, LEADER);
    leave(image, 250, 0);
    strcpy(s.marks, "1000.100\tstart\tahead\t\tmono=100000000\n" /* then by an hour ahead */
                    "4600.300\tend\tahead\t\tmono=300000000\n"
                    "4600.350\tset\tfrom_bash\t1\n"
                    "4600.400\tstart\tback\t\tmono=400000000\n" /* and back */
                    "1000.450\tevent\tnow\t\tmono=450000000\n"
                    "1000.600\tend\tback\n"
                    "1000.700\tevent\tinvalid\t\tmono=9000000000000000000\n");
    fold(&s);
    CHECK(has(&s, "ahead 100+200 mark\n"));
    CHECK(has(&s, "from_bash 350+- mark =1\n"));
    CHECK(has(&s, "back 400+200 mark\n"));
    CHECK(has(&s, "now 450+- mark [back]\n"));
    CHECK(has(&s, "invalid 700+- mark\n"));
    CHECK(has(&s, "cc 200+50 self exit0 [ahead]\n"));
    scene_end(&s);
}

/* What is damage is far enough away; and at its edge nothing overflows. */
TEST(runs_of_the_next_century_are_recorded_too)
{
    struct scene s = scene_new();
    uint32_t root;
    s.spool.header->start_wall_ns = INT64_C(5680281600) * 1000 * MS; /* 2150-01-01 */
    leave(put_image(&s, LEADER, 0, "make", &root), 900, 0);
    strcpy(s.marks, "5680281600.100\tset\tv\t1\n");
    fold(&s);
    CHECK(has(&s, "make 5680280600000+900 self exit0\n"));
    CHECK(has(&s, "v 5680280600100+- mark =1\n"));
    scene_end(&s);
    s = scene_new();
    s.spool.header->start_wall_ns = SPOOL_WALL_MAX - 1;
    leave(put_image(&s, LEADER, SPOOL_SANE_MAX / MS - 1, "make", &root), SPOOL_SANE_MAX / MS, 0);
    strcpy(s.marks, "9223372036.100\tset\tv\t1\n");
    fold(&s);
    CHECK(has(&s, "make "));
    scene_end(&s);
}

TEST(folding_in_many_parts_gives_the_same_processes)
{
    uint32_t root, ref;
    struct scene s = scene_led_by("make", &root);
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
    uint32_t root;
    struct scene s = scene_led_by("make", &root);
    strcpy(s.marks, "nonsense\n1000.1\tstart\ta\n1000.2\tend\ta\n1000.3\tend\tnever-started\n");
    fold(&s);
    CHECK(has(&s, "t1<run a 100+100 mark\n"));
    CHECK(s.summary.coverage.bad_marks == 2);
    scene_end(&s);
}

TEST(marks_behind_what_the_run_may_record_are_not_read_and_counted)
{
    uint32_t root;
    struct scene s = scene_led_by("make", &root);
    int64_t all = snprintf(s.marks, sizeof s.marks, "1000.1\tstart\ta\n1000.2\tend\ta\n1000.3\tset\tb\t1\n");
    s.spool.header->limit = 35;
    s.spool.header->missed_marks = 4;
    fold(&s);
    CHECK(has(&s, "t1<run a 100+100 mark\n"));
    CHECK(!s.summary.marks && !s.summary.coverage.bad_marks);
    CHECK(s.summary.coverage.missed_marks == 4 && s.summary.coverage.unread_mark_bytes == all - 28);
    scene_end(&s);
}

TEST(a_leader_that_cannot_tell_its_status_gets_the_kernels)
{
    struct scene s = scene_new();
    uint32_t ref;
    struct spool_image *image = put_image(&s, LEADER, 0, "make", &ref);
    leave(image, 500, 0);
    image->end.left = SPOOL_LEFT_UNKNOWN;
    s.leader_status = wait_status_of(5 << 8);
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
    s.leader_status = wait_status_of(9);
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
    tell(image, root, LEADER);
    leave(image, 1200, 0); /* the run was noticed gone at 1000 */
    fold(&s);
    CHECK(has(&s, "run< make 0+1200 inferred\n"));
    CHECK(has(&s, "cc 900+300 self exit0\n"));
    scene_end(&s);
}

TEST(a_child_that_was_told_nothing_began_when_its_parent_noted_it)
{
    uint32_t root, ref;
    struct scene s = scene_led_by("script", &root);
    put_block(&s, LEADER, root);
    put_born(&s, 0, 7, 10, 0);
    struct spool_image *adopted = put_image(&s, 7, 15, "x", &ref);
    adopted->head.flags |= SPOOL_IMAGE_FORKED;
    leave(adopted, 30, 3);
    fold(&s);
    CHECK(has(&s, "script 10+20 self exit3\n") && s.forked == 1);
    scene_end(&s);
}

TEST(a_call_of_system_without_a_status_still_tells_the_times)
{
    uint32_t root, ref;
    struct scene s = scene_led_by("prog", &root);
    leave(put_image(&s, 7, 14, "sh", &ref), 20, 4);
    put_image(&s, 8, 34, "sh", &ref);
    put_block(&s, LEADER, root);
    for (int i = 0; i < 2; i++)
        s.block->cell[i] = (struct spool_cell){.kind = SPOOL_CELL_SYSTEM,
                                               .born = {.start_ns = (10 + 20 * i) * MS,
                                                        .end.end_ns = (25 + 20 * i) * MS,
                                                        .end.returned = WAIT_STATUS_UNKNOWN}};
    fold(&s);
    CHECK(has(&s, "sh 10+10 self exit4\n"));
    CHECK(has(&s, "sh 30+15 parent\n"));
    scene_end(&s);
}

TEST(the_time_in_which_children_of_the_first_process_ran_is_summed_up)
{
    uint32_t root, child, ref;
    struct scene s = scene_led_by("make", &root);
    struct spool_image *image = put_image(&s, 7, 100, "cc", &child);
    tell(image, root, LEADER);
    leave(image, 200, 0);
    image = put_image(&s, 8, 150, "cc", &ref);
    tell(image, root, LEADER);
    leave(image, 300, 0);
    image = put_image(&s, 9, 400, "orphan", &ref); /* a grandchild explains nothing */
    tell(image, child, LEADER);
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
    uint32_t root;
    struct scene s = scene_led_by("make", &root);
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
        {GATE_STATIC, "busybox", "static"},      {GATE_FOREIGN, "wine", "foreign"},
        {GATE_SANITIZER, "fuzz", "sanitizer"},   {GATE_LIBCLESS, "tiny", "libcless"},
        {GATE_CAPS, "ping", "privileged"},       {GATE_SECURE, "sudo", "privileged"},
        {GATE_INVISIBLE, "jail", "elsewhere"},   {GATE_FILTERED, "box", "filtered"},
        {GATE_EMULATOR, "qemu-arm", "emulator"}, {GATE_DOUBTFUL, "secret", "doubtful"},
        {GATE_UNEDITED, "big", "unedited"},      {GATE_STATIC, "docker", "container"},
    };
    uint32_t root, ref;
    struct scene s = scene_led_by("make", &root);
    for (int i = 0; i < (int)ARRAY_LEN(cases); i++)
        put_image(&s, 10 + i, 10 + i, cases[i].name, &ref)->head.flags |= SPOOL_IMAGE_UNSEEN | (unsigned)cases[i].why
                                                                                                   << SPOOL_WHY_SHIFT;
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

/* As the guardian leaves what was cut off: zeros, into which some go on to write their ends. */
static void cut_off(struct spool_image *image)
{
    memset(image, 0, image->head.bytes);
    leave(image, 40, 7);
}

TEST(of_a_spool_that_was_cut_short_the_rest_is_shown_and_the_loss_is_named)
{
    struct scene s = scene_new();
    struct spool_image *lost[30];
    uint32_t refs[30], ref, kept;
    lost[0] = put_image(&s, LEADER, 0, "make", &refs[0]);
    for (int i = 1; i < 30; i++)
        tell(lost[i] = put_image(&s, 1000 + i, 10 + i, "lost", &refs[i]), refs[0], LEADER);
    struct spool_image *image = put_image(&s, 7, 50, "sh", &kept);
    tell(image, refs[1], 1001);
    leave(image, 90, 0);
    put_block(&s, 7, kept);
    put_born(&s, 0, 8, 60, 0);
    put_reap(&s, 1, 8, 71, 0);
    put_reap(&s, 2, 9, 75, 3 << 8); /* its record is lost */
    image = put_image(&s, 8, 60, "cc", &ref);
    tell(image, refs[2], 7); /* its fork is lost, but not who forked it */
    image->ppid = 7;
    leave(image, 70, 0);
    for (int i = 0; i < 30; i++)
        cut_off(lost[i]);
    s.spool.header->truncated = 2;
    fold(&s);
    char want[64];
    CHECK(has(&s, "run< run 0+1000 inferred\n")); /* what it began with is lost */
    snprintf(want, sizeof want, "p%x<run sh 50+40 self exit0\n", kept);
    CHECK(has(&s, want));
    snprintf(want, sizeof want, "p%x<p%x cc 60+10 self exit0\n", ref, kept);
    CHECK(has(&s, want));
    CHECK(has(&s, "sh 75+0 parent exit3\n"));
    CHECK(s.summary.processes == 3 && s.summary.coverage.damaged_bytes >= 30 * (int64_t)SPOOL_ALIGN);
    const struct blind *blind = &s.summary.coverage.blind;
    CHECK(blind->len == 1 && blind->list[0].cause == BLIND_TRUNCATED && blind->list[0].count == 2);
    scene_end(&s);
}

TEST_MAIN(CASE(the_leader_says_how_the_run_ended), CASE(a_killed_leader_is_inferred_with_the_kernels_status),
          CASE(the_kernels_status_wins_and_the_own_end_stands), CASE(a_signal_after_the_exit_hook_is_the_end),
          CASE(an_exec_chain_is_spans_in_a_row_under_one_parent),
          CASE(a_fork_child_without_exec_carries_its_parents_name),
          CASE(a_fork_child_with_children_stays_when_it_execs),
          CASE(a_shell_that_libc_reaped_gets_the_status_of_system), CASE(when_a_child_was_reaped_is_told),
          CASE(a_shell_that_libc_reaped_was_reaped_when_system_returned),
          CASE(a_process_seen_by_its_reaper_alone_is_there), CASE(an_image_whose_exec_failed_never_was),
          CASE(a_parent_is_found_by_pid_and_time_when_nothing_else_tells),
          CASE(a_task_marked_by_a_gone_shell_belongs_to_who_outlives_it), CASE(a_task_did_what_its_end_says),
          CASE(a_task_that_began_before_the_run_is_shown_from_there_on),
          CASE(tasks_and_marks_stand_where_they_were_though_the_clock_on_the_wall_was_set),
          CASE(runs_of_the_next_century_are_recorded_too), CASE(folding_in_many_parts_gives_the_same_processes),
          CASE(a_bad_marker_line_is_counted_and_stops_nothing),
          CASE(marks_behind_what_the_run_may_record_are_not_read_and_counted),
          CASE(a_leader_that_cannot_tell_its_status_gets_the_kernels),
          CASE(a_leader_killed_after_its_last_word_was_killed),
          CASE(a_run_that_nobody_guarded_lasts_until_its_last_record),
          CASE(a_child_that_was_told_nothing_began_when_its_parent_noted_it),
          CASE(a_call_of_system_without_a_status_still_tells_the_times),
          CASE(the_time_in_which_children_of_the_first_process_ran_is_summed_up),
          CASE(the_time_spent_in_the_shim_is_gathered_from_everywhere),
          CASE(every_reason_to_withhold_the_shim_is_a_blind_spot),
          CASE(of_a_spool_that_was_cut_short_the_rest_is_shown_and_the_loss_is_named))
