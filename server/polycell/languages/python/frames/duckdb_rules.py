"""DuckDB's relations: their methods take SQL, which its binder reads over the relation's columns. Oracle: DuckDB."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from polycell.core.types import FLOAT64, UNKNOWN, Column, DataType, Flavour, Table, Type
from polycell.core.values import replace
from polycell.languages.python.frames.columns import for_pandas, unknown_table, with_columns
from polycell.languages.python.frames.duckdb_names import may_be_doubled
from polycell.languages.python.frames.registry import Call, method

_IN_PANDAS = {"decimal128": FLOAT64, "month_day_nano_interval": DataType("duration", ("us",))}
_FRAME, _OTHER = "__polycell_frame", "__polycell_other"


@method("duckdb", "df fetchdf to_df fetch_df", "**")
def to_pandas(call: Call) -> Type:
    """Decimals, among them sums of whole numbers, become floats there, and intervals durations."""
    made = for_pandas(call.table, dates=True)
    types = ((c, _IN_PANDAS.get(c.type.name) if c.type is not None else None) for c in made.columns)
    return replace(made, columns=tuple(c if type_ is None else replace(c, type=type_) for c, type_ in types))


@method("duckdb", "pl", "lazy **")
def to_polars(call: Call) -> Type:
    return _as(call, "polars" if call.value("lazy", False) is False else "polars-lazy")


@method("duckdb", "arrow to_arrow_table fetch_arrow_table", "**")
def to_arrow(call: Call) -> Type:
    return _as(call, "arrow")


def _as(call: Call, flavour: Flavour) -> Type:
    return replace(call.table, flavour=flavour, index=(), case_sensitive=True)


@method("duckdb", "limit", "n offset")
@method("duckdb", "filter", "filter_expr")
@method("duckdb", "order sort", "*columns")
@method("duckdb", "distinct execute materialize set_alias except_ intersect", "*args")
def same(call: Call) -> Type:
    return call.table


@method("duckdb", "union", "union_rel")
def union(call: Call) -> Type:
    """The names of the first; types may widen."""
    return replace(call.table, columns=tuple(replace(c, type=None) for c in call.table.columns))


@method("duckdb", "project select", "*args groups")
def project(call: Call) -> Type:
    texts = [call.run.text_of(a.node) if a.value is None else a.value for a in call.rest]
    if call["groups"] is not None or not texts or not all(isinstance(t, str) for t in texts):
        return unknown_table("duckdb")
    return _bound(call, f"SELECT {', '.join(texts)} FROM {_FRAME}")


@method("duckdb", "aggregate", "aggr_expr group_expr")
def aggregate(call: Call) -> Type:
    text, by = call.text("aggr_expr"), call.text("group_expr")
    if not text or (call["group_expr"] is not None and by is None):
        return unknown_table("duckdb")
    return _bound(call, f"SELECT {text} FROM {_FRAME} GROUP BY {by or 'ALL'}")


@method("duckdb", "query", "virtual_table_name sql_query")
def query(call: Call) -> Type:
    name, text = call.text("virtual_table_name"), call.text("sql_query")
    if not name or not text:
        return unknown_table("duckdb")
    return _relation(call.run.sql(text, {name: call.table}, dialect="duckdb"))


@method("duckdb", "join", "other_rel condition how")
def join(call: Call) -> Type:
    """By the name of a column, which comes once; by a condition, all of both."""
    other, condition, how = call["other_rel"], call.text("condition"), call.value("how", "inner")
    known = other is not None and isinstance(other.type, Table) and not other.type.open and not call.table.open
    if not known or other is None or not isinstance(other.type, Table) or not condition:
        return unknown_table("duckdb")
    if how in ("semi", "anti"):
        return call.table
    if how not in ("inner", "left", "right", "outer"):
        return unknown_table("duckdb")
    mine, theirs = call.table, other.type
    if condition.isidentifier():
        if mine.column(condition) is None or theirs.column(condition) is None:
            return unknown_table("duckdb")
        kept = [c for c in theirs.columns if c.name.casefold() != condition.casefold()]
    else:
        kept = list(theirs.columns)
    return _both(mine, kept)


@method("duckdb", "cross", "other_rel")
def cross(call: Call) -> Type:
    other = call["other_rel"]
    if other is None or not isinstance(other.type, Table) or other.type.open or call.table.open:
        return unknown_table("duckdb")
    return _both(call.table, other.type.columns)


def _both(table: Table, others: Iterable[Column]) -> Table:
    """The columns of two relations. Of a name that both have, nobody knows what it is called next: by pandas `k_1`, by
    Arrow `k` again, and SQL refuses it."""
    columns = (*table.columns, *others)
    times = Counter(c.name.casefold() for c in columns)
    first = {c.name.casefold(): c for c in reversed(columns)}
    kept = (c if times[n] == 1 else replace(c, type=None, nullable=None) for n, c in reversed(first.items()))
    return _undoubled(replace(with_columns(table, kept), open=len(first) < len(columns)))


def _undoubled(table: Table) -> Table:
    """A relation that a method made, without what may be the second column of a name: open, where there is one."""
    doubled = may_be_doubled(table)
    if not doubled:
        return table
    kept = (c for c in table.columns if c.name not in doubled)
    return replace(table, columns=tuple(replace(c, type=None) for c in kept), open=True)


def _bound(call: Call, text: str) -> Table:
    """What DuckDB makes of the text over the receiver; open where its columns are not all known."""
    if call.table.open or any(c.maybe for c in call.table.columns):
        return unknown_table("duckdb")
    return _undoubled(_relation(call.run.sql(text, {_FRAME: call.table}, dialect="duckdb")))


def _relation(found: Table | None) -> Table:
    if found is None:
        return unknown_table("duckdb")
    return replace(found, flavour="duckdb", index=(), case_sensitive=False)


@method("duckdb", "fetchall fetchone fetchmany fetchnumpy", "**")
def rows(call: Call) -> Type:
    return UNKNOWN
