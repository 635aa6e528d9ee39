"""pandas' groupby and its aggregations."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from polycell.core.types import (
    BOOL,
    FLOAT64,
    INT64,
    UNKNOWN,
    Certainty,
    Collection,
    Column,
    DataType,
    GroupBy,
    Module,
    Record,
    Series,
    Table,
    Type,
)
from polycell.core.values import replace
from polycell.languages.python.frames import labels, row_labels
from polycell.languages.python.frames.columns import (
    UNKNOWN_INDEX,
    get,
    numeric_only,
    put,
    sure,
    unknown_table,
    with_columns,
)
from polycell.languages.python.frames.registry import Argument, Call, Evaluator, method
from polycell.languages.python.syntax.values import items_of, known_text, value_of

G = "pandas groups"


@method("pandas", "groupby", "by axis level as_index sort group_keys observed dropna squeeze")
def groupby(call: Call) -> Type:
    by, keyed, table = call["by"], call.value("as_index", True), call.table
    if call["axis"] is not None and call.value("axis") not in (0, "index"):
        return UNKNOWN
    if not isinstance(keyed, bool):
        return UNKNOWN
    unknown = GroupBy(replace(table, open=True, labelled=()), (), keyed=keyed)  # the groups have its columns
    if by is None or call["level"] is not None:
        return unknown
    names: list[str] = []
    for item in items_of(by.type) or (by.type,) if isinstance(by.type, Collection) else (by.type,):
        if isinstance(item, Series):
            if not item.column.name or item.column.maybe or not keyed:
                return unknown
            name = item.column.name
            if item.column != table.column(name):
                # A key computed beside the table: whether a column of its name takes part, pandas decides.
                other = table.column(name)
                key = replace(item.column, maybe=False, type=item.column.type if other is None else None)
                table = replace(put(table, key), open=True)
        elif isinstance(item, Record) and item.name == "pandas.Grouper":
            name = known_text(item.fields[0][1]) or ""
        else:
            name = known_text(item) or ""
        names.append(name)
    if not names or "" in names or len(set(names)) != len(names):
        return unknown
    # A name that is no column may be that of an index level: in a table known whole it is; else it makes no difference
    # while keys become the index of the result.
    unseen = keyed and table.index == UNKNOWN_INDEX
    if any(table.column(n) is None for n in names) and (not table.open or (table.index and not unseen)):
        return unknown
    return GroupBy(table, tuple(names), keyed=keyed, listed=isinstance(by.type, Collection))


def _groups(call: Call) -> GroupBy:
    assert isinstance(call.receiver, GroupBy)
    return call.receiver


def _keys(groups: GroupBy) -> tuple[Column, ...]:
    if not groups.keys:
        return UNKNOWN_INDEX
    return tuple(get(groups.table, k) for k in groups.keys)


def _unknown(groups: GroupBy) -> Table:
    """A result of which only the index is known."""
    return unknown_table("pandas", _keys(groups) if groups.keyed else ())


def _values(groups: GroupBy) -> Table:
    """The columns that are aggregated, as a table."""
    table = groups.table
    if groups.selected is not None:
        chosen = (get(table, n) for n in groups.selected)
        return with_columns(replace(table, open=not groups.keys), chosen)
    return replace(table, columns=tuple(c for c in table.columns if c.name not in groups.keys))


def _assemble(groups: GroupBy, columns: Iterable[Column], *, open_: bool) -> Table:
    made = tuple(columns)
    if not groups.keys:
        return replace(unknown_table("pandas"), columns=made if groups.selected else ())
    if groups.keyed:
        return with_columns(Table(open=open_, flavour="pandas", index=_keys(groups)), made)
    names = {c.name for c in made}
    keys = tuple(k for k in _keys(groups) if k.name not in names)
    return with_columns(Table(open=open_, flavour="pandas"), (*keys, *made))


def _type(column: Column, how: str) -> DataType | None:
    if how in ("count", "nunique", "size"):
        return INT64
    if how in ("mean", "median", "std", "var", "sem"):
        return FLOAT64 if column.type in (INT64, FLOAT64, BOOL) and sure(column) else None
    if how in ("sum", "prod"):
        return column.type if column.type in (INT64, FLOAT64) else None
    if how in ("min", "max", "first", "last"):
        return column.type
    if how in ("any", "all"):
        return BOOL
    return None


_NUMERIC = frozenset({"mean", "median", "std", "var", "sem", "prod"})


def _derived(call: Call, column: Column, type_: DataType | None) -> Column:
    return replace(column, type=type_, nullable=None, source=call.run.text_of(call.node), maybe=column.maybe)


@method(G, "sum prod mean median min max first last", "numeric_only min_count engine **")
@method(G, "std var sem", "ddof numeric_only **")
@method(G, "count")
@method(G, "nunique", "dropna")
@method(G, "any all", "skipna")
def reduced(call: Call) -> Type:
    name = call.node.func.attr if isinstance(call.node.func, ast.Attribute) else ""
    return _reduced(call, _groups(call), name, call.value("numeric_only", False))


def _reduced(call: Call, groups: GroupBy, how: str, numeric: object) -> Type:
    values = _values(groups)
    if groups.single and groups.selected:
        column = _derived(call, values.columns[0], _type(values.columns[0], how))
        if groups.keyed:
            return Series(column, "pandas", _keys(groups))
        return _assemble(groups, [column], open_=False)
    if numeric is True:
        columns = numeric_only(values).columns
    elif numeric is not False or how in _NUMERIC:
        # Newer pandas fails on texts, older leaves them out.
        columns = tuple(c if _is_number(c) else replace(c, maybe=True) for c in values.columns)
    elif how == "sum":
        columns = tuple(c if _is_number(c) or c.type is None else replace(c, maybe=True) for c in values.columns)
    else:
        columns = values.columns
    return _assemble(groups, (_derived(call, c, _type(c, how)) for c in columns), open_=values.open)


def _is_number(column: Column) -> bool:
    return sure(column) and column.type in (INT64, FLOAT64, BOOL)


@method(G, "size")
def size(call: Call) -> Type:
    groups = _groups(call)
    column = Column("size", INT64, False, source=call.run.text_of(call.node))
    if groups.keyed:
        return Series(replace(column, name=""), "pandas", _keys(groups))
    return _assemble(groups, [column], open_=False) if groups.selected is None else UNKNOWN


@method(G, "agg aggregate", "func *args **")
def agg(call: Call) -> Type:
    groups, function = _groups(call), call["func"]
    if call.rest:
        return UNKNOWN
    if function is None:
        return _named(call, groups)
    if call.extra:
        return UNKNOWN
    hows = _hows(call.run, function.node)
    if isinstance(hows, str):
        return _reduced(call, groups, hows, False) if hows in _KNOWN else UNKNOWN
    if isinstance(function.node, (ast.Dict, ast.DictComp)) or isinstance(function.value, dict):
        return _by_dict(call, groups, function)
    if hows is None:
        return UNKNOWN if groups.single else _unknown(groups)
    if groups.single and groups.selected:
        source = get(groups.table, groups.selected[0])
        columns = (
            _derived(call, source.named(how, call.run.place(function.node, how)), _type(source, how)) for how in hows
        )
        return _assemble(groups, columns, open_=False) if groups.keyed else unknown_table("pandas")
    values = _values(groups)
    if not groups.keyed or not groups.keys or values.open or any(c.maybe for c in values.columns):
        return _unknown(groups)
    return labels.table_of(_labelled(call, [(c, hows) for c in values.columns]), _keys(groups))


def _labelled(call: Call, columns: Iterable[tuple[Column, list[str]]]) -> list[labels.Labelled]:
    """One column for each column and function."""
    return [((c.name, how), _derived(call, c, _type(c, how))) for c, hows in columns for how in hows]


# Functions that pandas knows by these names whatever its version and numpy's.
_FUNCTIONS = {f"numpy.{n}": n for n in ("sum", "mean", "std", "var", "median", "prod")}
_BUILTINS = {"sum": "sum", "min": "min", "max": "max"}


def _hows(run: Evaluator, node: ast.expr) -> str | list[str] | None:
    """The names of the function, or list of functions, that an argument gives; None where one has no known name."""
    if isinstance(node, (ast.List, ast.Tuple)):
        found = [_hows(run, element) for element in node.elts]
        names = [f for f in found if isinstance(f, str)]
        return names if names and len(names) == len(found) and isinstance(node, ast.List) else None
    type_ = run.evaluate(node)
    value = value_of(type_)
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(v, str) for v in value):
        return value
    if isinstance(type_, Module):
        return _FUNCTIONS.get(type_.qualified)
    if isinstance(node, ast.Name) and type_ == UNKNOWN:
        return _BUILTINS.get(node.id)
    return None


_KNOWN = frozenset({
    "sum", "prod", "mean", "median", "min", "max", "first", "last", "std", "var", "sem", "count", "nunique", "any",
    "all",
})  # fmt: skip


def _named(call: Call, groups: GroupBy) -> Type:
    """`agg(total=("v", "sum"))`, and for one column `agg(total="sum")`."""
    columns = []
    for name, argument in (call.extra or {}).items():
        column_name, how = _pair(call, argument, groups)
        if column_name is None:
            return _unknown(groups)
        source = get(groups.table, column_name)
        keyword = next((k for k in call.node.keywords if k.arg == name), None)
        origin = call.run.place(keyword, name) if keyword is not None else None
        type_ = _type(source, how) if how in _KNOWN or how == "size" else None
        columns.append(Column(name, type_, None, origin=origin, source=call.run.text_of(argument.node)))
    return _assemble(groups, columns, open_=False) if columns else UNKNOWN


def _pair(call: Call, argument: Argument, groups: GroupBy) -> tuple[str | None, str]:
    node = argument.node
    if groups.single and groups.selected and not isinstance(node, ast.Tuple):
        return groups.selected[0], value_of(argument.type) if isinstance(argument.value, str) else ""
    parts = node.elts if isinstance(node, ast.Tuple) else []
    if isinstance(node, ast.Call):  # pd.NamedAgg(column=…, aggfunc=…)
        given = {k.arg: k.value for k in node.keywords}
        parts = [given[n] for n in ("column", "aggfunc") if n in given] or list(node.args)
    if not parts and isinstance(pair := argument.value, list) and len(pair) == 2:  # of `**{"total": ("v", "sum")}`
        return (pair[0] if isinstance(pair[0], str) else None), pair[1] if isinstance(pair[1], str) else ""
    if len(parts) != 2:
        return None, ""
    name = value_of(call.run.evaluate(parts[0]))
    how = value_of(call.run.evaluate(parts[1]))
    return (name if isinstance(name, str) else None), how if isinstance(how, str) else ""


def _by_dict(call: Call, groups: GroupBy, function: Argument) -> Type:
    """`agg({"n": "sum"})`; a list among the functions makes columns of two levels."""
    given: list[tuple[str, str | list[str] | None]] = []
    if isinstance(function.node, ast.Dict):
        for key, value in zip(function.node.keys, function.node.values, strict=True):
            name = value_of(call.run.evaluate(key)) if key is not None else None
            if not isinstance(name, str):
                return _unknown(groups)
            listed = isinstance(value, (ast.List, ast.Tuple, ast.Dict))
            hows = _hows(call.run, value)
            if listed and hows is None:
                return _unknown(groups)
            given.append((name, hows))
        given = list(dict(given).items())  # of a key that stands twice, the last counts
    elif isinstance(function.value, dict):
        given = list(function.value.items())
    if not given or not all(h is None or isinstance(h, str) or _texts(h) for _, h in given):
        return _unknown(groups)
    if any(isinstance(h, list) for _, h in given):
        if not groups.keyed or not groups.keys or any(h is None for _, h in given):
            return _unknown(groups)
        pairs = [(get(groups.table, n), h if isinstance(h, list) else [h or ""]) for n, h in given]
        return labels.table_of(_labelled(call, pairs), _keys(groups))
    columns = []
    for name, how in given:
        source = get(groups.table, name)
        columns.append(_derived(call, source, _type(source, how) if isinstance(how, str) and how in _KNOWN else None))
    return _assemble(groups, columns, open_=False)


def _texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)


@method(G, "head tail nth sample", "n dropna frac replace weights random_state")
def rows(call: Call) -> Type:
    groups = _groups(call)
    if groups.selected is not None:
        return UNKNOWN
    return groups.table


@method(G, "cumsum cumprod cummax cummin rank shift diff ffill bfill pct_change", "**")
@method(G, "transform", "func **")
def transformed(call: Call) -> Type:
    groups = _groups(call)
    values = _values(groups)
    if groups.single and groups.selected:
        return Series(replace(values.columns[0], type=None), "pandas", groups.table.index)
    if not groups.keys:
        return UNKNOWN
    columns = tuple(replace(c, type=None, maybe=True) for c in values.columns)
    return replace(values, columns=columns, index=groups.table.index)


@method(G, "describe", gives=UNKNOWN)
def describe(call: Call) -> Type:
    """Of one numeric column: its figures, by the keys."""
    groups = _groups(call)
    if not groups.single or not groups.selected or not groups.keys or not groups.keyed:
        return _unknown(groups)
    if not _is_number(get(groups.table, groups.selected[0])) or get(groups.table, groups.selected[0]).type == BOOL:
        return unknown_table("pandas", _keys(groups))
    return _assemble(groups, (Column(n, FLOAT64) for n in row_labels.FIGURES), open_=False)


@method(G, "ohlc", "")
def ohlc(call: Call) -> Type:
    """Of one column: its first, highest, lowest and last value."""
    groups = _groups(call)
    if not groups.single or not groups.selected or not groups.keyed or not groups.keys:
        return UNKNOWN
    type_ = get(groups.table, groups.selected[0]).type
    kept = type_ if type_ == FLOAT64 else None  # groups without rows make whole numbers double
    return _assemble(groups, (Column(n, kept) for n in ("open", "high", "low", "close")), open_=False)


@method(G, "cumcount ngroup", "ascending")
def numbered(call: Call) -> Type:
    """A row whose key is missing has no number, which makes the numbers double."""
    return Series(Column("", INT64, type_certainty=Certainty.LIKELY), "pandas", _groups(call).table.index)


@method(G, "rolling expanding ewm", "*args **")
@method(G, "pipe corr quantile", "**")
def by_data(call: Call) -> Type:
    return UNKNOWN


@method(G, "apply", "func **")
def applied(call: Call) -> Type:
    """A function that makes one value of each group of one column; one that is handed each group, as `pipe`'s is."""
    groups, function = _groups(call), call["func"]
    if function is not None and not groups.single and groups.keys and not call.extra and not groups.table.labelled:
        return _of_each(call, groups, function.node)
    plain = function is not None and isinstance(function.node, ast.Name) and function.node.id in ("list", "set", "len")
    if groups.single and groups.selected and groups.keys and plain and not call.extra:
        column = replace(get(groups.table, groups.selected[0]), type=None, nullable=None)
        return Series(column, "pandas", _keys(groups)) if groups.keyed else UNKNOWN
    return UNKNOWN


