# SPDX-License-Identifier: MIT
"""All that is changed in an output before two runs are compared, and why. A case names what it needs."""
import re

VARIABLE = re.compile(rb'^(.*?)\b(DTRACK_RUN|DTRACK_FROM)=.*\n', re.M)
PRELOAD = re.compile(rb'^(\W*)LD_PRELOAD=([^\r\n]*)(\r?\n)', re.M)


def ours(text, library):
    """Always done: our two variables, and our entry in LD_PRELOAD, are what a child may see of us. Other entries stay, in
    their order and as they were separated. A variable that holds nothing else goes, for there need not have been one."""
    entry = re.compile(rb'^' + re.escape(library) + rb'[: ]?|[: ]?' + re.escape(library))

    def without(match):
        others = entry.sub(b'', match.group(2))
        return match.group(1) + b'LD_PRELOAD=' + others + match.group(3) if others else b''
    return PRELOAD.sub(without, VARIABLE.sub(rb'', text))


def order(text):
    """Lines of processes that run side by side come in any order."""
    return b''.join(sorted(text.splitlines(keepends=True)))


def numbers(text):
    """Process ids, ports and sizes of memory: any number of two digits or more."""
    return re.sub(rb'\b\d{2,}\b', b'N', text)


def job_ids(text):
    """A shell names its jobs, and the children that were killed, by process id; ksh puts its own into $_."""
    text = re.sub(rb'(?m)^(\[\d+\] |\w+: line \d+: (wait: )?) *\d+', rb'\1N', text)
    return re.sub(rb'(?m)^_=\*\d+\*', b'_=*N*', text)


def durations(text):
    """Times that were measured: 0.02s, 1,5 s, 0m0.010s, 12 ms."""
    return re.sub(rb'\b(\d+m)?\d+([.,]\d+)? ?(s|ms|us|seconds|sec)\b', b'TIME', text)


def rates(text):
    """How long dd took, and what that makes a second."""
    return re.sub(rb'[\d.e-]+ s, [\d.]+ [kMG]?B/s\b', b'RATE', text)


def addresses(text):
    """Where something is mapped, chosen anew for each process."""
    return re.sub(rb'0x[0-9a-f]{4,}', b'0xN', text)


def object_ids(text):
    """git hashes the time of a commit."""
    return re.sub(rb'\b[0-9a-f]{7,40}\b', b'ID', text)


def temporary_names(text):
    """Names that mkstemp and its like make up."""
    return re.sub(rb'\b(tcl_|tmp[._]?|cc)[A-Za-z0-9_]{6,8}\b', rb'\1X', text)


def debian_times(text):
    """How long ago an index was read, and what the clock says."""
    return re.sub(rb'\d{1,2}:\d\d:\d\d(\.\d+)?|\d{4}-\d\d-\d\d', b'CLOCK', text)


def faketime_names(text):
    """libfaketime names its semaphore and its shared memory by process id."""
    return re.sub(rb'(faketime_s[eh]m_)\d+', rb'\1N', text)


def valgrind_prefix(text):
    """valgrind begins its lines with the process id."""
    return re.sub(rb'==\d+==', b'==N==', text)


def carriage(text):
    """A terminal paints in pieces: what is seen in the end is compared, without the escape codes between the pieces."""
    return re.sub(rb'\x1b(\[[0-9;?]*[a-zA-Z]|[()][A-Z0-9]|[=>])|\r|\x0f|\x07', b'', text)


def apply(names, text, library):
    """Normalise one output."""
    text = ours(text, library)
    for name in names:
        text = globals()[name](text)
    return text
