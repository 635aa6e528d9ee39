"""The one place where languages, rules and sources are put together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from polycell.core.service import Services, services
from polycell.dependencies.checks import dependency_rules
from polycell.dependencies.gathering import Declared, Imported
from polycell.languages.other import OtherService
from polycell.languages.python import PythonService
from polycell.languages.sql import SqlService
from polycell.languages.vega import VegaService, charts_of_tables
from polycell.rules import default_rules

if TYPE_CHECKING:
    from polycell.dependencies.sources import DependencySources
    from polycell.tables.files import FileSources


def default_services() -> Services:
    """Everything that Polycell ships."""
    return services(
        [PythonService(), SqlService(), VegaService()],
        (*default_rules(), *dependency_rules()),
        OtherService(),
        offers=[charts_of_tables],
        gatherers=[Declared(), Imported()],
    )


def default_sources(
    roots: Iterable[str | Path],
    on_ready: Callable[[tuple[Hashable, ...]], None] | None = None,
    *,
    anywhere: bool = False,
    interpreter: str = "",
    native: str = "",
) -> AllSources:
    """What a session reads outside of its notebooks. With `on_ready` (called from any thread with the keys that have
    answers now) nothing blocks; without it every read is done at once, as the command line wants it. `interpreter` is
    the user's word for the Python that runs the notebooks, `native` that of the Jupyter server around us."""
    from polycell.dependencies.sources import DependencySources
    from polycell.tables.files import FileSources

    roots = tuple(roots)
    files = FileSources.blocking(roots, anywhere=anywhere) if on_ready is None else None
    return AllSources(
        files or FileSources(roots, on_ready, anywhere=anywhere),
        DependencySources(roots, on_ready, chosen=interpreter, native=native),
    )


class AllSources:
    """Sources of several rooms as one: each answers its own keys, and None to any other."""

    def __init__(self, *sources: FileSources | DependencySources) -> None:
        self._sources = sources

    def read(self, key: Hashable) -> Any:
        answers = (source.read(key) for source in self._sources)
        return next((answer for answer in answers if answer is not None), None)

    def changed(self, paths: Iterable[str | Path]) -> None:
        paths = tuple(paths)
        for source in self._sources:
            source.changed(paths)

    def close(self) -> None:
        for source in self._sources:
            source.close()
