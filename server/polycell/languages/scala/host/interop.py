"""Small bridges between Python and the JVM: only imported when the JVM runs.

Offsets of the compiler are UTF-16 units, since Java's strings are; ours are code points. `Utf16` goes both ways.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import jpype

from polycell.bridge.positions import offset_at, range_of
from polycell.core.text import LineIndex, Span


class Utf16:
    """Code points ↔ UTF-16 units of one text. Texts without astral characters, nearly all, cost nothing."""

    def __init__(self, text: str) -> None:
        self._astral = [i for i, char in enumerate(text) if ord(char) > 0xFFFF] if not text.isascii() else []

    def units(self, offset: int) -> int:
        return offset + bisect_right(self._astral, offset - 1) if self._astral else offset

    def points(self, units: int) -> int:
        offset = units
        for seen, at in enumerate(self._astral):
            if at + seen >= units:
                break
            offset = units - seen - 1
        return max(0, offset)


class Source:
    """A document at one moment, with its ways between positions of the protocol (UTF-16) and the compiler's units."""

    def __init__(self, uri: str, text: str) -> None:
        self.uri = uri
        self.text = text
        self._units = Utf16(text)
        self._lines = LineIndex(text)

    def offset(self, position: Mapping[str, int]) -> int:
        """In units of the compiler; positions beyond a line's end are its end."""
        return self._units.units(offset_at(self._lines, position["line"], position["character"], "utf-16"))

    def units(self, points: int) -> int:
        """The way back of `points`."""
        return self._units.units(points)

    def points(self, units: int) -> int:
        """Code points of an offset in units of the compiler."""
        return self._units.points(units)

    def range(self, start: int, end: int) -> dict[str, Any]:
        """A range of the protocol, for a span in units of the compiler."""
        first = min(self._units.points(start), len(self.text))
        last = min(max(self._units.points(end), first), len(self.text))
        return range_of(self._lines, Span(first, last), "utf-16")


def scala_list(items: Iterable[Any]) -> Any:
    made = getattr(jpype.JClass("scala.collection.immutable.Nil$"), "MODULE$")
    cons = jpype.JClass("scala.collection.immutable.$colon$colon")
    for item in reversed(list(items)):
        made = cons(item, made)
    return made


def java_list(items: Iterable[Any]) -> Any:
    made = jpype.JClass("java.util.ArrayList")()
    for item in items:
        made.add(item)
    return made


def iterate(iterable: Any) -> Iterable[Any]:
    """The items of a Scala or Java collection."""
    iterator = iterable.iterator()
    while iterator.hasNext():
        yield iterator.next()


class Json:
    """LSP4J's objects as the protocol has them."""

    def __init__(self) -> None:
        handler = jpype.JClass("org.eclipse.lsp4j.jsonrpc.json.MessageJsonHandler")
        self._gson = handler(jpype.JClass("java.util.HashMap")()).getGson()

    def of(self, value: Any) -> Any:
        return json.loads(str(self._gson.toJson(value)))


FULL = 0.4  # of the old generation


class Memory:
    """Of the JVM, as its last full collection left it; `java.options` choose the collector."""

    def __init__(self) -> None:
        beans = jpype.JClass("java.lang.management.ManagementFactory").getMemoryPoolMXBeans()
        self._old = next(bean for bean in beans if str(bean.getName()) == "Tenured Gen")

    @property
    def full(self) -> bool:
        usage = self._old.getCollectionUsage()
        return int(usage.getUsed()) > FULL * int(usage.getMax())


def function(call: Callable[[Any], Any]) -> Any:
    """A Python callable as a `scala.Function1`."""

    @jpype.JImplements("scala.Function1")
    class Function:
        @jpype.JOverride
        def apply(self, argument: Any) -> Any:
            return call(argument)

    return Function()


def supplier(call: Callable[[], None]) -> Any:
    """A Python callable as a `scala.Function0` that gives nothing."""

    @jpype.JImplements("scala.Function0")
    class Supplier:
        @jpype.JOverride
        def apply(self) -> Any:
            call()

    return Supplier()
