"""Walks for types that go on where a cell begins to differ from what was walked a moment ago.

What holds behind leading statements follows from their text, from what stands between them (magics, comments that
declare a frame) and from the answers to what they asked of the cells above. All that is compared, so whoever types in
a long cell has the statement followed that is typed, and not the cell.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from polycell.core.environment import Question, same
from polycell.core.facts import Magic
from polycell.core.service import Context
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.syntax.resumed import Walks
from polycell.languages.python.syntax.schema_comments import SchemaComment
from polycell.languages.python.syntax.source import MagicName
from polycell.languages.python.syntax.trees import LONG

FEW = 3  # statements that are followed again rather than remembered
_walks = Walks(FEW)


class Step(Struct, frozen=True):
    """A top-level statement, a line of SQL or of its settings, a name that a magic binds, or a comment that declares
    a frame, in order of text."""

    start: int
    statement: ast.stmt | None = None
    line: Magic | None = None
    magic: MagicName | None = None
    comment: SchemaComment | None = None


def follow_above(
    made: Interpreter, context: Context, steps: Sequence[Step], follow: Callable[[Step], None]
) -> Sequence[Step]:
    """Bring the interpreter to the step that the place asked about lies in, from where a walk for the same context has
    come to: who asks about one place of a cell after the other (each query that stands in it) walks it once. The steps
    that are left."""
    kept: list[tuple[int, Mapping[str, Any]]] = context.once("walked", list)
    number = _above(made, steps)
    if kept and kept[0][0] <= number:
        begin = kept[0][0]
        made.go_on(kept[0][1])
    else:
        begin = len(steps) - len(follow_leading(made, context, steps, follow))
    if made.until is not None and number - begin > FEW:
        for step in steps[begin:number]:
            follow(step)
        kept[:] = [(number, made.gathered())]
        begin = number
    return steps[begin:]


def _above(made: Interpreter, steps: Sequence[Step]) -> int:
    """How many steps lie wholly above the place that is asked about."""
    until = made.until
    if until is None:
        return len(steps)
    line = made.source.lines.position(until).line + 1
    for number, step in enumerate(steps):
        statement = step.statement
        if statement is None:
            return number
        # By lines first: where a statement is in characters takes longer to tell, and there may be many.
        if (statement.end_lineno or line) >= line and made.source.span(statement).end >= until:
            return number
    return len(steps)


def follow_leading(
    made: Interpreter, context: Context, steps: Sequence[Step], follow: Callable[[Step], None]
) -> Sequence[Step]:
    """Bring the interpreter behind the steps that the cell has in common with what was walked before, by what is
    remembered of them as far as it holds; the steps that are left."""
    body = made.source.tree.body if made.source.tree is not None else []
    behind = _walks.behind(body) if len(made.source.code) >= LONG else None  # of others all is compiled anew
    if behind is None:
        return steps
    begin, asked = 0, dict[Question, Any]()
    held = behind.gathered
    if held is not None and _is_behind(made, body[behind.count]):
        number = _number(steps, body[behind.count])
        stood = _standing(made, context, steps[:number], body[behind.count])
        if held["stood"] == stood and _stand(made, held["asked"]):
            begin, asked = number, held["asked"]
            made.go_on(held["state"])
            _record(made.view.record, asked)
    end = _number(steps, body[behind.split])
    if (begin and begin == end) or not _is_behind(made, body[behind.split]):
        return steps[begin:]
    asked = {**asked, **_asked_by(made, steps[begin:end], follow)}
    stood = _standing(made, context, steps[:end], body[behind.split])
    _walks.keep(body, behind.split, {"stood": stood, "asked": asked, "state": made.gathered()})
    return steps[end:]


def _is_behind(made: Interpreter, statement: ast.stmt) -> bool:
    """Whether the place that is asked about, the cell's end if none, does not come before a statement."""
    return made.until is None or made.source.span(statement).start <= made.until


def _number(steps: Sequence[Step], statement: ast.stmt) -> int:
    return next(number for number, step in enumerate(steps) if step.statement is statement)


def _standing(made: Interpreter, context: Context, steps: Sequence[Step], below: ast.stmt) -> tuple[object, ...]:
    """What decides, besides answers, what holds behind steps and above a statement."""
    where = (context.notebook.uri, context.notebook.path, context.host.name, context.cell.id)
    between = [(step.line, step.magic, step.comment) for step in steps if step.statement is None]
    end = made.source.span(below).start
    return where, context.cell.text[:end], made.source.code[:end], between


def _stand(made: Interpreter, asked: Mapping[Question, Any]) -> bool:
    return all(same(made.view.answer(question), answer) for question, answer in asked.items())


def _asked_by(made: Interpreter, steps: Sequence[Step], follow: Callable[[Step], None]) -> Mapping[Question, Any]:
    """What the steps ask while they are followed."""
    view, asked = made.view, dict[Question, Any]()
    made.view = view.recording(asked)
    try:
        for step in steps:
            follow(step)
    finally:
        _record(view.record, asked)
        made.view = view
    return asked


def _record(record: dict[Question, Any] | None, asked: Mapping[Question, Any]) -> None:
    if record is not None:
        for question, answer in asked.items():
            record.setdefault(question, answer)
