# SPDX-License-Identifier: MIT
"""A store that takes its time, and refuses in the end: whoever ends before that leaves its run to the guardian."""
import functools
import http.server
import threading
import time

ANSWER_SECONDS, WAIT = 0.3, '0.1'


class Slow(http.server.BaseHTTPRequestHandler):
    """It keeps nothing."""

    def answer(self):
        """Read what there is, and say no in the end."""
        self.rfile.read(int(self.headers.get('Content-Length') or 0))
        time.sleep(ANSWER_SECONDS)
        self.send_response(403)
        self.send_header('Content-Length', '0')
        self.end_headers()

    do_PUT = do_POST = do_GET = do_HEAD = answer

    def log_message(self, *unused):  # pylint: disable=arguments-differ
        """Say nothing."""


@functools.lru_cache(maxsize=None)
def settings():
    """The variables that send runs there; it lives as long as this process."""
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    where = f'AccountName=slow;AccountKey=c2xvdw==;BlobEndpoint=http://127.0.0.1:{server.server_port}/slow'
    return {'DTRACK_STORE': 'azure://runs', 'DTRACK_WAIT': WAIT, 'AZURE_STORAGE_CONNECTION_STRING': where}
