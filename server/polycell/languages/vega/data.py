"""From a `data` object to the table behind it: frames of cells above, files, inline values, Polynote's streams.

A table is open wherever its columns cannot all be known; an open table never proves a mistake.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from msgspec import Struct

from polycell.core.environment import Binding, View
from polycell.core.patterns import pattern
from polycell.core.types import (
    FLOAT64,
    INT64,
    STRING,
    TIMESTAMP,
    Anchor,
    Certainty,
    Collection,
    Column,
    DataType,
    Evidence,
    Record,
    Scalar,
    Series,
    Table,
    Type,
)
from polycell.core.values import replace
from polycell.languages.vega.reader import read
from polycell.languages.vega.tree import Node, walk
from polycell.tables.charts.transforms import OPAQUE
from polycell.tables.files import FileRequest
from polycell.tables.infer import table_of_records, type_of_texts

OPEN = Table(open=True)
ROWS = 1000  # rows of inline data that are looked at

ROW_METHODS = frozenset({"to_dict", "to_dicts"})  # a frame's rows as Python has them
_HEAD = pattern(r"\s*([^\W\d][\w$]*)")
_CALL = pattern(r"\s*\.\s*([^\W\d][\w$]*)\s*\(")
_PARSED: Mapping[str, DataType] = {"number": FLOAT64, "boolean": DataType("bool"), "string": STRING}
_QUARTILES = DataType(
    "struct", children=tuple((name, FLOAT64) for name in ("min", "q1", "median", "q3", "max", "mean"))
)


@dataclass(frozen=True, slots=True)
class Outside:
    """What a specification can refer to: the cell's view, the notebook's folder, the whole specification's root, and
    the data that the cell's magic gives (`%%vegalite df`, `%%vega name:df`)."""

    view: View
    folder: str = ""
    root: Node | None = None
    given: Mapping[str, str] = field(default_factory=dict)
    anchor: Callable[[Node], Anchor | None] = lambda node: None  # the place of a text in the specification
    vega: bool = False  # whether it is for Vega itself
    known: dict[tuple[int, int | None], Source] = field(default_factory=dict, compare=False)  # while it is read


class Source(Struct, frozen=True):
    """The table of a data reference; `name` is how the specification calls it, `binding` the value of a cell above."""

    table: Table = OPEN
    name: str = ""
    binding: Binding | None = None


UNKNOWN_SOURCE = Source()


def source(data: Node, outside: Outside) -> Source:
    """What a `data` object (or, in Vega, one of the list) refers to; total."""
    if data.kind == "expression":
        return _of_expression(str(data.value), outside)
    if data.kind != "object":
        return UNKNOWN_SOURCE
    values, name = data.get("values"), data.text("name")
    if values is not None:
        found = _of_values(values, data, outside)
        return replace(found, name=found.name or name or "")
    url = data.get("url")
    if url is not None:
        return _of_url(url, data, outside)
    sequence = data.get("sequence")
    if sequence is not None:
        column = sequence.text("as") or "data"
        return Source(Table((Column(column, FLOAT64, False, Evidence.DECLARED, source="sequence"),)), "sequence")
    if name is not None and not any(data.get(k) is not None for k in ("graticule", "sphere", "source")):
        return named(name, outside, data)
    return UNKNOWN_SOURCE


def named(name: str, outside: Outside, asking: Node | None = None) -> Source:
    """What a data name refers to: a data set of the specification, what the magic gave, or a value of a cell above."""
    root = outside.root
    sets = root.get("datasets") if root is not None else None
    if sets is not None and sets.kind == "object":
        found = sets.get(name)
        if found is not None:
            return replace(_of_values(found, None, outside), name=name)
    for defined in _defining(root, name):
        if defined is not asking:
            return source(defined, outside)
    variable = outside.given.get(name, name)
    binding = outside.view.lookup(variable)
    if binding is None:
        return Source(OPEN, variable)
    return Source(table_of(binding.type) or OPEN, variable, binding)


def _defining(root: Node | None, name: str) -> Iterator[Node]:
    """Data objects of the specification that have this name and say where the data come from."""
    if root is None:
        return
    for path, node in walk(root):
        is_data = path[-1:] == ("data",) or (len(path) == 2 and path[0] == "data")
        if is_data and node.text("name") == name and (node.get("values") or node.get("url")) is not None:
            yield node


def names_in(root: Node | None) -> Iterator[str]:
    """Names of data sets that the specification itself defines."""
    if root is None:
        return
    sets = root.get("datasets")
    if sets is not None:
        yield from (m.key for m in sets.members if m.key)
    for path, node in walk(root):
        if path and path[-1] == "data" and node.kind == "object" and len(node.members) > 1:
            name = node.text("name")
            if name:
                yield name


