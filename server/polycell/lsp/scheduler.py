"""When things are computed: never long at a time on the event loop, the newest revision first.

A change starts a pass over its group and ends the pass before it. Phase one, at once: what the changed cells' texts
alone say. Then, unless something is asked, which goes first: what else is found in these cells, but for what comes of a
word that is half typed. Phase two, when nothing happened for a while: everything that the change may have touched. All
run in slices, between which the loop answers requests.

A wait before the cells are judged would keep nothing from flickering: people take longer for a letter than anybody
wants to wait for a finding. What is new at the letter just typed is held back until phase two instead (`Kept.held`).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Coroutine, Iterable
from typing import Any, TypeVar

from polycell.core.needed import needed
from polycell.core.notebook import Cell, Notebook
from polycell.core.service import LanguageService, Services
from polycell.core.session import Snapshot
from polycell.core.steps import Steps
from polycell.lsp.diagnostics import Diagnostics
from polycell.lsp.state import State, key_of

log = logging.getLogger(__name__)
T = TypeVar("T")

SLICE = 0.02  # seconds of computing between two looks at the loop
LARGE = 30_000  # characters of a cell that may take longer than a slice to read
BRIEF = 0.05  # seconds that the changed cells wait to be judged where something is asked
BUSY = 20  # such waits, at most, before everything is looked at though something is asked
FEW = 3  # cells that are judged so soon: more are no typing
IDLE = 0.2  # seconds without a change before phase two
SOON = 0.02  # the same where nobody types, but what was asked outside of the notebook has an answer


async def settle(snapshot: Snapshot, until: int | None = None, patience: float = float("inf")) -> bool:
    """Bring exports up to date without blocking the loop; `until` as in `Analysis.settle`. False when that took longer
    than `patience`, in seconds."""
    latest = time.monotonic() + patience
    await read_large(snapshot, until)
    while not snapshot.analysis.settle(until, time.monotonic() + SLICE):
        if time.monotonic() >= latest:
            return False
        await asyncio.sleep(0)
    return True


async def settle_ahead(snapshot: Snapshot, services: Services, index: int) -> bool:
    """The same for the cells alone that decide what the names of a cell are (`core.needed`): of a notebook that has
    just been opened, a few. False where these are not known, or are many."""
    await read_large(snapshot, index)
    cells = needed(snapshot.analysis, services, index)
    if cells is None:
        return False
    while not snapshot.analysis.settle_ahead(cells, time.monotonic() + SLICE):  # noqa: ASYNC110
        await asyncio.sleep(0)
    return True


async def read_large(snapshot: Snapshot, until: int | None = None) -> None:
    """Have the large cells up to `until` read in a thread: reading one cannot be interrupted, and would hold everybody
    up. What it says is pure, so it does not matter whether somebody else reads the cell meanwhile."""
    for index in snapshot.analysis.unread(until, LARGE):
        await asyncio.to_thread(snapshot.analysis.facts, index)


async def in_slices(steps: Steps[T]) -> T:
    """The answer at the end of long work, which stops whenever its slice is over."""
    until = time.monotonic() + SLICE
    while True:
        try:
            next(steps)
        except StopIteration as end:
            answer: T = end.value
            return answer
        if time.monotonic() >= until:
            await asyncio.sleep(0)
            until = time.monotonic() + SLICE


def _of(notebook: Notebook, ids: Iterable[str]) -> list[tuple[int, Cell]]:
    """The cells of a notebook with these ids, in their order, with their places: nearly always one of a thousand."""
    places = sorted(index for cell in ids if (index := notebook.index(cell)) is not None)
    return [(index, notebook.cells[index]) for index in places]


class Scheduler:
    """`asked`: whether a request is under way. `looked` is told of each look at everything but a group's first: of its
    key, the cells whose texts had changed, and those that were judged anew."""

    def __init__(
        self,
        state: State,
        diagnostics: Diagnostics,
        idle: float = IDLE,
        asked: Callable[[], bool] = lambda: False,
        looked: Callable[[str, Collection[str], Collection[str]], None] = lambda group, changed, judged: None,
    ) -> None:
        self._asked = asked
        self._looked = looked
        self._state = state
        self._diagnostics = diagnostics
        self._idle = idle
        self._pending: dict[str, dict[str, None]] = {}  # by group key: changed cells whose texts nobody looked at yet
        self._passes: dict[str, asyncio.Task[None]] = {}
        self._prepared: dict[str, frozenset[LanguageService]] = {}  # by a notebook's URI: who has been told of it
        self._judged: set[str] = set()  # groups that phase two has been through
        self._edited: dict[str, set[str]] = {}  # by group key: cells that changed since phase two was through last
        self._preparing: set[asyncio.Task[None]] = set()

    def changed(self, group: str, cells: Iterable[str] = ()) -> None:
        """A group changed: look at `cells` now and at everything they touch soon."""
        self.note(group, cells)
        self._begin(group, self._idle)

    def heard(self, group: str) -> None:
        """A source has answered. Of such answers each may lead to the next question, so they are not waited upon."""
        self._begin(group, min(self._idle, SOON))

    def _begin(self, group: str, idle: float) -> None:
        key = key_of(group)
        running = self._passes.pop(key, None)
        if running is not None:
            running.cancel()
        task = asyncio.get_running_loop().create_task(self._pass(key, idle), name=f"polycell pass over {group}")
        self._passes[key] = task
        task.add_done_callback(lambda done: self._ended(key, done))

    def note(self, group: str, cells: Iterable[str]) -> None:
        """These cells changed; the pass that is under way, or the next one, looks at them."""
        self._pending.setdefault(key_of(group), {}).update(dict.fromkeys(cells))

    def closed(self, group: str) -> None:
        key = key_of(group)
        self._pending.pop(key, None)
        self._edited.pop(key, None)
        self._judged.discard(key)
        for uri in [uri for uri in self._prepared if self._state.session.snapshot(uri) is None]:
            for service in self._prepared.pop(uri):
                self._behind(service.leave(uri), f"leaving of {type(service).__name__}")
        running = self._passes.pop(key, None)
        if running is not None:
            running.cancel()

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is being looked at."""
        return not self._passes

    async def quiet(self) -> None:
        """Wait until no pass is left: for tests and for orderly ends."""
        while self._passes:
            await asyncio.wait(list(self._passes.values()))
            await asyncio.sleep(0)

    def _ended(self, key: str, task: asyncio.Task[None]) -> None:
        if self._passes.get(key) is task:
            del self._passes[key]
        if not task.cancelled() and task.exception() is not None:
            log.error("a pass over %s failed", key, exc_info=task.exception())

    def _snapshots(self, key: str) -> list[Snapshot]:
        self._state.refresh(key)
        group = self._state.groups.get(key)
        found = (self._state.session.snapshot(uri) for uri in group.notebooks) if group is not None else ()
        return [snapshot for snapshot in found if snapshot is not None]

    async def _pass(self, key: str, idle: float) -> None:
        if key not in self._judged:
            await self._until_unasked()  # nothing is known yet that could be wrong, and somebody waits
        changed = await self._first_phase(key)
        self._edited.setdefault(key, set()).update(changed)
        if idle > BRIEF and key in self._judged and len(changed) <= FEW:
            await asyncio.sleep(0)  # what came together with the change is heard first
            if self._asked():
                await asyncio.sleep(BRIEF)
                idle -= BRIEF
            await self._judge(key, changed)
        await asyncio.sleep(idle)
        await self._until_unasked()
        judged = await self._second_phase(key)
        edited = self._edited.pop(key, set())
        if key in self._judged:
            self._looked(key, edited, judged)
        self._judged.add(key)

    async def _until_unasked(self) -> None:
        await asyncio.sleep(0)  # what came together with the change is heard first
        for _ in range(BUSY):
            if not self._asked():
                break
            await asyncio.sleep(BRIEF)

    async def _first_phase(self, key: str) -> list[str]:
        """The cells that were looked at."""
        snapshots = self._snapshots(key)
        pending = self._pending.setdefault(key, {})
        for snapshot in snapshots:
            self._prepare(snapshot, pending)
        changed: list[str] = []
        ready: list[str] = []
        until = time.monotonic() + SLICE
        for snapshot in snapshots:
            await read_large(snapshot)
            for index, cell in _of(snapshot.notebook, pending):
                changed.append(cell.id)
                self._diagnostics.note_syntax(key, cell, snapshot.analysis.facts(index))
                pending.pop(cell.id, None)
                ready.append(cell.id)
                if time.monotonic() >= until:
                    self._publish(key, ready)
                    ready = []
                    await asyncio.sleep(0)
                    until = time.monotonic() + SLICE
        self._publish(key, ready)
        return changed

    async def _judge(self, key: str, changed: list[str]) -> None:
        """What the notebook makes of the changed cells. Cells below them wait: while a name is being changed, those
        that use it would be accused at every letter."""
        for snapshot in self._snapshots(key):
            for cell_id in changed:
                index = snapshot.notebook.index(cell_id)
                if index is not None:
                    await settle(snapshot, index)
                    cell, analysis = snapshot.notebook.cells[index], snapshot.analysis
                    findings = analysis.findings(index)
                    self._diagnostics.note_all(key, cell, analysis.facts(index), findings, typing=True)
        self._publish(key, changed)

    async def _second_phase(self, key: str) -> list[str]:
        """The cells that were judged."""
        judged: list[str] = []
        for snapshot in self._snapshots(key):
            analysis = snapshot.analysis
            if key not in self._judged:
                for work in self._state.session.services.languages.ahead(snapshot.notebook.cells):
                    await asyncio.to_thread(work)
            await settle(snapshot)
            ready: list[str] = []
            until = time.monotonic() + SLICE
            # Not asked of `analysis.stale`: a request for quick fixes in between may have had a cell judged.
            for index, cell in self._diagnostics.lacking(key, snapshot.notebook.cells, analysis.standing()):
                self._diagnostics.note_all(key, cell, analysis.facts(index), analysis.findings(index))
                ready.append(cell.id)
                judged.append(cell.id)
                if time.monotonic() >= until:
                    self._publish(key, ready)
                    ready = []
                    await asyncio.sleep(0)
                    until = time.monotonic() + SLICE
            self._publish(key, ready)
        group = self._state.groups.get(key)
        if group is not None:
            self._diagnostics.publish(group)
        return judged

    def _prepare(self, snapshot: Snapshot, changed: Iterable[str]) -> None:
        """Tell each language once that a notebook speaks it: before anything is computed, since other servers begin to
        work while we do."""
        notebook, services = snapshot.notebook, self._state.session.services
        asked = {services.of(cell.language) for _, cell in _of(notebook, changed) if cell.kind == "code"}
        told = self._prepared.get(notebook.uri, frozenset())
        for service in asked - told:
            self._behind(service.prepare(notebook), f"preparation of {type(service).__name__}")
        self._prepared[notebook.uri] = told | asked

    def _behind(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Work that nobody waits for."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._preparing.add(task)
        task.add_done_callback(self._ended_preparing)

    def _ended_preparing(self, task: asyncio.Task[None]) -> None:
        self._preparing.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.warning("%s failed", task.get_name(), exc_info=task.exception())

    def _publish(self, key: str, cells: list[str]) -> None:
        group = self._state.groups.get(key)
        if group is not None and cells:
            self._diagnostics.publish(group, cells)
