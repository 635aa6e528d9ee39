"""Completion in charts: keys, values, fields of the data, names of data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.results import NO_COMPLETIONS, Completion, CompletionKind, Completions
from polycell.core.text import Span
from polycell.core.types import Column, Table, describe
from polycell.core.values import replace
from polycell.languages.vega import vega_scopes
from polycell.languages.vega.cursor import Cursor, locate
from polycell.languages.vega.data import Source, names_in, table_of
from polycell.languages.vega.fields import scope
from polycell.languages.vega.places import (
    datum_before,
    last_key,
    names_data,
)
from polycell.languages.vega.reading import Reading
from polycell.languages.vega.schema import VENDORED, Leaf, Rule, allowed, at, child_rule, meant
from polycell.languages.vega.tree import Node, Path
from polycell.languages.vega.vega_names import in_expression, is_expression
from polycell.languages.vega.yaml_reader import is_block, read_block
from polycell.tables.charts.names import as_field, column_of, kind_of_type

_IDENTIFIER = pattern(r"[^\W\d]\w*\Z")
_NEXT = pattern(r"\s*")
_FIRST_KEYS = frozenset({
    "data", "mark", "encoding", "transform", "layer", "hconcat", "vconcat", "field", "type", "aggregate", "title", "x",
    "y", "color", "bin", "timeUnit", "as", "groupby", "op", "calculate", "filter", "name", "url", "values",
})  # fmt: skip
_COLOURS = frozenset({"color", "fill", "stroke", "background"})
_MANY = frozenset({"ColorName"})  # definitions whose values come after all others
_ENCODED = json.JSONEncoder(ensure_ascii=False).encode
DOCUMENTATION = 600  # characters of the schema's text that go with an item


def complete(reading: Reading, offset: int) -> Completions:
    reading = _with_blank_line(reading, offset)
    cursor = locate(reading.tree, offset)
    if cursor is None:
        return NO_COMPLETIONS
    items = _keys(reading, cursor) if cursor.role == "key" else _values(reading, cursor, offset)
    unique: dict[tuple[str, str], Completion] = {}
    for item in items:
        unique.setdefault((item.label, item.kind), item)
    return Completions(tuple(unique.values())) if unique else NO_COMPLETIONS


def _with_blank_line(reading: Reading, offset: int) -> Reading:
    """In block YAML only the indentation of a blank line tells where it belongs: read it as if a key were there."""
    text = reading.tree.text
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    after = text[offset : offset + 1]
    if reading.tree.dialect != "yaml" or line.strip(" \t-") or after.strip():
        return reading
    if not is_block(text, reading.start) and text[reading.start :].strip():
        return reading
    tree = read_block(f"{text[:offset]}_{text[offset:]}", reading.start)
    if tree.root is None:
        return reading
    return replace(reading, tree=tree, outside=replace(reading.outside, root=tree.root))


# -- keys


def _keys(reading: Reading, cursor: Cursor) -> Iterator[Completion]:
    schema, root = reading.schema, reading.tree.root
    if root is None:
        return
    own = cursor.member.key if cursor.member is not None else ""
    leaves = meant(schema, at(schema, root, cursor.path, ignored=own), cursor.container, own)
    leaves = [leaf for leaf in leaves if "object" in leaf.kinds]
    present = {m.key for m in cursor.container.members if m is not cursor.member}
    required = set(leaves[0].rule.get("required", ())) if leaves else set()
    for leaf in leaves[1:]:
        required &= set(leaf.rule.get("required", ()))
    write = _key_writer(reading, cursor)
    for leaf in leaves:
        for key, rule in leaf.rule.get("properties", {}).items():
            if key not in present:
                rank = 10 if key in required else 20 if key in _FIRST_KEYS else 40
                span, insert = write(key)
                documentation = short(str(rule.get("description", "")))
                yield Completion(key, "property", span, insert, form(reading, rule), documentation, rank, key)
    if "type" not in present and "type" in {k for leaf in leaves for k in leaf.rule.get("properties", {})}:
        yield from _typed_key(reading, cursor, write)


def _typed_key(reading: Reading, cursor: Cursor, write: KeyWriter) -> Iterator[Completion]:
    """`"type": "quantitative"` in one go, where the field's column tells the type."""
    if cursor.member is not None and cursor.member.colon >= 0:
        return
    kind = _proposed(reading, cursor.path, cursor.container)
    if kind:
        span, insert = write("type")
        mark = reading.quote
        yield Completion(
            f"type: {kind}", "property", span, f"{insert}{mark}{kind}{mark}", "from the column's type", "", 8, "type"
        )


