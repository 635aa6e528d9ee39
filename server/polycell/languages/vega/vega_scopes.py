"""What a place of a Vega specification can name: its data sets, scales and signals, and the fields of its data.

Groups of marks nest, and names of outer groups hold in inner ones. Fields come from `from.data` of the mark, from the
data set that stands beside the name, or, inside a data set's own transforms, from what the transforms before it left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Literal

from msgspec import Struct

from polycell.core.types import Anchor, Table
from polycell.core.values import replace
from polycell.languages.vega.data import OPEN, UNKNOWN_SOURCE, Outside, Source, named, plain, source
from polycell.languages.vega.places import last_key
from polycell.languages.vega.schema import Leaf
from polycell.languages.vega.tree import Node, Path, walk
from polycell.tables.charts.transforms import placed
from polycell.tables.charts.vega_transforms import apply

Kind = Literal["data", "scale"]

# Keys of a group under which its own names hold.
_INSIDE = frozenset({"axes", "data", "layout", "legends", "marks", "projections", "scales", "signals", "title"})
# Signals that every specification has.
SIGNALS = ("width", "height", "padding", "autosize", "background")
_LEGENDS = frozenset({"fill", "stroke", "size", "shape", "opacity", "strokeWidth", "strokeDash"})
_DEEPEST = 40  # data sets that are made one of another
_FIELD_KEYS = frozenset({"field", "fields", "groupby"})
_NO_FIELDS = frozenset({"as", "expr", "group", "parent", "scale", "signal"})
# Where text is anything: rows, free data, a mark's own words.
_FREE = frozenset({"values", "value", "usermeta", "config", "bind", "format"})


class Group(Struct, frozen=True):
    """A group of marks (the specification itself is the outermost) and the path to it."""

    node: Node
    path: Path


def groups(path: Path, root: Node) -> list[Group]:
    """The groups around a place, the outermost first."""
    found = [Group(root, ())]
    at = 0
    while len(path) > at + 1 and path[at] == "marks" and isinstance(path[at + 1], int):
        mark = _item(found[-1].node, "marks", path[at + 1])
        at += 2
        # What a mark says of itself is outside of its group.
        if mark is None or not _INSIDE.issuperset(path[at : at + 1]) or len(path) == at:
            break
        found.append(Group(mark, path[:at]))
    return found


def _item(node: Node, key: str, index: str | int) -> Node | None:
    listed = node.get(key)
    if listed is None or listed.kind != "array" or not isinstance(index, int) or not index < len(listed.items):
        return None
    found = listed.items[index]
    return found if found.kind == "object" else None


def named_at(path: Path) -> Kind | None:
    """What kind of thing the text at a place names, going by where it stands; None for anything else."""
    if not path or _is_free(path):
        return None
    key = last_key(path)
    if key == "scale" and isinstance(path[-1], str):
        # A projection and some transforms have a number of that name.
        return "scale" if "transform" not in path and "projections" not in path else None
    if path[-2:-1] and isinstance(path[-2], int) and path[-3:-2] == ("legends",) and key in _LEGENDS:
        return "scale"
    if key == "data" and isinstance(path[-1], str):
        return "data" if "from" in path or "domain" in path or "range" in path or "facet" in path else None
    if key == "source" and "data" in path and "transform" not in path:
        return "data"
    return "data" if key == "from" and "transform" in path and isinstance(path[-1], str) else None


def names(kind: Kind | Literal["signal"], path: Path, root: Node) -> list[str]:
    """The names of that kind which hold at a place, inner ones first."""
    found: dict[str, None] = {}
    for group in reversed(groups(path, root)):
        listed = group.node.get({"data": "data", "scale": "scales", "signal": "signals"}[kind])
        for item in listed.items if listed is not None else ():
            name = item.text("name")
            if name:
                found[name] = None
        if kind == "data":
            facet = _facet(group.node)
            name = facet.text("name") if facet is not None else None
            marks = group.node.get("marks")
            for text in (name, *(mark.text("name") for mark in (marks.items if marks is not None else ()))):
                if text:
                    found[text] = None
    if kind == "signal":
        found |= dict.fromkeys(SIGNALS)
    return list(found)


def _facet(mark: Node) -> Node | None:
    origin = mark.get("from")
    found = origin.get("facet") if origin is not None else None
    return found if found is not None and found.kind == "object" else None


# -- fields


def scope(path: Path, outside: Outside) -> Source:
    """The data whose fields the place at `path` names."""
    root = outside.root
    if root is None or root.kind != "object":
        return UNKNOWN_SOURCE
    around = groups(path, root)
    inner = around[-1]
    rest = path[len(inner.path) :]
    if rest[:1] == ("data",) and len(rest) > 1 and isinstance(rest[1], int):
        return _in_data_set(rest, around, outside)
    beside = _beside(path, root)
    if beside is not None:
        found = data_set(beside, around, outside)
        # A domain is sorted by its own fields too.
        return replace(found, table=replace(found.table, open=True)) if "sort" in path else found
    if rest[:1] == ("marks",) and len(rest) > 2:
        mark = _item(inner.node, "marks", rest[1])
        return _of_mark(mark, rest[2:], around, outside) if mark is not None else UNKNOWN_SOURCE
    return UNKNOWN_SOURCE


def _beside(path: Path, root: Node) -> str | None:
    """The data set that the innermost object around a field names itself: `{"data": …, "field": …}`."""
    if "encode" in path or "from" in path:
        return None
    found: str | None = None
    node: Node | None = root
    for step in path:
        if node is None:
            break
        if node.kind == "object":
            found = node.text("data") or found
            node = node.get(str(step))
        else:
            node = node.items[step] if isinstance(step, int) and step < len(node.items) else None
    return found


def _of_mark(mark: Node, rest: Path, around: list[Group], outside: Outside) -> Source:
    facet, origin = _facet(mark), mark.get("from")
    if rest[:2] == ("from", "facet") and facet is not None:
        return data_set(facet.text("data") or "", around, outside)
    if rest[:1] not in (("encode",), ("key",)) or facet is not None:
        return UNKNOWN_SOURCE
    name = origin.text("data") if origin is not None else None
    return data_set(name, around, outside) if name is not None else UNKNOWN_SOURCE


def data_set(name: str, around: list[Group], outside: Outside, depth: int = 0) -> Source:
    """The data set that a name means inside of those groups."""
    for at in range(len(around) - 1, -1, -1):
        group = around[at].node
        listed = group.get("data")
        for entry in reversed(listed.items if listed is not None else []):
            if entry.text("name") == name:
                return _made(entry, None, around[: at + 1], outside, depth)
        facet = _facet(group)
        if facet is not None and facet.text("name") == name:
            inner = facet.text("data") or ""
            return data_set(inner, around[:at], outside, depth + 1) if depth < _DEEPEST else UNKNOWN_SOURCE
    return Source(OPEN, name)


def _made(entry: Node, limit: int | None, around: list[Group], outside: Outside, depth: int) -> Source:
    """A data set behind its first `limit` transforms, behind all for None."""
    key = (entry.start, limit)
    if key in outside.known:
        return outside.known[key]
    if depth > _DEEPEST:
        return UNKNOWN_SOURCE
    found = _raw(entry, around, outside, depth)
    transforms = entry.get("transform")
    items = transforms.items if transforms is not None and transforms.kind == "array" else []
    table = found.table
    for transform in items[:limit]:
        name = transform.text("from") or ""
        foreign = partial(_table_of, name, around, outside, depth + 1)
        table = placed(table, apply(table, plain(transform), foreign), partial(_place, transform, outside))
    made = outside.known[key] = replace(found, table=table, name=entry.text("name") or found.name)
    return made


def _table_of(name: str, around: list[Group], outside: Outside, depth: int) -> Table:
    return data_set(name, around, outside, depth).table


def _raw(entry: Node, around: list[Group], outside: Outside, depth: int) -> Source:
    origin = entry.get("source")
    if origin is not None:
        one = str(origin.value) if origin.kind == "string" else ""
        if one and one != entry.text("name"):
            return data_set(one, around, outside, depth + 1)
        return UNKNOWN_SOURCE
    if entry.get("values") is not None or entry.get("url") is not None:
        return source(entry, outside)
    # What a signal may put into it is not known; what the notebook gives it is.
    name = entry.text("name")
    found = named(name, outside, entry) if name and entry.get("on") is None else UNKNOWN_SOURCE
    return found if found.binding is not None else replace(found, table=OPEN)


def _place(transform: Node, outside: Outside, name: str) -> Anchor | None:
    for path, node in walk(transform):
        if node.kind == "string" and node.value == name and last_key(path) == "as":
            return outside.anchor(node)
    return None


def _in_data_set(rest: Path, around: list[Group], outside: Outside) -> Source:
    entry = _item(around[-1].node, "data", rest[1])
    if entry is None or rest[2:3] != ("transform",) or not isinstance(rest[3:4] and rest[3], int):
        return UNKNOWN_SOURCE
    index = int(rest[3])
    transform = _item(entry, "transform", index)
    if transform is not None and transform.text("type") == "lookup" and rest[4:5] in (("key",), ("values",)):
        return data_set(transform.text("from") or "", around, outside)
    return _made(entry, index, around, outside, 0)


def texts(root: Node) -> Iterator[tuple[Path, Node]]:
    """The texts of a specification that may name something: none of rows and free data."""
    for path, node in walk(root):
        if node.kind == "string" and not _is_free(path):
            yield path, node


def _is_free(path: Path) -> bool:
    """Whether text there is anything: a row's, a constant. Transforms have fields under the same keys."""
    return "transform" not in path and not _FREE.isdisjoint(path)


def names_field(path: Path, leaves: Iterable[Leaf]) -> bool:
    """Whether the text at a place is the name of a field of the data there."""
    key = last_key(path)
    if key in _FIELD_KEYS:
        return not _is_free(path)
    return key not in _NO_FIELDS and any("scaleField" in leaf.names for leaf in leaves)
