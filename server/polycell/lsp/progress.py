"""Work that takes long, shown by the client where it can: `window/workDoneProgress/create` and `$/progress`."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol

from lsprotocol import types

from polycell.core.progress import Logged, Progress

log = logging.getLogger(__name__)


class Wire(Protocol):
    """What is needed of the connection."""

    def notify(self, method: str, params: Any) -> None: ...

    def send_request(self, method: str, params: Any) -> Future[Any]: ...


class Shown:
    """One piece of work in the client's eyes. What happens before the client has agreed is shown when it has."""

    def __init__(self, wire: Wire, token: str, title: str, cancellable: bool) -> None:
        self._wire = wire
        self._token = token
        self._begin = types.WorkDoneProgressBegin(title=title, cancellable=cancellable)
        self._agreed = False
        self._over = False
        asked = types.WorkDoneProgressCreateParams(token)
        wire.send_request(types.WINDOW_WORK_DONE_PROGRESS_CREATE, asked).add_done_callback(self._answered)

    def report(self, message: str) -> None:
        self._begin.message = message
        if self._agreed and not self._over:
            self._say(types.WorkDoneProgressReport(message=message))

    def end(self, message: str) -> None:
        if self._agreed and not self._over:
            self._say(types.WorkDoneProgressEnd(message=message))
        self._over = True

    def _answered(self, answer: Future[Any]) -> None:
        if answer.cancelled() or answer.exception() is not None:
            log.info("the client shows no progress")
        elif not self._over:  # a token may go unused
            self._agreed = True
            self._say(self._begin)

    def _say(self, value: Any) -> None:
        self._wire.notify(types.PROGRESS, types.ProgressParams(self._token, value))


class ProgressReports:
    """All that is under way. `wire` and `is_shown` are asked late: both come with `initialize`."""

    def __init__(self, wire: Callable[[], Wire], is_shown: Callable[[], bool]) -> None:
        self._wire = wire
        self._is_shown = is_shown
        self._cancel: dict[str, Callable[[], None]] = {}

    def begin(self, title: str, cancel: Callable[[], None] | None) -> Progress:
        """As `core.progress.Begin`."""
        if not self._is_shown():
            return Logged(title, cancel)
        token = f"polycell-{uuid.uuid4()}"
        if cancel is not None:
            self._cancel[token] = cancel
        return Shown(self._wire(), token, title, cancel is not None)

    def cancelled(self, params: types.WorkDoneProgressCancelParams) -> None:
        """window/workDoneProgress/cancel: the user does not want it any more."""
        cancel = self._cancel.pop(str(params.token), None)
        if cancel is not None:
            cancel()
