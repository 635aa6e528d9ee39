"""What a project's pyproject.toml says of what is reported:

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

import fnmatch
import importlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from msgspec import Struct, field

from polycell.core.facts import Severity
from polycell.rules.codes import misspelt

SEVERITIES: tuple[Severity, ...] = get_args(Severity)  # most serious first
FAILURES = frozenset({"unreadable-notebook", "internal-error"})
KEYS = ("severity", "select", "ignore", "exclude", "per-file-ignores", "known-names")


class Project(Struct, frozen=True):
    """`root` is the folder of the file that says so; None where none does. `known` are names that every Python cell
    has."""

    root: Path | None = None
    severity: Severity | None = None
    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    exclude: tuple[str, ...] = ()
    per_file: Mapping[str, frozenset[str]] = field(default_factory=dict)
    known: tuple[str, ...] = ()

    def hides(self, code: str, severity: Severity, path: str | Path) -> bool:
        """Whether a finding is not reported in this file. What could not be looked at always is."""
        if code in FAILURES:
            return False
        if self.select and code not in self.select:
            return True
        if self.severity is not None and SEVERITIES.index(severity) > SEVERITIES.index(self.severity):
            return True
        return code in self.ignore | self.ignored_in(path) or self.excludes(path)

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
    found = (read_project_file(home / "pyproject.toml") for home in (folder, *folder.parents))
    return next((project for project in found if project is not None), EVERYTHING)


def read_project_file(path: Path) -> Project | None:
    """None where the file is not there, or has no such table. Raises ValueError as `read_project` does."""
    try:
        text = path.read_text(encoding="utf-8")
        if "polycell" not in text:
            return None  # a start waits for this, and the parser takes longer to be imported than the rest of it
        toml: Any = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
        table = toml.loads(text).get("tool", {}).get("polycell", {}).get("check")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError, AttributeError) as problem:
        raise ValueError(f"{path} cannot be read: {problem}") from problem
    if table is None:
        return None
    try:
        return _project(path.parent, table)
    except ValueError as problem:
        raise ValueError(f"{path}, [tool.polycell.check]: {problem}") from problem


def _project(root: Path, table: Any) -> Project:
    if not isinstance(table, dict):
        raise ValueError("this is a table")
    for key in table:
        if key not in KEYS:
            import difflib

            near = difflib.get_close_matches(key, KEYS, n=1)
            raise ValueError(f"there is no {key!r}; {f'did you mean {near[0]}?' if near else f'there are {KEYS}'}")
    severity = table.get("severity")
    if severity is not None and severity not in SEVERITIES:
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
