"""polars' eager and lazy frames. Oracle in the tests: polars itself."""

from __future__ import annotations

import ast
from collections.abc import Callable

from polycell.core.types import (
    STRING,
    TIMESTAMP,
    UNKNOWN,
    Collection,
    Column,
    DataType,
    GroupBy,
    Opaque,
    Scalar,
    Series,
    Table,
    Type,
)
from polycell.core.values import replace
from polycell.languages.python.frames import duplicates
from polycell.languages.python.frames import polars_expressions as expressions
from polycell.languages.python.frames.columns import (
    drop,
    for_pandas,
    get,
    put,
    rename,
    typed,
    unknown_table,
    untyped,
    with_columns,
)
from polycell.languages.python.frames.expressions import UNNAMED, Made
from polycell.languages.python.frames.polars_expressions import columns_of
from polycell.languages.python.frames.polars_words import REDUCERS, UINT32
from polycell.languages.python.frames.polars_words import cast as cast_column
from polycell.languages.python.frames.registry import Argument, Call, Rule, method
from polycell.languages.python.syntax.values import items_of, known_texts, of_value, value_of


def both(names: str, parameters: str = "") -> Callable[[Rule], Rule]:
    """A rule for eager and lazy frames alike."""

    def register(rule: Rule) -> Rule:
        method("polars", names, parameters)(rule)
        return method("polars-lazy", names, parameters)(rule)

    return register


@both("filter", "*predicates **")
@both("head limit", "n")
@both("tail", "n")
@both("slice", "offset length")
@both("sort", "by *more_by descending nulls_last multithreaded maintain_order")
@both("unique", "subset keep maintain_order")
@both("drop_nulls drop_nans", "subset")
@both("clone rechunk reverse cache shrink_to_fit clear", "**")
@both("set_sorted", "column **")
@both("sample", "n fraction with_replacement shuffle seed")
@both("top_k bottom_k", "k by reverse")
@both("gather_every", "n offset")
@both("gather", "indices **")
@both("remove", "*predicates **")
@both("inspect", "**")
def same(call: Call) -> Type:
    return call.table


@both("collect", "**")
def collect(call: Call) -> Type:
    if call.extra and "background" in call.extra:
        return UNKNOWN
    return call.table.with_flavour("polars")


@both("lazy")
def lazy(call: Call) -> Type:
    return call.table.with_flavour("polars-lazy")


def _made(call: Call, table: Table | None = None) -> list[Made] | None:
    """What positional and named expressions make, in order."""
    over = call.table if table is None else table
    found: list[Made] = []
    for argument in call.rest:
        made = expressions.made_of(call.run, argument.node, over)
        if made is None or any(m.column.name == UNNAMED for m in made):
            return None
        found += made
    for name, argument in (call.extra or {}).items():
        one = _named(call, argument, over)
        keyword = next((k for k in call.node.keywords if k.arg == name), None)
        origin = call.run.place(keyword, name) if keyword is not None else None
        source = call.run.text_of(argument.node)
        found.append(Made(replace(one.column.named(name, origin), source=source, maybe=False), one.scalar))
    return found


def _named(call: Call, argument: Argument, table: Table) -> Made:
    """A literal given by name is a literal; a text names a column."""
    if isinstance(argument.type, Scalar) and not isinstance(argument.value, str):
        return Made(Column("", None), True)
    if isinstance(argument.type, Series):
        return Made(argument.type.column)
    made = expressions.made_of(call.run, argument.node, table)
    return made[0] if made is not None and len(made) == 1 else Made(Column("", None))


@both("select select_seq", "*exprs **")
def select(call: Call) -> Type:
    made = _made(call)
    if made is None:
        return unknown_table(call.table.flavour)
    duplicates.judge_made(call, [m.column for m in made])
    missing = not call.table.open and any(m.plain and call.table.column(m.column.name) is None for m in made)
    return with_columns(replace(call.table, open=missing), (m.column for m in made))


@both("with_columns with_columns_seq", "*exprs **")
def add_columns(call: Call) -> Type:
    """What is not understood leaves the columns that were there, whose types may change, and maybe others."""
    made = _made(call)
    table = call.table
    if made is None:
        return replace(table, columns=tuple(replace(c, type=None) for c in table.columns), open=True)
    duplicates.judge_made(call, [m.column for m in made])
    for one in made:
        table = put(table, one.column)
    return table


