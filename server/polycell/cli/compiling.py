"""Scala cells compiled for a command: compilers and an event loop that live as long as it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from polycell.core.notebook import Notebook
from polycell.core.session import Session, Snapshot

if TYPE_CHECKING:
    from polycell.languages.scala.compilers import Compilers


class Compiling:
    """`note` is told once why cells are not compiled, or not with all that they need."""

    def __init__(self, note: Callable[[str], None] | None = None) -> None:
        self._note = note or _complain
        self._compilers: Compilers | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._session: Session | None = None

    def compilers(self, notebooks: Sequence[Notebook]) -> Compilers | None:
        """None where no cell is Scala. Nothing is fetched: `polycell scala fetch` does that."""
        if not any(cell.language == "scala" for notebook in notebooks for cell in notebook.cells):
            return None
        if self._compilers is None:
            from polycell.compose import scala_compilers

            self._compilers = scala_compilers(self._ready, self._note)
        return self._compilers

    def settle(self, session: Session, notebooks: Sequence[Notebook]) -> tuple[Snapshot, ...]:
        """The notebooks once the compilers have said all that they have to say about them."""
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
        self._session = session
        if self._compilers is not None:
            self._loop.run_until_complete(_settled(self._compilers, session, notebooks))
        return tuple(_snapshots(session, notebooks))

    def close(self) -> None:
        if self._loop is not None and self._compilers is not None:
            self._loop.run_until_complete(self._compilers.close())
            self._loop.close()

    def _ready(self, keys: tuple[Hashable, ...]) -> None:
        if self._session is not None:
            self._session.invalidate(keys)


async def _settled(compilers: Compilers, session: Session, notebooks: Sequence[Notebook]) -> None:
    """What one answer says of a type may change the text that the next question is about."""
    while True:
        for snapshot in _snapshots(session, notebooks):
            snapshot.analysis.settle()
            for index in range(len(snapshot.notebook.cells)):
                snapshot.analysis.findings(index)
        if not compilers.busy:
            return
        await compilers.quiet()


def _snapshots(session: Session, notebooks: Sequence[Notebook]) -> Iterator[Snapshot]:
    """The notebooks as the session has them now."""
    for notebook in notebooks:
        found = session.snapshot(notebook.uri)
        if found is not None:
            yield found


@contextmanager
def compiling(wanted: bool) -> Iterator[Compiling | None]:
    """For the time of a command; None where the user does not want it."""
    made = Compiling() if wanted else None
    try:
        yield made
    finally:
        if made is not None:
            made.close()


def _complain(text: str) -> None:
    print(f"polycell: {text}", file=sys.stderr)
