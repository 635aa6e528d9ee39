"""Short ways to read a Python cell in tests."""

from __future__ import annotations

from polycell.core.facts import Facts
from polycell.core.hosts import host
from polycell.core.notebook import Cell
from polycell.languages.python.facts import python_facts
from polycell.languages.python.syntax.parse import parse
from polycell.languages.python.syntax.source import PythonSource


def source(text: str) -> PythonSource:
    return parse(Cell("c", "python", text), host("jupyter"))


def facts(text: str) -> Facts:
    return python_facts(Cell("c", "python", text), host("jupyter"))


def defined(text: str) -> list[str]:
    return [d.name for d in facts(text).definitions if not d.container]


def needed(text: str) -> list[str]:
    """Names that must come from elsewhere for certain: neither deferred nor guarded."""
    return [u.name for u in facts(text).uses if not u.deferred and not u.guarded]


def problems(text: str) -> list[tuple[str, str]]:
    """(the text at the mistake, the message)."""
    return [(p.span.of(text), p.message) for p in facts(text).problems]
