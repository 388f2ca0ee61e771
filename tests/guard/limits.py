# SPDX-License-Identifier: MIT
"""What recording may cost, beyond an empty library that is preloaded: every limit of this folder, and nothing else.
Whoever makes something cheaper lowers its limit; whoever must raise one says here what for."""

# System calls by name.
CONSTRUCTOR = {'openat': 1, 'statx': 1, 'lseek': 1, 'mmap': 1, 'close': 1,  # the spool's page, and whose it is
               'getpid': 1, 'getppid': 1, 'getcwd': 1}               # what is recorded
LEAF_IN_ALL = 11

# A fork child that never execs has no constructor: it asks once who it is, and whether its parent sees it the same way.
FORKED_CHILD = {'getpid': 1, 'getppid': 1}

# Leaving by _exit: is this the process that the record is about, or a vfork child in its memory?
UNDERSCORE_EXIT = {'getpid': 1}

# The exec gate's look at a program that the run knows: may our library go along, is it to be seen from there, and is the
# process still the same user's, or will the run's folder be closed to the program?
GATE_KNOWN = {'newfstatat': 1, 'faccessat': 1, 'geteuid': 1}
# and at one that this process can't look up in the run's list of verdicts: it has to read the file's head.
GATE_READ = {**GATE_KNOWN, 'openat': 1, 'pread64': 3, 'fgetxattr': 1, 'close': 1}

# Of getpid: who am I, in each hook. After vfork a hook must not trust its memory. A fork child reads the clock by a
# call, which is less than the page faults that the vDSO would be.
FORK_EXEC_CHILD = {'getpid': 2, 'getppid': 1, 'clock_gettime': 2}
VFORK_EXEC_CHILD = {'getpid': 2}

# A parent for each further child. The fraction is a block of cells in the spool for some thirty children.
CELLS = {'mmap': 0.04, 'openat': 0.04, 'close': 0.04, 'munmap': 0.04}
NEXT_CHILD = {
    'spawn': {**CELLS, 'getpid': 3, **GATE_KNOWN},
    'fork': {**CELLS, 'getpid': 2},
    'vfork': {**CELLS, 'getpid': 1},
    'return': {**CELLS, 'getpid': 2},
}

# What a parent that goes on does to look at a program that is new in the run: a child does it, so that no descriptor of ours
# is in the parent's own table. No other process of the run looks again.
APART = {'clone': 1, 'waitid': 1, 'wait4': 1, 'rt_sigaction': 2, 'rt_sigpending': 1, 'rt_sigprocmask': 2, 'newfstatat': 2 + GATE_KNOWN['newfstatat']}

# A parent for its first child: the spool's header, where its own page does not serve.
FIRST_CHILD = {
    'spawn': {'mmap': 1, 'openat': 1, 'close': 1, 'getpid': 3, **GATE_KNOWN, **APART},
    'fork': {'getpid': 2},
    'vfork': {'getpid': 1},
    'return': {'getpid': 2},
}

# Page faults: the library's page of data, the stack, the page of the spool. Of parent and child together; a fork child has
# to copy what it writes. Seen in 70 runs of each test: 0.8 to 1.5, spawn 1.3 to 1.65, vfork 1.2 to 1.55, fork 0.4 to 1.5.
LEAF_FAULTS = 2
FAMILY_FAULTS = {'spawn': 2, 'vfork': 2, 'fork': 2}

# Instructions, counted by callgrind, which has no vDSO: a clock is a system call there. Each hook looks at it twice, to
# account for its own time. They grow with the environment and with the length of paths: 12,200 to 13,600 were seen for a leaf,
# 6,800 and more for a spawn, which also looks at its file actions and asks who it is now.
LEAF_INSTRUCTIONS = 15000
NEXT_CHILD_INSTRUCTIONS = {'spawn': 7800, 'fork': 800}

# Bytes of the spool for a leaf process that its parent has spawned and waited for: its image, two cells of its parent's, and
# its part of what stays free in the pages.
SPOOL_BYTES = 960
