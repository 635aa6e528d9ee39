"""Who answers about Scala cells, and what they said of each.

Questions of editors are awaited. What a compiler says about a cell by itself (types of its definitions, errors) is
ground state from outside, like a data file: it is asked through `View.read`, answered with what is known, and reported
when it comes.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from polycell.bridge.connection import Gone, Refused
from polycell.bridge.server import Server
from polycell.languages.scala.questions import Absent, Answer, Backend, Question, Typed

log = logging.getLogger(__name__)

KEPT = 512  # answers about documents


class Compilers:
    """`backends`: the first that is there answers. `on_ready` is told the questions that have answers now."""

    def __init__(
        self, backends: Sequence[Backend], on_ready: Callable[[tuple[Hashable, ...]], None] | None = None
    ) -> None:
        self._backends = tuple(backends)
        self._on_ready = on_ready
        self._known: OrderedDict[Question, Typed] = OrderedDict()
        self._latest: dict[tuple[str, str], Typed] = {}  # by notebook and cell
        self._asked: dict[tuple[str, str], Question] = {}
        self._waiting: dict[tuple[str, str], Question] = {}  # for answers about other cells
        self._tasks: set[asyncio.Task[None]] = set()

    async def at(self, question: Question, method: str, offset: int, **more: Any) -> Answer | None:
        """The answer, or None where nobody is there or it refuses; never raises for what a compiler does."""
        for backend in self._backends:
            try:
                return await backend.at(question, method, offset, **more)
            except Absent as reason:
                log.info("scala: %s", reason)
            except (Gone, Refused) as reason:
                log.info("scala: %s: %s", method, reason)
                return None
        return None

    def read(self, question: Hashable) -> Typed | None:
        """What is known, an answer about an earlier text of the same cell included; None before there is any, and for
        what is no `Question`."""
        if not isinstance(question, Question):
            return None
        found = self._known.get(question)
        if found is not None:
            self._known.move_to_end(question)
            return found
        place = question.place
        if any(self._to_come((question.notebook, cell)) for cell in question.after):
            self._waiting[place] = question
            return self._latest.get(place)
        self._waiting.pop(place, None)
        if self._asked.get(place) != question:
            try:
                task = asyncio.get_running_loop().create_task(self._compile(question), name="polycell scala check")
            except RuntimeError:
                return None  # nobody waits for answers that come later
            self._asked[place] = question
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return self._latest.get(place)

    @property
    def servers(self) -> tuple[Server, ...]:
        """Those that were started, the one asked last at the end."""
        return tuple(server for backend in self._backends for server in backend.servers)

    @property
    def busy(self) -> bool:
        """Whether answers are still to come."""
        return bool(self._tasks)

    async def quiet(self) -> None:
        """Wait until no answer is still to come."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def leave(self, notebook: str) -> None:
        """The notebook of that URI has been closed."""
        for kept in (self._asked, self._waiting, self._latest):
            for place in [place for place in kept if place[0] == notebook]:
                del kept[place]
        for backend in self._backends:
            await backend.leave(notebook)

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        for backend in self._backends:
            await backend.close()

    def _to_come(self, place: tuple[str, str]) -> bool:
        asked, latest = self._asked.get(place), self._latest.get(place)
        return place in self._waiting or (asked is not None and (latest is None or latest.text != asked.text))

    def _freed(self, question: Question) -> tuple[Question, ...]:
        """Those that waited for the answer to this one, which has come or will not come."""
        waiting = (one for one in self._waiting.values() if one.notebook == question.notebook)
        freed = tuple(one for one in waiting if question.cell in one.after)
        for one in freed:
            del self._waiting[one.place]
        return freed

    async def _compile(self, question: Question) -> None:
        place = question.place
        typed = await self._compiled(question, lambda: self._asked.get(place) == question)
        if typed is None:
            if self._asked.get(place) == question:
                del self._asked[place]
                freed = self._freed(question)
                if freed and self._on_ready is not None:
                    self._on_ready(freed)
            return
        self._known[question] = typed
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
        if self._asked.get(place) == question:
            self._latest[place] = typed
            if self._on_ready is not None:
                self._on_ready((question, *self._freed(question)))

    async def _compiled(self, question: Question, wanted: Callable[[], bool]) -> Typed | None:
        """None where nobody answers, or nobody wants to know any more: the cell has another text by now."""
        for backend in self._backends:
            try:
                return await backend.compile(question, wanted)
            except Absent as reason:
                log.info("scala: %s", reason)
            except (Gone, Refused) as reason:
                log.info("scala: no check: %s", reason)
                return None
        return None
