"""What a string under the cursor is to a chart: a field, a shorthand, an expression over fields.

Altair's strings are found by the chart whose method they stand in; those of plotly, seaborn and matplotlib by the
table of data in `chart_arguments`. Nothing needs a parse, since the call is being written.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.types import Chart, Module, Table
from polycell.languages.python.flow.at_cursor import Place, table_of
from polycell.languages.python.frames.rules import canonical
from polycell.languages.python.known.chart_arguments import AXES, DRAWS, Draws
from polycell.languages.python.syntax.cursor import Bracket
from polycell.tables.charts.altair import words as altair
from polycell.tables.charts.shorthand import AGGREGATES, PICKS, TIME_UNITS, TYPES, WINDOWS

LONGEST = 4000  # characters of an argument that is read
_KEYWORD = pattern(r"\s*([^\W\d]\w*)\s*=(?!=)")
_TYPE_WORDS = tuple(TYPES.values())


class ChartString(Struct, frozen=True):
    """`table` has the fields that may be named, `data` those of them that Altair sees itself: of others it must be
    told the type. `words`: what else may stand there; of a shorthand, the operations around a field."""

    kind: Literal["field", "shorthand", "expression", "word"]
    table: Table
    data: Table | None = None
    words: tuple[str, ...] = ()


def chart_string(place: Place) -> ChartString | None:
    """What the string at the place is to a chart; None where it belongs to none."""
    brackets = place.site.brackets
    for at in range(len(brackets) - 1, -1, -1):
        bracket = brackets[at]
        if bracket.kind != "(" or not bracket.receiver:
            continue
        owner, _, method = bracket.receiver.rpartition(".")
        if method in _METHODS and owner:
            chart = place.type_of(owner)
            if isinstance(chart, Chart):
                return _of_method(place, chart, method, brackets[at:])
        drawn = _drawing(place, bracket, owner, method)
        if drawn is not None:
            return _of_function(place, bracket, drawn, brackets[at + 1 :])
    return None


def chart_around(place: Place) -> Chart | None:
    """The chart in whose method the place is."""
    for bracket in reversed(place.site.brackets):
        owner, _, method = bracket.receiver.rpartition(".")
        if bracket.kind == "(" and owner and method in _METHODS:
            chart = place.type_of(owner)
            if isinstance(chart, Chart):
                return chart
    return None


_METHODS = frozenset({"encode", "facet", "repeat", *(f"transform_{name}" for name in altair.PARAMETERS)})


# -- altair


def _of_method(place: Place, chart: Chart, method: str, path: tuple[Bracket, ...]) -> ChartString | None:
    outer, inner = path[0], path[-1]
    field = ChartString("field", chart.table)
    if len(path) > 1 and (helper := _helper(place, path)) is not None:
        return _of_helper(place, chart, method, *helper)
    if inner is not outer and inner.kind not in "[{":
        return None
    if method == "encode":
        return _shorthand(chart) if outer.keyword in altair.CHANNELS else None
    if method == "facet":
        return _shorthand(chart) if outer.keyword in ("", "facet", "row", "column") else None
    if method == "repeat":
        return field if inner.kind == "[" and outer.keyword != "columns" else None
    name = method.removeprefix("transform_")
    parameters = altair.PARAMETERS[name]
    given = outer.keyword or (parameters[outer.argument] if outer.argument < len(parameters) else "")
    if given in altair.FIELDS.get(name, ()):
        return field
    if (name == "filter" and not outer.keyword) or (name == "calculate" and given != "as_"):
        return ChartString("expression", chart.table)
    if name in altair.BY_SHORTHAND and given not in parameters:
        return ChartString("shorthand", chart.table, words=_operations(name))
    if given == "timeUnit":
        return ChartString("word", chart.table, words=TIME_UNITS)
    return None


def _operations(transform: str) -> tuple[str, ...]:
    if transform == "timeunit":
        return TIME_UNITS
    return (*AGGREGATES, *(WINDOWS if transform == "window" else PICKS))


def _shorthand(chart: Chart) -> ChartString:
    return ChartString("shorthand", chart.table, chart.data, (*AGGREGATES, *TIME_UNITS))


def _helper(place: Place, path: tuple[Bracket, ...]) -> tuple[str, Bracket] | None:
    """(`X`, its bracket) where the string is an argument of `alt.X(…)` inside the chart's method."""
    for bracket in reversed(path[1:]):
        if bracket.kind == "(" and bracket.receiver:
            module = place.type_of(bracket.receiver)
            qualified = module.qualified if isinstance(module, Module) else ""
            return (qualified.rpartition(".")[2], bracket) if qualified.startswith("altair.") else None
    return None


