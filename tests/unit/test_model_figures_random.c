/* SPDX-License-Identifier: MIT */
/* What holds of every run, on random ones: against plain and slow ways to the same figures where there are any. */
#include <stdlib.h>

#include "model/figures_failures.h"
#include "model/figures_free.h"
#include "model/figures_groups.h"
#include "model/figures_path.h"
#include "model/figures_time.h"

#include "some_figures.h"
#include "test.h"

#define RUNS 400
#define LIVES_MAX 60

/* A process of a random run: whole ms. */
struct life {
    int64_t from, to, reaped; /* reaped: -1 = never */
    int parent;               /* -1 = the run */
    uint32_t row;             /* its first row */
    bool late;
};

struct sample {
    uint64_t state;
    struct life lives[LIVES_MAX];
    int len;
    int64_t dur;
    struct figures f;
};

static int64_t some_random(struct sample *s, int64_t below)
{
    s->state = s->state * 6364136223846793005u + 1442695040888963407u;
    return below > 0 ? (int64_t)((s->state >> 33) % (uint64_t)below) : 0;
}

/* Give the process at `at` children within its life, some at once, some never reaped, some reaped late. */
static void grow(struct sample *s, int at)
{
    for (int64_t n = some_random(s, 6); n > 0 && s->len < LIVES_MAX; n--) {
        const struct life *p = &s->lives[at];
        struct life c = {.parent = at};
        c.from = p->from + some_random(s, p->to - p->from + 1);
        c.to = c.from + some_random(s, p->to - c.from + 1);
        int64_t how = some_random(s, 8);
        c.reaped = how == 0 ? -1 : how == 1 ? c.to + some_random(s, p->to - c.to + 1) : c.to;
        s->lives[s->len++] = c;
    }
}

/* Rows of a process: one, or two with an exec between them. */
static void put_rows(struct sample *s, int at)
{
    struct life *life = &s->lives[at];
    char id[16], parent[16] = "run", next[16];
    snprintf(id, sizeof id, "p%x", 2 * at + 1);
    snprintf(next, sizeof next, "p%x", 2 * at + 2);
    if (life->parent >= 0)
        snprintf(parent, sizeof parent, "p%x", 2 * life->parent + 1);
    struct some some = {id,
                        parent,
                        life->from,
                        life->to,
                        .pid = at + 1,
                        .name = some_random(s, 2) ? "x" : "y",
                        .unwaited = life->reaped < 0,
                        .reaped = life->reaped,
                        .cpu = some_random(s, 3) - 1};
    life->row = s->f.len;
    if (!some_random(s, 4)) {
        int64_t middle = life->from + some_random(s, life->to - life->from + 1);
        struct some first = some;
        first.to = middle;
        first.exec = next;
        some_add(&s->f, &first);
        some.id = next;
        some.from = middle;
        some.name = "z";
    }
    some_add(&s->f, &some);
}

/* Others were started between its end and its reaping. */
static bool is_late(const struct sample *s, int at)
{
    const struct life *c = &s->lives[at];
    for (int i = 0; i < s->len; i++)
        if (s->lives[i].parent == c->parent && s->lives[i].from > c->to && s->lives[i].from < c->reaped)
            return true;
    return false;
}

static struct sample sample_new(uint64_t seed)
{
    struct sample s = {.state = seed * 2654435761u + 1};
    s.dur = 20 + some_random(&s, 80);
    s.lives[s.len++] = (struct life){0, s.dur, s.dur, -1, 0, false};
    for (int i = 0; i < s.len; i++)
        grow(&s, i);
    if (figures_init(&s.f, NULL))
        test_failed = true;
    some_run_row(&s.f, s.dur, 0);
    for (int i = 0; i < s.len; i++)
        put_rows(&s, i);
    for (int i = 0; i < s.len; i++)
        s.lives[i].late = is_late(&s, i);
    if (figures_link(&s.f))
        test_failed = true;
    return s;
}

