"""Two that answer questions: one that knows more but starts slowly, and one that answers meanwhile, and again whenever
the first is not there.

Both compile with the same compiler, so that what one has said of a text is not asked of the other again: nothing is
reported twice, and nothing changes when the first takes over. The first is trusted with a notebook from the first
request on that it has something to say to: one that lacks what it needs for the notebook's Scala says nothing for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Protocol, TypeVar

from polycell.bridge.connection import Gone, Refused
from polycell.bridge.server import Server
from polycell.languages.scala.config import Config
from polycell.languages.scala.questions import Absent, Answer, Backend, Question, Typed

log = logging.getLogger(__name__)

T = TypeVar("T")

IDLE = 120.0  # seconds that the first must have answered alone until the second is stopped


class Slow(Backend, Protocol):
    def ready(self, question: Question) -> bool:
        """Whether it would answer this question at once."""

    async def begin(self, question: Question) -> None:
        """Start it as this question needs it. Raises Gone where it is not there."""


class Spare(Backend, Protocol):
    async def rest(self) -> None:
        """End what was started; the next question starts it again."""


class Standby:
    """`first` is begun once `second` has answered: two that start at once hold each other up."""

    def __init__(self, first: Slow, second: Spare) -> None:
        self._first = first
        self._second = second
        self._open: set[str] = set()  # notebooks that were asked about and not left since
        self._beginning: dict[str, asyncio.Task[None]] = {}  # by notebook
        self._trusted: set[tuple[str, Config]] = set()  # notebooks that the first had something to say to
        self._asked = 0  # questions that the second has not answered yet
        self._idle: asyncio.TimerHandle | None = None  # since the first has answered alone
        self._behind: set[asyncio.Task[None]] = set()  # what nobody waits for

    async def at(self, question: Question, method: str, offset: int, **more: Any) -> Answer:
        return await self._answered(question, lambda one: one.at(question, method, offset, **more), self._is_trusted)

    async def compile(self, question: Question, wanted: Callable[[], bool]) -> Typed | None:
        return await self._answered(question, lambda one: one.compile(question, wanted))

    @property
    def servers(self) -> tuple[Server, ...]:
        return (*self._second.servers, *self._first.servers)

    async def leave(self, notebook: str) -> None:
        self._open.discard(notebook)
        beginning = self._beginning.pop(notebook, None)
        if beginning is not None:
            beginning.cancel()
        self._trusted = {known for known in self._trusted if known[0] != notebook}
        await self._first.leave(notebook)
        await self._second.leave(notebook)

    async def close(self) -> None:
        self._open.clear()
        self._resume()
        for task in (*self._beginning.values(), *self._behind):
            task.cancel()
        await self._first.close()
        await self._second.close()

    async def _answered(
        self,
        question: Question,
        ask: Callable[[Backend], Awaitable[T]],
        trusted: Callable[[Question, T], bool] = lambda question, found: True,
    ) -> T:
        self._open.add(question.notebook)
        if self._first.ready(question):
            try:
                found = await ask(self._first)
            except Gone as reason:
                log.info("scala: %s", reason)
            else:
                if not trusted(question, found):
                    with contextlib.suppress(Gone, Refused):
                        return await self._answered_meanwhile(question, ask)
                elif self._idle is None:
                    self._idle = asyncio.get_running_loop().call_later(IDLE, self._rest)
                return found
        try:
            return await self._answered_meanwhile(question, ask)
        except Absent:
            return await ask(self._first)

    async def _answered_meanwhile(self, question: Question, ask: Callable[[Backend], Awaitable[T]]) -> T:
        self._asked += 1
        self._resume()
        try:
            return await ask(self._second)
        finally:
            self._asked -= 1
            self._resume()
            self._begin(question)

    def _is_trusted(self, question: Question, found: Answer) -> bool:
        known = (question.notebook, question.config)
        items = found.result.get("items", True) if isinstance(found.result, Mapping) else found.result
        if items:
            self._trusted.add(known)
        return known in self._trusted

    def _begin(self, question: Question) -> None:
        """Where a start was in vain the next question is another occasion. Nothing is started for a notebook that was
        closed while the second was asked."""
        beginning = self._beginning.get(question.notebook)
        if question.notebook not in self._open:
            return
        if beginning is None or beginning.done():
            begun = asyncio.get_running_loop().create_task(self._begun(question), name="begin")
            self._beginning[question.notebook] = begun

    async def _begun(self, question: Question) -> None:
        try:
            await self._first.begin(question)
        except Gone as reason:
            log.info("scala: %s", reason)

    def _resume(self) -> None:
        """The second is needed again."""
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None

    def _rest(self) -> None:
        if not self._asked:
            self._later(self._second.rest())

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._behind.add(task)
        task.add_done_callback(self._behind.discard)
