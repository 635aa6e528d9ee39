"""Hover and definition in charts: the schema's words for keys and values, types and origin for fields and data."""

from __future__ import annotations

from collections.abc import Sequence

from polycell.core.environment import Binding
from polycell.core.places import located
from polycell.core.results import Hover, Location
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import Column, Table, describe
from polycell.core.values import replace
from polycell.languages.vega.complete import form, rules_of
from polycell.languages.vega.cursor import Cursor, locate
from polycell.languages.vega.data import Source, head_name, named, source, table_of
from polycell.languages.vega.fields import scope
from polycell.languages.vega.places import (
    datum_fields,
    inside,
    last_key,
    names_data,
    raw,
)
from polycell.languages.vega.reading import Reading
from polycell.languages.vega.schema import Rule, allowed, at, meant
from polycell.tables.charts.names import column_of, kind_of_type
from polycell.tables.describe import aligned, binding_line

# Where a hover is about the whole chart.
_WHOLE = frozenset({"$schema", "mark", "marks", "layer", "concat", "hconcat", "vconcat", "facet", "repeat", "encoding"})
# Vega's documentation, by the key that a place lies under.
_PAGES = {
    **{key: key for key in ("axes", "data", "layout", "legends", "marks", "projections", "scales", "signals", "title")},
    "transform": "transforms",
    "config": "config",
    "on": "event-streams",
}
_MARKS = frozenset({("mark",), ("mark", "type")})
SHOWN = 30  # columns listed in a hover; the others are counted


def hover(reading: Reading, context: Context, offset: int) -> Hover | None:
    given = next(((name, span) for name, span in _given(reading, context) if span.touches(offset)), None)
    if given is not None:
        name, span = given
        return _hover_data(named(name, reading.outside), context, span)
    cursor = locate(reading.tree, offset)
    if cursor is None or (cursor.token is None and cursor.role == "value"):
        return None
    if cursor.role == "key":
        told = _hover_key(reading, cursor)
        is_chart = cursor.path == () and cursor.member is not None and cursor.member.key in _WHOLE
        return replace(told, draws=True) if told is not None and is_chart else told
    found = _field_at(reading, cursor, offset)
    if found is not None:
        column, home, span = found
        return Hover(field_text(column, home, context), span) if column is not None else None
    data = _data_at(reading, cursor, offset)
    if data is not None:
        return _hover_data(data[0], context, data[1])
    told = _hover_value(reading, cursor)
    return replace(told, draws=True) if told is not None and cursor.path in _MARKS else told


def _given(reading: Reading, context: Context) -> list[tuple[str, Span]]:
    from polycell.languages.vega.reading import given

    return [(g.name, g.span) for g in given(context.cell)]


def _hover_key(reading: Reading, cursor: Cursor) -> Hover | None:
    schema, root, member = reading.schema, reading.tree.root, cursor.member
    if root is None or member is None:
        return None
    leaves = meant(schema, at(schema, root, cursor.path), cursor.container)
    texts: dict[str, None] = {}
    rules = rules_of(reading, leaves, member.key)
    for rule in rules:
        own = str(rule.get("description", ""))
        text = own or next((leaf.text for leaf in schema.leaves(rule) if leaf.text), "")
        if text:
            texts[text] = None
    if not texts and rules:
        texts[_in_words(reading, rules, cursor)] = None
    if not texts:
        return None
    return Hover(f"**{member.key}**\n\n{next(iter(texts))}", member.span)


def _in_words(reading: Reading, rules: Sequence[Rule], cursor: Cursor) -> str:
    """What a key takes, where the schema has no words of its own (Vega's has few), and where it is documented."""
    forms = dict.fromkeys(filter(None, (form(reading, rule) for rule in rules)))
    place = next(
        (_PAGES[step] for step in (*reversed(cursor.path), cursor.member and cursor.member.key) if step in _PAGES), ""
    )
    page = f"[Vega: {place}](https://vega.github.io/vega/docs/{place}/)" if place and reading.outside.vega else ""
    return "\n\n".join(filter(None, [f"`{' | '.join(forms)}`" if forms else "", page]))


