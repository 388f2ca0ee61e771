# SPDX-License-Identifier: MIT
"""The other end of worker.c's pipes. Knows how to start and stop a worker, not what it is to measure."""
import subprocess
from collections import namedtuple

END_S = 120

# What one order cost, a unit of it: wall and CPU time in microseconds, page faults.
Cost = namedtuple('Cost', 'wall cpu faults')


def cpu_us_of(pid):
    """CPU time that the process has used so far, without its children."""
    with open(f'/proc/{pid}/schedstat', encoding='ascii') as file:
        return int(file.read().split()[0]) / 1000


class Worker:
    """A worker that lives until close(). `command` ends with the worker's own path; when a tracer stands before it, the
    tracer's CPU time is counted too."""

    def __init__(self, command, environment, folder, is_traced=False):
        self.process = subprocess.Popen(command, env=environment, cwd=folder, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, bufsize=1)
        self.is_traced = is_traced

    def _tracer_us(self):
        return cpu_us_of(self.process.pid) if self.is_traced else 0

    def order(self, how, count, *command, settings='-', units=None):
        """Have `count` children made, and tell the Cost of each; of each of `units` when that is another number."""
        before = self._tracer_us()
        print(how, count, settings, *command, file=self.process.stdin, flush=True)
        numbers = self.process.stdout.readline().split()
        if len(numbers) != 3:
            raise RuntimeError(f'a worker ended at: {how} {count} {" ".join(command)}')
        wall_ns, cpu_us, faults = map(int, numbers)
        cpu_us += self._tracer_us() - before
        units = units or count
        return Cost(wall_ns / 1000 / units, cpu_us / units, faults / units)

    def close(self):
        """Let it end: a run's leader waits until its run is finished."""
        self.process.stdin.close()
        try:
            self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
