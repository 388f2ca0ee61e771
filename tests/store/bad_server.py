# SPDX-License-Identifier: MIT
"""A server that is none: python3 bad_server.py closed|blackhole|deaf. Prints its port, and goes when its stdin ends."""
import socket
import sys

listener = socket.socket()
listener.bind(('127.0.0.1', 0))
if sys.argv[1] != 'closed':  # that one keeps its port, so that nobody else comes to listen on it, and refuses all
    listener.listen(0 if sys.argv[1] == 'blackhole' else 128)  # nothing is ever accepted
fillers = []
while sys.argv[1] == 'blackhole':  # until the queue is full: the kernel lets further ones wait
    filler = socket.socket()
    filler.settimeout(1)
    fillers.append(filler)
    try:
        filler.connect(listener.getsockname())
    except socket.timeout:
        break
print(listener.getsockname()[1], flush=True)
sys.stdin.read()
