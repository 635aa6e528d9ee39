"""BigQuery's client: `client.query("…").to_dataframe()`, and what stands for it in pandas."""

from __future__ import annotations

import ast

from polycell.core.patterns import pattern
from polycell.core.types import Connection, Flavour, Opaque, Record, Table, Type
from polycell.core.values import replace
from polycell.languages.python.frames.columns import unknown_table
from polycell.languages.python.frames.registry import Call, function, method
from polycell.languages.python.frames.sql_strings import evaluated

CLIENT, JOB, _TABLE = "google.cloud.bigquery.Client", "google.cloud.bigquery.QueryJob", "(table)"


@function("google.cloud.bigquery.Client google.cloud.bigquery.client.Client", "*args **", gives=Opaque(CLIENT))
def client(call: Call) -> Type:
    return Opaque(CLIENT)


@method(CLIENT, "query query_and_wait", "query **")
def queried(call: Call) -> Type:
    return Record(((_TABLE, _evaluated(call, "query")),), JOB)


@method(JOB, "result", "**")
def waited(call: Call) -> Type:
    return call.receiver


@method(JOB, "to_dataframe to_arrow", "**")
def fetched(call: Call) -> Type:
    """Integers that may be missing and decimals come as the client's options say: only names are."""
    arrow = isinstance(call.node.func, ast.Attribute) and call.node.func.attr == "to_arrow"
    flavour: Flavour = "arrow" if arrow else "pandas"
    fields = dict(call.receiver.fields) if isinstance(call.receiver, Record) else {}
    return _named(fields.get(_TABLE), flavour)


@function("pandas.read_gbq pandas_gbq.read_gbq", "query_or_table project_id index_col col_order **")
def read_gbq(call: Call) -> Type:
    if call["index_col"] is not None or call["col_order"] is not None or "columns" in (call.extra or {}):
        return unknown_table("pandas")
    return _named(_evaluated(call, "query_or_table"), "pandas")


# A star over tables that nobody looked into, and whose names frames of the notebook may have by chance.
_STAR = pattern(r"(?<!\()\*(?!\s*\d)")


def _evaluated(call: Call, name: str) -> Table:
    if _STAR.search(call.text(name) or ""):
        return unknown_table("table")
    return evaluated(call, name, "table", Connection("bigquery"))


def _named(table: Type | None, flavour: Flavour) -> Table:
    if not isinstance(table, Table):
        return unknown_table(flavour)
    columns = tuple(replace(c, type=None, nullable=None) for c in table.columns)
    return Table(columns, table.open, flavour)
