"""Types of Scala 2 in full, as a text may declare them anywhere: `_root_.scala.collection.immutable.Map[…]`."""

from __future__ import annotations

from typing import Any

import jpype

from polycell.languages.scala.host.interop import iterate
from polycell.languages.scala.lexer import KEYWORDS

DEEPEST = 12


class Written:
    def __init__(self) -> None:
        self._reference = jpype.JClass("scala.reflect.internal.Types$TypeRef")

    def of(self, type_: Any) -> str:
        """The empty text for what no text can name: singletons, members of values, local classes, existential types."""
        try:
            return self._of(type_, 0)
        except UnwritableError:
            return ""

    def _of(self, type_: Any, depth: int) -> str:
        if depth > DEEPEST or not isinstance(type_, self._reference):
            raise UnwritableError
        symbol = type_.sym()
        arguments = [self._of(one, depth + 1) for one in iterate(type_.args())]
        name = str(symbol.name())
        if symbol.isTypeParameter():  # of the method whose result it is: its definition is written around
            made = name
        elif symbol.isStatic() and not symbol.isModuleClass() and not symbol.isExistentiallyBound():
            made = path(str(symbol.fullName()))
        else:
            raise UnwritableError
        return f"{made}[{', '.join(arguments)}]" if arguments else made


class UnwritableError(Exception):
    pass


def path(name: str) -> str:
    """A dotted path whose parts are spelled as the compiler encodes them, which a text may do too. Raises
    UnwritableError for what no text can spell."""
    parts = name.split(".")
    if not all(part.isidentifier() or part.replace("$", "_").isidentifier() for part in parts):
        raise UnwritableError
    quoted = ".".join(f"`{part}`" if part in KEYWORDS else part for part in parts)
    return quoted if parts[0] == "Notebook" else f"_root_.{quoted}"
