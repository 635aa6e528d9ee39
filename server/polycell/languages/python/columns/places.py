"""Which table's columns the string at the cursor names, and in what way: `column_arguments`, read at a place."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from polycell.core.patterns import pattern
from polycell.core.types import UNKNOWN, Column, Flavour, Module, Schema, Series, Table, Type
from polycell.core.values import replace
from polycell.languages.python.charts.strings import chart_string, undrawn
from polycell.languages.python.columns.own_arguments import named_inside
from polycell.languages.python.columns.usage import used_with
from polycell.languages.python.flow.at_cursor import Place, table_of
from polycell.languages.python.frames import rules
from polycell.languages.python.frames.row_labels import labels_of
from polycell.languages.python.frames.spark_functions import of_columns
from polycell.languages.python.known.column_arguments import (
    EXPRESSION_METHODS,
    FUNCTIONS,
    LATER,
    LEVELS,
    METHODS,
    READERS,
    Arguments,
    Role,
    expression,
    role,
)
from polycell.languages.python.syntax.call_text import Part, argument, arguments
from polycell.languages.python.syntax.cursor import Bracket
from polycell.languages.python.syntax.values import value_of

# Options of a reader that choose among columns: without them the file shows all it has.
_CHOOSING = frozenset({"usecols", "columns", "index_col", "parse_dates", "dtype", "converters", "na_values",
                       "convert_dates", "schema_overrides", "dtypes"})  # fmt: skip
_EXPRESSIONS: frozenset[Role] = frozenset({"python", "sql", "formula"})


class Offer(Struct, frozen=True):
    """The string names columns of `table`; those that `other` has too pair with it. `role` as in `column_arguments`;
    `owner` is the text that the table is the value of, `levels` says that a level of its index may be named too,
    `doubt` why the string may be more than the column's name."""

    table: Table
    role: Role = "names"
    other: Table | None = None
    owner: str = ""
    levels: bool = False
    doubt: str = ""


def offer(place: Place, *, variable: bool = False) -> Offer | None:
    """What the string at the cursor names, or the `variable` that begins there; None when it names no columns."""
    site = place.site
    start = place.offset if variable else site.span.start - len(site.quote)
    if not (variable or site.quote) or not _begins(place, start):
        return None
    brackets = place.site.brackets
    inside: list[Bracket] = []
    for at in range(len(brackets) - 1, -1, -1):
        bracket = brackets[at]
        if bracket.receiver and bracket.kind == "[":
            kinds = {b.kind for b in inside}
            return _subscripted(place, bracket, labelled=bool(kinds - {"["})) if kinds <= {"[", "("} else None
        if bracket.receiver and bracket.kind == "(":
            found = _called(place, bracket, brackets[:at], inside)
            return found if found is not None or variable else _own(place, bracket, inside)
        inside.append(bracket)
        if len(inside) > 2:
            return None
    return None


# Whose tables an expression is about that stands in no method of one.
_LIBRARIES: Mapping[str, tuple[Flavour, ...]] = {
    "polars": ("polars", "polars-lazy"), "pyspark": ("spark",), "pyarrow": ("arrow",), "duckdb": ("duckdb",),
    "seaborn": ("pandas",), "plotly": ("pandas", "polars"),
}  # fmt: skip


def standing_alone(place: Place) -> Table | None:
    """The columns of all tables that an expression may be about which stands alone, `w = Window.partitionBy("…")`, or a
    drawing function whose table is still to be written, `sns.scatterplot(x="…"`: a guess, for completion alone."""
    site = place.site
    at = next((at for at, b in reversed([*enumerate(site.brackets)]) if b.receiver), None)
    if not site.quote or at is None or not _begins(place, site.span.start - len(site.quote)):
        return None
    bracket = site.brackets[at]
    begins = bracket.receiver.partition("(")[0]
    callee = place.type_of(begins)
    if not isinstance(callee, Module) or bracket.kind != "(":
        return None
    qualified = rules.canonical(callee.qualified)
    inside = site.brackets[at + 1 :]
    library = _LIBRARIES.get(qualified.partition(".")[0], ())
    if undrawn(place, bracket, inside):
        return _seen(place, library)
    if qualified in LATER:
        return _seen(place, ("pandas", "polars")) if _in_tuple(inside, *LATER[qualified]) else None
    plain = begins == bracket.receiver
    taken = expression(qualified) if plain else EXPRESSION_METHODS.get(bracket.receiver.rpartition(".")[2])
    if taken is None or not library or _fitting(taken, bracket, inside) != "names":
        return None
    return _seen(place, library)


