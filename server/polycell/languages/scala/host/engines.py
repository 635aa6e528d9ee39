"""What answers for a release: one that answers questions, and one that checks whole documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from polycell.languages.scala.host.versions import Release

if TYPE_CHECKING:
    from polycell.languages.scala.host.compiler import Token
    from polycell.languages.scala.host.interop import Source


class Answering(Protocol):
    """Answers are JSON as the protocol has it; offsets are the compiler's units."""

    def complete(self, source: Source, offset: int, token: Token) -> Any: ...

    def hover(self, source: Source, offset: int, token: Token) -> Any: ...

    def signature(self, source: Source, offset: int, token: Token) -> Any: ...

    def definition(self, source: Source, offset: int, token: Token) -> Any: ...

    def close(self) -> None: ...


class Checking(Protocol):
    def compile(self, source: Source) -> dict[str, Any]:
        """`diagnostics` as the protocol has them; `definitions` as {name, type, offset} with offsets in code points."""


def answering(release: Release, classpath: Sequence[str], options: Sequence[str] = ()) -> Answering:
    """The JVM runs, with the release's jars. `options` are the compiler's."""
    if release.engine == "dotty":
        from polycell.languages.scala.host.dotty import Dotty

        return Dotty(classpath)
    if release.engine == "nsc":
        from polycell.languages.scala.host.nsc import Nsc

        return Nsc(classpath, options)
    from polycell.languages.scala.host.compiler import Compiler

    return Compiler(classpath, options)


def checking(release: Release, classpath: Sequence[str], options: Sequence[str] = ()) -> Checking:
    if release.engine == "dotty":
        from polycell.languages.scala.host.dotty import DottyChecker

        return DottyChecker(classpath)
    from polycell.languages.scala.host.checker import Checker

    return Checker(classpath, options)
