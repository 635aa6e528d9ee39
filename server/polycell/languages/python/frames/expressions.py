"""Column expressions (`pl.col("a").sum().alias("b")`): which columns they make of a table, whatever the library.

Expressions are read off the syntax, since their types depend on the table they are used with. What is not understood
gives None, and the operation around it an open table.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TypeAlias

from msgspec import Struct

from polycell.core.types import Column, DataType, Table
from polycell.core.values import replace
from polycell.languages.python.frames.registry import Evaluator
from polycell.languages.python.syntax.values import value_of

# The name of a column that the library makes up; `alias` replaces it, without one nothing is said.
UNNAMED = "\0"


class Made(Struct, frozen=True):
    """A column that an expression makes. `scalar`: one value, whatever the rows; `plain`: the column as it was read."""

    column: Column
    scalar: bool = False
    plain: bool = False

    def of_type(self, type_: DataType | None) -> Made:
        return Made(replace(self.column, type=type_, nullable=None), self.scalar)

    def named(self, name: str) -> Made:
        """A name that is made out of the old one keeps its places: what it is known by."""
        made_of = self.column.name.casefold() in name.casefold()
        column = replace(self.column, name=name) if made_of else self.column.named(name, None)
        return Made(column, self.scalar)


# What an operation makes of a column's type.
Change: TypeAlias = "Callable[[DataType | None], DataType | None]"


def keep(type_: DataType | None) -> DataType | None:
    return type_


def unknown(type_: DataType | None) -> DataType | None:
    return None


def always(result: DataType | None) -> Change:
    return lambda type_: result


Reader: TypeAlias = Callable[[Evaluator, ast.expr, Table], "list[Made] | None"]


def all_made(run: Evaluator, node: ast.expr, table: Table, read: Reader) -> list[Made] | None:
    """What an argument makes that is an expression, a list or a comprehension of expressions, or a name for one."""
    if isinstance(node, (ast.List, ast.Tuple)):
        found: list[Made] = []
        for element in node.elts:
            one = all_made(run, element, table, read)
            if one is None:
                return None
            found += one
        return found
    if isinstance(node, (ast.ListComp, ast.GeneratorExp)):
        return _generated(run, node, table, read)
    if isinstance(node, ast.Starred):
        return all_made(run, node.value, table, read)
    if isinstance(node, ast.Name):
        held = run.expression_of(node)
        if held is not None:
            return all_made(run, held, table, read)
    made = read(run, node, table)
    if made is None:
        return None
    source = run.text_of(node)
    return [m if m.plain else _told(run, m, node, source) for m in made]


def aliased(run: Evaluator, node: ast.Call, inner: Sequence[Made]) -> list[Made] | None:
    """`….alias("x")`: the same values under a name that is given there."""
    name = value_of(run.evaluate(node.args[0])) if len(node.args) == 1 else None
    if not isinstance(name, str) or len(inner) != 1:
        return None
    return [Made(inner[0].column.named(name, run.place(node.args[0], name)), inner[0].scalar)]


def _told(run: Evaluator, made: Made, node: ast.expr, source: str) -> Made:
    column = made.column
    column = replace(column, source=source, maybe=False)
    return Made(column, made.scalar)


def _generated(run: Evaluator, node: ast.ListComp | ast.GeneratorExp, table: Table, read: Reader) -> list[Made] | None:
    """`[pl.col(c).alias(c + "_x") for c in names]`, item by item where all are known."""
    found: list[Made] = []
    failed = False

    def make() -> None:
        nonlocal failed
        one = all_made(run, node.elt, table, read)
        failed = failed or one is None
        found.extend(one or ())

    return found if run.each(node.generators, make) and not failed else None


def columns_made(run: Evaluator, node: ast.expr, table: Table, read: Reader) -> list[Column] | None:
    """The columns that an argument of `select` makes; None when one is not understood or has no known name."""
    made = all_made(run, node, table, read)
    if made is None or any(m.column.name == UNNAMED for m in made):
        return None
    return [m.column for m in made]
