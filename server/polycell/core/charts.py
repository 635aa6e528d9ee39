"""A chart as plain data, on its way from the language that it is written in to whoever draws it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from msgspec import Struct

Rows: TypeAlias = Sequence[Mapping[str, Any]]


class FileRows(Struct, frozen=True):
    """Rows that are those of a data file as it lies on the disk; `kind` is csv, tsv or json."""

    path: str
    kind: str


class Gap(Struct, frozen=True):
    """A data object of the specification, at `path`, that says only where its rows come from: the value of a cell
    above (`name`), or a `file`."""

    path: tuple[str | int, ...]
    name: str = ""
    file: FileRows | None = None


class Drawing(Struct, frozen=True):
    """A chart's specification as JSON; a renderer needs each of the `gaps` filled. `version` is the major one, 0 where
    none is named."""

    library: Literal["vega", "vega-lite"]
    content: Any
    gaps: tuple[Gap, ...] = ()
    version: int = 0
    folder: str = ""


class Refusal(Struct, frozen=True):
    """Why there is no picture, in one sentence for people."""

    reason: str
