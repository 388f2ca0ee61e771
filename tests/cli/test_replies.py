# SPDX-License-Identifier: MIT
"""test_replies.py DTRACK SHIM : whatever a server answers, nothing of it steers a terminal, stands in --json as it came, or gets
into the header of a spool, from where the job's first process prints it."""
import concurrent.futures
import glob
import json
import os
import re
import socketserver
import subprocess
import sys
import tempfile
import threading

import tap

DTRACK, SHIM = (os.path.abspath(path) for path in sys.argv[1:3])
NASTY = b'\x1b[31m\x1b]0;x\x07\x08\x7f\xc2\x9b31m\xe2\x80\xae\xe2\x81\xa6\x9b'
TRICKS = '[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]'
LIST = (b'<?xml version="1.0"?><EnumerationResults><Blobs><Blob><Name>runs/v=1/dt=2026-01-01/' + NASTY + b'.json</Name></Blob></Blobs><NextMarker/>'
        b'</EnumerationResults>')
ERROR = b'<?xml version="1.0"?><Error><Code>' + NASTY + b'</Code><Message>' + NASTY + b'</Message></Error>'


def reply(status, reason=NASTY, headers=b'', body=ERROR):
    """An answer of the service, with the text wherever it may have one."""
    return b'HTTP/1.1 %d %s\r\nx-ms-request-id: %s\r\nContent-Length: %d\r\n%sConnection: close\r\n\r\n%s' % (
        status, reason, NASTY, len(body), headers, body)


REPLIES = {
    'an error code': reply(403, headers=b'x-ms-error-code: ' + NASTY + b'Denied\r\n'),
    'no code but a body': reply(400),
    'what exists': reply(409, headers=b'x-ms-error-code: BlobAlreadyExists\r\nETag: "' + NASTY + b'"\r\n'),
    'a list and a tag': reply(200, headers=b'ETag: "' + NASTY + b'"\r\n', body=LIST),
    'text instead of a list': reply(200, headers=b'ETag: "1"\r\nContent-Type: ' + NASTY + b'\r\n', body=NASTY),
    'another place': reply(302, headers=b'Location: http://' + NASTY + b'/' + NASTY + b'\r\n'),
    'an encoding': reply(200, headers=b'Content-Encoding: ' + NASTY + b'\r\nTransfer-Encoding: ' + NASTY + b'\r\n'),
    'a password asked': reply(407, headers=b'Proxy-Authenticate: ' + NASTY + b'\r\nWWW-Authenticate: ' + NASTY + b'\r\n'),
    'busy': reply(503, headers=b'Retry-After: ' + NASTY + b'\r\nx-ms-error-code: ServerBusy' + NASTY + b'\r\n'),
    'no HTTP': NASTY * 3 + b'\r\n\r\n',
    'a version': b'HTTP/' + NASTY + b' 200 OK\r\n\r\n',
    'a header without an end': b'HTTP/1.1 200 OK\r\nETag: ' + NASTY * 9,
}


AGAIN = ('busy', 'a header without an end')  # these are asked again for a minute; the jobs' waits say enough of them


class Rude(socketserver.BaseRequestHandler):
    """Reads the head of a request, and as much of its body as comes at once."""

    def handle(self):
        self.request.settimeout(10)
        try:
            self.request.recv(65536)
            self.request.sendall(self.server.reply)
        except OSError:
            pass


class Server(socketserver.ThreadingTCPServer):
    """The same answer to all; use as a context."""
    daemon_threads = True

    def __init__(self, answer):
        super().__init__(('127.0.0.1', 0), Rude)
        self.reply = answer
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


def check_text(said, what):
    """No character of it does more than being shown."""
    try:
        tricks = re.findall(TRICKS, said.decode())
    except UnicodeDecodeError:
        tricks = ['no UTF-8']
    tap.same(tricks, [], f'{what}, which says {said!r}: what steers')


def message_in(spool):
    """The texts in the header of a spool that its runs' first processes would print."""
    with open(spool, 'rb') as file:
        return b'\n'.join(re.findall(rb'[^\x00]*cannot [^\x00]*', file.read(4096)))


def try_all(name, server, home):
    """Commands, jobs led and followed, and what they leave."""
    url = f'http://127.0.0.1:{server.server_address[1]}/devstoreaccount1'
    env = {'PATH': '/usr/bin:/bin', 'HOME': home, 'LC_ALL': 'C.UTF-8', 'DTRACK_STORE': 'azure://runs', 'DTRACK_WAIT': '2',
           'DTRACK_COLLECTION': 'values/all.json', 'AZURE_STORAGE_CONNECTION_STRING': f'AccountName=devstoreaccount1;AccountKey=a2V5;BlobEndpoint={url}',
           **tap.SANITIZER}
    commands = [[DTRACK, 'run', '--', 'true'], ['env', f'LD_PRELOAD={SHIM}', '/bin/true']]
    commands += [] if name in AGAIN else [[DTRACK, *words] for words in (
        ['runs'], ['runs', '--json'], ['show'], ['export'], ['flush'], ['collection', 'show'], ['collection', 'set', 'a', '1'], ['collection', 'repair', '--json'])]
    begun = [subprocess.Popen(words, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for words in commands]
    for words, process in zip(commands, begun):
        done = subprocess.CompletedProcess(words, 0, *process.communicate(timeout=100))
        check_text(done.stdout + done.stderr, f'{name}: {words}')
        for line in done.stdout.splitlines() if '--json' in words else []:
            tap.check(isinstance(json.loads(line), dict), f'{name}: {words} printed {line!r}')
    for spool in glob.glob(f'{home}/.local/state/dtrack/spool/*/spool'):
        check_text(message_in(spool), f'{name}: the header of {spool}')


def try_one(name):
    """One answer, with a home of its own."""
    with tempfile.TemporaryDirectory() as home, Server(REPLIES[name]) as server:
        try_all(name, server, home)


with concurrent.futures.ThreadPoolExecutor(len(REPLIES)) as pool:  # some are asked again for a minute
    TRIED = {name: pool.submit(try_one, name) for name in REPLIES}
tap.run([(f'{name.replace(" ", "_")}_steers_no_terminal', tried.result) for name, tried in TRIED.items()])
