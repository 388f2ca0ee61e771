/* SPDX-License-Identifier: MIT */
/* A bounded look into an executable file. */
#ifndef PRELOAD_ELF_FILE_H
#define PRELOAD_ELF_FILE_H

#include <stddef.h>

#include "gate.h"

#define ELF_FILE_HEAD 1024 /* bytes that hold an ELF header with its program headers, or a #! line */

/* Judge the ELF file open at `fd`, whose first `len` bytes are in `head`. At most a few small reads. */
enum gate_verdict elf_file_verdict(int fd, const char *head, size_t len);

#endif