/* A plain replay, in ms: `free` names the rows that are, and `longer` is by how much the process at `at` takes longer. */
struct plain {
    const struct sample *s;
    const bool *free;
    bool only_last;
    int at;
    int64_t longer;
};

/* Time of a process's own between two moments. */
static int64_t plain_work(const struct plain *p, int at, int64_t from, int64_t to)
{
    const struct figures_row *rows = p->s->f.rows;
    int64_t sum = 0;
    for (uint32_t row = p->s->lives[at].row; row; row = rows[row].next) {
        int64_t a = MAX(from, rows[row].start_ns / SOME_MS), b = MIN(to, rows[row].end_ns / SOME_MS);
        sum += b > a && !(p->free && p->free[row]) ? b - a : 0;
    }
    return sum;
}

static int64_t plain_wait(const struct life *c)
{
    return c->late ? c->reaped : c->to;
}

/* When a process that starts at `start` ends: its children's ends and starts as they come, each as long after the last end as it
 * was. */
static int64_t plain_end(const struct plain *p, int at, int64_t start)
{
    const struct life *l = &p->s->lives[at];
    int64_t old = l->from, new = start, ends[LIVES_MAX];
    bool started[LIVES_MAX] = {false}, done[LIVES_MAX] = {false};
    for (;;) {
        int next = -1;
        int64_t when = INT64_MAX;
        for (int i = 0; i < p->s->len; i++) {
            const struct life *c = &p->s->lives[i];
            if (c->parent != at || i == at || c->reaped < 0 || done[i])
                continue;
            /* ends before starts, and of ends those that started earlier */
            int64_t t = started[i] || c->from == plain_wait(c) ? 2 * plain_wait(c) : 2 * c->from + 1;
            if (t < when || (t == when && !(t & 1) && c->from < p->s->lives[next].from)) {
                next = i;
                when = t;
            }
        }
        if (next < 0)
            break;
        const struct life *c = &p->s->lives[next];
        if (!started[next]) {
            ends[next] = plain_end(p, next, new + plain_work(p, at, old, c->from));
            started[next] = true;
            if (c->from != plain_wait(c))
                continue;
        }
        done[next] = true;
        if (c->late && p->only_last)
            continue;
        int64_t end = c->late ? MAX(ends[next], new + plain_work(p, at, old, c->reaped)) : ends[next];
        new = p->only_last ? end : MAX(new, end);
        old = plain_wait(c);
    }
    return new + plain_work(p, at, old, l->to) + (p->at == at ? p->longer : 0);
}

static bool is_marked(void *ctx, const struct figures *f, uint32_t row)
{
    (void)f;
    return ((const bool *)ctx)[row];
}

/* Against the plain replay, with random rows free; without any the run ends when it did. */
static bool savings_hold(struct sample *s)
{
    bool free[2 * LIVES_MAX + 2] = {false};
    for (int i = 0; i < 4; i++) {
        struct figures_saving got;
        struct plain p = {.s = s, .free = free, .at = -1};
        if (figures_if_free(&s->f, is_marked, free, &got))
            return false;
        int64_t least = s->dur - plain_end(&p, 0, 0);
        p.only_last = true;
        int64_t most = s->dur - plain_end(&p, 0, 0);
        if (got.least_ns != least * SOME_MS || got.most_ns != most * SOME_MS || least < 0 || least > most ||
            (!i && most))
            return false;
        for (uint32_t row = 1; row < s->f.len; row++)
            free[row] = !some_random(s, 3);
    }
    return true;
}

/* So much longer and the run ends when it did; 1 ms more and it doesn't. */
static bool slack_holds(struct sample *s)
{
    int64_t slack[2 * LIVES_MAX + 2];
    figures_slack(&s->f, slack);
    for (int i = 0; i < s->len; i++) {
        int64_t ns = slack[s->lives[i].row];
        struct plain p = {.s = s, .at = i, .longer = ns / SOME_MS};
        if (ns == SPAN_NONE)
            continue;
        if (ns < 0 || plain_end(&p, 0, 0) != s->dur)
            return false;
        p.longer++;
        if (plain_end(&p, 0, 0) != s->dur + 1)
            return false;
    }
    return true;
}

