"""`pandas.json_normalize`: frames of nested objects that the code, or a JSON document, spells out.

By pandas' source: the fields of an object that are no objects come first, then those of the objects in it, under their
paths; records follow a path of keys, and what stands around them (`meta`) comes behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from polycell.core.types import UNKNOWN, Collection, Column, Record, Table, Type
from polycell.languages.python.frames.columns import unknown_table, with_columns
from polycell.languages.python.frames.pandas_make import literal_frame
from polycell.languages.python.frames.registry import Call, function
from polycell.languages.python.syntax.values import items_of


@function("pandas.json_normalize", "data record_path meta meta_prefix record_prefix errors sep max_level",
          gives=unknown_table("pandas"))  # fmt: skip
def json_normalize(call: Call) -> Type:
    data, separator, deepest = call["data"], call.value("sep", "."), call.value("max_level")
    path, meta = _keys(call, "record_path"), _metas(call)
    rows = _objects(data.type) if data is not None else None
    told = isinstance(separator, str) and (deepest is None or type(deepest) is int)
    if data is None or rows is None or path is None or meta is None or not told:
        return unknown_table("pandas")
    for key in path:
        rows = _below(rows, key)
        if rows is None:
            return unknown_table("pandas")
    flat = [_flattened(row, separator, deepest) for row in rows]
    if any(row is None for row in flat):
        return unknown_table("pandas")
    listed = Collection("list", items=tuple(row for row in flat if row is not None))
    made = literal_frame(call.run, listed, data.node, "pandas")
    columns = list(made.columns)
    if path and (prefix := call.value("record_prefix")) is not None:
        if not isinstance(prefix, str):
            return unknown_table("pandas")
        columns = [c.named(prefix + c.name, call.run.place(data.node, c.name)) for c in columns]
    before = call.value("meta_prefix") or ""
    names = [f"{before}{separator.join(keys)}" for keys in meta]
    if not isinstance(before, str) or (meta and not path) or {c.name for c in columns} & set(names):
        return unknown_table("pandas")
    added = (Column(n, origin=call.place("meta", keys[-1])) for n, keys in zip(names, meta, strict=True))
    return with_columns(Table(open=made.open, flavour="pandas"), (*columns, *added))


def _keys(call: Call, name: str) -> list[str] | None:
    """A key, or a path of keys; None where it is not known."""
    return [] if call.value(name) is None else call.texts(name)


def _metas(call: Call) -> list[list[str]] | None:
    given = call.value("meta")
    if given is None:
        return []
    listed = given if isinstance(given, list) else [given]
    paths = [path if isinstance(path, list) else [path] for path in listed]
    return paths if all(path and all(isinstance(key, str) for key in path) for path in paths) else None


def _objects(type_: Type) -> list[Record] | None:
    """One object, or a list of them, all of which are known whole."""
    found = [type_] if isinstance(type_, Record) else items_of(type_) if isinstance(type_, Collection) else None
    whole = found is not None and all(isinstance(r, Record) and r.name == "dict" and not r.open for r in found)
    return [r for r in found or () if isinstance(r, Record)] if whole else None


def _below(rows: Sequence[Record], key: str) -> list[Record] | None:
    found: list[Record] = []
    for row in rows:
        inner = _objects(dict(row.fields).get(key, UNKNOWN))
        if inner is None:
            return None
        found += inner
    return found


def _flattened(row: Record, separator: str, deepest: int | None) -> Record | None:
    """None where an object in it is not known whole."""
    plain = [(name, field) for name, field in row.fields if not _nested(field, 0, deepest)]
    inner: list[tuple[str, Type]] = []
    for name, field in row.fields:
        if _nested(field, 0, deepest):
            found = list(_paths(name, field, separator, 1, deepest))
            if None in found:
                return None
            inner += [pair for pair in found if pair is not None]
    return Record(tuple(dict([*plain, *inner]).items()), "dict")


def _nested(field: Type, level: int, deepest: int | None) -> bool:
    return isinstance(field, Record) and (deepest is None or level < deepest)


def _paths(
    path: str, field: Type, separator: str, level: int, deepest: int | None
) -> Iterator[tuple[str, Type] | None]:
    if not isinstance(field, Record) or field.open or field.name != "dict":
        yield None
        return
    for name, held in field.fields:
        if _nested(held, level, deepest):
            yield from _paths(f"{path}{separator}{name}", held, separator, level + 1, deepest)
        else:
            yield f"{path}{separator}{name}", held