def _of_helper(place: Place, chart: Chart, method: str, name: str, bracket: Bracket) -> ChartString | None:
    where = bracket.keyword or str(bracket.argument)
    if name in altair.CLASSES:
        if where in ("0", "shorthand"):
            return _shorthand(chart)
        words = {"aggregate": AGGREGATES, "timeUnit": TIME_UNITS, "type": _TYPE_WORDS}.get(where)
        if words is not None:
            return ChartString("word", chart.table, words=words)
    if name in ("condition", "when") and where in ("0", "predicate"):
        return ChartString("expression", chart.table)
    if name == "condition" and where in ("1", "2", "if_true", "if_false"):
        return _shorthand(chart)
    if name == "LookupData":
        data = table_of(place.type_of(argument(place, bracket, "data", first=True)))
        return ChartString("field", data) if data is not None and where in ("1", "2", "key", "fields") else None
    fielded = where == "field" or (where == "0" and name in ("EncodingSortField", "SortField"))
    if fielded or (where == "0" and name.startswith("Field") and name.endswith("Predicate")):
        return ChartString("field", chart.table)
    return None


# -- plotly, seaborn, matplotlib


def _drawing(place: Place, bracket: Bracket, owner: str, method: str) -> Draws | None:
    if method not in _DRAWING:
        return None
    callee = place.type_of(bracket.receiver)
    if isinstance(callee, Module):
        return DRAWS.get(canonical(callee.qualified))
    # `ax.scatter("a", "b", data=df)`: nobody knows what `ax` is, but only matplotlib's methods take `data=`.
    return AXES.get(method) if owner and argument(place, bracket, "data", first=False) else None


_DRAWING = frozenset(name.rpartition(".")[2] for name in DRAWS)


def _of_function(place: Place, bracket: Bracket, draws: Draws, inside: tuple[Bracket, ...]) -> ChartString | None:
    if not _is_field(bracket, draws, inside):
        return None
    table = table_of(place.type_of(argument(place, bracket, draws.frame, first=draws.first)))
    return ChartString("field", table) if table is not None else None


def _is_field(bracket: Bracket, draws: Draws, inside: tuple[Bracket, ...]) -> bool:
    """Whether the string names a column of what is drawn."""
    given = bracket.keyword or (draws.order[bracket.argument] if bracket.argument < len(draws.order) else "")
    if not inside:
        return given in draws.names
    inner = inside[-1]
    if len(inside) > 1:
        return False
    listed = inner.kind in "[(" and not inner.receiver and given in draws.names
    return listed or bool(inner.kind == "{" and inner.key and given in draws.keys)


def undrawn(place: Place, bracket: Bracket, inside: tuple[Bracket, ...]) -> bool:
    """Whether the string names a column to a drawing function whose table is still to be written, `sns.lmplot(x="…`;
    `inside` are the brackets between the call and the string."""
    owner, _, method = bracket.receiver.rpartition(".")
    draws = _drawing(place, bracket, owner, method)
    if draws is None or not draws.closed or not _is_field(bracket, draws, inside):
        return False
    return not argument(place, bracket, draws.frame, first=draws.first)


def argument(place: Place, bracket: Bracket, keyword: str, *, first: bool) -> str:
    """The text of an argument of the call at a bracket, by its keyword before or behind the cursor, or as the first."""
    text, at = place.context.cell.text, bracket.start + 1
    position = 0
    while at < min(len(text), bracket.start + LONGEST):
        named = _KEYWORD.match(text, at)
        end = _end_of_argument(text, at)
        if named is not None and named[1] == keyword:
            return text[named.end() : end].strip()
        if named is None and first and position == 0 and not at <= place.offset <= end:
            return text[at:end].strip()
        if end >= len(text) or text[end] != ",":
            break
        position += 1
        at = end + 1
    return ""


def _end_of_argument(text: str, at: int) -> int:
    """Where an argument ends: before the comma or bracket behind it. A string ends with its line at the latest."""
    depth, quote = 0, ""
    limit = min(len(text), at + LONGEST)
    while at < limit:
        char = text[at]
        if quote:
            if char == "\\":
                at += 1
            elif char in (quote, "\n"):
                quote = ""
        elif char in "'\"":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            if not depth:
                return at
            depth -= 1
        elif char == "," and not depth:
            return at
        at += 1
    return limit
