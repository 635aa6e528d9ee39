"""Types of a query's columns, by sqlglot where the scanner has none.

Names are never taken from here: the scanner knows them and knows when it does not. sqlglot is asked about the shape of
the select list, once a shape (`item_shapes`), or about the whole statement where that has none. A type is added only
where it parses and its column carries the same name; whatever goes wrong leaves the column untyped.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from polycell.core.types import INTEGERS, DataType, Table
from polycell.core.values import replace
from polycell.languages.sql.relations.columns import Relations
from polycell.languages.sql.relations.doubts import computed, corrected, has_decimals, one_type
from polycell.languages.sql.relations.item_shapes import TABLE, shape_of
from polycell.languages.sql.relations.sources import Source
from polycell.languages.sql.relations.types import from_sqlglot, to_sql
from polycell.languages.sql.syntax.blocks import blocks
from polycell.languages.sql.syntax.dialects import Dialect, dialect
from polycell.languages.sql.syntax.scan import Statement

log = logging.getLogger(__name__)

LONGEST = 5_000  # characters; sqlglot takes some 40 ms for as many

_Schema = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def typed(statement: Statement, relations: Relations, table: Table) -> Table:
    """`table`, the output of the statement's query, with types added where they can be found."""
    if all(c.type is not None for c in table.columns) or len(statement.text) > LONGEST or statement.holes:
        return table
    if any(b.arms for b in blocks(statement.root)) and any(t.open for _, t in relations.asked()):
        return table  # sqlglot takes the types of the arms it knows
    found = _found(statement, relations, table)
    return replace(
        table,
        columns=tuple(
            c if c.type is not None else replace(c, type=found.get(c.name.casefold())) for c in table.columns
        ),
    )


def _found(statement: Statement, relations: Relations, table: Table) -> Mapping[str, DataType]:
    """Folded name → type of the columns that have none. DuckDB's corrections need the query that they stand in."""
    shape = shape_of(statement, relations, table) if statement.dialect.name != "duckdb" else None
    if shape is None:
        return dict(_types(statement.masked, statement.dialect, _schema(statement, relations)))
    types = dict(_types(shape.text, statement.dialect, ((TABLE, shape.schema),)))
    return {name: types[given] for given, name in shape.names if given in types}


def _schema(statement: Statement, relations: Relations) -> _Schema:
    made: dict[str, tuple[tuple[str, str], ...]] = {}
    for source, table in relations.asked():
        name = table_key(statement, source)
        if name and table.columns and not source.columns:
            made[name] = tuple((c.name, to_sql(c.type) or "UNKNOWN") for c in table.columns)
    return tuple(sorted(made.items()))


def table_key(statement: Statement, source: Source) -> str:
    """The folded dotted name of a catalogue table or file; "" for derived tables and CTEs."""
    if source.file is not None:
        return source.file.value.casefold()
    return ".".join(statement.spelling(p) for p in source.parts).casefold()


@lru_cache(maxsize=256)
def _types(text: str, dialect: Dialect, schema: _Schema) -> tuple[tuple[str, DataType], ...]:
    """(folded name, type) of the output columns; empty where sqlglot cannot follow."""
    try:
        return tuple(_annotated(text, dialect, dict(schema)))
    except Exception as error:  # sqlglot raises many kinds, RecursionError among them
        log.debug("no types: %s", error)
        return ()


def rehearse(name: str) -> None:
    """Have the types of a small query worked out in a dialect."""
    _types("SELECT a, SUM(b) AS c FROM t GROUP BY a", dialect(name), (("t", (("a", "TEXT"), ("b", "INT"))),))


def _annotated(text: str, dialect: Dialect, schema: Mapping[str, tuple[tuple[str, str], ...]]) -> Any:
    import sqlglot
    from sqlglot import exp
    from sqlglot.optimizer.annotate_types import annotate_types
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope
    from sqlglot.schema import MappingSchema

    parsed = sqlglot.parse_one(text, dialect=dialect.parser)
    if isinstance(parsed, exp.Create):
        parsed = parsed.expression
    if isinstance(parsed, exp.Subquery):
        parsed = parsed.unnest()
    if not isinstance(parsed, exp.Query):
        return
    # Every table gets a plain name of its own, since sqlglot's schemas know names of one depth only.
    tables: dict[str, object] = {}
    for number, node in enumerate(list(parsed.find_all(exp.Table))):
        parts = [part.name for part in node.parts]
        columns = schema.get(".".join(parts).casefold())
        if columns is None or _is_cte(node, parts):
            continue
        alias = node.alias_or_name
        plain = f"polycell_{number}"
        tables[plain] = dict(columns)
        node.set("catalog", None)
        node.set("db", None)
        node.set("this", exp.to_identifier(plain))
        if not node.alias:
            node.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
    known = MappingSchema(tables, dialect=dialect.parser)
    qualified = qualify(
        parsed,
        dialect=dialect.parser,
        schema=known,
        validate_qualify_columns=False,
        quote_identifiers=False,
        identify=False,
    )
    annotated = annotate_types(qualified, schema=known, dialect=dialect.parser)
    if dialect.name != "duckdb" and any(p.args.get("unpivot") for p in annotated.find_all(exp.Pivot)):
        return  # what stands in one column may be of several types
    seen: dict[str, DataType | None] = {}
    sums = annotated.find(exp.Sum) is not None
    scope = build_scope(annotated)
    for at, select in enumerate(annotated.selects):
        name = select.alias_or_name.casefold()
        inner = computed(select.unalias(), scope)
        alike = inner is not None and name not in seen and one_type(annotated, at)
        seen[name] = _adjusted(inner, dialect, sums=sums) if alike else None
    yield from ((name, type_) for name, type_ in seen.items() if type_ is not None)


def _is_cte(node: Any, parts: list[str]) -> bool:
    from sqlglot import exp

    if len(parts) != 1:
        return False
    scope = node.parent_select
    while scope is not None:
        with_ = scope.args.get("with_") or scope.args.get("with")
        if with_ is not None and any(c.alias.casefold() == parts[0].casefold() for c in with_.find_all(exp.CTE)):
            return True
        scope = scope.parent_select
    return False


def _adjusted(node: Any, dialect: Dialect, *, sums: bool) -> DataType | None:
    """sqlglot's type, corrected or dropped where DuckDB is known to differ. `sums`: the query has a sum somewhere."""
    from sqlglot import exp

    if node.type is None:
        return None
    made = from_sqlglot(node.type, dialect.name)
    if made is None:
        return None
    inner = node.this if isinstance(node, exp.Window) else node
    if isinstance(inner, exp.Filter):
        inner = inner.this
    if made.name.startswith("decimal") and not isinstance(inner, (exp.Column, exp.Cast)):
        return None  # precision grows by rules of each database
    if dialect.name == "duckdb":
        if isinstance(inner, exp.Sum) and made.name in INTEGERS:
            return DataType("decimal128", ("38", "0"))  # HUGEINT
        if made.name in INTEGERS and sums and isinstance(inner, (exp.Column, exp.Max, exp.Min, exp.Coalesce)):
            return None  # perhaps a HUGEINT sum of an inner query
        if made.name in INTEGERS and isinstance(inner, (exp.Binary, exp.Round, exp.Neg, exp.Paren)):
            return None  # literals take the narrowest type
        if isinstance(inner, (exp.Literal, exp.Round)) or (made.name == "double" and has_decimals(inner)):
            return None
        return made
    return corrected(inner, made, dialect.name)