class KeyWriter(Struct, frozen=True):
    """How a key is written at a cursor: what it replaces, and the marks and the colon that are not there yet."""

    span: Span
    before: str
    after: str

    def __call__(self, key: str) -> tuple[Span, str]:
        if not self.before and not self.after.startswith(('"', "'")) and self.after and not _IDENTIFIER.match(key):
            return self.span, f"{json.dumps(key)}{self.after}"
        return self.span, f"{self.before}{key}{self.after}"


def _key_writer(reading: Reading, cursor: Cursor) -> KeyWriter:
    word = cursor.word
    colon = "" if cursor.member is not None and cursor.member.colon >= 0 else ": "
    if cursor.quote:
        if not colon and cursor.closed:
            return KeyWriter(word, "", "")
        end = word.end + 1 if cursor.closed else word.end
        return KeyWriter(Span(word.start, end), "", cursor.quote + colon)
    if reading.bare_keys or reading.tree.dialect == "yaml":
        return KeyWriter(word, "", colon)
    mark = reading.quote
    return KeyWriter(word, mark, mark + colon)


# -- values


def _values(reading: Reading, cursor: Cursor, offset: int) -> Iterator[Completion]:
    root = reading.tree.root
    if root is None:
        return
    path, write = cursor.path, _ValueWriter.at(reading, cursor)
    in_string = bool(cursor.quote)
    if in_string:
        found = datum_before(reading.tree.text, cursor.word.start, offset)
        if found is not None and last_key(path) not in ("labelExpr", "description", "title"):
            yield from _datum(reading, path, found.span, quoted=found.quoted)
            return
        if reading.outside.vega and is_expression(path):
            yield from in_expression(reading.tree, path, cursor.word.start, offset)
            return
    if path == ("$schema",):
        for library, versions in VENDORED.items():
            for at_, major in enumerate(versions):
                url = f"https://vega.github.io/schema/{library}/v{major}.json"
                yield write.item(url, "value", rank=10 + at_ + 10 * (library != reading.library.library))
        return
    if names_data(path):
        yield from _data_names(reading, write)
        return
    kind = vega_scopes.named_at(path) if reading.outside.vega else None
    if kind is not None:
        for at_, name in enumerate(vega_scopes.names(kind, path, root)):
            yield write.item(name, "table" if kind == "data" else "value", f"{kind} of this chart", rank=8 + at_)
        return
    if path[-2:] == ("data", "values") and not in_string and reading.tree.dialect == "javascript":
        yield from _data_values(reading, cursor)
        return
    schema = reading.schema
    leaves = at(schema, root, path)
    if reading.names_field(path, leaves):
        yield from _fields(reading, path, cursor, write)
    key = last_key(path)
    proposed = _proposed(reading, path[:-1], cursor.container) if key == "type" else ""
    for leaf in leaves:
        yield from _allowed(leaf, write, proposed, in_string=in_string)
    if key in _COLOURS or (key == "value" and any(step in _COLOURS for step in path)):
        for name in schema.definitions.get("ColorName", {}).get("enum", ()):
            yield write.item(name, "value", "colour", rank=60)


