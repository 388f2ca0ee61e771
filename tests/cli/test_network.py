# SPDX-License-Identifier: MIT
"""test_network.py BUILD : the network comes on demand. Where its module is found, and what a job meets where it is missing, broken,
of another version, somebody else's, or where there is no libcurl for it: no more than one line, and the run goes up later."""
import glob
import http.server
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.parse

import tap

BUILD = sys.argv[1]
MODULE = 'libdtrack-net.so'
NO_CREDENTIAL = b'dtrack runs: cannot open an azure store: no credential'  # as the module says it, so it was loaded
IS_MUSL = 'musl' in subprocess.run(['ldd', f'{BUILD}/lib/cmd/dtrack'], stdout=subprocess.PIPE, check=True, text=True).stdout


class Blobs(http.server.BaseHTTPRequestHandler):
    """As much of a blob service as storing a run takes."""
    protocol_version = 'HTTP/1.1'

    def answer(self, status, *headers):
        """No body; every answer of the service has an id."""
        self.send_response(status)
        for name, value in (('x-ms-request-id', '1'), ('Content-Length', '0'), *headers):
            self.send_header(name, value)
        self.end_headers()

    def do_PUT(self):  # pylint: disable=invalid-name
        """Keep the name."""
        self.rfile.read(int(self.headers['Content-Length']))
        self.server.names.add(urllib.parse.unquote(self.path.split('?')[0]))
        self.answer(201, ('ETag', '"1"'))

    def do_GET(self):  # pylint: disable=invalid-name
        """There is nothing."""
        self.answer(404, ('x-ms-error-code', 'BlobNotFound'))

    do_HEAD = do_GET

    def log_message(self, *_):  # pylint: disable=arguments-differ
        """Quiet."""


