"""A port for a server that cannot choose one itself."""

from __future__ import annotations

import contextlib
import random
import socket


def free_port() -> int:
    """Not from the range out of which systems give ports to whoever asks for any: between two starts of a server
    nobody else is given its port."""
    chance = random.SystemRandom()
    while True:
        port = chance.randrange(15_000, 30_000)
        with contextlib.suppress(OSError), socket.socket() as tried:
            tried.bind(("127.0.0.1", port))
            return port
