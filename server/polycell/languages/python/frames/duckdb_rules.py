"""DuckDB relations, and Arrow tables."""

from __future__ import annotations

from dataclasses import replace

from polycell.core.types import UNKNOWN, Flavour, Type
from polycell.languages.python.frames.columns import pick, unknown_table
from polycell.languages.python.frames.registry import Call, method


@method("duckdb", "df fetchdf to_df fetch_df", "**")
@method("arrow", "to_pandas", "**")
def to_pandas(call: Call) -> Type:
    return _as(call, "pandas")


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
@method("duckdb", "distinct execute set_alias", "*args")
@method("arrow", "slice", "offset length")
@method("arrow", "filter", "mask **")
@method("arrow", "sort_by", "sorting **")
@method("arrow", "combine_chunks", "**")
def same(call: Call) -> Type:
    return call.table


@method("arrow", "select", "columns")
def select(call: Call) -> Type:
    names = call.texts("columns")
    return pick(call.table, names) if names is not None else unknown_table("arrow")


@method("duckdb", "fetchall fetchone fetchmany fetchnumpy", "**")
def rows(call: Call) -> Type:
    return UNKNOWN
