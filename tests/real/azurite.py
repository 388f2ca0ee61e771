# SPDX-License-Identifier: MIT
"""Azurite, Microsoft's own emulator of Azure Blob Storage, for the length of a test."""
import os
import re
import subprocess

import tap

KEY = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='  # the public one


def node_modules():
    """Where Azurite and the Azure client are installed."""
    place = os.environ.get('DTRACK_NODE_MODULES')
    if not place:
        raise tap.Skip('DTRACK_NODE_MODULES is not set: scripts/test sets it')
    return place


class Azurite:
    """A server on a port of its own choice that keeps everything in memory. Stop it when done."""

    def __init__(self):
        main = os.path.join(node_modules(), 'azurite/dist/src/blob/main.js')
        # setpriv: a test that is killed takes its server with it.
        self.server = subprocess.Popen(['setpriv', '--pdeathsig', 'TERM', 'node', main, '--blobHost', '127.0.0.1',
                                        '--blobPort', '0', '--inMemoryPersistence', '--silent', '--disableTelemetry'],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.url = self._url()
        self.connection_string = ('DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;'
                                  f'AccountKey={KEY};BlobEndpoint={self.url}/devstoreaccount1')

    def _url(self):
        for line in self.server.stdout:
            match = re.search(r'successfully listens on (http://\S+)', line)
            if match:
                return match.group(1)
        raise tap.Failure(f'Azurite ended with status {self.server.wait()} instead of listening')

    def stop(self):
        """End the server and wait for it."""
        self.server.terminate()
        self.server.wait()
        self.server.stdout.close()
