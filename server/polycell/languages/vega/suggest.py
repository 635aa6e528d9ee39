"""Charts that suit a table: which columns go where, by their kinds, as a plot editor would choose them.

Dimensions are texts, truth values and times, measures are numbers; a number that looks like a key is the last choice
for a measure. Source of the pairing: Polynote's plot editor.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from polycell.core.patterns import pattern
from polycell.core.types import Column, Table
from polycell.tables.charts.names import as_field, kind_of_type

_KEY = pattern(r"(?:^|_)(?:id|key|no|nr|code|zip|index)$|(?<=[a-z])Id$", re.IGNORECASE)
_SHORT = {"quantitative": "Q", "nominal": "N", "ordinal": "O", "temporal": "T"}


class Channel(Struct, frozen=True):
    """One encoding channel: a column, what is done with it, and as what it is drawn."""

    name: str
    column: str = ""
    type: str = "quantitative"
    aggregate: str = ""
    bin: bool = False


class Chart(Struct, frozen=True):
    title: str
    mark: str
    channels: tuple[Channel, ...] = field(default=())


def charts(table: Table) -> tuple[Chart, ...]:
    """Bar, line, scatter, histogram, heat map and box plot, as far as the table has columns for them."""
    return tuple(_charts(*_sorted(table)))


def _sorted(table: Table) -> tuple[list[Column], list[Column], list[Column]]:
    """Categories, times and measures of a table, the best first."""
    kinds: dict[str, list[Column]] = {"nominal": [], "ordinal": [], "temporal": [], "quantitative": []}
    for column in table.columns:
        kind = kind_of_type(column.type)
        if kind and not column.maybe:
            kinds[kind].append(column)
    measures = sorted(kinds["quantitative"], key=lambda c: bool(_KEY.search(c.name)))
    return kinds["nominal"] + kinds["ordinal"], kinds["temporal"], measures


def _charts(categories: list[Column], times: list[Column], measures: list[Column]) -> Iterator[Chart]:
    category = _channel("x", categories[0]) if categories else None
    measure = measures[0] if measures else None
    if category is not None:
        height = _channel("y", measure, aggregate="sum") if measure is not None else Channel("y", aggregate="count")
        what = f"{measure.name} by {category.column}" if measure is not None else f"rows by {category.column}"
        yield Chart(f"Bar chart of {what}", "bar", (category, height))
    if times and measure is not None:
        line = (_channel("x", times[0]), _channel("y", measure, aggregate="mean"))
        yield Chart(f"Line chart of {measure.name} over {times[0].name}", "line", line)
    if len(measures) > 1:
        points = [_channel("x", measures[0]), _channel("y", measures[1])]
        points += [_channel("color", categories[0])] if categories else []
        yield Chart(f"Scatter plot of {measures[0].name} and {measures[1].name}", "point", tuple(points))
    if measure is not None:
        histogram = (_channel("x", measure, bin=True), Channel("y", aggregate="count"))
        yield Chart(f"Histogram of {measure.name}", "bar", histogram)
    if len(categories) > 1:
        cells = (category or _channel("x", categories[0]), _channel("y", categories[1]))
        colour = _channel("color", measure, aggregate="mean") if measure else Channel("color", aggregate="count")
        yield Chart(f"Heat map of {categories[0].name} and {categories[1].name}", "rect", (*cells, colour))
    if category is not None and measure is not None:
        box = (category, _channel("y", measure))
        yield Chart(f"Box plot of {measure.name} by {category.column}", "boxplot", box)


def _channel(name: str, column: Column, *, aggregate: str = "", bin: bool = False) -> Channel:
    return Channel(name, column.name, kind_of_type(column.type), aggregate, bin)


# -- as text


def encoding(chart: Chart) -> dict[str, dict[str, Any]]:
    """The chart's `encoding`, as plain data."""
    made = {}
    for channel in chart.channels:
        definition: dict[str, Any] = {}
        if channel.aggregate:
            definition["aggregate"] = channel.aggregate
        if channel.bin:
            definition["bin"] = True
        if channel.column:
            definition["field"] = as_field(channel.column)
        definition["type"] = channel.type
        made[channel.name] = definition
    return made


def altair(chart: Chart, name: str, *, imported: bool) -> str:
    """The chart as Python with altair; with the import where the notebook has none."""
    lines = [] if imported else ["import altair as alt", ""]
    arguments = []
    for channel in chart.channels:
        # A colon in a shorthand ends the name, so that such a column needs the long form's escape.
        column = as_field(channel.column).replace(":", "\\:")
        inner = f"{channel.aggregate}({column})" if channel.aggregate and column else column or "count()"
        text = json.dumps(f"{inner}:{_SHORT[channel.type]}", ensure_ascii=False)
        value = f"alt.{channel.name.capitalize()}({text}, bin=True)" if channel.bin else text
        arguments.append(f"    {channel.name}={value},")
    return "\n".join([*lines, f"alt.Chart({name}).mark_{chart.mark}().encode(", *arguments, ")"])