/* The path tiles the run, all shares add up to it, and nobody on it has any slack. */
static bool path_holds(const struct figures *f)
{
    struct figures_path path;
    struct figures_groups groups;
    int64_t at = 0, sum = 0, *slack = calloc(f->len, sizeof *slack), *by_task = calloc(f->len, sizeof *by_task);
    bool good = slack && by_task && !figures_path(f, &path) && !figures_group(f, 0, &groups);
    if (!good)
        return false;
    figures_slack(f, slack);
    for (size_t i = 0; i < path.len && good; i++) {
        good =
            path.pieces[i].from_ns == at && path.pieces[i].to_ns > at && slack[f->rows[path.pieces[i].row].life] == 0;
        at = path.pieces[i].to_ns;
        sum += path.pieces[i].row ? 0 : path.pieces[i].to_ns - path.pieces[i].from_ns;
    }
    for (size_t i = 0; i < groups.len; i++)
        sum += groups.list[i].path_ns;
    good = good && at == f->dur_ns && sum == f->dur_ns && !figures_path_by_task(f, by_task);
    for (uint32_t i = 0; i < f->len; i++)
        sum -= by_task[i];
    figures_path_release(&path);
    figures_groups_release(&groups);
    free(slack);
    free(by_task);
    return good && !sum;
}

/* Millisecond by millisecond: how many live that have no living child; whether one of them works. */
static bool times_hold(struct sample *s)
{
    struct figures *f = &s->f;
    struct figures_parallelism p;
    int64_t curve[128], self[2 * LIVES_MAX + 2] = {0}, sum = 0, idle = 0;
    figures_times(f, self);
    if (figures_parallelism(f, curve, (size_t)s->dur, &p))
        return false;
    for (int64_t t = 0; t < s->dur; t++) {
        int count = 0;
        bool works = false;
        for (int i = 0; i < s->len; i++) {
            bool leaf = s->lives[i].from <= t && s->lives[i].to > t;
            for (int j = 0; j < s->len && leaf; j++)
                leaf = s->lives[j].parent != i || s->lives[j].from > t || s->lives[j].to <= t;
            uint32_t row = s->lives[i].row;
            while (f->rows[row].next && f->rows[f->rows[row].next].start_ns <= t * SOME_MS)
                row = f->rows[row].next;
            count += leaf;
            works |= leaf && !(f->rows[row].flags & FIGURES_WAITER);
        }
        if (curve[t] != 100 * count)
            return false;
        sum += count;
        idle += !works;
    }
    for (uint32_t i = 1; i < f->len; i++)
        sum -= self[i] / SOME_MS;
    return !sum && p.idle_ns == idle * SOME_MS;
}

#define FOR_ALL(holds)                                             \
    do {                                                           \
        for (uint64_t seed = 1; seed <= RUNS; seed++) {            \
            struct sample s = sample_new(seed);                    \
            bool good = holds;                                     \
            figures_release(&s.f);                                 \
            if (!good)                                             \
                printf("# seed %llu\n", (unsigned long long)seed); \
            CHECK(good);                                           \
        }                                                          \
    } while (0)

TEST(the_path_tiles_the_run_and_shares_add_up)
{
    FOR_ALL(path_holds(&s.f));
}

TEST(what_would_be_saved_is_what_a_plain_replay_says)
{
    FOR_ALL(savings_hold(&s));
}

TEST(slack_is_just_how_much_longer_one_may_take)
{
    FOR_ALL(slack_holds(&s));
}

TEST(times_are_those_of_a_count_by_the_millisecond)
{
    FOR_ALL(times_hold(&s));
}

