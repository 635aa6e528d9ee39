"""Compiling what was saved: each file by itself, since each is a cell's whole document."""

from __future__ import annotations

import sys
import traceback
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from polycell.languages.scala.bsp.layout import MARKER, Build, Layout, mark
from polycell.languages.scala.host.java import OUT_OF_MEMORY, find_java, needed, start
from polycell.languages.scala.host.versions import release_for

if TYPE_CHECKING:
    from polycell.languages.scala.host.engines import Checking

_KEPT = 256
_NOWHERE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
_ERROR, _HINT = 1, 4


class Compiled(Struct, frozen=True):
    """`diagnostics` as the protocol has them, the marker at the end."""

    path: Path
    diagnostics: list[dict[str, Any]]

    @property
    def failed(self) -> bool:
        return any(one["severity"] == _ERROR for one in self.diagnostics)


class Compiling:
    """A JVM lives here, from the first compile on."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._build = Build("", "")
        self._checker: Checking | None = None
        self._running = False
        self._told: dict[Path, tuple[int, int]] = {}  # files as they were when they were compiled last: time, size
        self._known: OrderedDict[str, list[dict[str, Any]]] = OrderedDict()  # by digest

    def forget(self) -> None:
        """Everything is to be compiled again."""
        self._told.clear()
        self._known.clear()

    def saved(self, build: Build) -> Iterator[Compiled]:
        """What was saved since it was compiled last. Saving the same text again is asking again."""
        if build.digest(b"") != self._build.digest(b""):
            self._checker = None
            self._told.clear()
        self._build = build
        for path in sorted(self._layout.sources.glob("*.scala")):
            try:
                found = path.stat()
                content = path.read_bytes()
            except OSError:
                continue  # removed meanwhile
            if self._told.get(path) != (found.st_mtime_ns, found.st_size):
                self._told[path] = (found.st_mtime_ns, found.st_size)
                digest = build.digest(content)
                source = {"source": mark(digest, found.st_mtime_ns)}
                yield Compiled(path, [{**one, **source} for one in self._compiled(path, content, digest)])

    def _compiled(self, path: Path, content: bytes, digest: str) -> list[dict[str, Any]]:
        known = self._known.get(digest)
        if known is not None:
            return known
        try:
            found = self._compile(path, content.decode("utf-8", "replace"))
        except NotCompiledError as error:
            return [_marker(str(error))]
        self._layout.write_typed(digest, found["definitions"])
        made = self._known[digest] = [*found["diagnostics"], _marker(MARKER)]
        if len(self._known) > _KEPT:
            self._layout.typed(self._known.popitem(last=False)[0]).unlink(missing_ok=True)
        return made

    def _compile(self, path: Path, text: str) -> dict[str, Any]:
        checker = self._opened()
        import jpype

        from polycell.languages.scala.host.interop import Source

        try:
            return checker.compile(Source(path.as_uri(), text))
        except jpype.JException as error:
            if "OutOfMemory" in f"{error.getClass().getName()} {error}":
                print("the Scala compiler has no memory left", file=sys.stderr, flush=True)
                sys.exit(OUT_OF_MEMORY)
            raise NotCompiledError(str(error)[:200]) from None
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            raise NotCompiledError(str(error)[:200]) from None

    def _opened(self) -> Checking:
        if self._checker is None:
            java = find_java()
            if java is None:
                raise NotCompiledError(needed())
            if not self._build.compiler:
                raise NotCompiledError("there is no compiler here")
            from polycell.languages.scala.host.engines import checking

            try:
                if not self._running:
                    start(java, self._build.memory, self._build.compiler)
                    self._running = True
                self._checker = checking(release_for(self._build.scala)[0], self._build.classpath, self._build.options)
            except Exception as error:  # of a JVM there are many ways not to start
                traceback.print_exc(file=sys.stderr)
                raise NotCompiledError(f"the Scala compiler does not start: {error}"[:200]) from None
        return self._checker


class NotCompiledError(Exception):
    """The message says why."""


def _marker(message: str) -> dict[str, Any]:
    """What says that the compile is over, however right the text is."""
    return {"range": _NOWHERE, "severity": _HINT, "message": message}
