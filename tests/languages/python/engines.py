"""Notebooks asked about with a real engine running; one event loop a test module, so that it starts once."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from polycell import compose
from polycell.core import features
from polycell.core.results import Completion, Hover, Location, Signatures
from polycell.core.session import Session
from polycell.languages.python.engine import alone, completion, members
from tests import dsl

T = TypeVar("T")


class Running:
    """`notes` is what the user was told."""

    def __init__(self, name: str, folder: Path, loop: asyncio.AbstractEventLoop) -> None:
        self.folder = folder
        self.notes: list[str] = []
        self.engine = compose.python_engine(name, [str(folder)], note=self.notes.append)
        self.services = compose.default_services(self.engine)
        self._loop = loop

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(asyncio.wait_for(work, 300))

    def ask(self, feature: str, text: str) -> Any:
        return self.run(self._asking(feature, text))

    def _asking(self, feature: str, text: str) -> Coroutine[Any, Any, Any]:
        notebook, cell, offset, _ = dsl.parse(text, self.folder)
        session = Session(self.services, compose.default_sources([self.folder], services=self.services))
        return getattr(features, feature)(session.update(notebook), self.services, cell, offset)

    def items(self, text: str) -> list[Completion]:
        """Best first."""
        return sorted(self.ask("complete", text).items, key=lambda i: (i.rank, i.label))

    def labels(self, text: str) -> list[str]:
        return [item.label for item in self.items(text)]

    def labels_at_once(self, texts: Sequence[str]) -> list[list[str]]:
        """The labels in each text, asked for before any answer has come."""

        async def all_of_them() -> list[list[str]]:
            found = await asyncio.gather(*(self._asking("complete", text) for text in texts))
            return [[item.label for item in one.items] for one in found]

        return self.run(all_of_them())

    def hover(self, text: str) -> str:
        found: Hover | None = self.ask("hover", text)
        return found.markdown if found else ""

    def define(self, text: str, feature: str = "definition") -> list[tuple[str, str]]:
        """(cell or file name, the text there) of each place."""
        notebook = dsl.parse(text, self.folder)[0]
        texts = {cell.id: cell.text for cell in notebook.cells}
        found: tuple[Location, ...] = self.ask(feature, text)
        return [(w.cell or w.uri.rpartition("/")[2], w.span.of(texts[w.cell]) if w.cell else "") for w in found]

    def signature(self, text: str) -> tuple[str, str] | None:
        """(label, the parameter that is being written) of the likeliest call form."""
        found: Signatures | None = self.ask("signature", text)
        if found is None:
            return None
        one = found.signatures[found.active]
        at = found.parameter
        return one.label, one.parameters[at].of(one.label) if at is not None and at < len(one.parameters) else ""


@contextmanager
def running(name: str, folder: Path) -> Iterator[Running]:
    loop = asyncio.new_event_loop()
    # How fast an engine is tells the bench; here it has all the time it needs.
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(completion, "WITH_OURS", 300.0)
    monkeypatch.setattr(completion, "ALONE", 300.0)
    monkeypatch.setattr(members, "ALONE", 300.0)
    monkeypatch.setattr(alone, "PATIENCE", 300.0)
    made = Running(name, folder, loop)
    try:
        yield made
        loop.run_until_complete(made.engine.close())
    finally:
        monkeypatch.undo()
        loop.close()