def _of_each(call: Call, groups: GroupBy, function: ast.expr) -> Type:
    """Frames put one below another; of a series for each group its labels. Where there are no groups the columns of the
    whole frame are there instead. From pandas 3 on the keys are not handed over."""
    table = _values(groups) if groups.selected is not None else groups.table
    given = (replace(c, maybe=True) if c.name in groups.keys else c for c in table.columns)
    made = call.run.apply(function, [], [replace(table, columns=tuple(given))])
    if isinstance(made, Table) and made.flavour == "pandas" and not made.labelled:
        columns = tuple(replace(c, maybe=True) for c in made.columns)
        return replace(made, columns=columns, open=True, index=UNKNOWN_INDEX)
    found = row_labels.labels_of(made) if isinstance(made, Series) and made.flavour == "pandas" else None
    if found is None or not groups.keyed:
        return UNKNOWN
    columns = tuple(replace(c, type=None, nullable=None, maybe=True) for c in found.columns)
    return Table(columns, True, "pandas", _keys(groups))


@method(G, "get_group", "name obj")
def get_group(call: Call) -> Type:
    return _groups(call).table if _groups(call).selected is None else UNKNOWN


@method(G, "filter", "func dropna **")
def filtered(call: Call) -> Type:
    return _groups(call).table if _groups(call).selected is None else UNKNOWN
