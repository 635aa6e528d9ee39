"""What can be done with a table that a Scala cell names: write the case class of its rows, for `.as[Row]`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from polycell.core.results import Action, Edit
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import Table
from polycell.languages.scala.foreign import quoted
from polycell.languages.scala.lexer import tokens
from polycell.languages.scala.outline import outline
from polycell.languages.scala.scalatypes import field_type
from polycell.languages.scala.text import scala_text

_MOST_FIELDS = 200


def actions(context: Context, span: Span) -> Iterator[Action]:
    text = scala_text(context.cell)
    for token in tokens(text):
        if token.kind != "id" or not token.start <= span.start <= token.end:
            continue
        binding = context.view.lookup(token.text)
        table = binding.type if binding is not None else None
        if not isinstance(table, Table) or table.open or not 0 < len(table.columns) <= _MOST_FIELDS:
            return
        name = f"{''.join(word.capitalize() for word in re.split(r'[^A-Za-z0-9]+', token.text))}Row"
        if context.view.lookup(name) is not None or outline(text).named(name) is not None:
            return
        at = max(text.rfind("\n", 0, token.start) + 1, context.cell.body)
        edit = Edit(context.cell.id, Span(at, at), _written(name, table))
        yield Action(f"Define a case class of the rows of `{token.text}`", "refactor.extract", (edit,))
        return


def _written(name: str, table: Table) -> str:
    fields = [f"{quoted(column.name)}: {field_type(column.type, column.nullable)}" for column in table.columns]
    line = f"case class {name}({', '.join(fields)})"
    if len(line) > 100:
        line = f"case class {name}(\n" + "".join(f"  {field},\n" for field in fields).rstrip(",\n") + "\n)"
    return f"{line}\n"