/* Rows that make no sense: any parents, any times, pids that repeat, tasks among them. */
static void put_nonsense(struct sample *s)
{
    char id[16], parent[16];
    for (int64_t n = some_random(s, 80); n > 0; n--) {
        snprintf(id, sizeof id, "%s%llx", some_random(s, 5) ? "p" : "t", (long long)some_random(s, 40));
        snprintf(parent, sizeof parent, "%s%llx", some_random(s, 5) ? "p" : "t", (long long)some_random(s, 40));
        struct some some = {id,
                            some_random(s, 6) ? parent : "run",
                            some_random(s, 100) - 20,
                            some_random(s, 100) - 20,
                            .exit_code = (int)some_random(s, 4),
                            .unwaited = !some_random(s, 3),
                            .pid = (int)some_random(s, 4),
                            .task = some_random(s, 3) ? NULL : "x",
                            .reaped = some_random(s, 120),
                            .least = !some_random(s, 6),
                            .runs = !some_random(s, 6),
                            .exec = some_random(s, 4) ? NULL : "p1",
                            .cpu = some_random(s, 40) - 1,
                            .name = some_random(s, 2) ? "make" : "sh"};
        struct span span = some_row(&some);
        span.kind = some_random(s, 6) ? SPAN_PROCESS : SPAN_TASK;
        span.ppid = some_random(s, 4);
        if (!some_random(s, 30))
            span.start_ns = some_random(s, 2) ? INT64_MAX : INT64_MIN + 1;
        if (!some_random(s, 30))
            span.dur_ns = INT64_MAX;
        if (!some_random(s, 50))
            span.kind = SPAN_RUN;
        if (figures_add(&s->f, &span, NULL))
            test_failed = true;
    }
}

/* Everything, for what it does to memory; and what holds of any rows. */
static bool nonsense_is_borne(struct sample *s)
{
    struct figures *f = &s->f;
    struct figures_saving saving;
    struct figures_failures failures = {0};
    struct figures_task_groups tasks = {0};
    struct figures_gap gaps[3];
    struct figures_parallelism p;
    int64_t curve[7], *self = calloc(f->len, sizeof *self);
    size_t len;
    if (!self)
        return false;
    figures_times(f, self);
    bool good = path_holds(f) && !figures_if_free(f, NULL, NULL, &saving) && !saving.least_ns && !saving.most_ns;
    good = good && !figures_failures(f, &failures) && !figures_group_tasks(f, &tasks);
    good = good && !figures_gaps(f, gaps, 3, &len) && len <= 3 && !figures_parallelism(f, curve, 7, &p);
    good = good && p.idle_ns >= 0 && p.idle_ns <= f->dur_ns && failures.handled >= 0 &&
           failures.handled <= failures.failed;
    for (uint32_t i = 0; i < f->len; i++) {
        good = good && self[i] >= 0 && f->rows[i].start_ns >= 0 && f->rows[i].end_ns <= f->dur_ns &&
               f->rows[i].start_ns <= f->rows[i].end_ns;
        if (f->rows[i].life == i && !(f->rows[i].flags & FIGURES_TASK))
            figures_edges(f, i);
    }
    figures_failures_release(&failures);
    figures_task_groups_release(&tasks);
    free(self);
    return good;
}

TEST(rows_that_make_no_sense_are_borne)
{
    for (uint64_t seed = 1; seed <= 10 * RUNS; seed++) {
        struct sample s = {.state = seed};
        const struct figures_options few = {.rows_max = 30};
        CHECK(!figures_init(&s.f, some_random(&s, 3) ? NULL : &few));
        if (some_random(&s, 4))
            some_run_row(&s.f, some_random(&s, 100), (int)some_random(&s, 3));
        put_nonsense(&s);
        CHECK(!figures_link(&s.f));
        bool good = nonsense_is_borne(&s);
        figures_release(&s.f);
        if (!good)
            printf("# seed %llu\n", (unsigned long long)seed);
        CHECK(good);
    }
}

TEST_MAIN(CASE(the_path_tiles_the_run_and_shares_add_up), CASE(what_would_be_saved_is_what_a_plain_replay_says),
          CASE(slack_is_just_how_much_longer_one_may_take), CASE(times_are_those_of_a_count_by_the_millisecond),
          CASE(rows_that_make_no_sense_are_borne))
