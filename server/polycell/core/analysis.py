"""Derived state of one notebook revision, computed on demand and reused from the revision before.

Facts are cached by digest. A cell's exports and findings keep the questions they asked of their `View` with the
answers; when something above changes, only the cells that asked about a changed name are looked at again, and only
those whose answers differ are computed again (early cutoff). Nothing walks all cells on a text edit but a comparison
of pointers.

An `Analysis` is a pure function of its notebook, services and sources. It is filled in slices (`settle` with a
deadline), so that opening a large notebook never blocks the event loop; `advance` makes the next revision from it
without touching it, so snapshots handed out before stay valid.
"""

from __future__ import annotations

import heapq
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Set
from functools import partial
from typing import Any, TypeVar

from msgspec import Struct, field

from polycell.core.environment import (
    NO_EXPORTS,
    Binding,
    Exports,
    Gathered,
    Owners,
    Question,
    Sources,
    View,
    fold,
    same,
)
from polycell.core.facts import NO_FACTS, Facts, Fragment
from polycell.core.fragments import fragment_site, fragments_of
from polycell.core.guard import each_guarded, guard
from polycell.core.hosts import Host
from polycell.core.notebook import Cell, Notebook
from polycell.core.results import Finding
from polycell.core.service import Context, Services
from polycell.core.types import UNKNOWN, Type

log = logging.getLogger(__name__)
T = TypeVar("T")

FACTS_KEPT = 8192  # entries in the facts cache of a session
OUTDATED_KEPT = 32  # of these, texts that a cell no longer has: for undoing, and for answers under way
MAX_ROUNDS = 4  # computations of one cell in one revision, where the host allows cycles

# What is counted: "facts", "exports" or "diagnose", and the cell's id. Tests of constant work listen here.
Listener = Callable[[str, str], None]


class Memo(Struct):
    """What revisions share: facts by (host, digest), and who listens to recomputation."""

    listener: Listener | None = None
    facts: OrderedDict[tuple[str, bytes], Facts] = field(default_factory=OrderedDict)
    outdated: OrderedDict[tuple[str, bytes], None] = field(default_factory=OrderedDict)

    def edited(self, host: str, old: bytes, new: bytes) -> None:
        """A cell has another digest now. Each letter that is typed makes one, and a tree of the whole cell with it."""
        self.outdated.pop((host, new), None)
        self.outdated[host, old] = None
        if len(self.outdated) > OUTDATED_KEPT:
            self.facts.pop(self.outdated.popitem(last=False)[0], None)

    def closed(self, host: str, notebook: Notebook) -> None:
        for cell in notebook.cells:
            self.facts.pop((host, cell.digest), None)

    def note(self, what: str, cell: Cell) -> None:
        if self.listener is not None:
            self.listener(what, cell.id)


class _Exported(Struct, frozen=True):
    digest: bytes
    exports: Exports
    record: dict[Question, Any]
    said: tuple[tuple[Hashable, ...], ...] = ()  # to each gatherer


class _Found(Struct, frozen=True):
    digest: bytes
    findings: tuple[Finding, ...]
    record: dict[Question, Any]


_OPENS: Hashable = ("opens",)


def _key(question: Question) -> Hashable:
    """Under which key a question's asker is told of changes."""
    kind, about, _ = question
    if kind in ("source", "gathered"):
        return (kind, about)
    return _OPENS if kind == "opens" else fold(str(about))


class _Readers:
    """Key → ids of the cells that asked about it. Revisions share sets until one of them changes one."""

    __slots__ = ("_by_key", "_own")

    def __init__(self, by_key: dict[Hashable, set[str]] | None = None) -> None:
        self._by_key = by_key or {}
        self._own: set[Hashable] = set()  # keys whose set no other revision has

    def copy(self) -> _Readers:
        self._own = set()
        return _Readers(dict(self._by_key))

    def move(self, cell_id: str, old: Iterable[Question], new: Iterable[Question]) -> None:
        before, after = {_key(q) for q in old}, {_key(q) for q in new}
        for key in before - after:
            left = self._mine(key)
            left.discard(cell_id)
            if not left:
                del self._by_key[key]
        for key in after - before:
            self._mine(key).add(cell_id)

    def of(self, key: Hashable) -> Set[str]:
        return self._by_key.get(key, frozenset())

    def _mine(self, key: Hashable) -> set[str]:
        """The readers of a key, to be changed: a name that all cells read would else be copied for each of them."""
        if key not in self._own:
            self._own.add(key)
            self._by_key[key] = set(self._by_key.get(key, ()))
        return self._by_key.setdefault(key, set())


