"""What is named at a place of a specification: a field, a data set, a value of the schema."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.languages.vega.schema import Leaf
from polycell.languages.vega.tree import Node, Path

_DATUM = pattern(r"""\bdatum\s*(?:\.\s*([^\W\d]?\w*)|\[\s*(?P<q>\\?['"])((?:(?!(?P=q)).)*))\Z""", re.DOTALL)
_DATUM_FIELD = pattern(r"""\bdatum\s*(?:\.\s*([^\W\d]\w*)|\[\s*(?P<q>\\?['"])((?:(?!(?P=q)).)*)(?P=q)\s*\])""")
_NO_FIELDS = frozenset({"as", "labelExpr"})


def last_key(path: Path) -> str:
    """The key that a value stands under, array indices looked through."""
    for step in reversed(path):
        if isinstance(step, str):
            return step
    return ""


def names_field(path: Path, leaves: Iterable[Leaf]) -> bool:
    """Whether the string at `path` is the name of a field that must be there already."""
    key = last_key(path)
    if key in _NO_FIELDS:
        return False
    if key == "lookup" or (key == "repeat" and isinstance(path[-1:], tuple) and _is_repeat(path)):
        return True
    return any("FieldName" in leaf.names for leaf in leaves)


def _is_repeat(path: Path) -> bool:
    """`repeat: [field, …]` of a view; `{"repeat": "row"}` inside an encoding names a repeater instead."""
    return isinstance(path[-1], int) and "encoding" not in path


def is_repeated_field(path: Path) -> bool:
    """An item of `repeat: […]` or of `repeat: {"row": […]}`."""
    if "encoding" in path or not path or not isinstance(path[-1], int):
        return False
    keys = [step for step in path if isinstance(step, str)]
    return keys[-1:] == ["repeat"] or (
        len(keys) > 1 and keys[-2] == "repeat" and keys[-1] in ("row", "column", "layer")
    )


def names_data(path: Path) -> bool:
    return path[-2:] == ("data", "name")


class DatumField(Struct, frozen=True):
    """A field in an expression, `datum.name` or `datum['name']`; `span` is its name's."""

    name: str
    span: Span
    quoted: bool = False


def datum_before(text: str, start: int, offset: int) -> DatumField | None:
    """The field of `datum` that is being written between `start` (the string's first character) and `offset`."""
    found = _DATUM.search(text[max(start, offset - 300) : offset])
    if found is None:
        return None
    quoted = found[3] is not None
    name = found[3] if quoted else found[1] or ""
    return DatumField(name, Span(offset - len(name), offset), quoted)


def datum_fields(text: str, start: int) -> list[DatumField]:
    """Every field of `datum` in an expression whose text begins at `start`."""
    made = []
    for found in _DATUM_FIELD.finditer(text):
        group = 1 if found[1] is not None else 3
        made.append(DatumField(found[group], Span(start + found.start(group), start + found.end(group)), group == 3))
    return made


def raw(node: Node, text: str) -> tuple[str, int]:
    """A string's text as written, without its marks, and where that begins."""
    left = len(node.quote)
    return text[node.start + left : node.end - (left if node.closed else 0)], node.start + left


def inside(node: Node) -> Span:
    """A string's text without its marks."""
    left = len(node.quote)
    return Span(node.start + left, node.end - (left if node.closed else 0))
