"""What is offered and told in the strings of charts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polycell.core.patterns import pattern
from polycell.core.results import Completion
from polycell.core.text import Span
from polycell.core.types import Column, Table
from polycell.languages.python.charts.strings import ChartString
from polycell.languages.python.flow.at_cursor import Place
from polycell.tables.charts.names import as_field, column_of, kind_of_type
from polycell.tables.charts.shorthand import LETTERS, TYPES, Shorthand, field_text, parse
from polycell.tables.describe import column_from, column_type

_REST = pattern(r"[^'\",={}\n]*")
_DATUM = pattern(r"""\bdatum\s*(?:\.\s*([^\W\d]?\w*)|\[\s*(['"])([^'"]*))\Z""")
_DATUM_FIELD = pattern(r"""\bdatum\s*(?:\.\s*([^\W\d]\w*)|\[\s*(['"])([^'"]*)\2\s*\])""")


def items(place: Place, found: ChartString) -> Iterator[Completion]:
    """Items for the string at the place."""
    if found.kind == "field":
        yield from _fields(place, found.table, place.site.span)
    elif found.kind == "word":
        yield from (Completion(word, "value", place.site.span, rank=at) for at, word in enumerate(found.words))
    elif found.kind == "expression":
        yield from _of_expression(place, found.table)
    else:
        yield from _of_shorthand(place, found)


def _fields(place: Place, table: Table, span: Span) -> Iterator[Completion]:
    for at, column in enumerate((*table.columns, *(c for c in table.index if c.name))):
        yield _item(place, column, span, _quoted(column.name, place.site.quote), at)


def _item(place: Place, column: Column, span: Span, text: str, rank: int) -> Completion:
    detail = " · ".join(filter(None, (column_type(column), kind_of_type(column.type))))
    insert = text if text != column.name else ""
    where = column_from(place.context.notebook, column)
    return Completion(column.name, "column", span, insert, detail, where, min(rank, 5000), column.name)


def _quoted(text: str, quote: str) -> str:
    """A text as it is written between quotes."""
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace(quote[:1] or '"', f"\\{quote[:1] or chr(34)}")


def _of_shorthand(place: Place, found: ChartString) -> Iterator[Completion]:
    whole = _whole(place)
    start, typed = whole.start, whole.of(place.context.cell.text)
    read, at = parse(typed), place.offset - start
    if read.type is not None and at >= read.type_span.start:
        yield from _types(read, found, read.type_span.shift(start))
        return
    opened = typed.find("(")
    if at <= opened:  # the operation of a call
        span = Span(start, start + opened)
        yield from (Completion(word, "function", span, rank=n) for n, word in enumerate(found.words))
        return
    span = read.field_span.shift(start)
    untyped = found.data is not None and not read.operation and read.type is None
    for rank, column in enumerate(found.table.columns):
        text = field_text(column.name)
        if untyped and found.data is not None and found.data.column(column.name) is None:
            # Altair sees the types of the data only; of what a transform makes it must be told.
            letter = LETTERS.get(kind_of_type(column.type), "")
            text += f":{letter}" if letter else ""
        yield _item(place, column, span, _quoted(text, place.site.quote), rank)
    if not read.operation:
        for rank, word in enumerate(found.words):
            closed = word == "count" or word in ("row_number", "rank", "dense_rank", "percent_rank", "cume_dist")
            insert = f"{word}()" if closed else f"{word}("
            yield Completion(insert if closed else f"{word}(…)", "function", span, insert, "", "", 6000 + rank, word)


def _whole(place: Place) -> Span:
    """The string's inside, parentheses of a shorthand included; up to the cursor where the string is not closed."""
    text, site = place.context.cell.text, place.site
    end = _REST.match(text, place.offset)
    closed = end is not None and text.startswith(site.quote, end.end())
    return Span(site.span.start, end.end()) if end is not None and closed else site.span


def _types(read: Shorthand, found: ChartString, span: Span) -> Iterator[Completion]:
    column = column_of(found.table, read.field) if read.field else None
    counted = "quantitative" if read.is_count or (read.operation and not read.is_time_unit) else ""
    kind = "temporal" if read.is_time_unit else counted or kind_of_type(column.type if column is not None else None)
    for letter, word in TYPES.items():
        detail = f"{word} · the column's type" if word == kind else word
        yield Completion(letter, "value", span, "", detail, rank=0 if word == kind else 10, filter=letter)


def _of_expression(place: Place, table: Table) -> Iterator[Completion]:
    found = _DATUM.search(place.site.word[-300:])
    if found is None:
        return
    name = found[3] if found[3] is not None else found[1] or ""
    span = Span(place.offset - len(name), place.offset)
    for rank, column in enumerate(table.columns):
        if column.name.isidentifier() or (found[3] is not None and not set("'\"\\") & set(column.name)):
            yield _item(place, column, span, column.name, rank)


def members(place: Place, table: Table) -> Iterator[Completion]:
    """Behind `alt.datum.`: the fields that are names."""
    for rank, column in enumerate(table.columns):
        if column.name.isidentifier():
            yield _item(place, column, place.site.span, column.name, rank)


def column_in(place: Place, found: ChartString) -> tuple[Column, Span] | None:
    """The column that the string names where the cursor is, and where its name stands."""
    whole = _whole(place)
    start, text = whole.start, whole.of(place.context.cell.text)
    if found.kind == "field":
        name, span = text, whole
    elif found.kind == "shorthand":
        # With escapes in it the parts of the text are not where those of the value are.
        read, escaped = parse(text.replace("\\\\", "\\")), "\\" in text
        name, span = read.field, whole if escaped else read.field_span.shift(start)
        if not span.touches(place.offset):
            return None
    elif found.kind == "expression":
        named = next((m for m in _DATUM_FIELD.finditer(text) if _group(m, start).touches(place.offset)), None)
        if named is None:
            return None
        span = _group(named, start)
        name = as_field(span.of(place.context.cell.text))
    else:
        return None
    column = column_of(found.table, name) or next((c for c in found.table.index if c.name == name), None)
    return (column, span) if column is not None else None


def _group(found: re.Match[str], start: int) -> Span:
    group = 1 if found[1] is not None else 3
    return Span(start + found.start(group), start + found.end(group))
