"""A real compiler for tests: one process for all of them, asked from a loop in a thread of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, TypeVar

import pytest

from polycell.compose import scala_config
from polycell.core import features
from polycell.core.results import Completions, Finding, Hover, Location, Signatures
from polycell.core.service import Services, services
from polycell.core.session import Session, Snapshot
from polycell.languages.other import OtherService
from polycell.languages.python.service import PythonService
from polycell.languages.scala.compilers import Compilers
from polycell.languages.scala.light import SPEC, Light
from polycell.languages.scala.questions import Backend, Question
from polycell.languages.scala.service import ScalaService
from polycell.languages.sql.service import SqlService
from polycell.rules import default_rules
from tests.dsl import parse

T = TypeVar("T")
DOWNLOAD = {"download": True}
PATIENCE = 600  # seconds until a test gives up: a first run fetches some forty jars, and a slow machine is slow


class Live:
    """`backend` makes what answers, given whom to tell what users should know."""

    def __init__(
        self, backend: Callable[[Callable[[str], None]], Backend] = lambda note: Light(note, DOWNLOAD)
    ) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self.notes: list[str] = []
        self.session: Session | None = None
        self.compilers = Compilers([backend(self.notes.append)], self._ready)
        self.services: Services = services(
            [
                ScalaService(self.compilers, scala_config, with_ours=PATIENCE, alone=PATIENCE),
                PythonService(),
                SqlService(),
            ],
            default_rules(),
            OtherService(),
        )

    def run(self, answer: Awaitable[T]) -> T:
        async def awaited() -> T:
            return await answer

        return asyncio.run_coroutine_threadsafe(awaited(), self.loop).result(PATIENCE)

    def close(self) -> None:
        self.run(self.compilers.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)

    def kill(self) -> None:
        """As the system does with a process that takes too much memory. Back when that was noticed."""
        running = [server for server in self.compilers.servers if server.pid is not None]
        for server in running:
            assert server.pid is not None
            os.kill(server.pid, signal.SIGKILL)
        while any(server.status.phase == "running" for server in running):
            time.sleep(0.02)

    def read(self, key: Hashable) -> Any:
        return self.compilers.read(key) if isinstance(key, Question) else None

    def _ready(self, keys: tuple[Hashable, ...]) -> None:
        if self.session is not None:
            self.session.invalidate(keys)

    # -- one notebook at a time

    async def _open(self, text: str) -> tuple[Snapshot, str, int, list[Any]]:
        notebook, cell, offset, expected = parse(text)
        self.session = Session(self.services, self)
        self.session.update(notebook)
        while True:
            snapshot = self.session.snapshot(notebook.uri)
            assert snapshot is not None
            snapshot.analysis.settle()
            for index in range(len(notebook.cells)):
                snapshot.analysis.findings(index)
            if not self.compilers.busy:
                return snapshot, cell, offset, expected
            await self.compilers.quiet()

    def open(self, text: str) -> Snapshot:
        return self.run(self._open(text))[0]

    def complete(self, text: str) -> Completions:
        async def ask() -> Completions:
            snapshot, cell, offset, _ = await self._open(text)
            return await features.complete(snapshot, self.services, cell, offset)

        return self.run(ask())

    def complete_again(self, text: str) -> Completions:
        """The first answer that has something in it: a compiler that died rests before it is started anew."""
        until = time.monotonic() + PATIENCE
        found = self.complete(text)
        while not found.items and time.monotonic() < until:
            time.sleep(0.1)
            found = self.complete(text)
        return found

    def hover(self, text: str) -> Hover | None:
        async def ask() -> Hover | None:
            snapshot, cell, offset, _ = await self._open(text)
            return await features.hover(snapshot, self.services, cell, offset)

        return self.run(ask())

    def define(self, text: str) -> list[tuple[str, str]]:
        """(cell, text) of each place."""

        async def ask() -> tuple[Snapshot, list[Location]]:
            snapshot, cell, offset, _ = await self._open(text)
            return snapshot, list(await features.definition(snapshot, self.services, cell, offset))

        snapshot, found = self.run(ask())
        cells = {cell.id: cell for cell in snapshot.notebook.cells}
        return [(where.cell, where.span.of(cells[where.cell].text)) for where in found]

    def signature(self, text: str) -> Signatures | None:
        async def ask() -> Signatures | None:
            snapshot, cell, offset, _ = await self._open(text)
            return await features.signature(snapshot, self.services, cell, offset)

        return self.run(ask())

    def findings(self, text: str) -> list[tuple[int, str, str]]:
        """(cell, the words found fault with, message) of everything that the notebook is found to have."""
        snapshot = self.open(text)
        made = []
        for index, cell in enumerate(snapshot.notebook.cells):
            found: tuple[Finding, ...] = snapshot.analysis.findings(index)
            made += [(index, finding.span.of(cell.text), finding.message) for finding in found]
        return made

    def given(self, text: str) -> dict[str, Any]:
        """Name → neutral type, as the last cell that gives the name does."""
        snapshot = self.open(text)
        return {
            binding.name: binding.type
            for index in range(len(snapshot.notebook.cells))
            for binding in snapshot.analysis.exports(index).bindings
        }


def start() -> Live:
    """Skips, with the reason, where there is no Java, no JPype, or no compiler to be had."""
    if SPEC.command() is None:
        pytest.skip(SPEC.missing())
    live = Live()
    found = live.complete("language: scala\n# %%\nList(1).<|>")
    if not any(item.label == "map" for item in found.items):
        reason = "; ".join(live.notes) or "the compiler does not answer"
        live.close()
        pytest.skip(f"no Scala compiler: {reason}")
    return live
