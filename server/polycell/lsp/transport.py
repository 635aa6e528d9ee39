"""Bytes in and out: the reader and writer threads, and how the process ends.

pygls' own loop asks a thread pool for every line of every header, and shares that pool with everything else; here one
daemon thread reads and parses, one writes, and the event loop only handles whole messages, in their order. End of
input, `exit`, or a client that is gone end the process; nothing waits for a thread that is stuck.
"""

from __future__ import annotations

import asyncio
import logging
import os
import queue
import sys
import threading
from collections.abc import Callable
from typing import Any

from polycell.bridge.framing import Frames, framed, parse

__all__ = ["Frames", "ThreadWriter", "framed", "parse", "private_standard_streams", "read_in_thread", "write_all"]

log = logging.getLogger(__name__)

_CHUNK = 1 << 16
_FLUSH = 2.0  # seconds that an ending process waits for its last answers to be taken


class ThreadWriter:
    """The writer that pygls is given: a thread writes, so that a slow client never stops the loop."""

    def __init__(self, write: Callable[[bytes], None], gone: Callable[[], None]) -> None:
        self._write = write
        self._gone = gone
        self._queue: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="polycell-writer", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        self._queue.put(data)

    def close(self) -> None:
        """Write what is left, for a moment at most."""
        self._queue.put(None)
        self._thread.join(_FLUSH)

    def _run(self) -> None:
        while (data := self._queue.get()) is not None:
            try:
                self._write(data)
            except OSError:
                self._gone()
                return


def private_standard_streams() -> tuple[int, int]:
    """Descriptors for the protocol alone. What any library prints goes to standard error, and child processes get
    neither: one stray line would end the conversation."""
    sys.stdout.flush()
    incoming, outgoing = os.dup(0), os.dup(1)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(incoming, os.O_BINARY)
        msvcrt.setmode(outgoing, os.O_BINARY)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return incoming, outgoing


def write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def read_in_thread(
    descriptor: int, loop: asyncio.AbstractEventLoop, receive: Callable[[Any], None], ended: Callable[[], None]
) -> None:
    """Start the thread that reads. It reads the descriptor itself, because a thread that waits inside of a buffered
    stream holds the stream's lock, and the interpreter could not end."""

    def run() -> None:
        frames = Frames()
        try:
            while data := os.read(descriptor, _CHUNK):
                for body in frames.feed(data):
                    message = parse(body)
                    if message is not None:
                        loop.call_soon_threadsafe(receive, message)
        except OSError as error:
            log.info("reading ended: %s", error)
        except RuntimeError:
            return  # the loop is closed: the process ends
        try:
            loop.call_soon_threadsafe(ended)
        except RuntimeError:
            return

    threading.Thread(target=run, name="polycell-reader", daemon=True).start()