def table_of(type_: Type) -> Table | None:
    """A value as rows of a chart: a frame without its index, a sequence of records. None for what is neither."""
    if isinstance(type_, Table):
        return replace(type_, index=())
    if isinstance(type_, Series):
        return Table((type_.column,))
    if isinstance(type_, Collection) and isinstance(type_.element, Record):
        record = type_.element
        columns = tuple(
            Column(name, inner.type if isinstance(inner, Scalar) else None, source=record.name)
            for name, inner in record.fields
        )
        return Table(columns, open=record.open)
    return None


# -- files


def _of_url(url: Node, data: Node, outside: Outside) -> Source:
    if url.kind != "string":
        return UNKNOWN_SOURCE
    path = str(url.value)
    format_ = data.get("format")
    kind = (format_.text("type") if format_ is not None else None) or path.rpartition(".")[2].lower()
    if format_ is not None and any(format_.get(k) is not None for k in ("property", "feature", "mesh", "header")):
        return Source(OPEN, path)
    found: object = None
    if kind == "csv":
        found = outside.view.read(FileRequest(path, outside.folder, "arrow.csv"))
    elif kind == "tsv":
        found = outside.view.read(FileRequest.of(path, outside.folder, "arrow.csv", {"delimiter": "\t"}))
    elif kind == "json":
        found = outside.view.read(FileRequest.of(path, outside.folder, "polars.json", {"infer_schema_length": None}))
    table = found if isinstance(found, Table) else OPEN
    if kind == "json":  # a text may be a date, which no more than `parse` tells
        table = replace(table, columns=tuple(replace(c, type=None) if c.type == STRING else c for c in table.columns))
    return Source(_with_parsed(table, format_), path)


def _with_parsed(table: Table, format_: Node | None) -> Table:
    """Types that `format.parse` gives; `"parse": null` leaves everything a text."""
    parse = format_.get("parse") if format_ is not None else None
    if parse is None:
        return table
    if parse.kind == "word":
        return replace(table, columns=tuple(replace(c, type=None) for c in table.columns))
    given = {m.key: m.value.value for m in parse.members if m.value.kind == "string"}
    columns = tuple(
        replace(c, type=_PARSED.get(given[c.name], TIMESTAMP if given[c.name].startswith(("date", "utc")) else None))
        if c.name in given
        else c
        for c in table.columns
    )
    return replace(table, columns=columns)


# -- inline values


def _of_values(values: Node, data: Node | None, outside: Outside) -> Source:
    format_ = data.get("format") if data is not None else None
    if values.kind == "expression":
        return _of_expression(str(values.value), outside)
    if format_ is not None and any(format_.get(k) is not None for k in ("property", "feature", "mesh")):
        return UNKNOWN_SOURCE
    if values.kind == "string":
        kind = format_.text("type") if format_ is not None else None
        return Source(_with_parsed(_of_text(str(values.value), kind or ""), format_), "values")
    if values.kind in ("array", "data"):
        return Source(_with_parsed(_of_rows(values), format_), "values")
    return UNKNOWN_SOURCE


def _of_text(text: str, kind: str) -> Table:
    if kind == "json" or text.lstrip()[:1] == "[":
        try:
            return _inferred(json.loads(text))
        except (ValueError, RecursionError):
            return OPEN
    separator = {"csv": ",", "tsv": "\t"}.get(kind)
    lines = text.strip("\n").split("\n")
    if separator is None or '"' in text or len(lines) < 2:
        return OPEN
    rows = [line.rstrip("\r").split(separator) for line in lines[: ROWS + 1]]
    columns = []
    for at, name in enumerate(rows[0]):
        texts = [row[at] for row in rows[1:] if at < len(row)]
        columns.append(Column(name, type_of_texts(texts, dates=True), None, Evidence.DECLARED, source="values"))
    return Table(tuple(columns))


@lru_cache(maxsize=32)
def _of_rows(values: Node) -> Table:
    if values.kind == "data":
        return _inferred(values.value)
    if any(i.kind == "expression" or any(not m.key for m in i.members) for i in values.items):
        return OPEN
    return _inferred([plain(item) for item in values.items[:ROWS]], len(values.items) > ROWS)


