"""The one place where languages, rules and sources are put together."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from polycell.core.service import Services, services
from polycell.languages.other import OtherService
from polycell.languages.python import PythonService
from polycell.languages.sql import SqlService
from polycell.languages.vega import VegaService, charts_of_tables
from polycell.rules import default_rules

if TYPE_CHECKING:
    from polycell.tables.files import FileSources


def default_services() -> Services:
    """Everything that Polycell ships."""
    return services(
        [PythonService(), SqlService(), VegaService()], default_rules(), OtherService(), offers=[charts_of_tables]
    )


def default_sources(
    roots: Iterable[str | Path],
    on_ready: Callable[[tuple[Hashable, ...]], None] | None = None,
    *,
    anywhere: bool = False,
) -> FileSources:
    """What a session reads outside of its notebooks. With `on_ready` (called from any thread with the keys that have
    answers now) nothing blocks; without it every read is done at once, as the command line wants it."""
    from polycell.tables.files import FileSources

    if on_ready is None:
        return FileSources.blocking(roots, anywhere=anywhere)
    return FileSources(roots, on_ready, anywhere=anywhere)
