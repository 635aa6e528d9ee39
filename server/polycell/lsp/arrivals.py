"""Answers wait a moment for the files that they are about.

Files are read off the loop. Whoever opens a notebook and asks for the columns of a frame at once would be told that it
has none, and an editor that was told everything asks no more.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable, Iterable
from typing import TYPE_CHECKING, TypeVar

from polycell.core.values import replace

if TYPE_CHECKING:
    from polycell.lsp.state import Asked, State, Target

T = TypeVar("T")

PATIENCE = 0.4  # seconds that an answer waits for what is being read


class Arrivals:
    """Who waits for sources, and what was waited for in vain: nobody waits for that again."""

    def __init__(self) -> None:
        self.late: set[Hashable] = set()
        self._heard: set[Hashable] = set()
        self._waiting: set[asyncio.Future[None]] = set()

    def came(self, keys: Iterable[Hashable]) -> None:
        """Sources have answers, which all notebooks have heard."""
        self.late.difference_update(keys := set(keys))
        self._heard |= keys
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    def expected(self, reads: frozenset[Hashable]) -> frozenset[Hashable]:
        """Of what is being read that of which nobody has heard yet."""
        self._heard &= reads
        return reads - self._heard

    async def next(self, seconds: float) -> None:
        """Until something comes, or so many seconds are over."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await asyncio.wait({future}, timeout=seconds)
        finally:
            self._waiting.discard(future)


async def with_what_comes(
    state: State, asked: Asked, target: Target, answer: Callable[[Target], Awaitable[T]], lacks: Callable[[T], bool]
) -> tuple[T, bool]:
    """The answer at a place, and whether something is still being read that it depends on. Where it `lacks` something
    that may be in there, that is waited for."""
    session, arrivals = state.session, state.arrivals
    before = arrivals.expected(session.first_reads())
    given = await answer(target)
    until = time.monotonic() + PATIENCE
    while session.first_reads() or session.snapshot(target.snapshot.notebook.uri) is not target.snapshot:
        await asyncio.sleep(0)  # what has come is heard
        newer = _now(state, asked, target)
        if newer is not target:
            target, given = newer, await answer(newer)
            continue
        reads = arrivals.expected(session.first_reads())
        coming = target.snapshot.analysis.asking(reads, target.index) | (reads - before)
        left = until - time.monotonic()
        if left <= 0:
            arrivals.late |= coming
        if not coming or left <= 0 or coming <= arrivals.late or not lacks(given):
            return given, bool(coming)
        await arrivals.next(left)
        target = _now(state, asked, target)
        given = await answer(target)
    return given, False


def _now(state: State, asked: Asked, target: Target) -> Target:
    """The same place in the same notebook, with what has come since; the target itself where there is nothing new, or
    the notebook is another one now."""
    snapshot = state.session.snapshot(target.snapshot.notebook.uri)
    if snapshot is None or snapshot is target.snapshot or snapshot.notebook is not target.snapshot.notebook:
        return target
    return replace(target, snapshot=snapshot)
