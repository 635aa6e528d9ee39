"""Readers against the libraries: what is said of a file must be what the library makes of it."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from polycell.core.types import Table
from polycell.tables.files import FileRequest, FileSources
from tests.languages.python.oracle import problems_of

T = TypeVar("T")
FULL = bool(os.environ.get("POLYCELL_FULL"))


def some(items: Iterable[T], every: int, chosen_by: object = "") -> list[T]:
    """Every so many of the items, others for another `chosen_by`; with POLYCELL_FULL=1 all."""
    return list(items)[0 if FULL else len(str(chosen_by)) % every :: 1 if FULL else every]


def said(folder: Path, path: str | list[str], reader: str, **options: object) -> Table:
    """What we say of the file."""
    found = FileSources([folder]).read(FileRequest.of(path, "", reader, options))
    assert found is not None
    return found


def agree(table: Table, flavour: Any, real: Callable[[], object], context: object = "") -> bool:
    """Whether anything was said, and it is true; AssertionError where it is wrong. What the library refuses to read
    has no columns that could be wrong."""
    if table.open and not table.columns and not table.labelled:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = real()
    except Exception:
        return False
    problems = problems_of(table.with_flavour(flavour), value)
    assert not problems, (context, problems)
    return True
