"""What a project's pyproject.toml says of `polycell check`:

    [tool.polycell.check]
    severity = "warning"
    select = ["undefined-name"]
    ignore = ["syntax-error"]
    exclude = ["archive/*"]
    known-names = ["px"]

    [tool.polycell.check.per-file-ignores]
    "teaching/*" = ["undefined-name"]

Patterns are of paths from that file's folder; `*` matches any characters, `/` too, and a folder means all in it.
"""

from __future__ import annotations

import difflib
import fnmatch
import importlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from polycell.core.facts import Severity
from polycell.rules.codes import misspelt

SEVERITIES: tuple[Severity, ...] = get_args(Severity)  # most serious first
KEYS = ("severity", "select", "ignore", "exclude", "per-file-ignores", "known-names")


@dataclass(frozen=True, slots=True)
class Project:
    """`root` is the folder of the file that says so; None where none does. `known` are names that every Python cell
    has."""

    root: Path | None = None
    severity: str = "warning"
    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    exclude: tuple[str, ...] = ()
    per_file: Mapping[str, frozenset[str]] = field(default_factory=dict)
    known: tuple[str, ...] = ()

    def excludes(self, path: str | Path) -> bool:
        return any(self._is(path, pattern) for pattern in self.exclude)

    def ignored_in(self, path: str | Path) -> frozenset[str]:
        """The codes that are not reported in this file."""
        return frozenset().union(*(codes for pattern, codes in self.per_file.items() if self._is(path, pattern)))

    def _is(self, path: str | Path, pattern: str) -> bool:
        if self.root is None:
            return False
        inside = os.path.relpath(os.path.abspath(path), self.root).replace(os.sep, "/")
        return fnmatch.fnmatch(inside, pattern) or fnmatch.fnmatch(inside, f"{pattern.rstrip('/')}/*")


EVERYTHING = Project()  # where no project says anything


def read_project(folder: Path) -> Project:
    """Of the nearest pyproject.toml, from `folder` upwards, that has the table. Raises ValueError for what it says
    wrongly, with the file in the message."""
    toml: Any = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    for home in (folder, *folder.parents):
        path = home / "pyproject.toml"
        try:
            table = toml.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("polycell", {}).get("check")
        except FileNotFoundError:
            continue
        except (OSError, ValueError, AttributeError) as problem:
            raise ValueError(f"{path} cannot be read: {problem}") from problem
        if table is not None:
            try:
                return _project(home, table)
            except ValueError as problem:
                raise ValueError(f"{path}, [tool.polycell.check]: {problem}") from problem
    return EVERYTHING


def _project(root: Path, table: Any) -> Project:
    if not isinstance(table, dict):
        raise ValueError("this is a table")
    for key in table:
        if key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, n=1)
            raise ValueError(f"there is no {key!r}; {f'did you mean {near[0]}?' if near else f'there are {KEYS}'}")
    severity = table.get("severity", "warning")
    if severity not in SEVERITIES:
        raise ValueError(f"severity is one of {', '.join(SEVERITIES)}")
    per_file = table.get("per-file-ignores", {})
    if not isinstance(per_file, dict):
        raise ValueError("per-file-ignores is a table: pattern → codes")
    project = Project(
        root,
        severity,
        frozenset(_texts(table, "select")),
        frozenset(_texts(table, "ignore")),
        tuple(_texts(table, "exclude")),
        {pattern: frozenset(_texts(per_file, pattern)) for pattern in per_file},
        tuple(_texts(table, "known-names")),
    )
    wrong = misspelt(project.select | project.ignore | frozenset().union(*project.per_file.values()))
    if wrong:
        raise ValueError(wrong)
    return project


def _texts(table: Mapping[str, Any], key: str) -> list[str]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise ValueError(f"{key} is a list of texts")
    return value