class Place:
    """An installation, a store that takes all, and what jobs leave; use as a context."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix='dtn-')
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Blobs)
        self.server.names = set()
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))

    def __enter__(self):
        self.thread.start()
        self.install()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
        shutil.rmtree(self.path)

    def install(self):
        """Below a folder of our own, as a package is made."""
        subprocess.run(['meson', 'install', '-C', BUILD, '--no-rebuild', '--quiet', '--destdir', f'{self.path}/root'], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.mkdir(f'{self.path}/home')

    def file(self, name):
        """The installed file of that name."""
        return next(path for path in glob.glob(f'{self.path}/*/**/{name}', recursive=True) if os.path.isfile(path))

    def env(self, **more):
        """A job's environment, with our store."""
        url = f'http://127.0.0.1:{self.server.server_address[1]}/devstoreaccount1'
        return dict({'PATH': os.environ['PATH'], 'HOME': f'{self.path}/home', 'DTRACK_STORE': 'azure://runs',
                     'AZURE_STORAGE_CONNECTION_STRING': f'AccountName=devstoreaccount1;AccountKey=a2V5;BlobEndpoint={url}'},
                    **tap.SANITIZER, **more)

    def jobs(self, script=':', **more):
        """One by `dtrack run` and one by the library: both end with 5. What each of them printed."""
        words = [self.file('dtrack'), 'run', '--'], ['env', f"LD_PRELOAD={self.file('libdtrack.so')}"]
        for before in words:
            done = subprocess.run([*before, '/bin/sh', '-c', f'{script}; echo out; exit 5'], env=self.env(**more), stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=60, check=False)
            tap.same((done.returncode, done.stdout), (5, b'out\n'), f'the job by {before[0]}')
            yield done.stderr.decode()

    def waiting(self):
        """Runs in the spool."""
        return glob.glob(f'{self.path}/home/.local/state/dtrack/spool/run-*')

    def stored(self):
        """Summaries that the service was given."""
        return sorted(name for name in self.server.names if '/runs/v=1/' in name)

    def flush(self):
        """Everything goes up."""
        done = subprocess.run([self.file('dtrack'), 'flush'], env=self.env(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=60, check=False)
        tap.same((done.returncode, self.waiting()), (0, []), f'flush, which said {done.stdout}, and what waits')


def asks_for_a_credential(program, **more):
    """Whether a command got as far as into the module."""
    env = {'PATH': os.environ['PATH'], **tap.SANITIZER, **more}
    done = subprocess.run([program, 'runs', '--store', 'azure://runs'], env=env, stderr=subprocess.PIPE, check=False)
    tap.check(done.stderr.startswith(NO_CREDENTIAL), f'{program} says {done.stderr}')


def it_is_found_wherever_the_program_is():
    asks_for_a_credential(f'{BUILD}/lib/cmd/dtrack')
    with Place() as place:
        asks_for_a_credential(place.file('dtrack'))
        os.rename(f'{place.path}/root', f'{place.path}/elsewhere')
        asks_for_a_credential(place.file('dtrack'))
        os.symlink(place.file('dtrack'), f'{place.path}/link')
        asks_for_a_credential(f'{place.path}/link')


def a_job_s_run_goes_up():
    with Place() as place:
        tap.same(list(place.jobs()), ['', ''], 'what the jobs printed')
        tap.same((len(place.stored()), place.waiting()), (2, []), 'stored and waiting')


def fails(place, words, **more):
    """Each job prints one line, with these words in it, and leaves its run."""
    for said in place.jobs(**more):
        tap.check(re.fullmatch(rf'dtrack: cannot use azure://…: {MODULE} {words}.*; the run is kept in .*\n', said),
                  f'the job said {said!r}, not one line with {words!r}')
    tap.same((len(place.stored()), len(place.waiting())), (0, 2), 'stored and waiting')


def hurt(how, words, **more):
    """A test: `how` changes the module's file; jobs are told with `words`, and when the file is back a flush does the rest."""
    def body():
        with Place() as place:
            module = place.file(MODULE)
            shutil.copytree(os.path.dirname(module), f'{place.path}/kept')
            how(module)
            fails(place, words, **more)
            shutil.rmtree(os.path.dirname(module))
            shutil.move(f'{place.path}/kept', os.path.dirname(module))
            place.flush()
            tap.same(len(place.stored()), 2, 'stored after a flush')
    return body


def rewrite(module, old, new):
    """Other bytes of the same length, wherever they stand."""
    with open(module, 'rb') as file:
        was = file.read()
    tap.check(old in was and len(old) == len(new), f'{module} has no {old}')
    write(module, was.replace(old, new))


def write(module, content):
    """Other content."""
    with open(module, 'wb') as file:
        file.write(content)


def cut(module):
    """As a full disk leaves it, within what would be mapped."""
    os.truncate(module, os.path.getsize(module) // 6)


def older(module):
    """One of an earlier version."""
    with open(f'{BUILD}/meson-info/intro-projectinfo.json', encoding='utf-8') as file:
        version = re.search(r'"version": "([^"]*)"', file.read()).group(1).encode()
    rewrite(module, version + bytes(32 - len(version)), b'0' + version[1:] + b'x' + bytes(31 - len(version)))


def other(module):
    """A library of somebody else's under that name."""
    told = subprocess.run(['ldd', f'{BUILD}/lib/cmd/dtrack'], stdout=subprocess.PIPE, check=True, text=True).stdout
    shutil.copy(re.search(r'libz\S* => (\S+)', told).group(1), module)


def without_libcurl(module):
    """As on a machine that has none, or not where it is looked for."""
    rewrite(module, b'libcurl.so.', b'libcurX.so.')


def a_local_store_asks_for_no_module():
    with Place() as place:
        os.remove(place.file(MODULE))
        store = f'file://{place.path}/store'
        tap.same(list(place.jobs(DTRACK_STORE=store)), ['', ''], 'what the jobs printed')
        done = subprocess.run([place.file('dtrack'), 'runs', '--json'], env=place.env(DTRACK_STORE=store), stdout=subprocess.PIPE,
                              check=True)
        tap.same(done.stdout.count(b'\n'), 2, 'runs')


def an_upgrade_during_the_job_is_no_hindrance():
    """The guardian's own file has been replaced by then, and the module with it."""
    with Place() as place:
        files = place.file('dtrack'), place.file(MODULE)
        tap.same(list(place.jobs('; '.join(f'cp {file} {file}.new; mv {file}.new {file}' for file in files))), ['', ''],
                 'what the jobs printed')
        tap.same((len(place.stored()), place.waiting()), (2, []), 'stored and waiting')


def libraries_of(place, file, *names):
    """A folder for LD_LIBRARY_PATH with `file` in it by each name."""
    folder = f'{place.path}/libraries'
    os.mkdir(folder)
    for name in names:
        shutil.copy(file, f'{folder}/{name}')
    return folder


def vendor(module, name):
    """The name and file of one library that the module needs."""
    told = subprocess.run(['ldd', module], stdout=subprocess.PIPE, check=True, text=True).stdout
    return re.search(rf'({name}\S*) => (\S+)', told).groups()


def foreign_libraries_in_the_way_are_passed_by():
    """By a command that has the path as well; libcurl's own libraries are in the way, too."""
    if IS_MUSL:
        raise tap.Skip("musl's loader looks at LD_LIBRARY_PATH before all else")
    with Place() as place:
        told = subprocess.run(['ldd', place.file(MODULE)], stdout=subprocess.PIPE, check=True, text=True).stdout
        names = [name for name in re.findall(r'(lib\S+) =>', told) if not re.match(r'lib(c|m|dl|pthread|rt|resolv)\.so', name)]
        tap.check(any(name.startswith('libcurl') for name in names), told)
        folder = libraries_of(place, place.file('libdtrack.so'), *names)
        asks_for_a_credential(place.file('dtrack'), LD_LIBRARY_PATH=folder)
        tap.same(list(place.jobs(LD_LIBRARY_PATH=folder)), ['', ''], 'what the jobs printed')
        tap.same((len(place.stored()), place.waiting()), (2, []), 'stored and waiting')


def a_libcurl_that_only_the_job_s_path_leads_to_is_taken():
    with Place() as place:
        module = place.file(MODULE)
        name, file = vendor(module, 'libcurl')
        without_libcurl(module)
        folder = libraries_of(place, file, name.replace('libcurl', 'libcurX'))
        tap.same(list(place.jobs(LD_LIBRARY_PATH=f'/nothing:{folder}')), ['', ''], 'what the jobs printed')
        tap.same((len(place.stored()), place.waiting()), (2, []), 'stored and waiting')


def a_foreign_libcurl_that_nothing_else_replaces_is_one_line():
    with Place() as place:
        module = place.file(MODULE)
        name, _ = vendor(module, 'libcurl')
        _, foreign = vendor(module, 'libcrypto')
        without_libcurl(module)
        folder = libraries_of(place, foreign, name.replace('libcurl', 'libcurX'))
        fails(place, 'does not load: ', LD_LIBRARY_PATH=folder)


tap.run([
    it_is_found_wherever_the_program_is, a_job_s_run_goes_up, a_local_store_asks_for_no_module,
    an_upgrade_during_the_job_is_no_hindrance,
    ('a_missing_module_is_one_line_and_the_run_waits', hurt(os.remove, 'is missing')),
    ('an_empty_module_is_one_line_and_the_run_waits', hurt(lambda module: write(module, b''), 'does not load: ')),
    ('a_broken_module_is_one_line_and_the_run_waits', hurt(lambda module: write(module, b'\x7fELF' * 99), 'does not load: ')),
    ('a_module_that_was_cut_short_is_one_line_and_the_run_waits', hurt(cut, 'does not load: ')),
    ('another_library_is_one_line_and_the_run_waits', hurt(other, "is none of dtrack's")),
    ('another_version_is_one_line_and_the_run_waits', hurt(older, 'is of dtrack ')),
    ('anybody_s_module_is_one_line_and_the_run_waits',
     hurt(lambda module: os.chmod(os.path.dirname(module), 0o777), "may be somebody else's")),
    ('no_libcurl_is_one_line_and_the_run_waits', hurt(without_libcurl, r'does not load: .*libcurX')),
    foreign_libraries_in_the_way_are_passed_by, a_libcurl_that_only_the_job_s_path_leads_to_is_taken,
    a_foreign_libcurl_that_nothing_else_replaces_is_one_line])