def _hover_value(reading: Reading, cursor: Cursor) -> Hover | None:
    """A value of an enumeration: what its key is about."""
    schema, root, token = reading.schema, reading.tree.root, cursor.token
    if root is None or token is None or token.kind != "string":
        return None
    for leaf in at(schema, root, cursor.path):
        values = allowed(leaf.rule)
        if values is not None and token.value in values and leaf.text:
            return Hover(f"**{last_key(cursor.path)}: {token.value}**\n\n{leaf.text}", token.span)
    return None


# -- fields


def _field_at(reading: Reading, cursor: Cursor, offset: int) -> tuple[Column | None, Source, Span] | None:
    """The field named at the cursor, its column where it is known, and where its name stands."""
    token = cursor.token
    if token is None or token.kind != "string":
        return None
    text, start = raw(token, reading.tree.text)
    for field in datum_fields(text, start):
        if field.span.touches(offset):
            home = scope(cursor.path, reading.outside)
            return column_of(home.table, field.name), home, field.span
    if reading.names_field(cursor.path):
        home = scope(cursor.path, reading.outside)
        return column_of(home.table, str(token.value)), home, inside(token)
    return None


def field_text(column: Column, home: Source, context: Context) -> str:
    """Name and type of a field, how a chart takes it, and where it comes from."""
    kind = f" `{column.type}`" if column.type is not None else ""
    drawn = kind_of_type(column.type)
    lines = [f"**{column.name}**{kind}" + (f" · {drawn}" if drawn else "")]
    if home.name:
        lines.append(f"field of `{home.name}`" + _cell_of(home.binding, context))
    if column.source and column.source not in (column.name, home.name):
        lines.append(f"from `{column.source.replace('`', chr(39))}`")
    elif column.evidence.value != "derived":
        lines.append(f"known from: {column.evidence.value}")
    if column.maybe:
        lines.append("It may be missing: not every path makes it.")
    return "\n\n".join(lines)


def _cell_of(binding: Binding | None, context: Context) -> str:
    if binding is None or binding.origin is None or not binding.origin.cell:
        return ""
    index = context.notebook.index(binding.origin.cell)
    return f", cell {index + 1}" if index is not None else ""


# -- data


def _data_at(reading: Reading, cursor: Cursor, offset: int) -> tuple[Source, Span] | None:
    token = cursor.token
    if token is None:
        return None
    if token.kind == "string" and names_data(cursor.path):
        return named(str(token.value), reading.outside, cursor.container), inside(token)
    if token.kind == "string" and cursor.path[-2:] == ("data", "url"):
        return source(cursor.container, reading.outside), inside(token)
    if token.kind == "expression":
        name = head_name(str(token.value))
        start = token.start + str(token.value).find(name) if name else token.start
        span = Span(start, start + len(name))
        binding = reading.outside.view.lookup(name) if name else None
        if binding is not None and span.touches(offset):
            return Source(table_of(binding.type) or Table(open=True), name, binding), span
    return None


def _hover_data(found: Source, context: Context, span: Span) -> Hover | None:
    binding = found.binding
    if binding is None and not found.table.columns:
        return None
    name = binding.name if binding is not None else found.name
    what = describe(binding.type) if binding is not None else describe(found.table)
    lines = [f"**{name}** · {what or 'value'}"]
    lines += [binding_line(context.notebook, binding), table_text(found.table)]
    return Hover("\n\n".join(filter(None, lines)), span)


def table_text(table: Table) -> str:
    """The fields as a Markdown table: name, type, how a chart takes it; the first `SHOWN`, then a count."""
    if not table.columns:
        return ""
    rows = [("field", "type", "in a chart")]
    for column in table.columns[:SHOWN]:
        kind = f"`{column.type}`" if column.type is not None else ""
        rows.append((column.name, kind, kind_of_type(column.type)))
    more = len(table.columns) - SHOWN
    text = aligned(rows) + (f"\n\n… and {more} more fields" if more > 0 else "")
    return text + ("\n\nThere may be more fields." if table.open else "")


# -- definition


def define(reading: Reading, context: Context, offset: int) -> Sequence[Location]:
    """Where a field's column is made; failing that, where its table is."""
    cursor = locate(reading.tree, offset)
    if cursor is None or cursor.role != "value":
        return ()
    found = _field_at(reading, cursor, offset)
    if found is None:
        return ()
    column, home, _ = found
    if column is None:
        return ()
    origin = column.origin or (home.binding.origin if home.binding is not None else None)
    where = located(context.notebook, origin)
    return (where,) if where is not None else ()
