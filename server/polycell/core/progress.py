"""Work that takes so long that a user is to see it: begun, on its way, over."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

log = logging.getLogger(__name__)


class Progress(Protocol):
    """One piece of work that was begun."""

    def report(self, message: str) -> None:
        """What is done at this moment."""

    def end(self, message: str) -> None:
        """It is over, well or not; later calls do nothing."""


# Begin a piece of work of that title. The callable, where there is one, ends it when the user wants it no more.
Begin = Callable[[str, Callable[[], None] | None], Progress]


class Logged:
    """Where nobody watches."""

    def __init__(self, title: str, cancel: Callable[[], None] | None) -> None:
        self._title = title

    def report(self, message: str) -> None:
        log.info("%s: %s", self._title, message)

    def end(self, message: str) -> None:
        log.info("%s: %s", self._title, message)
