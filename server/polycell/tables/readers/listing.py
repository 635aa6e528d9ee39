"""The files that a pattern fits, told by their names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polycell.core.patterns import pattern
from polycell.core.types import Column, Evidence, Table
from polycell.tables.data_files import DataFiles

_WILD = pattern(r"[*?\[]")


def names(found: DataFiles, options: Mapping[str, Any]) -> Table:
    """A column for each file, by its path as Python's `glob` tells it: with what the code has before the pattern."""
    parts = found.label.split("/")
    fixed = next((at for at, part in enumerate(parts) if _WILD.search(part)), len(parts))
    if found.kind != "pattern":
        return Table((Column(found.label, None, None, Evidence.FILE),))
    made = ("/".join([*parts[:fixed], file.relative_to(found.base).as_posix()]) for file in found.files)
    return Table(tuple(Column(name, None, None, Evidence.FILE) for name in made))
