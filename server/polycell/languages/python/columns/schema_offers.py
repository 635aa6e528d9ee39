"""What is offered about declared frames: words inside of the comment, and the comment for a table under the cursor."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from polycell.core.patterns import pattern
from polycell.core.results import Action, Completion, Edit
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.types import Table
from polycell.languages.python.columns.usage import used_with
from polycell.languages.python.flow.at_cursor import Place
from polycell.languages.python.flow.exports import run, source_of
from polycell.languages.python.syntax.schema_comments import schema_comments, written
from polycell.languages.python.syntax.shapes import bound_in
from polycell.tables.describe import column_from
from polycell.tables.type_names import NAMES

_LINE = pattern(r"[ \t]*#[ \t]*schema[ \t]+(?:([^\W\d]\w*)[ \t]*:(.*)|(\w*))\Z", re.DOTALL)
_TYPING = pattern(r"""\s*(?:"[^"]+"|'[^']+'|[^\s,"']+)\s*[:\s]\s*(\w*)\Z""")
_NAMING = pattern(r"\s*(\w*)\Z")


def schema_items(place: Place) -> Iterator[Completion]:
    """In the comment: names of frames, then columns that they are known or used to have, and types behind those."""
    text, offset = place.context.cell.text, place.offset
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    found = _LINE.match(line)
    if found is None:
        return
    if found[1] is None:
        span = Span(offset - len(found[3]), offset)
        for name, binding in place.run.overlay().items():
            if isinstance(binding.type, Table):
                yield Completion(name, "table", span)
        return
    last = re.split(r",(?![^<\[(]*[>\])])", found[2])[-1]
    typing = _TYPING.match(last)
    if typing is not None:
        span = Span(offset - len(typing[1]), offset)
        yield from (Completion(name, "value", span, rank=at) for at, name in enumerate(NAMES))
    elif (naming := _NAMING.match(last)) is not None:
        span = Span(offset - len(naming[1]), offset)
        type_ = place.run.type_of(found[1])
        known = type_.columns if isinstance(type_, Table) else ()
        for column in (*known, *used_with(place.context.notebook, found[1], span, place.context.cell.id)):
            yield Completion(
                column.name, "column", span, "", str(column.type or ""), column_from(place.context.notebook, column)
            )


def annotate_tables(context: Context, span: Span) -> Sequence[Action]:
    """The comment that declares the table under the cursor as it is known: above its statement, or, from a cell of
    another language, at the end of the Python cell that gives it."""
    name = next((r.name for r in context.facts.references if r.span.touches(span.start)), "")
    if not name.isidentifier():
        return ()
    if context.cell.language == "python":
        return _above(context, span.start, name)
    binding = context.view.lookup(name)
    if binding is None or binding.origin is None or not isinstance(binding.type, Table):
        return ()
    index = context.notebook.index(binding.origin.cell)
    cell = context.notebook.cells[index] if index is not None else None
    if cell is None or cell.language != "python" or any(c.name == name for c in schema_comments(cell.text)):
        return ()
    comment = written(name, binding.type)
    end = Span(len(cell.text), len(cell.text))
    break_ = "" if cell.text.endswith("\n") or not cell.text else "\n"
    return _action(name, comment, Edit(cell.id, end, f"{break_}{comment}"))


def _above(context: Context, offset: int, name: str) -> Sequence[Action]:
    source, text = source_of(context), context.cell.text
    for statement in source.tree.body if source.tree is not None else ():
        span = source.span(statement)
        start = text.rfind("\n", 0, span.start) + 1
        if not start <= offset <= span.end or text[start : span.start].strip():
            continue
        binds = name in bound_in([statement])[0]
        made = run(context, span.end + 1 if binds else span.start)
        type_ = made.type_of(name)
        if not isinstance(type_, Table) or any(c.name == name for c in schema_comments(text)):
            return ()
        decorators = getattr(statement, "decorator_list", ())
        if decorators:
            start = text.rfind("\n", 0, source.span(decorators[0]).start) + 1
        return _action(name, written(name, type_), Edit(context.cell.id, Span(start, start), "{}\n"))
    return ()


def _action(name: str, comment: str, edit: Edit) -> Sequence[Action]:
    if not comment:
        return ()
    text = edit.text.format(comment) if edit.text == "{}\n" else edit.text
    return (Action(f"Declare the columns of `{name}` in a comment", "refactor", (Edit(edit.cell, edit.span, text),)),)
