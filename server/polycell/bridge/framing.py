"""Messages as bytes: what both our own transport and the bridge put on a pipe."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import msgspec

from polycell.core.patterns import pattern

log = logging.getLogger(__name__)

_LENGTH = pattern(rb"(?im)^content-length:[ \t]*(\d+)[ \t]*\r?$")


class Frames:
    """Cuts a stream of bytes into the bodies of messages."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        self._buffer += data
        while True:
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            found = _LENGTH.search(bytes(self._buffer[:end]))
            if found is None:
                log.warning("ignoring a header without Content-Length")
                del self._buffer[: end + 4]
                continue
            length = int(found[1])
            if len(self._buffer) < end + 4 + length:
                return
            body = bytes(self._buffer[end + 4 : end + 4 + length])
            del self._buffer[: end + 4 + length]
            yield body


def parse(body: bytes) -> Any:
    """The JSON of a body; None, with a line in the log, when it is none."""
    try:
        return json.loads(body.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        log.warning("ignoring a message that is not JSON: %s", error)
        return None


def framed(message: Any) -> bytes:
    """A message of plain JSON with its header."""
    try:
        body = msgspec.json.encode(message)  # a tenth of the time that `json` takes
    except UnicodeEncodeError:  # half of a surrogate pair, which UTF-8 has not
        body = json.dumps(message).encode("ascii")
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
