# SPDX-License-Identifier: MIT
"""python: what its own regression tests say about processes, signals and terminals."""
import glob
import re

from suite import PASSED, Suite

# The module's name is one of these or begins so: the whole library has little to do with processes.
ABOUT_PROCESSES = ('test_atexit', 'test_concurrent_futures', 'test_eintr', 'test_faulthandler', 'test_fork1', 'test_multiprocessing_',
                   'test_openpty', 'test_os', 'test_platform', 'test_popen', 'test_posix', 'test_pty', 'test_regrtest', 'test_resource',
                   'test_signal', 'test_subprocess', 'test_support', 'test_sys', 'test_threadsignals', 'test_threading',
                   'test_venv', 'test_wait', 'test_cmd_line', 'test_script_helper', 'test_asyncio')
# Such a test takes a minute and more, or makes files of gigabytes.
NOT_THESE = ('test_sysconfig', 'test_asyncio', 'test_syslog', 'test_sys_setprofile', 'test_sys_settrace')


class Python(Suite):
    """Debian's python3 with its package of tests; there may be other ones in the PATH."""
    name = 'python'
    needs = ('/usr/bin/python3', '/usr/lib/python3.*/test/test_subprocess.py')
    least = 300
    quick = ('test_subprocess', 'test_os', 'test_posix', 'test_popen', 'test_pty', 'test_wait?', 'test_fork1', 'test_openpty',
             'test_multiprocessing_main_handling', 'test_atexit', 'test_threadsignals')

    def prepare(self, source, work):
        pass

    def files(self, work):
        folder, = glob.glob('/usr/lib/python3.*/test/test_subprocess.py')
        names = {re.sub(r'.*/|\.py$', '', path) for path in glob.glob(folder.replace('subprocess.py', '*'))}
        return sorted(name for name in names if name.startswith(ABOUT_PROCESSES) and name not in NOT_THESE)

    def start(self, work, files):
        return work, ['/usr/bin/python3', '-m', 'test', '-v', *files]

    def verdicts(self, text):
        """A line `test_x (test.test_os.Class.test_x) ... ok`; what the test prints may come before its verdict."""
        found, test = {}, None
        for line in text.splitlines():
            begin = re.match(r'(\w+) \((?:test\.)?([\w.]+)\)', line)
            if begin:
                test = (begin.group(2).split('.')[0], f'{begin.group(2)} {begin.group(1)}')
            end = re.search(r'(?:\.\.\. |^)(ok|FAIL|ERROR|skipped .*|expected failure|unexpected success)$', line)
            if end and test and test[0].startswith('test_'):
                found[test] = PASSED if end.group(1) == 'ok' else end.group(1)
                test = None
        return found