def _in_tuple(inside: Sequence[Bracket], kinds: str, argument: int) -> bool:
    """Whether the string, or a list of some, is an argument of the tuple that these brackets lead to."""
    written = "".join(b.kind for b in inside)
    return written in (kinds, f"{kinds}[") and inside[len(kinds) - 1].argument == argument


def _seen(place: Place, library: tuple[Flavour, ...]) -> Table | None:
    """The columns of all tables of a library at a place."""
    visible = {b.name: b for b in place.run.view.bindings()} | place.run.overlay()
    tables = [b.type for b in visible.values() if isinstance(b.type, Table) and b.type.flavour in library]
    found = {c.name: c for table in tables for c in table.columns}
    return Table(tuple(found.values()), open=True, flavour=library[0]) if found else None


_SOUGHT = pattern(r"""["']\s*(?:not\s+)?in\s+([^\W\d]\w*)(?:\.columns)?\b""")


def sought(place: Place) -> Table | None:
    """The table among whose names a text is looked for, `"…" in df.columns`."""
    site, text = place.site, place.context.cell.text
    found = _SOUGHT.match(text, site.span.end, site.span.end + 200) if site.quote in ("'", '"') else None
    return table_of(place.type_of(found[1])) if found is not None else None


def columns(place: Place, *, variable: bool = False) -> Table | None:
    """The table whose columns the string or variable at the cursor names; None when it names none."""
    found = offer(place, variable=variable)
    return found.table if found is not None else None


def _begins(place: Place, at: int) -> bool:
    """Whether the string is all that its argument has so far: not the right side of a comparison, say."""
    text, site = place.context.cell.text, place.site
    for _ in range(2):  # letters before the quote
        at -= at > 0 and text[at - 1].isalpha()
    before = text[max(0, at - 200) : at].rstrip()
    if before.endswith("="):
        return not before.endswith(("==", "!=", "<=", ">=", ":="))
    if before.endswith(":"):  # a slice of columns; the value in a dictionary is no name
        return bool(site.brackets) and site.brackets[-1].kind == "["
    return before.endswith(("(", "[", "{", ","))


def _table(place: Place, text: str) -> Table | None:
    """The table that a text stands for, with the columns that the notebook uses where it is not known whole."""
    type_ = place.type_of(text)
    if isinstance(type_, Schema) and not type_.row:  # of a data set, which is asked for its columns
        return type_.table
    found = table_of(type_)
    if (found is None and type_ != UNKNOWN) or (found is not None and not found.open):
        return found
    flavour = found.flavour if found is not None else ""
    used = used_with(place.context.notebook, text, place.site.span, place.context.cell.id, flavour)
    if found is None:
        return Table(used, open=True) if used else None
    known = {c.name for c in (*found.columns, *found.index)}
    more = tuple(c for c in used if c.name not in known)
    return Table((*found.columns, *more), True, found.flavour, found.index, found.case_sensitive)


def _subscripted(place: Place, bracket: Bracket, *, labelled: bool) -> Offer | None:
    """`labelled`: a tuple is written, which only columns of several levels are named by."""
    text = bracket.receiver
    type_ = place.type_of(text)
    if isinstance(type_, Table) and type_.labelled:
        return _under_labels(place, type_, bracket)
    if labelled:
        return None
    for indexer in (".loc", ".at"):
        if text.endswith(indexer):
            text = text[: -len(indexer)]
            if bracket.argument < 1:
                rows = labels_of(place.type_of(text))
                return Offer(rows, owner=text) if rows is not None else None
            break
    table = _table(place, text) or _labels(place.type_of(text)) or located_rows(place, text)
    return Offer(table, owner=text) if table is not None else None