@both("with_row_index", "name offset")
def with_row_index(call: Call) -> Type:
    name = call.value("name", "index")
    if isinstance(name, str):
        duplicates.judge_named(call, [name, *(c.name for c in call.table.columns)], "name", call.table)
    if not isinstance(name, str) or call.table.column(name) is not None:
        return call.unknown
    return replace(call.table, columns=(Column(name, UINT32, origin=call.place("name", name)), *call.table.columns))


@both("with_row_count", "name offset")
def with_row_count(call: Call) -> Type:
    """The older name of `with_row_index`."""
    name = call.value("name", "row_nr")
    if not isinstance(name, str) or call.table.column(name) is not None:
        return call.unknown
    return replace(call.table, columns=(Column(name, UINT32), *call.table.columns))


@both("drop", "*columns strict")
def dropped(call: Call) -> Type:
    names: list[str] = []
    for argument in call.rest:
        columns = columns_of(call.run, argument.node, call.table)
        if columns is None:
            return replace(call.table, columns=tuple(replace(c, maybe=True) for c in call.table.columns))
        names += [c.name for c in columns]
    return drop(call.table, names)


@both("rename", "mapping strict")
def renamed(call: Call) -> Type:
    mapping, argument = call.value("mapping"), call["mapping"]
    if argument is not None and not isinstance(mapping, dict):
        found = [value_of(call.run.apply(argument.node, [], [of_value(c.name)])) for c in call.table.columns]
        if call.table.open or not all(isinstance(n, str) for n in found):
            return call.unknown
        pairs = zip(call.table.columns, found, strict=True)
        return with_columns(call.table, (replace(c, name=str(n)) for c, n in pairs))
    if not isinstance(mapping, dict) or not all(isinstance(v, str) for v in mapping.values()):
        return call.unknown
    duplicates.judge_named(call, [mapping.get(c.name, c.name) for c in call.table.columns], "mapping", call.table)
    return rename(call.table, mapping, call.new_name(call["mapping"].node))  # type: ignore[union-attr]


@both("cast", "dtypes strict wrap_numerical")
def cast(call: Call) -> Type:
    argument = call["dtypes"]
    node = argument.node if argument is not None else None
    if isinstance(node, ast.Dict):
        types: dict[str, DataType | None] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            chosen = columns_of(call.run, key, call.table) if key is not None else None
            if chosen is None:
                return untyped(call.table)
            types |= {c.name: expressions.type_of(call.run, value) for c in chosen}
        columns = (cast_column(c, types[c.name]) if c.name in types else c for c in call.table.columns)
        return replace(call.table, columns=tuple(columns))
    type_ = expressions.type_of(call.run, node) if node is not None else None
    return replace(call.table, columns=tuple(cast_column(c, type_) for c in call.table.columns))


@both("null_count", "**")
def null_count(call: Call) -> Type:
    return typed(call.table, UINT32)


@both("fill_null", "value strategy limit matches_supertype")
def fill_null(call: Call) -> Type:
    return call.table if call["value"] is None and call["strategy"] is not None else untyped(call.table)


@both("fill_nan", "value")
@both("interpolate")
@both("shift", "n fill_value")
@both("sum mean median min max std var product first last", "**")
@both("quantile", "quantile interpolation")
def same_names(call: Call) -> Type:
    return untyped(call.table)


@both("explode", "columns *more_columns **")
def explode(call: Call) -> Type:
    return replace(call.table, columns=tuple(replace(c, type=None) for c in call.table.columns))


@both("unpivot", "on index variable_name value_name streamable")
@both("melt", "id_vars value_vars variable_name value_name streamable")
def unpivot(call: Call) -> Type:
    """`melt` is the older name, with the parameters' names of pandas."""
    argument = call["index"] or call["id_vars"]
    index = columns_of(call.run, argument.node, call.table) if argument is not None else []
    variable, value = call.value("variable_name", None) or "variable", call.value("value_name", None) or "value"
    if index is None or not isinstance(variable, str) or not isinstance(value, str):
        return call.unknown
    made = (
        *(get(call.table, c.name) for c in index),
        Column(variable, STRING, origin=call.place("variable_name", variable)),
        Column(value, None, origin=call.place("value_name", value)),
    )
    return with_columns(Table(flavour=call.table.flavour), made)


@both("group_by groupby", "*by maintain_order **")
def group_by(call: Call) -> Type:
    made = _made(call)
    if made is None:
        return GroupBy(unknown_table(call.table.flavour), ())
    table = call.table
    for one in made:
        if not one.plain:  # a computed key: it takes part as if it were a column of the table
            table = put(table, one.column)
    return GroupBy(table, tuple(m.column.name for m in made), keyed=False)


