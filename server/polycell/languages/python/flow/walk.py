"""Puts the interpreter together: the one place that knows what all kinds of syntax mean."""

from __future__ import annotations

from polycell.core.environment import View
from polycell.languages.python.flow import calls, expressions, statements
from polycell.languages.python.flow.interpreter import Interpreter, Semantics
from polycell.languages.python.syntax.source import PythonSource

SEMANTICS = Semantics(expressions.evaluate, statements.execute, calls.apply, expressions.each)


def interpreter(
    source: PythonSource, view: View, *, cell: str = "", folder: str = "", until: int | None = None, text: str = ""
) -> Interpreter:
    return Interpreter(SEMANTICS, source, view, cell=cell, folder=folder, until=until, text=text)
