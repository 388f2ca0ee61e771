# SPDX-License-Identifier: MIT
"""What a reader must know of the machine to judge a figure. Reads /proc and /sys, changes nothing."""
import os
import platform
import time


def _first_line(path, default='not known'):
    try:
        with open(path, encoding='utf-8', errors='replace') as file:
            return file.readline().strip() or default
    except OSError:
        return default


def _processor():
    with open('/proc/cpuinfo', encoding='utf-8', errors='replace') as file:
        for line in file:
            if line.startswith(('model name', 'Model', 'CPU part')):
                return line.split(':', 1)[1].strip()
    return platform.machine()


def file_system(path):
    """Type of the file system that holds `path`."""
    path, best = os.path.realpath(path), ('', 'not known')
    with open('/proc/self/mounts', encoding='utf-8') as mounts:
        for line in mounts:
            _, place, kind, *_ = line.split()
            if (path + '/').startswith(place.rstrip('/') + '/') and len(place) >= len(best[0]):
                best = place, kind
    return best[1]


def load():
    """Load averages; the first figure is what matters."""
    return ' '.join(f'{value:.2f}' for value in os.getloadavg())


def facts(library, spool):
    """Pairs of what and how it is."""
    cores = len(os.sched_getaffinity(0))
    libc = ' '.join(platform.libc_ver())
    return [
        ('date', time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())),
        ('processor', f'{_processor()}, {cores} cores, {platform.machine()}'),
        ('kernel, libc', f'{platform.system()} {platform.release()}, {libc}'),
        ('file systems', f'library on {file_system(library)}, spool on {file_system(spool)}'),
        ('governor', _first_line('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor', 'none to be seen')),
        ('load before', load()),
    ]
