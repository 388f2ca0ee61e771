# SPDX-License-Identifier: MIT
"""A server that refuses everything; as long as it is told to hold, it doesn't even answer."""
import http.server
import threading

REFUSAL = b'<?xml version="1.0"?><Error><Code>AuthorizationFailure</Code><Message>no</Message></Error>'


class Refusing:
    """Serves on 127.0.0.1:port; use as a context. `asked` is set by the first request; clear `answers` to hold."""

    def __init__(self):
        outer = self
        self.asked, self.answers = threading.Event(), threading.Event()
        self.answers.set()

        class Handler(http.server.BaseHTTPRequestHandler):
            """One request."""

            def refuse(self):
                """Answer, when it is time."""
                outer.asked.set()
                outer.answers.wait(60)
                self.send_response(403)
                self.send_header('x-ms-error-code', 'AuthorizationFailure')
                self.send_header('Content-Length', str(len(REFUSAL)))
                self.send_header('Connection', 'close')
                self.end_headers()
                if self.command != 'HEAD':
                    self.wfile.write(REFUSAL)
                self.close_connection = True

            do_GET = do_PUT = do_HEAD = do_POST = do_DELETE = refuse

            def log_message(self, *unused):
                """Nobody reads it."""

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *unused):
        self.answers.set()
        self.server.shutdown()
        self.server.server_close()
