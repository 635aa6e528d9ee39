"""Fields that a specification names: where one is read, and where a transform gives one its name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polycell.core.environment import fold
from polycell.core.results import Mention
from polycell.core.text import Span
from polycell.core.types import Anchor, Column
from polycell.core.values import replace
from polycell.languages.vega.fields import scope
from polycell.languages.vega.places import datum_fields, inside, last_key, raw
from polycell.languages.vega.reading import Reading
from polycell.languages.vega.tree import Node, Path, walk
from polycell.tables.charts.names import column_of


def mention_at(reading: Reading, offset: int) -> Mention | None:
    for path, node in walk(reading.tree.root) if reading.tree.root is not None else ():
        if node.kind == "string" and node.span.touches(offset):
            return next((m for m in of_text(reading, path, node) if m.span.touches(offset)), None)
    return None


def mentions(reading: Reading, name: str) -> Iterator[Mention]:
    """Every text that names a field called `name` or may do so; a cell that is broken is not known."""
    text, root = reading.tree.text, reading.tree.root
    if name not in text:
        return
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    if root is None or reading.tree.mistakes:
        for found in word.finditer(text, reading.start):
            yield Mention(Span(*found.span()), name, refusal="the specification cannot be read")
        return
    for path, node in walk(root):
        if node.kind == "expression":
            for found in word.finditer(text, node.start, node.end):
                yield Mention(Span(*found.span()), name, refusal="it is code that only a run can read")
        elif node.kind == "data" and word.search(text, node.start, node.end):
            yield Mention(node.span, name, refusal="it may be a field of those values")
        elif node.kind == "string" and name in str(node.value):
            for mention in of_text(reading, path, node):
                if fold(mention.name) == fold(name) or mention.column is not None:
                    yield mention
        if node.kind == "object":
            yield from _implied(text, node, name)


def _implied(text: str, node: Node, name: str) -> Iterator[Mention]:
    """An operation without `as` makes a name out of the field's: `sum_price`."""
    field, operation = node.get("field"), node.text("op")
    if field is not None and field.value == name and operation and node.get("as") is None:
        made = f"{operation}_{name}"
        if re.search(rf"(?<!\w){re.escape(made)}(?!\w)", text):
            yield Mention(inside(field), name, refusal=f"the name `{made}` is made out of it")


def of_text(reading: Reading, path: Path, node: Node) -> Iterator[Mention]:
    """The fields that a text of the specification names: itself, or `datum.x` inside of it."""
    root = reading.tree.root
    text, start = raw(node, reading.tree.text)
    fields = datum_fields(text, start)
    for field in fields:
        home = scope(path, reading.outside)
        yield from _named(field.span, field.name, home.table.column(field.name), reading, path)
    if fields or root is None:
        return
    name, span = str(node.value), inside(node)
    if last_key(path) == "as" and "transform" in path:
        behind = (*path[: path.index("transform") + 1], _step(path) + 1)
        column = scope(behind, reading.outside).table.column(name)
        yield from _named(span, name, column, reading, behind, write=True)
    elif reading.outside.vega and reading.names_field(path) and scope(path, reading.outside).table.open:
        yield Mention(span, name, refusal="the fields of the data are not all known")
    elif reading.names_field(path):
        column = column_of(scope(path, reading.outside).table, name)
        if (column is not None and column.name != name) or text != name:
            yield Mention(span, name, refusal="it reaches into a field")
        else:
            yield from _named(span, name, column, reading, path)


def _step(path: Path) -> int:
    """The index of the transform that a path leads into."""
    step = path[path.index("transform") + 1] if path[-1] != "transform" else 0
    return step if isinstance(step, int) else 0


def _named(
    span: Span, name: str, column: Column | None, reading: Reading, path: Path, *, write: bool = False
) -> Iterator[Mention]:
    table = scope(path, reading.outside).table
    if column is not None:
        if table.open and column.origins and _given_here(reading).issuperset(column.origins):
            # A field that the specification itself makes is this one, whatever else the data have.
            table = replace(table, columns=(*table.columns, *_named_here(reading)), open=False)
        yield Mention(span, column.name, column, (table,), write)
    elif table.open:
        yield Mention(span, name, refusal="the fields of the data are not all known")


def _given_here(reading: Reading) -> frozenset[Anchor]:
    """The places where transforms of the specification give fields their names."""
    root = reading.tree.root
    nodes = [n for path, n in walk(root) if last_key(path) == "as" and "transform" in path] if root is not None else []
    places = (reading.outside.anchor(node) for node in nodes if node.kind == "string")
    return frozenset(place for place in places if place is not None)


def _named_here(reading: Reading) -> list[Column]:
    """What the specification takes for fields, known or not."""
    found = []
    for path, node in walk(reading.tree.root) if reading.tree.root is not None else ():
        if node.kind == "string":
            text, start = raw(node, reading.tree.text)
            found += [Column(field.name) for field in datum_fields(text, start)]
            found += [Column(str(node.value))] if reading.names_field(path) else []
    return found


def inputs(reading: Reading, span: Span) -> Iterator[Mention]:
    """The fields of the transform that gives a field its name at `span`."""
    root = reading.tree.root
    for path, node in walk(root) if root is not None else ():
        if node.kind == "string" and inside(node) == span and last_key(path) == "as" and "transform" in path:
            end = path.index("transform") + 2
            for other, found in walk(root) if root is not None else ():
                near = other[: len(path) - 1] == path[:-1] or (other[:end] == path[:end] and len(other) == end + 1)
                if found.kind == "string" and found is not node and near:
                    yield from (m for m in of_text(reading, other, found) if m.column is not None and not m.write)
            return
