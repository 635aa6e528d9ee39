"""Type checking of a whole document: `scala.tools.nsc.Global`, stopped behind the reference checks.

The presentation compiler tells no errors of types in Scala 2, so a second, batch compiler does. It also tells the type
of every definition, which is what other languages see of them.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import jpype

from polycell.languages.scala.host.interop import Source, function, iterate, scala_list

_SEVERITIES = {"ERROR": 1, "WARNING": 2, "INFO": 3}
_DEFINING = frozenset({"ValDef", "DefDef", "ClassDef", "ModuleDef", "TypeDef"})
MOST_DEFINITIONS = 4000  # told of one document


class Checker:
    def __init__(self, classpath: Sequence[str]) -> None:
        settings = jpype.JClass("scala.tools.nsc.Settings")()
        arguments = ["-classpath", os.pathsep.join(classpath), "-Ystop-after:refchecks", "-Yrangepos", "-nowarn"]
        settings.processArguments(scala_list(arguments), True)
        self._reporter = jpype.JClass("scala.tools.nsc.reporters.StoreReporter")(settings)
        self._global = jpype.JClass("scala.tools.nsc.Global")(settings, self._reporter)
        self._run = jpype.JClass("scala.tools.nsc.Global$Run")
        self._file = jpype.JClass("scala.reflect.io.VirtualFile")
        self._source = jpype.JClass("scala.reflect.internal.util.BatchSourceFile")
        self._string = jpype.JClass("java.lang.String")
        # A first run that ends at a syntax error leaves the library's package objects unopened for all later ones:
        # `case class` then finds no `Serializable`.
        self.compile(Source("file:///Warm.scala", "case class Warm(up: Seq[Int])"))

    def compile(self, source: Source) -> dict[str, Any]:
        """`diagnostics` as the protocol has them; `definitions` as {name, type, offset} with offsets in code points of
        the definition's name."""
        self._reporter.reset()
        run = self._run(self._global)
        file = self._source(self._file("Notebook.scala"), self._string(source.text).toCharArray())
        run.compileSources(scala_list([file]))
        found = [self._diagnostic(source, info) for info in iterate(self._reporter.infos())]
        return {"diagnostics": found, "definitions": self._definitions(source, run)}

    def _diagnostic(self, source: Source, info: Any) -> dict[str, Any]:
        position = info.pos()
        start = int(position.start()) if position.isDefined() else 0
        end = int(position.end()) if position.isDefined() else 0
        return {
            "range": source.range(start, end),
            "severity": _SEVERITIES.get(str(info.severity()), 1),
            "message": str(info.msg()),
            "source": "scala",
        }

    def _definitions(self, source: Source, run: Any) -> list[dict[str, Any]]:
        made: list[dict[str, Any]] = []

        def visit(tree: Any) -> None:
            kind = str(tree.productPrefix())
            if kind not in _DEFINING or len(made) >= MOST_DEFINITIONS:
                return
            symbol, position = tree.symbol(), tree.pos()
            if symbol is None or not position.isDefined():
                return
            shown = str(symbol.tpe().toString()) if kind in ("ValDef", "DefDef") else ""
            if shown in ("<notype>", "<error>"):
                return
            name = str(symbol.name().decode()).strip()
            made.append(
                {
                    "name": name,
                    "type": shown,
                    "offset": source.points(int(position.point())),
                }
            )

        units = run.units()
        while units.hasNext():
            units.next().body().foreach(function(visit))
        return made
