"""What is read, handled and answered as plain JSON, without the protocol library.

That takes a fifth of a second to be imported, and a start waits for what it is not needed for; and where it is there,
it takes a millisecond for a question and its answer. Every notification is read as plain JSON anyway; a completion and
a hover, which are asked most, are easily read so.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from polycell.lsp.asked import Stale
from polycell.lsp.convert import Json

log = logging.getLogger(__name__)

INTERNAL_ERROR, CANCELLED, CONTENT_MODIFIED = -32603, -32800, -32801
CANCEL = "$/cancelRequest"


class Plain:
    """`requests` begin an answer from a request's parameters, or give None where they cannot read these; `reply` sends
    one: the request's number, and its `result` or `error`. `failed` is told of what went wrong."""

    def __init__(
        self,
        notifications: Mapping[str, Callable[[Any], None]],
        requests: Mapping[str, Callable[[Any], Coroutine[Any, Any, Any] | None]],
        reply: Callable[[int | str, Json], None],
        failed: Callable[[Exception], None] = lambda problem: None,
    ) -> None:
        self._notifications = notifications
        self._requests = requests
        self._reply = reply
        self._failed = failed
        self._under_way: dict[int | str, asyncio.Task[Any]] = {}

    def takes(self, message: Any) -> bool:
        """Handle a message; False where that takes the library. Never raises."""
        method, number = (message.get("method"), message.get("id")) if isinstance(message, dict) else (None, None)
        if not isinstance(method, str):
            return False
        if number is None and method in self._notifications:
            try:
                self._notifications[method](message.get("params"))
            except Exception as problem:
                log.exception("%s could not be handled", method)
                self._failed(problem)
            return True
        if method not in self._requests or not isinstance(number, (int, str)):
            return False
        answer = self._requests[method](message.get("params"))
        if answer is None:
            return False
        task = self._under_way[number] = asyncio.get_running_loop().create_task(answer, name=f"polycell {method}")
        task.add_done_callback(lambda done: self._answered(number, done))
        return True

    def cancels(self, message: Any) -> bool:
        """Whether a message gives up what is under way here, which it then is no more."""
        if not self._under_way or not isinstance(message, dict) or message.get("method") != CANCEL:
            return False
        params = message.get("params")
        number = params.get("id") if isinstance(params, Mapping) else None
        task = self._under_way.get(number) if isinstance(number, (int, str)) else None
        return task is not None and task.cancel()

    @property
    def is_quiet(self) -> bool:
        return not self._under_way

    async def drain(self, patience: float = 1.0) -> None:
        """Wait a moment for what is under way, then cancel what is left of it."""
        for cancelling in (False, True):
            tasks = list(self._under_way.values())
            for task in tasks if cancelling else ():
                task.cancel()
            if tasks:
                await asyncio.wait(tasks, timeout=patience)
                await asyncio.sleep(0)  # what is done is answered in a callback

    def _answered(self, number: int | str, task: asyncio.Task[Any]) -> None:
        self._under_way.pop(number, None)
        if task.cancelled():
            self._reply(number, {"error": {"code": CANCELLED, "message": "the request was cancelled"}})
        elif isinstance(problem := task.exception(), Stale):
            self._reply(number, {"error": {"code": CONTENT_MODIFIED, "message": str(problem)}})
        elif problem is not None:
            log.error("a request failed", exc_info=problem)
            self._reply(number, {"error": {"code": INTERNAL_ERROR, "message": str(problem)}})
            if isinstance(problem, Exception):
                self._failed(problem)
        else:
            self._reply(number, {"result": task.result()})
