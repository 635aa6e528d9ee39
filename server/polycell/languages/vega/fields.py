"""Which fields a place of a specification can name: its data, carried down views and through transforms."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from msgspec import Struct

from polycell.core.types import Anchor, Table
from polycell.core.values import replace
from polycell.languages.vega import vega_scopes
from polycell.languages.vega.data import OPEN, UNKNOWN_SOURCE, Outside, Source, named, plain, source
from polycell.languages.vega.places import last_key
from polycell.languages.vega.tree import Node, Path, walk
from polycell.tables.charts.transforms import apply, placed

VIEWS = ("layer", "concat", "hconcat", "vconcat")


class View(Struct, frozen=True):
    """One view of a specification: its node, the path to it, and its data behind all its transforms."""

    node: Node
    path: Path
    source: Source


def start(outside: Outside) -> Source:
    """The data that a specification has without saying so: what the magic's line names."""
    if "" in outside.given:
        return named("", outside)
    return UNKNOWN_SOURCE


def scope(path: Path, outside: Outside) -> Source:
    """The data as fields at `path` may name them: behind the transforms above it, and those before it in its list."""
    if outside.vega:
        return vega_scopes.scope(path, outside)
    node, at = outside.root, 0
    found = start(outside)
    while node is not None and node.kind == "object":
        found = _own_data(node, outside, found, top=at == 0)
        rest = path[at:]
        transforms = node.get("transform")
        if transforms is not None and transforms.kind == "array":
            inside = rest[1] if len(rest) > 1 and rest[0] == "transform" else None
            limit = inside if isinstance(inside, int) else len(transforms.items)
            found = _transformed(found, transforms.items[:limit], outside)
            if isinstance(inside, int):
                return _in_transform(found, transforms, rest, outside)
        if len(rest) > 1 and rest[0] in VIEWS and isinstance(rest[1], int):
            views = node.get(str(rest[0]))
            node = views.items[rest[1]] if views is not None and rest[1] < len(views.items) else None
            at += 2
        elif rest[:1] == ("spec",):
            node, at = node.get("spec"), at + 1
        else:
            break
    return found


def _own_data(node: Node, outside: Outside, inherited: Source, *, top: bool) -> Source:
    if top and "" in outside.given:
        return inherited  # `%%vegalite df` replaces what the text says
    data = node.get("data")
    if data is None:
        return inherited if node.member("data") is None else UNKNOWN_SOURCE
    if data.kind == "word":
        return UNKNOWN_SOURCE
    return source(data, outside)


def _transformed(found: Source, transforms: list[Node], outside: Outside) -> Source:
    table = found.table
    for transform in transforms:
        after = apply(table, plain(transform), lambda transform=transform: _foreign(transform, outside))  # type: ignore[misc]
        table = placed(table, after, partial(_place, transform, outside))
    return replace(found, table=table) if transforms else found


def _place(transform: Node, outside: Outside, name: str) -> Anchor | None:
    """Where a transform gives a field its name: one of its `as`."""
    for path, node in walk(transform):
        if node.kind == "string" and node.value == name and last_key(path) == "as":
            return outside.anchor(node)
    return None


def _foreign(lookup: Node, outside: Outside) -> Table:
    origin = lookup.get("from")
    data = origin.get("data") if origin is not None else None
    return source(data, outside).table if data is not None else OPEN


def _in_transform(found: Source, transforms: Node, rest: Path, outside: Outside) -> Source:
    """Inside a lookup's `from`, fields are those of the other table."""
    index = rest[1]
    if len(rest) > 3 and rest[2] == "from" and isinstance(index, int) and index < len(transforms.items):
        origin = transforms.items[index].get("from")
        data = origin.get("data") if origin is not None else None
        if data is not None:
            return source(data, outside)
        if origin is not None and origin.get("param") is not None:
            return replace(found, table=replace(found.table, open=True))
        return UNKNOWN_SOURCE
    return found


def views(outside: Outside) -> Iterator[View]:
    """Every view of a specification, outer ones first."""
    if outside.root is None or outside.root.kind != "object":
        return
    stack: list[tuple[Node, Path, Source]] = [(outside.root, (), start(outside))]
    while stack:
        node, path, inherited = stack.pop()
        found = _own_data(node, outside, inherited, top=not path)
        transforms = node.get("transform")
        if transforms is not None:
            items = transforms.items if transforms.kind == "array" else []
            found = _transformed(found, items, outside)
            if transforms.kind != "array":
                found = replace(found, table=replace(found.table, open=True))
        yield View(node, path, found)
        spec = node.get("spec")
        if spec is not None and spec.kind == "object":
            stack.append((spec, (*path, "spec"), found))
        for key in VIEWS:
            children = node.get(key)
            if children is not None and children.kind == "array":
                stack += [
                    (child, (*path, key, at), found)
                    for at, child in reversed(list(enumerate(children.items)))
                    if child.kind == "object"
                ]