def _inferred(rows: Any, more: bool = False) -> Table:
    """Columns of a list of rows as JSON gives them; the rows of a list of scalars have one column, `data`."""
    if not isinstance(rows, list) or not rows:
        return OPEN
    if not any(isinstance(row, Mapping) for row in rows):
        rows = [{"data": row} for row in rows if not isinstance(row, list)]
    if not rows:
        return OPEN
    table = table_of_records(rows[:ROWS], evidence=Evidence.DECLARED, source="values", limit=ROWS)
    columns = []
    for column in table.columns:
        if column.type is STRING:
            texts = [row[column.name] for row in rows[:ROWS] if isinstance(row, Mapping) and column.name in row]
            found = type_of_texts([t for t in texts if isinstance(t, str)], dates=True)
            # Numbers and dates in quotes: a chart takes them for what they look like.
            column = replace(
                column, type=found or STRING, type_certainty=Certainty.LIKELY if found != STRING else Certainty.CERTAIN
            )
        columns.append(column)
    return replace(table, columns=tuple(columns), open=table.open or more or len(rows) > ROWS)


def plain(node: Node) -> Any:
    """The node as Python data: without what is still missing, `OPAQUE` for what only a run can tell."""
    if node.kind == "object":
        return {m.key: plain(m.value) for m in node.members if m.key and m.value.kind != "missing"}
    if node.kind == "array":
        return [plain(item) for item in node.items if item.kind != "missing"]
    return OPAQUE if node.kind == "expression" else node.value


# -- expressions: a name of a cell above, and what Polynote's streams do with it


def head_name(expression: str) -> str:
    """The name that an expression starts with, "" when it starts with none: `df` of `df.select("a")`."""
    found = _HEAD.match(expression)
    return found[1] if found else ""


def _of_expression(text: str, outside: Outside) -> Source:
    name = head_name(text)
    binding = outside.view.lookup(name) if name else None
    if binding is None:
        return Source(OPEN, name)
    table, calls = table_of(binding.type), stream_calls(text)
    if table is None or calls is None:
        return Source(OPEN, name, binding)
    for method, arguments in calls:
        table = _called(table, method, arguments)
    return Source(table, name, binding)


def stream_calls(text: str) -> list[tuple[str, list[Any]]] | None:
    """The calls behind an expression's name, `.aggregate(…).select(…)` as Polynote's table streams have them, with
    their arguments as plain data; None for anything else, and while it is being written."""
    name = head_name(text)
    rest = text[text.index(name) + len(name) :] if name else text
    made: list[tuple[str, list[Any]]] = []
    at = 0
    while rest[at:].strip():
        found = _CALL.match(rest, at)
        end = _closing(rest, found.end()) if found is not None else len(rest)
        if found is None or end >= len(rest):
            return None
        tree = read(f"[{rest[found.end() : end]}]", 0, "javascript")
        arguments = plain(tree.root) if tree.root is not None else []
        made.append((found[1], arguments if isinstance(arguments, list) else []))
        at = end + 1
    return made


def _closing(text: str, at: int) -> int:
    """The offset of the parenthesis that closes the one before `at`; the text's end when there is none."""
    depth, quote = 1, ""
    for index in range(at, len(text)):
        char = text[index]
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'`":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
            if not depth:
                return index
    return len(text)


def _called(table: Table, method: str, arguments: list[Any]) -> Table:
    if method in ("useUnsafeLongs", "sample", "sampleN", "limit"):
        return table
    if method in ROW_METHODS:
        return table if arguments in ([], ["records"]) else OPEN
    if method == "select":
        names = [n for n in arguments if isinstance(n, str)]
        return replace(table, columns=_picked(table, names), open=len(names) != len(arguments))
    if method == "bin":
        return table
    if method == "histogram":
        kinds = (("start", FLOAT64), ("end", FLOAT64), ("count", INT64))
        return Table(tuple(Column(name, kind, source="histogram") for name, kind in kinds))
    if method == "aggregate" and len(arguments) == 2:
        return _aggregated(table, *arguments)
    return OPEN


def _picked(table: Table, names: list[str]) -> tuple[Column, ...]:
    return tuple(table.column(name) or Column(name) for name in names)


def _aggregated(table: Table, groups: Any, aggregations: Any) -> Table:
    """Polynote names aggregated fields `mean(price)`; quartiles are a struct."""
    pairs = aggregations if isinstance(aggregations, list) else [aggregations]
    if not isinstance(groups, list) or not all(isinstance(g, str) for g in groups):
        return OPEN
    columns = list(_picked(table, groups))
    for pair in pairs:
        if not isinstance(pair, Mapping):
            return OPEN
        for name, operation in pair.items():
            if not isinstance(operation, str):
                return OPEN
            kind = _QUARTILES if operation == "quartiles" else INT64 if "count" in operation else FLOAT64
            columns.append(Column(f"{operation}({name})", kind, source=f"{operation}({name})"))
    return Table(tuple(columns))
