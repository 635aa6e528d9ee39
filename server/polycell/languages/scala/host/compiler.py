"""Metals' presentation compiler, asked about one document at a time: `scala.meta.pc.PresentationCompiler`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import jpype

from polycell.languages.scala.host.classes import Classes
from polycell.languages.scala.host.interop import Json, Memory, Source, java_list
from polycell.languages.scala.host.renewal import Renewal

ANSWER = 60.0  # seconds for one answer; cold ones with Spark on the classpath take many


class Token:
    """Tells a running request that nobody waits for it any more."""

    def __init__(self) -> None:
        self._cancelled: Any = None
        self._told = False

    @cached_property
    def java(self) -> Any:
        """As Metals has it: an object of Java's, since it is asked thousands of times in one completion."""
        made = jpype.JClass("scala.meta.internal.async.CompletableCancelToken")()
        self._cancelled = made
        if self._told:
            made.cancel()
        return made

    def cancel(self) -> None:
        self._told = True
        if self._cancelled is not None:
            self._cancelled.cancel()


class Compiler:
    """`classpath` is what the notebook's code sees: the library and its dependencies; `options` are the compiler's."""

    def __init__(self, classpath: Sequence[str], options: Sequence[str] = ()) -> None:
        services = jpype.JClass("java.util.ServiceLoader")
        interface = jpype.JClass("scala.meta.pc.PresentationCompiler")
        paths = jpype.JClass("java.nio.file.Paths")
        self._json = Json()
        self._uri = jpype.JClass("java.net.URI")
        self._parameters = jpype.JClass("scala.meta.internal.metals.CompilerOffsetParams").apply
        self._optional = jpype.JClass("java.util.Optional")
        found = next(iter(services.load(interface, jpype.JClass("scala.Option").class_.getClassLoader()).iterator()))
        self._classes = Classes(classpath)
        memory = Memory()
        self._renewal = Renewal(lambda: memory.full)
        with_search = found.withSearch(self._search())
        self._compiler = with_search.newInstance(
            "notebook", java_list(paths.get(jar) for jar in classpath), java_list(options)
        )

    def complete(self, source: Source, offset: int, token: Token) -> Any:
        return self._json.of(self._get(self._compiler.complete(self._at(source, offset, token))))

    def hover(self, source: Source, offset: int, token: Token) -> Any:
        found = self._get(self._compiler.hover(self._at(source, offset, token)))
        return self._json.of(found.get().toLsp()) if found.isPresent() else None

    def signature(self, source: Source, offset: int, token: Token) -> Any:
        return self._json.of(self._get(self._compiler.signatureHelp(self._at(source, offset, token))))

    def definition(self, source: Source, offset: int, token: Token) -> Any:
        found = self._get(self._compiler.definition(self._at(source, offset, token)))
        return self._json.of(found.locations())

    def close(self) -> None:
        self._compiler.shutdown()

    def _get(self, future: Any) -> Any:
        found = future.get(int(ANSWER), jpype.JClass("java.util.concurrent.TimeUnit").SECONDS)
        if self._renewal.due():
            self._compiler.restart()
        return found

    def _at(self, source: Source, offset: int, token: Token) -> Any:
        self._renewal.show(len(source.text))
        return self._parameters(self._uri.create(source.uri), source.text, offset, token.java)

    def _search(self) -> Any:
        """What the compiler asks about names that are not imported: the classes on the classpath, by their names."""
        classes, empty, nothing = self._classes, java_list(()), self._optional.empty()
        result = jpype.JClass("scala.meta.pc.SymbolSearch$Result")

        @jpype.JImplements("scala.meta.pc.SymbolSearch")
        class Search:
            @jpype.JOverride
            def search(self, query: Any, target: Any, visitor: Any) -> Any:
                for package, name in classes.matching(str(query)):
                    if visitor.isCancelled():
                        break
                    if visitor.shouldVisitPackage(package):
                        visitor.visitClassfile(package, name)
                return result.COMPLETE

            @jpype.JOverride
            def searchMethods(self, query: Any, target: Any, visitor: Any) -> Any:  # noqa: N802
                return result.COMPLETE

            @jpype.JOverride
            def documentation(self, *symbol: Any) -> Any:
                return nothing

            @jpype.JOverride
            def definition(self, symbol: Any, uri: Any) -> Any:
                return empty

            @jpype.JOverride
            def definitionSourceToplevels(self, symbol: Any, uri: Any) -> Any:  # noqa: N802
                return empty

        return Search()
