"""Pages of an index or a repository that the user's setting names: asked once, kept for some minutes.

Nothing else in this room opens the network.
"""

from __future__ import annotations

import logging
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Generic, TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")

PATIENCE = 2.0  # seconds until a server has answered
RESTS = 60.0  # seconds in which a server that did not answer is left alone
KEPT = 600.0  # seconds
_LARGEST = 20_000_000


class Server:
    """What stands below one address."""

    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self._silent_until = 0.0

    def page(self, path: str, accept: str = "*/*") -> str:
        """The text at a path; "" where there is none, or the server does not answer. Blocks."""
        if time.monotonic() < self._silent_until:
            return ""
        try:
            request = urllib.request.Request(f"{self.address}/{path}", headers={"Accept": accept})
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                text: str = answer.read(_LARGEST).decode("utf-8", "replace")
                return text
        except urllib.error.HTTPError as problem:
            log.info("%s/%s: %s", self.address, path, problem)
        except Exception as problem:  # also what http.client raises of a server that speaks no HTTP
            log.info("%s does not answer: %s", self.address, problem)
            self._silent_until = time.monotonic() + RESTS
        return ""


class Kept(Generic[T]):
    """What a function makes of a text, for `KEPT` seconds."""

    def __init__(self, make: Callable[[str], T]) -> None:
        self._make = make
        self._made: dict[str, tuple[float, T]] = {}

    def __call__(self, key: str) -> T:
        kept = self._made.get(key)
        if kept is None or time.monotonic() - kept[0] > KEPT:
            kept = self._made[key] = (time.monotonic(), self._make(key))
        return kept[1]
