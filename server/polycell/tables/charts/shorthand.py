"""Altair's shorthand for an encoding, `mean(price):Q`: read with the places of its parts, and written.

    field            price
    field:type       price:Q
    operation(field) mean(price), year(date), count()

A colon or another sign of the grammar in a column's name is escaped by a backslash. Source: Altair's documentation of
encodings and its `parse_shorthand`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.text import Span
from polycell.tables.charts.names import as_field

TYPES: Mapping[str, str] = {
    "Q": "quantitative", "N": "nominal", "O": "ordinal", "T": "temporal", "G": "geojson",
}  # fmt: skip
LETTERS: Mapping[str, str] = {name: letter for letter, name in TYPES.items()}

AGGREGATES = (
    "mean", "sum", "median", "min", "max", "count", "distinct", "average", "stdev", "variance", "q1", "q3", "stderr",
    "ci0", "ci1", "missing", "valid", "product", "stdevp", "variancep", "values", "exponential",
)  # fmt: skip
PICKS = ("argmin", "argmax")  # `argmin(date)` takes another row's value; Altair takes them in transforms only
WINDOWS = (
    "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead", "first_value",
    "last_value", "nth_value",
)  # fmt: skip
# Units in the order of size; Vega-Lite combines neighbours (`yearmonth`) and each has a `utc` form.
_SIZES = (
    "year", "yearquarter", "yearmonth", "yearmonthdate", "yearmonthdatehours", "yearmonthdatehoursminutes",
    "yearmonthdatehoursminutesseconds", "yearweek", "yearweekday", "yeardayofyear", "quarter", "quartermonth", "month",
    "monthdate", "monthdatehours", "week", "weekday", "day", "dayofyear", "date", "hours", "hoursminutes",
    "hoursminutesseconds", "minutes", "minutesseconds", "seconds", "secondsmilliseconds", "milliseconds",
)  # fmt: skip
TIME_UNITS = (*_SIZES, *(f"utc{unit}" for unit in _SIZES))
_UNITS = frozenset(TIME_UNITS)
_COUNTS = frozenset({"count", "distinct", "valid", "missing"})
_OPERATIONS = frozenset((*AGGREGATES, *PICKS, *WINDOWS, *TIME_UNITS))

_TYPED = pattern(r"(?s)(.*?)(?<!\\):([A-Za-z]*)\Z")
_CALLED = pattern(r"([A-Za-z_]\w*)\(")


class Shorthand(Struct, frozen=True):
    """`operation`: an aggregate, window operation or time unit, "" for none. `type`: the letter or word behind the
    colon, None without a colon. Spans are offsets into the text; of a part that is absent, where it would stand."""

    field: str
    field_span: Span
    operation: str
    operation_span: Span
    type: str | None
    type_span: Span

    @property
    def type_word(self) -> str:
        """The type in full, "" when none is given."""
        said = self.type or ""
        return TYPES.get(said.upper(), said.lower() if said.lower() in LETTERS else "")

    @property
    def is_count(self) -> bool:
        return self.operation in _COUNTS

    @property
    def is_time_unit(self) -> bool:
        return self.operation in _UNITS


def parse(text: str) -> Shorthand:
    """Read a shorthand; total. An unfinished call (`mean(pri`) is read as if it were closed."""
    rest, type_, type_span = text, None, Span(len(text), len(text))
    found = _TYPED.match(text)
    if found is not None and (not found[2] or found[2].upper() in TYPES or found[2].lower() in LETTERS):
        rest, type_, type_span = found[1], found[2], Span(*found.span(2))
    called = _CALLED.match(rest)
    if called is not None and called[1] in _OPERATIONS:
        closed = rest.endswith(")")
        inner = Span(called.end(), len(rest) - closed)
        return Shorthand(inner.of(rest), inner, called[1], Span(*called.span(1)), type_, type_span)
    return Shorthand(rest, Span(0, len(rest)), "", Span(0, 0), type_, type_span)


def definition(text: str) -> dict[str, Any]:
    """The channel definition that a shorthand stands for in Altair, without a type where the data gives it."""
    read = parse(text)
    made: dict[str, Any] = {}
    if read.is_time_unit:
        made["timeUnit"] = read.operation
    elif read.operation:
        made["aggregate"] = read.operation
    if read.field:
        made["field"] = read.field.replace("\\:", ":")
    if read.type_word:
        made["type"] = read.type_word
    elif read.operation == "count":
        made["type"] = "quantitative"
    elif read.is_time_unit:
        made["type"] = "temporal"
    return made


def field_text(column: str) -> str:
    """A column's name as a shorthand writes it: signs of the grammar escaped."""
    return as_field(column).replace(":", "\\:")


def written(channel: Mapping[str, Any]) -> str | None:
    """The shorthand for a channel definition's field, aggregate or time unit, and type; None where it has no such form
    (`{"aggregate": {"argmax": …}}`), or where reading it again would give something else."""
    wanted = {key: channel[key] for key in ("field", "type", "aggregate", "timeUnit") if key in channel}
    if not all(isinstance(value, str) for value in wanted.values()) or ("aggregate" in wanted and "timeUnit" in wanted):
        return None
    kind, operation = wanted.get("type", ""), wanted.get("aggregate") or wanted.get("timeUnit") or ""
    name = wanted.get("field", "").replace(":", "\\:")
    text = f"{operation}({name})" if operation else name
    # A count is a quantity and a time unit a time, whether or not the letter says so.
    text += f":{LETTERS.get(kind, '?')}" if kind and definition(text).get("type") != kind else ""
    return text if definition(text) == wanted else None
