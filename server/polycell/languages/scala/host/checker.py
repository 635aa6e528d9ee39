"""Type checking of a whole document: `scala.tools.nsc.Global`, stopped behind the reference checks.

The presentation compiler tells no errors of types in Scala 2, so a second, batch compiler does. It also tells the type
of what the last cell of the document defines, which is what other cells see of it. Where a text speaks of tail calls
and nothing else is wrong with it, a second run goes as far as the phase that judges them, in which types are no longer
those that somebody wrote.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

import jpype

from polycell.languages.scala.glue import AROUND
from polycell.languages.scala.host.interop import Source, iterate, scala_list
from polycell.languages.scala.host.written import Written

_SEVERITIES = {"ERROR": 1, "WARNING": 2, "INFO": 3}
_TYPED = frozenset({"ValDef", "DefDef"})
_DEFINING = _TYPED | {"ClassDef", "ModuleDef", "TypeDef"}
_TYPES, _TAIL_CALLS = "refchecks", "tailcalls"  # phases of the compiler
MOST_DEFINITIONS = 4000  # told of one document


class Checker:
    def __init__(self, classpath: Sequence[str], options: Sequence[str] = ()) -> None:
        self._settings = jpype.JClass("scala.tools.nsc.Settings")()
        arguments = ["-classpath", os.pathsep.join(classpath), f"-Ystop-after:{_TYPES}", "-Yrangepos", "-nowarn"]
        self._settings.processArguments(scala_list([*arguments, *options]), True)
        self._reporter = jpype.JClass("scala.tools.nsc.reporters.StoreReporter")(self._settings)
        self._global = jpype.JClass("scala.tools.nsc.Global")(self._settings, self._reporter)
        self._run = jpype.JClass("scala.tools.nsc.Global$Run")
        self._file = jpype.JClass("scala.reflect.io.VirtualFile")
        self._source = jpype.JClass("scala.reflect.internal.util.BatchSourceFile")
        self._string = jpype.JClass("java.lang.String")
        self._written = Written()
        # A first run that ends at a syntax error leaves the library's package objects unopened for all later ones:
        # `case class` then finds no `Serializable`.
        self.compile(Source("file:///Warm.scala", "case class Warm(up: Seq[Int])"))

    def compile(self, source: Source) -> dict[str, Any]:
        """`diagnostics` as the protocol has them; `definitions` of the last cell as {name, type, native, offset}, see
        `compilers.Told`."""
        run, found = self._compiled(source)
        definitions = self._definitions(source, run)
        if "tailrec" in source.text and not any(one["severity"] == 1 for one in found):
            self._stop_after(_TAIL_CALLS)
            try:
                found = self._compiled(source)[1]
            finally:
                self._stop_after(_TYPES)
        return {"diagnostics": found, "definitions": definitions}

    def _compiled(self, source: Source) -> tuple[Any, list[dict[str, Any]]]:
        self._reporter.reset()
        run = self._run(self._global)
        file = self._source(self._file("Notebook.scala"), self._string(source.text).toCharArray())
        run.compileSources(scala_list([file]))
        return run, [self._diagnostic(source, info) for info in iterate(self._reporter.infos())]

    def _stop_after(self, phase: str) -> None:
        """Of the runs that come."""
        self._settings.stopAfter().clear()
        self._settings.processArguments(scala_list([f"-Ystop-after:{phase}"]), True)

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
        """Those at the outermost level of the last cell: the last object of each object around cells is gone into."""
        made: list[dict[str, Any]] = []
        units = run.units()
        while units.hasNext():
            for tree in self._outermost(units.next().body()):
                symbol, position = tree.symbol(), tree.pos()
                if symbol is None or not position.isDefined() or len(made) >= MOST_DEFINITIONS:
                    continue
                name = str(symbol.name().decode()).strip()
                if name == "<init>":
                    continue
                typed = str(tree.productPrefix()) in _TYPED
                shown = str(symbol.tpe().toString()) if typed else ""
                if shown in ("<notype>", "<error>"):
                    continue
                made.append(
                    {
                        "name": name,
                        "type": shown,
                        "native": self._written.of(symbol.tpe().finalResultType()) if typed else "",
                        "offset": source.points(int(position.point())),
                    }
                )
        return made

    def _outermost(self, tree: Any) -> Iterator[Any]:
        while tree is not None:
            kind = str(tree.productPrefix())
            body = list(iterate(tree.stats() if kind == "PackageDef" else tree.impl().body()))
            tree = None
            for one in body:
                kind = str(one.productPrefix())
                if kind == "PackageDef" or (kind == "ModuleDef" and AROUND.fullmatch(str(one.name()))):
                    tree = one
                elif kind in _DEFINING:
                    yield one