@both("group_by_dynamic", "index_column every period offset include_boundaries closed label group_by start_by")
@both("rolling", "index_column period offset closed group_by")
def by_time(call: Call) -> Type:
    """Keys, and behind them the time that begins each group."""
    index = call.text("index_column")
    keys = call.texts("group_by") if call["group_by"] is not None else []
    bounds = call.value("include_boundaries", False)
    if index is None or keys is None or not isinstance(bounds, bool):
        return GroupBy(unknown_table(call.table.flavour), ())
    if not bounds:
        return GroupBy(call.table, (*keys, index), keyed=False)
    names = ("_lower_boundary", "_upper_boundary")
    if any(call.table.column(name) is not None for name in names):
        return GroupBy(unknown_table(call.table.flavour), ())
    time = get(call.table, index)
    type_ = time.type if time.type == TIMESTAMP else None  # those of a date are times
    made = tuple(Column(name, type_, source=call.run.text_of(call.node)) for name in names)
    return GroupBy(replace(call.table, columns=(*call.table.columns, *made)), (*keys, *names, index), keyed=False)


def _groups(call: Call) -> GroupBy:
    assert isinstance(call.receiver, GroupBy)
    return call.receiver


def _result(groups: GroupBy, columns: list[Column]) -> Table:
    keys = [get(groups.table, k) for k in groups.keys]
    return with_columns(Table(flavour=groups.table.flavour), (*keys, *columns))


def agg(call: Call) -> Type:
    groups = _groups(call)
    if not groups.keys:
        return unknown_table(groups.table.flavour)
    keys = set(groups.keys)
    # `pl.all()` and selectors leave the keys out.
    made = _made(call, replace(groups.table, columns=tuple(c for c in groups.table.columns if c.name not in keys)))
    if made is None:
        kept = tuple(get(groups.table, k) for k in groups.keys)
        return replace(unknown_table(groups.table.flavour), columns=kept)
    duplicates.judge_made(call, [*(get(groups.table, k) for k in groups.keys), *(m.column for m in made)])
    # A column without a reduction becomes a list.
    return _result(groups, [m.column if m.scalar else replace(m.column, type=None) for m in made])


def reduced(call: Call) -> Type:
    groups = _groups(call)
    if not groups.keys:
        return unknown_table(groups.table.flavour)
    name = call.node.func.attr if isinstance(call.node.func, ast.Attribute) else ""
    if name in ("len", "count"):
        label = call.value("name", None) or name
        if not isinstance(label, str):
            return unknown_table(groups.table.flavour)
        return _result(groups, [Column(label, UINT32)])
    change = REDUCERS.get(name) if name != "all" else None  # which makes lists
    rest = [
        replace(c, type=change(c.type) if change else None) for c in groups.table.columns if c.name not in groups.keys
    ]
    return replace(_result(groups, rest), open=groups.table.open)


def rows(call: Call) -> Type:
    """Keys first, then the other columns."""
    groups = _groups(call)
    if not groups.keys:
        return unknown_table(groups.table.flavour)
    rest = [c for c in groups.table.columns if c.name not in groups.keys]
    return replace(_result(groups, rest), open=groups.table.open)


for _flavour in ("polars groups", "polars-lazy groups"):
    method(_flavour, "agg", "*aggs **")(agg)
    method(_flavour, "sum mean median min max first last n_unique all")(reduced)
    method(_flavour, "len count", "name")(reduced)
    method(_flavour, "head tail", "n")(rows)


@both("pipe", "function *args **")
def pipe(call: Call) -> Type:
    function = call["function"]
    if function is not None and isinstance(function.node, ast.Lambda):
        return call.run.apply(function.node, [], [call.receiver])
    return UNKNOWN


@both("unnest", "columns *more_columns separator")
def unnest(call: Call) -> Type:
    """The fields of structures in the place of these."""
    names = [n for a in (call["columns"], *call.rest) if a is not None for n in known_texts(a.type) or ("\0",)]
    table = call.table
    if not names or table.open or call["separator"] is not None or any(table.column(n) is None for n in names):
        return call.unknown
    columns: list[Column] = []
    for column in table.columns:
        if column.name not in names:
            columns.append(column)
        elif column.type is None or column.type.name != "struct" or column.maybe:
            return call.unknown
        else:
            columns += [Column(n, t if t.name != "null" else None, source=column.name) for n, t in column.type.children]
    return with_columns(table, columns)


@method("polars", "describe", "percentiles interpolation")
def describe(call: Call) -> Type:
    """A row a figure: texts and numbers, as each column has them."""
    if call.table.column("statistic") is not None:
        return call.unknown
    return with_columns(call.table, (Column("statistic", STRING), *untyped(call.table).columns))


