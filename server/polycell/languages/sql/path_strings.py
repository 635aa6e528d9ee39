"""Paths of files that are being written in SQL."""

from __future__ import annotations

import re

from polycell.core.patterns import pattern
from polycell.core.results import WrittenPath

FARTHEST = 2000  # characters before the place that are looked at
# DuckDB reads files by their names, and so do its functions; Spark where a format stands before the name.
_BEFORE = pattern(
    r"(?:\b(?:from|join|attach|copy|to|import|load|location|infile)"
    r"|\b(?:read|scan|sniff|parquet|sqlite|st)_\w+\s*\(\s*\[?(?:\s*'[^'\n]*'\s*,)*|\bglob\s*\(|\b(?:csv|json|parquet|orc|delta|text)\.)"
    r"\s*(?P<quote>['\"`])(?P<path>[^'\"`\n]*)\Z",
    re.IGNORECASE,
)


def written_path(text: str, offset: int) -> WrittenPath | None:
    """The path that is written at an offset of a statement; None where none is."""
    found = _BEFORE.search(text[max(0, offset - FARTHEST) : offset])
    if found is None or any(sign in found["path"] for sign in "*?{[:"):
        return None
    if found["quote"] != "'" and "/" not in found["path"]:
        return None  # the name of a table
    stop = offset
    while stop < len(text) and text[stop] not in f"{found['quote']}/\n":
        stop += 1
    return WrittenPath.of(found["path"], offset, stop if stop < len(text) else offset)
