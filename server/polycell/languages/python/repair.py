"""Broken Python → a tree of what is not broken, and one problem a mistake. Being written."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from polycell.core.facts import Problem
from polycell.core.text import Span
from polycell.languages.python.source import MagicName


@dataclass(frozen=True, slots=True)
class Repaired:
    code: str
    tree: ast.Module | None
    problems: tuple[Problem, ...] = ()
    names: tuple[MagicName, ...] = ()
    broken: tuple[Span, ...] = ()


def repair(code: str) -> Repaired:
    return Repaired(code, None)
