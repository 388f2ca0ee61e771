/* SPDX-License-Identifier: MIT */
/* Tasks that tools say themselves, in the command lines of processes: what they are called. Looks at one process at a time.
 *
 *   make GOAL…            the goals of its command line. What target a recipe's shell works for is said nowhere
 *   npm run NAME          also pnpm and yarn
 *   ninja OUTPUT          a child of ninja that names its output by -o
 *   ctest COMMAND         a child of ctest: the name that the test has there is said nowhere, so its command has to do
 *   crate NAME            rustc --crate-name NAME
 *   terraform VERB        also tofu, kubectl, helm, az
 *   ansible-playbook FILE */
#ifndef MODEL_RECOGNISE_H
#define MODEL_RECOGNISE_H

#include <stddef.h>

#include "base/buf.h"
#include "model/span.h"

/* Whose child a process is, as far as that says something. */
enum recognise_maker { MAKER_ANY, MAKER_NINJA, MAKER_CTEST };

/* The program of a process: the file that runs, or the script that an interpreter runs. Points into the span. */
struct recognise_program {
    const char *path, *name;
    const char *const *args; /* behind it; `argc` of them */
    size_t argc;
};

/* Which maker a program is, by the last part of its path. */
enum recognise_maker recognise_maker_of(const char *name);

/* Find the program of a process's span. */
struct recognise_program recognise_program_of(const struct span *span);

/* Append the name of the task that the program is; nothing when it is none. */
void recognise(const struct recognise_program *program, enum recognise_maker maker, struct buf *name);

#endif