def _under_labels(place: Place, table: Table, bracket: Bracket) -> Offer | None:
    """Labels of columns of several levels: of the first, or of the level at the cursor under those before it."""
    inner = place.site.brackets[place.site.brackets.index(bracket) + 1 :]
    within = inner[-1] if inner and inner[-1].kind == "(" else bracket
    parts = arguments(place.context.cell.text, within, place.site)[: within.argument]
    above = tuple(value_of(place.type_of(part.text)) for part in parts)
    under = [(label, c) for label, c in table.labelled if label[: len(above)] == above and len(label) > len(above)]
    only = len(under[0][0]) == len(above) + 1 if under else False
    found = {label[len(above)]: c if only else Column(label[len(above)], None) for label, c in under}
    columns = (replace(column, name=name) for name, column in found.items() if name)
    return Offer(Table(tuple(columns), open=True, flavour="pandas"), doubt="it is a label of several columns")


def located_rows(place: Place, text: str) -> Table | None:
    """The frame of which a text picks the row of a label, or the rows: `df.loc["a"]`."""
    if not text.endswith("]") or ".loc[" not in text:
        return None
    try:
        node = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not isinstance(node, ast.Subscript) or isinstance(node.slice, (ast.Tuple, ast.Slice)):
        return None
    if not isinstance(node.value, ast.Attribute) or node.value.attr != "loc":
        return None
    frame = place.evaluate(node.value.value)
    return frame if isinstance(frame, Table) and frame.flavour == "pandas" and not frame.labelled else None


def _labels(type_: Type) -> Table | None:
    """What a subscript of a series names."""
    return labels_of(type_) if isinstance(type_, Series) else None


def _called(place: Place, bracket: Bracket, outer: Sequence[Bracket], inside: Sequence[Bracket]) -> Offer | None:
    owner = bracket.receiver.rpartition(".")[0]
    base = place.type_of(owner) if owner else None
    callee = place.type_of(bracket.receiver) if not owner or isinstance(base, Module) else None
    if isinstance(callee, Module):
        return _function(place, rules.canonical(callee.qualified), bracket, outer, inside)
    if callee is not None and of_columns(callee):
        return _enclosing(place, outer, "names") if not inside else None
    for owner, method in owners(bracket.receiver):
        type_ = place.type_of(owner)
        table = _table(place, owner)
        if table is None and not isinstance(type_, Series):
            continue
        known = METHODS.get(rules.flavour_of(type_))
        found = known.get(method) if known is not None else None if table is None else _any_library(method)
        fits = _fitting(found, bracket, inside) if found is not None else None
        if fits == "levels":
            return _of_levels(type_, owner)
        if fits is not None and table is not None:
            return _paired(place, table, fits, bracket, owner, levels=method in LEVELS)
    found = EXPRESSION_METHODS.get(bracket.receiver.rpartition(".")[2])
    fits = _fitting(found, bracket, inside) if found is not None else None
    return _enclosing(place, outer, fits) if fits is not None else None


def _of_levels(type_: Type, owner: str) -> Offer | None:
    """The names of the levels that a frame's or series' index has."""
    index = type_.index if isinstance(type_, (Table, Series)) else ()
    named = tuple(level for level in index if level.name)
    return Offer(Table(named, open=True, flavour="pandas"), owner=owner) if named else None


def owners(receiver: str) -> Iterator[tuple[str, str]]:
    """(owner, method) pairs: `df.plot.scatter` is the method `scatter` of `df.plot`, or `plot.scatter` of `df`."""
    owner, _, method = receiver.rpartition(".")
    yield owner, method
    owner, _, accessor = owner.rpartition(".")
    if owner and accessor.isidentifier():
        yield owner, f"{accessor}.{method}"


def _any_library(method: str) -> Arguments | None:
    """What a method takes, of a value of which only the usage is known."""
    return next((methods[method] for methods in METHODS.values() if method in methods), None)


def _fitting(taken: Arguments, bracket: Bracket, inside: Sequence[Bracket]) -> Role | None:
    """The role of the string in an argument; `inside` are the brackets between the call and the string."""
    kinds = "".join(b.kind for b in inside)
    for found in role(taken, bracket.keyword or bracket.argument):
        match found:
            case "keys":
                fits = kinds == "{" and inside[0].key
            case "pairs":
                fits = kinds == "(" and bool(bracket.keyword) and inside[0].argument == 0
            case "specs":
                fits = kinds == "([" and inside[0].argument == 0
            case "python" | "sql" | "formula":
                fits = not kinds
            case _:
                fits = kinds in ("", "[", "(")
        if fits:
            return found
    return None


