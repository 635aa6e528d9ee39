"""The one owner of state. Everything it hands out is a frozen `Snapshot`.

All calls are made on the event loop. What a caller does with a snapshot never disturbs the session: a later revision
is a new analysis made from the old one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable

from msgspec import Struct

from polycell.core.analysis import Analysis, Listener, Memo
from polycell.core.environment import NoSources, Sources
from polycell.core.notebook import Notebook
from polycell.core.service import Services


class Snapshot(Struct, frozen=True):
    """One notebook as it was at `revision`, with its derived state (filled in as it is asked for)."""

    revision: int
    notebook: Notebook
    analysis: Analysis


class Session:
    def __init__(self, services: Services, sources: Sources | None = None, listener: Listener | None = None) -> None:
        self._services = services
        self._sources = sources or NoSources()
        self._memo = Memo(listener)
        self._snapshots: dict[str, Snapshot] = {}
        self._revision = 0

    @property
    def services(self) -> Services:
        return self._services

    @property
    def revision(self) -> int:
        """Grows with every change of any notebook or source."""
        return self._revision

    def update(self, notebook: Notebook) -> Snapshot:
        """Open a notebook, or replace it by its newest state. Cells are recognised by their ids."""
        self._revision += 1
        before = self._snapshots.get(notebook.uri)
        if before is None:
            analysis = Analysis(notebook, self._services, self._sources, self._memo)
        else:
            analysis = before.analysis.advance(notebook)
        return self._keep(notebook, analysis)

    def invalidate(self, keys: Iterable[Hashable]) -> tuple[Snapshot, ...]:
        """Sources changed under `keys`: the new snapshots of the notebooks that had asked about them."""
        keys = tuple(keys)
        self._revision += 1
        changed = []
        for snapshot in tuple(self._snapshots.values()):
            analysis = snapshot.analysis.invalidate(keys)
            if analysis is not None:
                changed.append(self._keep(snapshot.notebook, analysis))
        return tuple(changed)

    def first_reads(self) -> frozenset[Hashable]:
        """The keys of sources that are being read for the first time, where the sources tell."""
        reads: Callable[[], frozenset[Hashable]] | None = getattr(self._sources, "first_reads", None)
        return reads() if reads is not None else frozenset()

    def close(self, uri: str) -> None:
        self._revision += 1
        closed = self._snapshots.pop(uri, None)
        if closed is not None:
            self._memo.closed(closed.analysis.host.name, closed.notebook)

    def snapshot(self, uri: str) -> Snapshot | None:
        return self._snapshots.get(uri)

    def snapshots(self) -> tuple[Snapshot, ...]:
        return tuple(self._snapshots.values())

    def _keep(self, notebook: Notebook, analysis: Analysis) -> Snapshot:
        snapshot = Snapshot(self._revision, notebook, analysis)
        self._snapshots[notebook.uri] = snapshot
        return snapshot