class Analysis:
    """See the module's text. Indices are positions in `notebook.cells`."""

    def __init__(self, notebook: Notebook, services: Services, sources: Sources, memo: Memo | None = None) -> None:
        self.notebook = notebook
        self.host: Host = services.hosts(notebook.host)
        self._services = services
        self._sources = sources
        self._memo = memo or Memo()
        self._index = {cell.id: i for i, cell in enumerate(notebook.cells)}
        self._owners = Owners()
        self._exported: dict[str, _Exported] = {}
        self._reached = -1  # the last cell that was ever looked at
        self._export_readers = _Readers()
        self._found: dict[str, _Found] = {}
        self._finding_readers = _Readers()
        # Every heap entry is a cell to look at; the set holds the same indices, so that none is pushed twice.
        self._heap: list[int] = list(range(len(notebook.cells)))
        self._pending: set[int] = set(self._heap)
        self._stale: set[str] = set(self._index)
        self._rounds: dict[int, int] = {}
        self._gathered: dict[str, Gathered] = {}

    # -- the next revision

    def advance(self, notebook: Notebook) -> Analysis:
        """The analysis of a changed notebook, keeping everything that the change cannot have touched."""
        if notebook.uri != self.notebook.uri or notebook.host != self.notebook.host:
            return Analysis(notebook, self._services, self._sources, self._memo)
        made = self._copy(notebook)
        if notebook.metadata is not self.notebook.metadata and notebook.metadata != self.notebook.metadata:
            for gatherer in self._services.gatherers:
                made._regather(gatherer.name)
            # Findings ask of a kernel by its name, which is another one now: no question of theirs stands.
            made._found, made._finding_readers, made._stale = {}, _Readers(), set(made._index)
        old, new = self.notebook.cells, notebook.cells
        others = [(i, a, b) for i, (a, b) in enumerate(zip(old, new, strict=False)) if a is not b]
        if len(old) == len(new) and all(a.id == b.id for _, a, b in others):
            for index, a, b in others:
                if a.digest != b.digest:
                    self._memo.edited(self.host.name, a.digest, b.digest)
                    made._mark(index)
                    made._stale.add(b.id)
        else:
            made._restructure(old)
        return made

    def invalidate(self, keys: Iterable[Hashable]) -> Analysis | None:
        """The analysis after sources changed; None when nothing asked about `keys`."""
        touched = {("source", key) for key in keys}
        exporting = {cell for key in touched for cell in self._export_readers.of(key)}
        finding = {cell for key in touched for cell in self._finding_readers.of(key)}
        if not exporting and not finding:
            return None
        made = self._copy(self.notebook)
        for cell_id in exporting & made._index.keys():
            made._mark(made._index[cell_id])
        made._stale |= (exporting | finding) & made._index.keys()
        return made

    def _copy(self, notebook: Notebook) -> Analysis:
        made = object.__new__(Analysis)
        made.notebook = notebook
        made.host = self.host
        made._services = self._services
        made._sources = self._sources
        made._memo = self._memo
        made._index = self._index
        made._owners = self._owners.copy()
        made._exported = dict(self._exported)
        made._reached = self._reached
        made._export_readers = self._export_readers.copy()
        made._found = dict(self._found)
        made._finding_readers = self._finding_readers.copy()
        made._heap = list(self._heap)
        made._pending = set(self._pending)
        made._stale = set(self._stale)
        made._rounds = {}
        made._gathered = dict(self._gathered)
        return made

    def _restructure(self, old: tuple[Cell, ...]) -> None:
        """Cells were inserted, deleted or moved: number them anew and look again at what could see the difference."""
        new = self.notebook.cells
        self._index = {cell.id: i for i, cell in enumerate(new)}
        same = 0
        while same < min(len(old), len(new)) and old[same].id == new[same].id:
            same += 1
        tail = 0
        while tail < min(len(old), len(new)) - same and old[-1 - tail].id == new[-1 - tail].id:
            tail += 1
        touched = [*old[same : len(old) - tail], *new[same : len(new) - tail]]
        keys: set[Hashable] = set()
        for cell in touched:
            entry = self._exported.get(cell.id)
            if entry is not None:
                keys.update(fold(b.name) for b in entry.exports.bindings)
                if entry.exports.opens:
                    keys.add(_OPENS)
        self._regather(*(gatherer.name for gatherer in self._services.gatherers))
        pending = {old[i].id for i in self._pending}
        self._heap, self._pending = [], set()
        for cell in old:
            if cell.id not in self._index:
                self._forget(cell.id)
        self._owners = Owners()
        self._reached = max((self._index[cell_id] for cell_id in self._exported), default=-1)
        for cell_id, entry in self._exported.items():
            self._owners.add(self._index[cell_id], entry.exports)
        again = pending | {c.id for c in touched}
        again |= {cell_id for key in keys for cell_id in self._export_readers.of(key)}
        digests = {c.id: c.digest for c in old}
        again |= {c.id for c in new if digests.get(c.id) != c.digest}
        for cell_id in again & self._index.keys():
            self._mark(self._index[cell_id])
        self._stale = (self._stale | again) & self._index.keys()
        self._stale |= {cell_id for key in keys for cell_id in self._finding_readers.of(key)} & self._index.keys()

    def _forget(self, cell_id: str) -> None:
        exported = self._exported.pop(cell_id, None)
        if exported is not None:
            self._export_readers.move(cell_id, exported.record, ())
        found = self._found.pop(cell_id, None)
        if found is not None:
            self._finding_readers.move(cell_id, found.record, ())

    def _mark(self, index: int) -> None:
        if index not in self._pending:
            self._pending.add(index)
            heapq.heappush(self._heap, index)

    # -- computing

    def settle(self, until: int | None = None, deadline: float | None = None) -> bool:
        """Bring exports up to date, for cells up to `until` or all. False when `deadline` (monotonic) came first.

        However late it is, one cell is computed, so that slices always come to an end.
        """
        done = False
        if self.host.order == "any":
            until = None
        while self._heap and (until is None or self._heap[0] <= until):
            if deadline is not None and done and time.monotonic() >= deadline:
                return False
            index = heapq.heappop(self._heap)
            if index not in self._pending:
                continue
            self._pending.discard(index)
            self._rounds[index] = self._rounds.get(index, 0) + 1
            if self._rounds[index] <= MAX_ROUNDS:
                self._export(index)
                done = True
        return True

    def settle_ahead(self, cells: Iterable[int], deadline: float | None = None) -> bool:
        """Bring these cells' exports up to date before those of all others; see `core.needed`. What they lack of these
        is asked again as soon as it is there. False when `deadline` came first."""
        for index in cells:
            if deadline is not None and time.monotonic() >= deadline:
                return False
            if index in self._pending:
                self._pending.discard(index)
                self._export(index)
        while self._heap and self._heap[0] not in self._pending:
            heapq.heappop(self._heap)
        return True

    def asking(self, keys: Iterable[Hashable], until: int) -> frozenset[Hashable]:
        """Of the keys of sources those that cells up to `until` have asked about."""
        asked = self._export_readers
        return frozenset(
            key for key in keys if any(self._index.get(cell, until + 1) <= until for cell in asked.of(("source", key)))
        )

    def is_new(self, index: int) -> bool:
        """Whether a cell has never been looked at, or not all that it may see has."""
        above = self._heap and (self.host.order == "any" or self._heap[0] < index)
        return bool(above) or self.notebook.cells[index].id not in self._exported

    def unread(self, until: int | None, size: int) -> list[int]:
        """The cells up to `until`, or of all, that are to be looked at, have so many characters and are not read."""
        cells, kept, host = self.notebook.cells, self._memo.facts, self.host.name
        return sorted(
            index
            for index in self._pending
            if (until is None or index <= until)
            and len(cells[index].text) >= size
            and (host, cells[index].digest) not in kept
        )

    @property
    def unsettled(self) -> int:
        """How many cells are to be looked at."""
        return len(self._pending)

    @property
    def settled(self) -> bool:
        return not self._heap

    def facts(self, index: int) -> Facts:
        cell = self.notebook.cells[index]
        if cell.kind == "raw" or (cell.kind == "markup" and cell.language not in self._services.languages):
            return NO_FACTS
        kept = self._memo.facts
        key = (self.host.name, cell.digest)
        facts = kept.get(key)
        if facts is None:
            self._memo.note("facts", cell)
            service = self._services.of(cell.language)
            facts = guard("facts", cell, NO_FACTS, lambda: service.facts(cell, self.host))
            kept[key] = facts
            if len(kept) > FACTS_KEPT:
                kept.popitem(last=False)
        else:
            kept.move_to_end(key)
        return facts

    def exports(self, index: int) -> Exports:
        """The exports of a cell; call `settle` first."""
        entry = self._exported.get(self.notebook.cells[index].id)
        return entry.exports if entry else NO_EXPORTS

    def context(self, index: int, record: dict[Question, Any] | None = None) -> Context:
        cell = self.notebook.cells[index]
        view = View(
            self._owners,
            index,
            cell.language,
            self.host,
            self._sources,
            space=cell.space,
            record=record,
            evaluate=self._evaluate,
            gather=self.gathered,
            effects=self._effects,
        )
        return Context(self.notebook, cell, index, self.facts(index), view, self.host, neighbour=self.context)

    def gathered(self, name: str) -> Gathered:
        """What the cells that are settled say to a gatherer."""
        found = self._gathered.get(name)
        if found is None:
            found = self._gathered[name] = tuple(self._gather(name))
        return found

    def _gather(self, name: str) -> Iterator[tuple[str, tuple[Hashable, ...]]]:
        for number, gatherer in enumerate(self._services.gatherers):
            if gatherer.name != name:
                continue
            of_notebook: tuple[Hashable, ...] = ()
            try:
                of_notebook = gatherer.of_notebook(self.notebook)
            except Exception:
                log.exception("reading the metadata of %s failed (%s)", self.notebook.uri, name)
            if of_notebook:
                yield "", of_notebook
            for cell in self.notebook.cells:
                entry = self._exported.get(cell.id)
                if entry is not None and entry.said and entry.said[number]:
                    yield cell.id, entry.said[number]

    def _regather(self, *names: str) -> None:
        """Forget what was gathered; who asked for it is looked at again."""
        for name in names:
            self._gathered.pop(name, None)
            self._stale |= self._finding_readers.of(("gathered", name)) & self._index.keys()

    def findings(self, index: int) -> tuple[Finding, ...]:
        """Everything to report about a cell: its syntax problems, its language's findings, the rules'."""
        cell = self.notebook.cells[index]
        entry = self._found.get(cell.id)
        if entry is not None and entry.digest == cell.digest:
            if cell.id not in self._stale:
                return entry.findings
            if self._stands(index, entry.record):
                self._stale.discard(cell.id)
                return entry.findings
        record: dict[Question, Any] = {}
        findings: tuple[Finding, ...] = ()
        if cell.kind != "markup":
            self._memo.note("diagnose", cell)
            findings = self._diagnose(self.context(index, record))
        elif self.facts(index).fragments:
            findings = tuple(self._of_fragments(self.context(index, record)))
        self._finding_readers.move(cell.id, entry.record if entry else (), record)
        self._found[cell.id] = _Found(cell.digest, findings, record)
        self._stale.discard(cell.id)
        return findings

    def standing(self) -> dict[str, tuple[Finding, ...]]:
        """By a cell's id, the findings that are known and need not be asked for again."""
        return {cell_id: entry.findings for cell_id, entry in self._found.items() if cell_id not in self._stale}

    @property
    def stale(self) -> frozenset[str]:
        """Ids of the cells whose findings must be asked for again."""
        return frozenset(self._stale)

    @property
    def services(self) -> Services:
        return self._services

    def _diagnose(self, context: Context) -> tuple[Finding, ...]:
        cell = context.cell
        found = [Finding(p.code, p.span, p.message, p.severity) for p in context.facts.problems]
        service = self._services.of(cell.language)
        if guard("misnamed", cell, False, lambda: service.misnamed(context)):
            return ()
        found += guard("diagnose", cell, (), lambda: tuple(service.diagnose(context)))
        found += self._of_fragments(context)
        for rule in self._services.rules:
            found += guard(rule.code, cell, (), lambda rule=rule: tuple(rule.check(context)))  # type: ignore[misc]
        if cell.meant_to_raise:  # what is wrong in it is what it shows; of the notebook's metadata that says nothing
            found = [f for f in found if f.path]
        return tuple(sorted(found, key=lambda f: (f.span.start, f.span.end, f.code)))

    def _of_fragments(self, context: Context) -> Iterator[Finding]:
        nothing: tuple[Finding, ...] = ()
        for fragment in fragments_of(self._services, context):
            if not fragment.judged:
                continue
            yield from guard("diagnose", context.cell, nothing, partial(self._in_fragment, context, fragment))

    def _in_fragment(self, context: Context, fragment: Fragment) -> tuple[Finding, ...]:
        """What the fragment's language finds in it; its spans become those of the cell."""
        service = self._services.of(context.cell.language)
        here = fragment_site(self._services, service, context, fragment, fragment.span.start)
        found = [Finding(p.code, p.span, p.message, p.severity) for p in here.context.facts.problems]
        found += here.service.diagnose(here.context)
        return tuple(f.shifted(here.shift) for f in found if here.holds(f.span))

    def _evaluate(self, language: str, text: str, view: View) -> Type:
        service = self._services.of(language)
        cell = self.notebook.cells[view.index]
        unknown: Type = UNKNOWN
        return guard("evaluate", cell, unknown, lambda: service.evaluate(text, view.with_overlay({}, language)))

    def _effects(self, language: str, text: str, view: View, dialect: str) -> tuple[Binding, ...]:
        service = self._services.of(language)
        cell, seen = self.notebook.cells[view.index], view.with_overlay({}, language)
        return guard("effects", cell, (), lambda: tuple(service.effects(text, seen, dialect)))

    def _stands(self, index: int, record: dict[Question, Any]) -> bool:
        if not record:
            return True
        view = self.context(index).view
        return all(same(view.answer(question), answer) for question, answer in record.items())

    def _export(self, index: int) -> None:
        cell = self.notebook.cells[index]
        entry = self._exported.get(cell.id)
        if entry is not None and entry.digest == cell.digest and self._stands(index, entry.record):
            return
        exports = NO_EXPORTS
        record: dict[Question, Any] = {}
        if cell.kind == "code":
            self._memo.note("exports", cell)
            context = self.context(index, record)
            service = self._services.of(cell.language)
            exports = guard("exports", cell, NO_EXPORTS, lambda: service.exports(context))
        before = entry.exports if entry else NO_EXPORTS
        self._export_readers.move(cell.id, entry.record if entry else (), record)
        self._reached = max(self._reached, index)
        nothing: tuple[Hashable, ...] = ()
        said = each_guarded(cell, nothing, self._services.telling, cell, self.facts(index), self.host)
        self._exported[cell.id] = _Exported(cell.digest, exports, record, said)
        if entry is not None or any(said):
            heard = entry.said if entry is not None else ((),) * len(said)
            self._regather(
                *(g.name for g, a, b in zip(self._services.gatherers, heard, said, strict=True) if not same(a, b))
            )
        if same(before, exports):
            return
        self._owners.remove(index, before)
        self._owners.add(index, exports)
        self._tell(index, _changed(before, exports))

    def _tell(self, index: int, keys: Iterable[Hashable]) -> None:
        anywhere = self.host.order == "any"
        alone = not anywhere and index >= self._reached  # as every cell of a notebook that is read for the first time
        for key in keys:
            for cell_id in () if alone else self._export_readers.of(key):
                reader = self._index.get(cell_id)
                if reader is not None and reader != index and (anywhere or reader > index):
                    self._mark(reader)
            self._stale |= self._finding_readers.of(key) & self._index.keys()


def _changed(before: Exports, after: Exports) -> set[Hashable]:
    """The keys under which two cells' exports differ."""
    old = {(b.space, b.name): b for b in before.bindings}
    new = {(b.space, b.name): b for b in after.bindings}
    keys: set[Hashable] = {fold(key[1]) for key in old.keys() | new.keys() if not same(old.get(key), new.get(key))}
    if before.opens != after.opens:
        keys.add(_OPENS)
    return keys