@both("merge_sorted", "other key maintain_order")
def merged_rows(call: Call) -> Type:
    return call.table


@both("update", "other on how left_on right_on include_nulls maintain_order")
def updated(call: Call) -> Type:
    """Values of the other frame, in the columns that are here."""
    return untyped(call.table)


@both("pivot transpose to_dummies upsample", "*args **")
@both("join_where corr unstack match_to_schema map_rows", "*args **")
def by_data(call: Call) -> Type:
    return unknown_table(call.table.flavour)


@both("vstack", "other")
@method("polars", "extend", "other", itself=True)
def stacked(call: Call) -> Type:
    return call.table


@both("hstack", "columns")
def beside(call: Call) -> Type:
    argument, table = call["columns"], call.table
    if argument is None:
        return call.unknown
    if isinstance(argument.type, Table) and not argument.type.open and not table.open:
        columns = (*table.columns, *argument.type.columns)
        duplicates.judge_named(call, [c.name for c in columns], "columns", table, argument.type)
        return with_columns(table, columns)
    made = columns_of(call.run, argument.node, table)
    items = [i.column for i in items_of(argument.type) or () if isinstance(i, Series) and i.column.name]
    if made is None and (not items or len(items) != len(items_of(argument.type) or ())):
        return call.unknown
    columns = (*table.columns, *(made if made is not None else items))
    duplicates.judge_named(call, [c.name for c in columns], "columns", replace(table, columns=columns))
    return with_columns(table, columns)


@method("polars", "partition_by", "*by as_dict include_key maintain_order **")
def partition_by(call: Call) -> Type:
    if call.value("as_dict", False) is not False or call.value("include_key", True) is not True:
        return UNKNOWN
    return Collection("list", call.table)


@method("polars", "to_pandas", "**")
def to_pandas(call: Call) -> Type:
    return for_pandas(call.table, dates=True)


@method("polars", "to_arrow", "**")
def to_arrow(call: Call) -> Type:
    return replace(call.table, flavour="arrow")


@method("polars", "get_column", "name default")
def get_column(call: Call) -> Type:
    name = call.text("name")
    return Series(get(call.table, name), "polars") if name else UNKNOWN


@method("polars", "to_series", "index")
def to_series(call: Call) -> Type:
    index = call.value("index", 0)
    if call.table.open or not isinstance(index, int) or not 0 <= index < len(call.table.columns):
        return UNKNOWN
    return Series(call.table.columns[index], "polars")


@method("polars", "to_numpy", "**")
def to_numpy(call: Call) -> Type:
    return Opaque("numpy.ndarray")


@method("polars", "drop_in_place", "name", changes=True)
def drop_in_place(call: Call) -> Type:
    name = call.text("name")
    if name is None:
        return replace(call.table, columns=tuple(replace(c, maybe=True) for c in call.table.columns))
    return drop(call.table, [name])


@method("polars", "insert_column", "index column", itself=True)
def insert_column(call: Call) -> Type:
    column, at, table = call["column"], call.value("index"), call.table
    named = column is not None and isinstance(column.type, Series) and column.type.column.name
    if column is None or not named or type(at) is not int or at < 0 or table.open:
        return replace(table, open=True, columns=tuple(replace(c, maybe=True) for c in table.columns))
    assert isinstance(column.type, Series)
    columns = (*table.columns[:at], column.type.column, *table.columns[at:])
    duplicates.judge_named(call, [c.name for c in columns], "column", replace(table, columns=columns))
    return with_columns(table, columns)


@method("polars", "replace_column", "index column", itself=True)
def replace_column(call: Call) -> Type:
    column, at, table = call["column"], call.value("index"), call.table
    known = type(at) is int and -len(table.columns) <= at < len(table.columns) and not table.open
    if column is None or not known or not isinstance(column.type, Series) or any(c.maybe for c in table.columns):
        return replace(
            untyped(table), open=True, columns=tuple(replace(c, maybe=True, type=None) for c in table.columns)
        )
    columns = list(table.columns)
    columns[at] = column.type.column
    return with_columns(table, columns)


@both("sql", "query table_name eager")
def sql(call: Call) -> Type:
    text = call.text("query")
    argument = call["query"]
    node = argument.node if argument is not None else None
    found = call.run.sql(text, {call.text("table_name") or "self": call.table}, node) if text else None
    return replace(found, flavour=call.table.flavour, index=(), case_sensitive=True) if found else call.unknown
