"""Scala 2.12: the compiler's own presentation compiler, `scala.tools.nsc.interactive.Global`."""

from __future__ import annotations

import os
import re
import string
from collections.abc import Callable, Sequence
from typing import Any

import jpype

from polycell.languages.scala.host import items
from polycell.languages.scala.host.compiler import ANSWER, Token
from polycell.languages.scala.host.interop import Source, iterate, scala_list, supplier

_FILE = "Notebook.scala"
_RESULT = re.compile(r"\)(?=\w)")  # `(x: Int)String` is how 2.12 writes the type of a method
_FLAGS = re.compile(r"^(?:(?:private\[this\]|final|override|protected|<\w+>) )+")
_WORD = f"{string.ascii_letters}{string.digits}_"


class Nsc:
    """`classpath` is what the notebook's code sees, `options` are the compiler's. Answers as the protocol has them."""

    def __init__(self, classpath: Sequence[str], options: Sequence[str] = ()) -> None:
        settings = jpype.JClass("scala.tools.nsc.Settings")()
        settings.processArguments(scala_list(["-classpath", os.pathsep.join(classpath), "-nowarn", *options]), True)
        reporter = jpype.JClass("scala.tools.nsc.reporters.StoreReporter")()
        self._global = jpype.JClass("scala.tools.nsc.interactive.Global")(settings, reporter, "notebook")
        self._response = jpype.JClass("scala.tools.nsc.interactive.Response")
        self._file = jpype.JClass("scala.reflect.io.VirtualFile")
        self._source = jpype.JClass("scala.reflect.internal.util.BatchSourceFile")
        self._position = jpype.JClass("scala.reflect.internal.util.OffsetPosition")
        self._text = ""
        self._loaded: Any = None

    def complete(self, source: Source, offset: int, token: Token) -> Any:
        before = source.text[: source.points(offset)]
        prefix = before[len(before.rstrip(_WORD)) :]
        before = before.removesuffix(prefix).rstrip()
        member = before.endswith(".")
        replaced = source.range(offset - len(prefix), offset)
        made: dict[tuple[str, str], dict[str, Any]] = {}

        def read(found: Any) -> None:
            for one in iterate(found):
                name = str(one.sym().nameString())
                if one.accessible() and name.startswith(prefix) and "$" not in name and not name.startswith("<"):
                    made.setdefault((name, str(one.tpe())), self._item(one, name, replaced))

        if member:
            self._ask(source, self._global.askTypeCompletion, source.units(len(before) - 1), read)
        else:
            self._ask(source, self._global.askScopeCompletion, offset, read)
        return items.answer(made.values())

    def _item(self, one: Any, name: str, replaced: dict[str, Any]) -> dict[str, Any]:
        symbol = one.sym()
        kind = items.CLASS if symbol.isClass() else items.MODULE if symbol.isModule() else items.VALUE
        detail = _RESULT.sub("): ", str(one.tpe()))
        if symbol.isMethod() and detail.startswith(("(", "[")):
            kind = items.FUNCTION
        return items.item(name, kind, detail.removeprefix("=> "), replaced)

    def hover(self, source: Source, offset: int, token: Token) -> Any:
        shown: list[str] = []

        def read(tree: Any) -> None:
            symbol, type_ = tree.symbol(), tree.tpe()
            if symbol is not None and str(symbol) != "<none>":
                shown.append(_FLAGS.sub("", str(symbol.defString())))
            elif type_ is not None:
                shown.append(str(type_.widen()))

        self._ask(source, self._global.askTypeAt, offset, read)
        if not shown or "<error>" in shown[0]:
            return None
        return {"contents": {"kind": "markdown", "value": f"```scala\n{shown[0]}\n```"}}

    def definition(self, source: Source, offset: int, token: Token) -> Any:
        made: list[dict[str, Any]] = []

        def read(tree: Any) -> None:
            symbol = tree.symbol()
            position = symbol.pos() if symbol is not None else None
            if position is not None and position.isDefined() and str(position.source().file().name()) == _FILE:
                start = int(position.point())
                end = start + len(str(symbol.nameString()))
                made.append({"uri": source.uri, "range": source.range(start, end)})

        self._ask(source, self._global.askTypeAt, offset, read)
        return made

    def signature(self, source: Source, offset: int, token: Token) -> Any:
        """Of the call whose parenthesis is the last that stands open before the offset."""
        opened = _open_call(source.text[: source.points(offset)])
        if opened is None:
            return None
        at, active = opened
        made: list[dict[str, Any]] = []

        def read(tree: Any) -> None:
            symbol = tree.symbol()
            if symbol is None or not symbol.isMethod():
                return
            for one in iterate(symbol.alternatives()):
                groups = [[f"{p.nameString()}: {p.tpe()}" for p in iterate(group)] for group in iterate(one.paramss())]
                written = "".join(f"({', '.join(group)})" for group in groups)
                label = f"{one.nameString()}{written}: {one.tpe().finalResultType()}"
                made.append({"label": label, "parameters": [{"label": p} for group in groups for p in group]})

        self._ask(source, self._global.askTypeAt, source.units(at - 1), read)
        return {"signatures": made, "activeSignature": 0, "activeParameter": active} if made else None

    def close(self) -> None:
        self._global.askShutdown()

    def _ask(self, source: Source, ask: Any, offset: int, read: Callable[[Any], None]) -> None:
        """`read` takes the answer, if there is one, on the compiler's thread: symbols may be looked at there alone."""
        if self._loaded is None or source.text != self._text:
            text = jpype.JClass("java.lang.String")(source.text).toCharArray()
            self._loaded, self._text = self._source(self._file(_FILE), text), source.text
            loaded = self._response()
            self._global.askReload(scala_list([self._loaded]), loaded)
            loaded.get(int(ANSWER * 1000))
        response = self._response()
        ask(self._position(self._loaded, offset), response)
        told = response.get(int(ANSWER * 1000))
        if not told.isDefined() or not told.get().isLeft():
            return
        answer = told.get().left().get()
        self._global.askForResponse(supplier(lambda: read(answer))).get(int(ANSWER * 1000))


def _open_call(text: str) -> tuple[int, int] | None:
    """(place of the parenthesis, number of commas behind it at its own level)."""
    depth = commas = 0
    for at in range(len(text) - 1, -1, -1):
        if text[at] in ")]}":
            depth += 1
        elif text[at] in "([{":
            if depth == 0:
                return (at, commas) if text[at] == "(" and at > 0 and text[at - 1].isalnum() else None
            depth -= 1
        elif text[at] == "," and depth == 0:
            commas += 1
    return None
