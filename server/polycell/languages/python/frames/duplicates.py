"""`duplicate-columns`: calls that a library refuses because two columns would get one name.

Asked of the libraries themselves (the tests ask again). Where two columns of one name are allowed (`pd.concat(axis=1)`,
DuckDB's results, which get `id_1`), nothing is said.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from polycell.core.types import Column, Table
from polycell.languages.python.frames.refusals import Refusal, certain, listed, repeated
from polycell.languages.python.frames.registry import Call


def judge_merge(call: Call, left: Table, right: Table, pairs: Sequence[tuple[str, str]], suffixes: list[str]) -> None:
    """pandas' `merge`: names that both have, but the keys of one name, get the suffixes."""
    shared = {a for a, b in pairs if a == b}
    mine = [c.name for c in left.columns if c.name not in shared]
    theirs = [c.name for c in right.columns if c.name not in shared]
    both = [name for name in mine if name in set(theirs)]
    first, second = suffixes
    refusal: Refusal | None = None
    if not both or not certain(left, right):
        pass
    elif not first and not second:
        refusal = Refusal(
            f"Both tables have {listed(both)}, and there is no suffix to tell them apart: pandas refuses to merge them "
            "(ValueError). Give `suffixes`, or drop the columns from one table."
        )
    elif first != second:  # equal ones give two columns of one name, which pandas lets pass
        renamed = [f"{name}{first}" if name in both else name for name in mine]
        other = [f"{name}{second}" if name in both else name for name in theirs]
        twice = repeated([*renamed, *other, *shared])
        if twice:
            refusal = Refusal(
                f"The suffixes make {listed(twice)}, which is a column already: pandas 3 refuses to merge "
                "(MergeError), earlier versions give two columns of that name. Choose other `suffixes`."
            )
    _judge(call, "suffixes", refusal)


def judge_join(call: Call, left: Table, right: Table, overlapping: Iterable[str]) -> None:
    """pandas' `join` without a suffix."""
    refusal: Refusal | None = None
    both = [c.name for c in left.columns if c.name in set(overlapping)]
    if both and certain(left, right):
        refusal = Refusal(
            f"Both tables have {listed(both)}: pandas refuses to join them without a suffix (ValueError). "
            "Use `merge`, or give `lsuffix` or `rsuffix`."
        )
    _judge(call, "other", refusal)


def judge_insert(call: Call, name: str | None) -> None:
    """pandas' `insert` of a column that is there."""
    refusal: Refusal | None = None
    if name is not None and call["allow_duplicates"] is None and certain(call.table) and call.table.column(name):
        refusal = Refusal(
            f"`{name}` is a column already: pandas refuses to insert another (ValueError). Assign to "
            f'`["{name}"]` to replace it.'
        )
    _judge(call, "column", refusal)


def judge_result(call: Call, columns: Iterable[Column], left: Table, right: Table, suffix: str) -> None:
    """polars' joins, whose columns have their suffix already."""
    twice = repeated(c.name for c in columns)
    refusal: Refusal | None = None
    if twice and certain(left, right):
        refusal = Refusal(
            f"The suffix `{suffix}` makes {listed(twice)}, which is a column already: polars refuses to join "
            "(DuplicateError). Give another `suffix`."
            if suffix
            else f"Both tables have {listed(twice)}: polars refuses to join without a suffix (DuplicateError)."
        )
    _judge(call, "suffix", refusal)


def judge_made(call: Call, columns: Sequence[Column]) -> None:
    """polars' `select`, `with_columns` and `agg`: each name once."""
    twice = repeated(c.name for c in columns)
    refusal: Refusal | None = None
    if twice and not any(c.maybe for c in columns):
        method = call.node.func.attr if isinstance(call.node.func, ast.Attribute) else "it"
        refusal = Refusal(
            f"`{method}` makes {listed(twice)} more than once: polars refuses columns of one name (DuplicateError). "
            'Name the expressions apart with `.alias("…")`.'
        )
    _judge(call, "", refusal)


def judge_named(call: Call, names: Iterable[str], parameter: str, *tables: Table) -> None:
    """polars' operations that make a frame with these names out of the tables: each once."""
    twice = repeated(names)
    refusal: Refusal | None = None
    if twice and certain(*tables):
        refusal = Refusal(f"This gives more than one column the name {listed(twice)}: polars refuses (DuplicateError).")
    _judge(call, parameter, refusal)


def ambiguity(table: Table, name: str) -> Refusal | None:
    """A name that Spark refuses, since several columns of a joined frame have it."""
    column = table.column(name)
    if column is None or not column.ambiguous or column.maybe:
        return None
    return Refusal(
        f"Both sides of the join have `{column.name}`, and Spark refuses the name alone (AMBIGUOUS_REFERENCE). Say "
        "which by its frame, or drop or rename one of them before."
    )


def _judge(call: Call, parameter: str, refusal: Refusal | None) -> None:
    """At the argument of that name, else at the last positional one, else at the whole call."""
    given = call[parameter] or call["right"] or call["other"] or (call.rest[-1] if call.rest else None)
    call.run.judge(call.node, given.node if given is not None else call.node, "duplicate-columns", refusal)
