"""Scala 3: the compiler's own interactive driver, which both answers questions and tells errors.

The compiler answers for one text at a time. It keeps the thread that it was made in, so each role has a driver of its
own: `Dotty` for questions, `DottyChecker` for checks. The driver stops behind the typer; what later phases refuse
(members that a class lacks, overrides, forward references, tail calls) the compiler itself says of a text in which the
driver finds no error.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any

import jpype

from polycell.languages.scala.host import items
from polycell.languages.scala.host.checker import MOST_DEFINITIONS
from polycell.languages.scala.host.compiler import Token
from polycell.languages.scala.host.dotty_types import DottyTypes
from polycell.languages.scala.host.interop import Source, function, iterate, scala_list

_LEVELS = {2: 1, 1: 2, 0: 3}  # dotty's diagnostics as the protocol's severities
_LAST = "tailrec"  # a phase of the compiler: behind those that check references
_DEFINITIONS = 8 | 128  # Interactive.Include: definitions, local ones too
_WORD = re.compile(r"\w+")
_WORDS = {"value": "val", "lazy value": "lazy val", "variable": "var", "method": "def"}


class _Driver:
    def __init__(self, classpath: Sequence[str]) -> None:
        driver = jpype.JClass("dotty.tools.dotc.interactive.InteractiveDriver")
        self._driver = driver(scala_list(["-classpath", os.pathsep.join(classpath), "-color:never"]))
        self._interactive = jpype.JClass("dotty.tools.dotc.interactive.Interactive")
        self._create = jpype.JClass("java.net.URI").create
        self._span = getattr(jpype.JClass("dotty.tools.dotc.util.Spans$"), "MODULE$").Span
        self._position = jpype.JClass("dotty.tools.dotc.util.SourcePosition")
        self._nowhere = getattr(jpype.JClass("dotty.tools.dotc.util.NoSourcePosition$"), "MODULE$")
        self._text = ""
        self._uri: Any = None
        self._found: list[Any] = []

    def run(self, source: Source) -> list[Any]:
        """Type the text, unless it is that of the last time; its diagnostics."""
        if source.text != self._text or self._uri is None:
            if self._uri is not None:
                self._driver.close(self._uri)
            self._uri = self._create("file:///Notebook.scala")
            self._found = list(iterate(self._driver.run(self._uri, source.text)))
            self._text = source.text
        return self._found

    @property
    def trees(self) -> Any:
        return self._driver.openedTrees().get(self._uri).get()

    @property
    def context(self) -> Any:
        unit = self._driver.compilationUnits().get(self._uri).get()
        return self._driver.currentCtx().fresh().setCompilationUnit(unit)

    def position(self, offset: int) -> Any:
        unit = self._driver.compilationUnits().get(self._uri).get()
        return self._position(unit.source(), self._span(offset), self._nowhere)


class _Later:
    """The compiler as the command line has it, as far as the last phase that finds errors of people."""

    def __init__(self, classpath: Sequence[str]) -> None:
        context = jpype.JClass("dotty.tools.dotc.core.Contexts$ContextBase")().initialCtx()
        self._context = context.fresh()
        options = ["-classpath", os.pathsep.join(classpath), "-color:never", f"-Ystop-after:{_LAST}"]
        arguments = jpype.JArray(jpype.JClass("java.lang.String"))(options)
        command = getattr(jpype.JClass("dotty.tools.dotc.ScalacCommand$"), "MODULE$")
        told = command.distill(arguments, context.settings(), context.settingsState(), context)
        self._context.setSettings(told.sstate())
        self._context.base().initialize(self._context)
        self._compiler = jpype.JClass("dotty.tools.dotc.Compiler")()
        self._reporter = jpype.JClass("dotty.tools.dotc.reporting.StoreReporter")
        self._virtual = getattr(jpype.JClass("dotty.tools.dotc.util.SourceFile$"), "MODULE$").virtual

    def run(self, source: Source) -> list[Any]:
        reporter = self._reporter(None, False)
        run = self._compiler.newRun(self._context.fresh().setReporter(reporter))
        run.compileSources(scala_list([self._virtual("Notebook.scala", source.text, False)]))
        return list(iterate(reporter.removeBufferedMessages(run.runContext())))


class DottyChecker(_Driver):
    def __init__(self, classpath: Sequence[str]) -> None:
        super().__init__(classpath)
        self._types = DottyTypes()
        self._later = _Later(classpath)

    def compile(self, source: Source) -> dict[str, Any]:
        """As `checker.Checker.compile`."""
        found = self._diagnostics(source, self.run(source))
        definitions = self._definitions(source)
        # Macros may be used in cells below theirs, but not in the text of theirs.
        if "scala.quoted" not in source.text and not any(one["severity"] == 1 for one in found):
            found = self._diagnostics(source, self._later.run(source))
        return {"diagnostics": found, "definitions": definitions}

    def _diagnostics(self, source: Source, found: Sequence[Any]) -> list[dict[str, Any]]:
        return [self._diagnostic(source, one) for one in found if one.position().isPresent()]

    def _diagnostic(self, source: Source, one: Any) -> dict[str, Any]:
        position = one.position().get()
        start, end = int(position.start()), int(position.end())
        word = _WORD.match(source.text, source.points(start)) if end <= start else None
        return {
            "range": source.range(start, source.units(word.end()) if word is not None else end),
            "severity": _LEVELS.get(int(one.level()), 1),
            "message": str(one.message()),
            "source": "scala",
        }

    def _definitions(self, source: Source) -> list[dict[str, Any]]:
        context = self.context
        named = self._interactive.namedTrees(self.trees, _DEFINITIONS, function(lambda tree: True), context)
        made: list[dict[str, Any]] = []
        for one in iterate(named):
            position = one.namePos(context)
            symbol = one.tree().symbol(context)
            if not position.exists() or len(made) >= MOST_DEFINITIONS:
                continue
            info = symbol.denot(context).info(context) if not symbol.isClass() else None
            shown = str(info.show(context)) if info is not None else ""
            wrong = shown.startswith("<")
            made.append(
                {
                    "name": str(symbol.name(context).toString()),
                    "type": "" if wrong else shown,
                    "native": self._types.of(info, context) if info is not None and not wrong else "",
                    "offset": source.points(int(position.start())),
                }
            )
        return made


class Dotty(_Driver):
    """Answers as the protocol has them. A question is over before anybody could cancel it."""

    def complete(self, source: Source, offset: int, token: Token) -> Any:
        self.run(source)
        completion = jpype.JClass("dotty.tools.dotc.interactive.Completion")
        told = completion.completions(self.position(offset), self.context)
        replaced = source.range(min(int(told._1()), offset), offset)
        # By name: the compiler's own order is that of a hash, another for each text.
        found = sorted((self._item(one, replaced) for one in iterate(told._2())), key=lambda one: str(one["label"]))
        return items.answer(found)

    def _item(self, one: Any, replaced: dict[str, Any]) -> dict[str, Any]:
        detail = str(one.description())
        is_class = any(symbol.isClass() for symbol in iterate(one.symbols()))
        kind = items.CLASS if is_class else items.FUNCTION if detail.startswith(("(", "[")) else items.VALUE
        return items.item(str(one.label()), kind, detail.removeprefix("=> "), replaced)

    def hover(self, source: Source, offset: int, token: Token) -> Any:
        self.run(source)
        context, position = self.context, self.position(offset)
        type_ = self._interactive.enclosingType(self.trees, position, context)
        shown = str(type_.widenTermRefExpr(context).show(context))
        if shown.startswith("<"):
            return None
        symbols = self._symbols(position, context)
        word = _WORDS.get(str(symbols[0].showKind(context))) if symbols else None
        if word is not None:
            shown = f"{word} {symbols[0].name(context)}{'' if shown.startswith(('(', '[')) else ': '}{shown}"
        return {"contents": {"kind": "markdown", "value": f"```scala\n{shown}\n```"}}

    def _symbols(self, position: Any, context: Any) -> list[Any]:
        path = self._interactive.pathTo(self.trees, position, context)
        return list(iterate(self._interactive.enclosingSourceSymbols(path, position, context)))

    def definition(self, source: Source, offset: int, token: Token) -> Any:
        self.run(source)
        context, position = self.context, self.position(offset)
        path = self._interactive.pathTo(self.trees, position, context)
        found = self._interactive.findDefinitions(path, position, self._driver)
        places = [one.namePos(context) for one in iterate(found)]
        own = [place for place in places if place.exists() and str(place.source().name()) == "Notebook.scala"]
        return [{"uri": source.uri, "range": source.range(int(p.start()), int(p.end()))} for p in own]

    def signature(self, source: Source, offset: int, token: Token) -> Any:
        self.run(source)
        context = self.context
        path = self._interactive.pathTo(self.trees, self.position(offset), context)
        signatures = jpype.JClass("dotty.tools.dotc.util.Signatures")
        told = signatures.signatureHelp(path, self._span(offset), context)
        made = [_signature(one) for one in iterate(told._3())]
        return {"activeParameter": int(told._1()), "activeSignature": int(told._2()), "signatures": made}

    def close(self) -> None:
        """Nothing of it outlives the process."""


def _signature(one: Any) -> dict[str, Any]:
    lists = [[str(parameter.show()) for parameter in iterate(group)] for group in iterate(one.paramss())]
    result = f": {one.returnType().get()}" if one.returnType().isDefined() else ""
    written = "".join(f"({', '.join(group)})" for group in lists)
    return {
        "label": f"{one.name()}{written}{result}",
        "parameters": [{"label": parameter} for group in lists for parameter in group],
    }