def _allowed(leaf: Leaf, write: _ValueWriter, proposed: str, *, in_string: bool) -> Iterator[Completion]:
    rank = 60 if leaf.names & _MANY else 30
    detail = next(iter(sorted(leaf.names, key=len)), "") if len(leaf.names) else ""
    values = allowed(leaf.rule)
    if values is None:
        values = (True, False) if "boolean" in leaf.kinds and not in_string else ()
        if "null" in leaf.kinds and not in_string:
            values = (*values, None)
    for value in values:
        if isinstance(value, str):
            first = value == proposed
            yield write.item(value, "value", "the column's type" if first else detail, rank=5 if first else rank)
        elif not in_string:
            yield write.bare(json.dumps(value), rank=35 if value is not None else 70)


def _fields(reading: Reading, path: Path, cursor: Cursor, write: _ValueWriter) -> Iterator[Completion]:
    found = scope(path, reading.outside)
    taken = _taken(cursor)
    details: dict[int, str] = {}  # by type: a wide table has few
    for at_, column in enumerate(found.table.columns):
        if column.name in taken:
            continue
        rank = 10 + (at_ > 40) + column.maybe
        field, origin = as_field(column.name), origin_of(column, found)
        detail = details.get(id(column.type)) or details.setdefault(id(column.type), detail_of(column))
        yield write.item(field, "column", detail, origin, rank, column.name)


def _taken(cursor: Cursor) -> set[str]:
    """Fields that a list of fields has already."""
    if cursor.container.kind != "array":
        return set()
    return {str(i.value) for i in cursor.container.items if i.kind == "string" and i is not cursor.token}


def _datum(reading: Reading, path: Path, span: Span, *, quoted: bool) -> Iterator[Completion]:
    """Fields behind `datum.`; one that is no identifier replaces the dot by brackets."""
    found = scope(path, reading.outside)
    for column in found.table.columns:
        name = column.name
        if quoted or _IDENTIFIER.match(name):
            yield Completion(
                name, "column", span, "" if not quoted else name.replace("'", "\\'"), detail_of(column),
                origin_of(column, found), 10, name,
            )  # fmt: skip
            continue
        text = name.replace("\\", "\\\\").replace("'", "\\'")
        dot = reading.tree.text.rfind(".", 0, span.start)
        before = reading.tree.text[dot : span.start]
        yield Completion(
            name, "column", Span(dot, span.end), f"['{text}']", detail_of(column), origin_of(column, found), 12,
            f"{before}{name}",
        )  # fmt: skip


def _data_names(reading: Reading, write: _ValueWriter) -> Iterator[Completion]:
    for name in dict.fromkeys(names_in(reading.tree.root)):
        yield write.item(name, "table", "data of this chart", rank=8)
    for binding in reading.outside.view.bindings():
        table = table_of(binding.type)
        if table is not None:
            yield write.item(binding.name, "table", describe(binding.type), columns_of(table), rank=10)


def _data_values(reading: Reading, cursor: Cursor) -> Iterator[Completion]:
    """Values of cells above, by name: what Polynote's expressions start with."""
    for binding in reading.outside.view.bindings():
        table = table_of(binding.type)
        if table is not None or binding.kind == "variable":
            text = columns_of(table) if table is not None else ""
            rank = 10 if table is not None else 40
            kind: CompletionKind = "table" if table is not None else "variable"
            yield Completion(binding.name, kind, cursor.word, "", describe(binding.type), text, rank)


def _proposed(reading: Reading, path: Path, container: Node) -> str:
    """The type that a channel's field should have; "" when its column's type is not known."""
    if container.kind != "object" or "encoding" not in path:
        return ""
    if container.text("aggregate") is not None or container.get("bin") is not None:
        return "quantitative"
    if container.get("timeUnit") is not None:
        return "temporal"
    name = container.text("field")
    column = column_of(scope(path, reading.outside).table, name) if name else None
    return kind_of_type(column.type) if column is not None else ""


# -- how items are written


