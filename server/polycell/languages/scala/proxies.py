"""Scala's collections as another language holds them: objects of the JVM, of which every member is a method that is
called, as Java has it. They are no lists and dictionaries: `len(xs)` and `xs[0]` fail, `xs.length()` and `xs.apply(0)`
do not.

Source: what Polynote's Python interpreter was seen to hand over, and Scala's own library, whose members of one name
and many parameter lists are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from polycell.core.types import BOOL, INT64, STRING, UNKNOWN, Function, Record, Scalar, Type, describe

SEQUENCES = frozenset(
    {
        *("Seq", "List", "Vector", "IndexedSeq", "LinearSeq", "Iterable", "Traversable", "Stream", "LazyList"),
        *("ArrayBuffer", "ListBuffer", "Buffer", "Queue", "Iterator", "Range", "ArraySeq", "WrappedArray"),
    }
)
SETS = frozenset({"Set", "SortedSet", "TreeSet", "HashSet"})
MAPS = frozenset({"Map", "SortedMap", "TreeMap", "HashMap", "ListMap"})
_WITHOUT_INDEX = frozenset({"Iterable", "Traversable", "Iterator"})

Members = tuple[tuple[str, Type], ...]
_INT, _BOOL, _STRING = Scalar(INT64), Scalar(BOOL), Scalar(STRING)


def proxy_members(name: str, arguments: Sequence[Type]) -> Members | None:
    """What another language may call on a collection, an option or a tuple of Scala's, by its unqualified name; None
    for what is none of them."""
    if re.fullmatch(r"Tuple\d+", name):
        return tuple((f"_{number}", calling(type_)) for number, type_ in enumerate(arguments, 1))
    first = arguments[0] if arguments else Scalar(INT64) if name == "Range" else UNKNOWN
    if name == "Iterator":
        return ("hasNext", calling(_BOOL)), ("next", calling(first))
    if name in ("Option", "Some"):
        return ("get", calling(first)), ("isDefined", calling(_BOOL)), ("isEmpty", calling(_BOOL))
    if name in SEQUENCES or name in SETS:
        return tuple(_of_elements(first, indexed=name in SEQUENCES - _WITHOUT_INDEX, sets=name in SETS))
    if name in MAPS and len(arguments) == 2:
        return tuple(_of_entries(*arguments))
    return None


def calling(type_: Type, parameters: str = "") -> Function:
    """A method that gives a value of this type; a field is one without parameters."""
    gives = describe(type_)
    return Function(f"({parameters}) -> {gives}" if gives else f"({parameters})", type_, changes=())


def _of_elements(element: Type, *, indexed: bool, sets: bool) -> Iterator[tuple[str, Type]]:
    if indexed:
        yield "apply", calling(element, "n: int")
        yield "length", calling(_INT)
        yield "indexOf", calling(_INT, "elem")
    if indexed or sets:
        yield "contains", calling(_BOOL, "elem")
    yield from _of_all()
    yield "head", calling(element)
    yield "last", calling(element)


def _of_entries(key: Type, value: Type) -> Iterator[tuple[str, Type]]:
    asked = f"key: {describe(key)}" if describe(key) else "key"
    yield "apply", calling(value, asked)
    members = proxy_members("Option", (value,))
    yield "get", calling(Record(members or (), f"Option[{describe(value)}]", open=True), asked)
    yield "contains", calling(_BOOL, asked)
    yield from _of_all()


def _of_all() -> Iterator[tuple[str, Type]]:
    yield "size", calling(_INT)
    yield "isEmpty", calling(_BOOL)
    yield "nonEmpty", calling(_BOOL)
    yield "mkString", calling(_STRING, "sep: str")
