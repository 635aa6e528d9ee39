"""Python expressions that stand in text of another language (`{{ name }}`, `{expr}`)."""

from __future__ import annotations

import ast

from polycell.core.environment import View
from polycell.core.text import LineIndex
from polycell.core.types import UNKNOWN, Type
from polycell.languages.python.flow.walk import interpreter
from polycell.languages.python.syntax.source import PythonSource


def evaluate_text(text: str, view: View) -> Type:
    """The type of an expression's value, seen from `view`; UNKNOWN for what is no expression."""
    if len(text) > 10_000:
        return UNKNOWN
    stripped = text.strip()
    try:
        tree = ast.parse(stripped, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return UNKNOWN
    source = PythonSource(stripped, None, LineIndex(stripped))
    try:
        return interpreter(source, view).evaluate(tree.body)
    except RecursionError:
        return UNKNOWN