def _paired(place: Place, table: Table, found: Role, bracket: Bracket, owner: str, *, levels: bool) -> Offer | None:
    """The offer for a method's argument, with the other table where there is one."""
    if found not in ("shared", "left", "right"):
        return Offer(table, found, owner=owner, levels=levels)
    parts = arguments(place.context.cell.text, bracket, place.site)
    return _of_two(place, table, found, argument(parts, 0, "right", "other", "right_table"), owner)


def _of_two(place: Place, table: Table, found: Role, text: str, owner: str) -> Offer | None:
    other = table_of(place.type_of(text))
    if found == "right":
        return Offer(other, found, table, text, levels=True) if other is not None else None
    return Offer(table, found, other, owner, levels=True)


def _function(
    place: Place, qualified: str, bracket: Bracket, outer: Sequence[Bracket], inside: Sequence[Bracket]
) -> Offer | None:
    taken = expression(qualified)
    if taken is not None:
        fits = _fitting(taken, bracket, inside)
        return _enclosing(place, outer, fits) if fits is not None else None
    if qualified in READERS:
        fits = _fitting(READERS[qualified], bracket, inside)
        parts = arguments(place.context.cell.text, bracket, place.site)
        table = table_of(place.type_of(_whole_file(bracket, parts))) if fits is not None else None
        return Offer(table, fits) if table is not None and fits is not None else None
    if qualified not in FUNCTIONS:
        return None
    given, position, taken = FUNCTIONS[qualified]
    fits = _fitting(taken, bracket, inside)
    if fits is None:
        return None
    parts = arguments(place.context.cell.text, bracket, place.site)
    owner = argument(parts, position, given)
    table = _table(place, owner)
    if table is None:
        return None
    if fits in ("shared", "left", "right"):
        return _of_two(place, table, fits, argument(parts, 1, "right"), owner)
    return Offer(table, fits, owner=owner, levels=qualified in LEVELS or qualified.startswith("seaborn."))


def _whole_file(bracket: Bracket, parts: Sequence[Part]) -> str:
    """The reader's call without what chooses among the columns."""
    kept = (f"{p.keyword}={p.text}" if p.keyword else p.text for p in parts if p.keyword not in _CHOOSING)
    return f"{bracket.receiver}({', '.join(kept)})"


def _own(place: Place, bracket: Bracket, inside: Sequence[Bracket]) -> Offer | None:
    """What the argument of a function of the notebook names in its body."""
    found = named_inside(place, bracket, _by_variable)
    if found is None:
        return None
    offered, only = found
    if "".join(b.kind for b in inside) not in (("",) if offered.role in _EXPRESSIONS else ("", "[", "(")):
        return None
    doubt = "" if only else f"`{bracket.receiver}` does more with it than name a column"
    return replace(offered, owner="", doubt=doubt)


def _by_variable(place: Place) -> Offer | None:
    found = offer(place, variable=True)
    if found is None and _begins(place, place.offset) and (chart := chart_string(place)) is not None:
        found = Offer(chart.table)
    return found if found is not None and found.table.columns else None


def _enclosing(place: Place, outer: Sequence[Bracket], found: Role) -> Offer | None:
    """The table whose method an expression stands in."""
    for bracket in reversed(outer):
        owner = bracket.receiver.rpartition(".")[0] if bracket.kind == "(" else bracket.receiver
        if bracket.kind == "[" and bracket.receiver.endswith((".loc", ".iloc")):
            owner = bracket.receiver.rpartition(".")[0]
        type_ = place.type_of(owner) if owner else None
        table = table_of(type_) if type_ is not None else None
        if table is None or type_ is None:
            continue
        method = bracket.receiver.rpartition(".")[2] if bracket.kind == "(" else ""
        taken = METHODS.get(rules.flavour_of(type_), {}).get(method, {})
        if "right" in role(taken, bracket.keyword or bracket.argument):
            return _paired(place, table, "right", bracket, owner, levels=False)
        return Offer(table, found, owner=owner)
    return None


def column_attribute(place: Place) -> Offer | None:
    """`pl.col.price`: the table whose columns may stand behind the dot."""
    site = place.site
    if site.quote or not site.attribute or not site.receiver.endswith("col"):
        return None
    callee = place.type_of(site.receiver)
    if not isinstance(callee, Module) or rules.canonical(callee.qualified) != "polars.col":
        return None
    return _enclosing(place, site.brackets, "names")
