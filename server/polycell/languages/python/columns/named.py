"""The column that a word, a string, or a part of a string names: the one answer for hover, definition, references and
rename. Whatever else learns to name columns (a chart's shorthand, a query in a string) is asked from here."""

from __future__ import annotations

from typing import NamedTuple

from polycell.core.patterns import pattern
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import UNKNOWN, Column, Series, Table
from polycell.languages.python.charts import items as chart_items
from polycell.languages.python.charts.strings import chart_around, chart_string
from polycell.languages.python.columns.places import Offer, column_attribute, offer
from polycell.languages.python.flow.at_cursor import Place, after_statement, table_of, word_end
from polycell.languages.python.frames.row_labels import labels_of


class Named(NamedTuple):
    """`span` is the name alone, without quotes; `tables` are those that the column belongs to there; `doubt` says why
    the name cannot be changed there."""

    column: Column
    span: Span
    tables: tuple[Table, ...]
    doubt: str = ""


def column_at(context: Context, offset: int) -> Named | None:
    """The column that is named at the offset, as it is before the statement; one that it makes, as it is behind it."""
    found = read_at(Place(context, offset))
    if found is None or found.column.type is None:
        return read_at(Place(context, offset, after_statement(context, offset))) or found
    return found


def read_at(place: Place) -> Named | None:
    """The column that is named at a place, seen from the state that the place has."""
    text = place.context.cell.text
    if place.site.quote:
        chart = chart_string(place)
        if chart is not None:
            found = chart_items.column_in(place, chart)
            return Named(*found, (chart.table,)) if found is not None else None
        given = offer(place)
        if given is None:
            return None
        span = _word(place) if given.role in ("python", "sql", "formula") else place.site.span
        return _named(given, span.of(text), span) if span is not None else None
    end = word_end(text, place.offset)
    if end != place.offset:
        place = Place(place.context, end, place.run)
    if not place.site.attribute or not place.site.word or place.site.quote:
        return None
    behind = column_attribute(place)
    if behind is not None:
        return _named(behind, place.site.word, place.site.span)
    around = chart_around(place) if place.site.receiver.endswith("datum") else None
    type_ = place.type_of(place.site.receiver) if around is None else None
    labels = labels_of(type_) if isinstance(type_, Series) else None
    table = around.table if around is not None else labels or table_of(type_ or UNKNOWN)
    if table is not None and (around is not None or table.flavour in ("pandas", "spark")):
        return _named(Offer(table), place.site.word, place.site.span)
    return None


def _named(given: Offer, name: str, span: Span) -> Named | None:
    """The column of that name; of two tables that are joined by it, the one that it is in both."""
    tables = (given.table, given.other) if given.role == "shared" and given.other is not None else (given.table,)
    found = [column for table in tables if (column := _find(table, name)) is not None]
    return Named(found[0].one_with(*found[1:]), span, tables, given.doubt) if found else None


def _find(table: Table, name: str) -> Column | None:
    column = table.column(name)
    return column if column is not None else next((c for c in table.index if c.name and c.name == name), None)


_PART = pattern(r"""'[^']*'|"[^"]*"|`([^`]+)`|([@.]?)([^\W\d]\w*)(\s*\()?""")


def _word(place: Place) -> Span | None:
    """The name at a place inside of an expression in a string: no function, no variable, no attribute, no text."""
    for found in _PART.finditer(place.context.cell.text, place.site.span.start, place.site.span.end):
        group = 1 if found[1] else 3
        span = Span(*found.span(group))
        if found[group] and not found[2] and not found[4] and span.touches(place.offset):
            return span
    return None
