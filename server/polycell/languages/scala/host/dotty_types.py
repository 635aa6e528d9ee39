"""Types of Scala 3 in full, as a text may declare them anywhere; as `written` has those of Scala 2."""

from __future__ import annotations

from typing import Any

import jpype

from polycell.languages.scala.host.interop import iterate
from polycell.languages.scala.host.written import DEEPEST, UnwritableError, path

_TOP_LEVEL = "$package"  # the object around what a file has outside of all objects, which no text can name


class DottyTypes:
    def __init__(self) -> None:
        self._applied, self._reference, self._parameter, self._method = (
            jpype.JClass(f"dotty.tools.dotc.core.Types${name}")
            for name in ("AppliedType", "TypeRef", "TypeParamRef", "PolyType")
        )

    def of(self, type_: Any, context: Any) -> str:
        """Of a definition: of a method what it gives. The empty text for what no text can name, and for unions,
        refinements and what depends on a value."""
        try:
            return self._of(type_.finalResultType(context).widenExpr(), context, 0)
        except UnwritableError:
            return ""

    def _of(self, type_: Any, context: Any, depth: int) -> str:
        if depth > DEEPEST:
            raise UnwritableError
        made = type_.dealias(context)
        if isinstance(made, self._applied):
            arguments = [self._of(one, context, depth + 1) for one in iterate(made.args())]
            return f"{self._named(made.tycon(), context)}[{', '.join(arguments)}]"
        if isinstance(made, self._parameter) and isinstance(made.binder(), self._method):
            return str(made.paramName().toString())  # the definition of its method is written around
        return self._named(made, context)

    def _named(self, type_: Any, context: Any) -> str:
        if not isinstance(type_, self._reference):
            raise UnwritableError
        symbol = type_.symbol(context)
        name = str(symbol.denot(context).fullName(context).toString())
        if not symbol.isClass() or not symbol.denot(context).isStatic(context) or _TOP_LEVEL in name:
            raise UnwritableError
        return path(name.replace("$.", "."))