class _ValueWriter(Struct, frozen=True):
    """`open_` and `close` are marks that a string still needs; `comma` is what must stand behind the value."""

    span: Span
    open_: str
    close: str
    comma: str
    mark: str
    bare_strings: bool

    @staticmethod
    def at(reading: Reading, cursor: Cursor) -> _ValueWriter:
        text, word = reading.tree.text, cursor.word
        end = cursor.token.end if cursor.token is not None else word.end
        comma = "," if _comma_is_missing(text, end, cursor) else ""
        if cursor.quote:
            if cursor.closed and not comma:
                return _ValueWriter(word, "", "", "", cursor.quote, False)
            return _ValueWriter(Span(word.start, end), "", cursor.quote, comma, cursor.quote, False)
        mark = reading.quote
        return _ValueWriter(word, mark, mark, comma, mark, reading.tree.dialect == "yaml")

    def item(
        self,
        value: str,
        kind: CompletionKind,
        detail: str = "",
        documentation: str = "",
        rank: int = 30,
        label: str = "",
    ) -> Completion:
        text = value if value.isalnum() else _ENCODED(value)[1:-1]
        if self.mark == "'":
            text = text.replace('\\"', '"').replace("'", "\\'")
        insert = f"{self.open_}{text}{self.close}{self.comma}"
        if self.bare_strings and self.open_ and re.fullmatch(r"[A-Za-z][\w ]*\w|[A-Za-z]", value):
            insert = f"{value}{self.comma}"
        label = label or value
        return Completion(label, kind, self.span, "" if insert == label else insert, detail, documentation, rank, label)

    def bare(self, text: str, rank: int) -> Completion:
        return Completion(text, "keyword", self.span, f"{text}{self.comma}" if self.comma else "", "", "", rank, text)


def _comma_is_missing(text: str, end: int, cursor: Cursor) -> bool:
    """Whether the next thing behind the value is a member or item that only a comma can separate from it."""
    if cursor.member is not None and cursor.member.comma >= 0:
        return False
    found = _NEXT.match(text, end)
    at_ = found.end() if found else end
    if at_ >= len(text) or "\n" not in text[end:at_]:
        return False
    return text[at_] in "\"'" or (cursor.container.kind == "array" and text[at_] in "{[")


def detail_of(column: Column) -> str:
    if column.type is None:
        return ""
    kind = kind_of_type(column.type)
    return f"{column.type} · {kind}" if kind else str(column.type)


def origin_of(column: Column, source: Source) -> str:
    """Where a field comes from, in a line or two."""
    home = f"from {source.name}" if source.name else ""
    if not column.source or column.source == column.name:
        return home
    return f"{home}\n\n{column.source}" if home else column.source


def columns_of(table: Table) -> str:
    names = ", ".join(c.name for c in table.columns[:12])
    more = f", … {len(table.columns) - 12} more" if len(table.columns) > 12 else ""
    return f"fields: {names}{more}" if names else ""


def short(text: str) -> str:
    """The first paragraphs of a description, as far as they fit an item."""
    if len(text) <= DOCUMENTATION:
        return text
    cut = text.rfind("\n\n", 0, DOCUMENTATION)
    return text[:cut] if cut > 80 else text[:DOCUMENTATION].rsplit(" ", 1)[0] + " …"


def form(reading: Reading, rule: Rule) -> str:
    """What a key takes, in a few words: `number`, `object`, `"top" | "bottom" | …`."""
    schema = reading.schema
    leaves = schema.leaves(rule)
    values = [v for leaf in leaves for v in allowed(leaf.rule) or () if isinstance(v, str)]
    if values and len(values) <= 3 and all(allowed(leaf.rule) for leaf in leaves):
        return " | ".join(f'"{v}"' for v in dict.fromkeys(values))
    return " | ".join(dict.fromkeys(k for leaf in leaves for k in sorted(leaf.kinds))) if len(leaves) < 40 else ""


def rules_of(reading: Reading, leaves: Iterable[Leaf], key: str) -> list[Rule]:
    """What the alternatives say about one key."""
    return [rule for leaf in leaves if (rule := child_rule(leaf.rule, key)) is not None]
