/* SPDX-License-Identifier: MIT */
/* The tasks that are open while marks are read, found by what an end mark says of them. Takes the same time however many
 * are open: a job may start 100,000 and end none of them. */
#ifndef MODEL_OPEN_TASKS_H
#define MODEL_OPEN_TASKS_H

#include <stddef.h>

#include "model/tasks.h"
#include "sys/attr.h"

/* Take in the last task of the list, which has just been started. 0 or -ENOMEM. */
must_check int open_tasks_add(struct tasks *t);

/* The latest open task of the mark's name; among several, one that the same process started is meant first. Its index, or
 * TASKS_NONE. */
size_t open_tasks_find(const struct tasks *t, const struct mark *mark);

/* The task at that index is open no longer. */
void open_tasks_remove(struct tasks *t, size_t task);

#endif
