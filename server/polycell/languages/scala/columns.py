"""Columns in Scala's Spark code: `$"…"`, `col("…")`, `df("…")`, `.select("…")` know the table without a compiler.

Which table is meant is read off the expression: the frame at the head of the chain that the string stands in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from polycell.core.places import located
from polycell.core.results import Completion, Completions, Hover, Location
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import Column, Table
from polycell.languages.scala.exports import own_frames
from polycell.languages.scala.lexer import Token, code, tokens
from polycell.languages.scala.text import scala_text

# Methods whose strings name columns; a function that is called by its bare name (`col`, `sum`, a frame) always may.
METHODS = frozenset(
    {
        *("select", "drop", "groupBy", "orderBy", "sort", "withColumnRenamed", "dropDuplicates", "partitionBy", "join"),
        *("sum", "avg", "min", "max", "mean", "agg", "cube", "rollup", "withColumn", "apply", "col", "repartition"),
        *("describe", "sortWithinPartitions"),
    }
)


def complete(context: Context, offset: int) -> Completions | None:
    """None where no column name goes."""
    found = _place(context, offset)
    if found is None:
        return None
    span, table = found
    typed = context.cell.text[span.start : offset].casefold()
    items = tuple(
        Completion(column.name, "column", span, detail=str(column.type or ""), documentation=column.source, rank=rank)
        for rank, column in enumerate(table.columns)
        if column.name.casefold().startswith(typed)
    )
    return Completions(items) if items else None


def hover(context: Context, offset: int) -> Hover | None:
    found = _place(context, offset)
    column: Column | None = found[1].column(found[0].of(context.cell.text)) if found is not None else None
    if found is None or column is None:
        return None
    source = f"  \nfrom {column.evidence.value}: `{column.source}`" if column.source else ""
    return Hover(f"column `{column.name}`: {column.type or 'type unknown'}{source}", found[0])


def define(context: Context, offset: int) -> Sequence[Location]:
    """Where the column at the offset was given its name."""
    found = _place(context, offset)
    column = found[1].column(found[0].of(context.cell.text)) if found is not None else None
    places = [located(context.notebook, origin) for origin in (column.origins if column is not None else ())]
    return [place for place in places if place is not None]


def _place(context: Context, offset: int) -> tuple[Span, Table] | None:
    """The inside of the string around the offset, and the table whose column it names."""
    text = scala_text(context.cell)
    found = _code(text)
    for index, token in enumerate(found):
        if token.kind != "string" or not token.start < offset <= token.end:
            continue
        quote = token.start + text[token.start : token.end].find('"') + 1
        end = token.end if token.broken or not text[: token.end].endswith('"') else token.end - 1
        if not quote <= offset <= max(end, quote):
            return None
        if not (_is_interpolated(text, token) or _is_argument(found, index)):
            return None
        table = next(iter(_tables(context, found, index)), None)
        return (Span(quote, max(end, quote)), table) if table is not None else None
    return None


@lru_cache(maxsize=64)
def _code(text: str) -> tuple[Token, ...]:
    return tuple(code(tokens(text)))


def _is_interpolated(text: str, token: Token) -> bool:
    """`$"name"`, whose dollar is a token of its own."""
    return text.startswith('$"', token.start - 1) and token.start > 0


def _is_argument(found: Sequence[Token], index: int) -> bool:
    """Whether the string is a direct argument of a call that takes column names."""
    depth = 0
    for at in range(index - 1, -1, -1):
        token = found[at]
        if token.kind == "close":
            depth += 1
        elif token.kind == "open":
            if depth == 0:
                if token.text != "(" or at == 0 or found[at - 1].kind != "id":
                    return False
                method = at >= 2 and found[at - 2].text == "."
                name = found[at - 1].text
                return name in METHODS if method else True
            depth -= 1
        elif depth == 0 and token.text == ";":
            return False
    return False


def _tables(context: Context, found: Sequence[Token], index: int) -> Iterator[Table]:
    """Tables that the string may speak of, the nearest first: the head of its own chain, then of the calls around."""
    own = own_frames(context)
    depth = 0
    for at in range(index - 1, -1, -1):
        token = found[at]
        if token.kind == "close":
            depth += 1
        elif token.kind == "open":
            depth = max(0, depth - 1)
        elif token.text in (";", "=", "val", "var") and depth == 0:
            return
        elif token.kind == "id" and (at == 0 or found[at - 1].text != "."):
            table = own.tables.get(token.text)
            binding = context.view.lookup(token.text) if table is None and token.text not in own.types else None
            if table is None and binding is not None and isinstance(binding.type, Table):
                table = binding.type
            if table is not None:
                yield table
