"""What SQLAlchemy hands out for a query: rows by attribute, by key (`mappings()`), or their first value."""

from __future__ import annotations

import ast

from polycell.core.types import UNKNOWN, Collection, Record, Row, Table, Type
from polycell.core.values import replace
from polycell.languages.python.frames import rows
from polycell.languages.python.frames.registry import Argument, Call, function, method

CLAUSE = "sqlalchemy.TextClause"
RESULT, BY_KEY, VALUES = "sqlalchemy.CursorResult", "sqlalchemy.MappingResult", "sqlalchemy.ScalarResult"
RESULTS = (RESULT, BY_KEY, VALUES)
_TABLE = "(rows)"  # no attribute of Python is spelled so


@function("sqlalchemy.text sqlalchemy.sql.text sqlalchemy.sql.expression.text", "text")
def text(call: Call) -> Type:
    given = call["text"]
    return Record((("text", given.type),), CLAUSE, open=True) if given is not None else UNKNOWN


def written(call: Call, name: str) -> Call:
    """The call with the text itself where the argument is `text("…")`."""
    argument = call[name]
    if argument is None or not isinstance(argument.type, Record) or argument.type.name != CLAUSE:
        return call
    node = argument.node
    inner = node.args[0] if isinstance(node, ast.Call) and node.args else node
    return replace(call, given={**call.given, name: Argument(inner, dict(argument.type.fields)["text"])})


def fetched(table: Table) -> Type:
    """The result of a query that yields these columns."""
    return Record(((_TABLE, replace(table, flavour="table", case_sensitive=True)),), RESULT, open=True)


def row_of(type_: Type) -> Type:
    """What going over a result gives; UNKNOWN for anything else."""
    table = dict(type_.fields).get(_TABLE) if isinstance(type_, Record) else None
    if not isinstance(type_, Record) or not isinstance(table, Table):
        return UNKNOWN
    if type_.name == VALUES:
        first = table.columns[0] if table.columns and not table.open else None
        return rows.value(Row(table, "result row"), first.name) if first is not None else UNKNOWN
    return Row(table, "dict" if type_.name == BY_KEY else "result row")


def _held(call: Call, name: str) -> Type:
    return replace(call.receiver, name=name) if isinstance(call.receiver, Record) else UNKNOWN


@method(RESULT, "mappings", "")
def by_key(call: Call) -> Type:
    return _held(call, BY_KEY)


@method(RESULT, "scalars", "index")
def values(call: Call) -> Type:
    return _held(call, VALUES) if call["index"] is None else UNKNOWN


@method(RESULT, "scalar scalar_one scalar_one_or_none", "")
def value(call: Call) -> Type:
    return row_of(_held(call, VALUES))


def several(call: Call) -> Type:
    return Collection("list", row_of(call.receiver))


def single(call: Call) -> Type:
    return row_of(call.receiver)


for _name in RESULTS:
    method(_name, "all fetchall fetchmany", "size")(several)
    method(_name, "first one one_or_none fetchone", "")(single)
