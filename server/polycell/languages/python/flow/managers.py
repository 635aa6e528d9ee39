"""Context managers: what `with` binds, and whether what fails inside goes on behind it."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from polycell.core.types import BOOL, UNKNOWN, Record, Scalar
from polycell.languages.python.flow.decorators import CONTEXT
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.flow.targets import assign


def bind_managed(run: Interpreter, items: Sequence[ast.withitem]) -> bool:
    """Bind what each `as` names; says whether any of the managers may swallow what fails in the body."""
    catches = False
    for item in items:
        type_ = run.evaluate(item.context_expr)
        own = isinstance(type_, Record) and type_.name == CONTEXT
        fields = dict(type_.fields) if isinstance(type_, Record) and own else {}
        may = fields.get("catches") != Scalar(BOOL, False) if own else _may_catch(run, item.context_expr)
        catches = catches or may
        if item.optional_vars is not None and own:
            assign(run, item.optional_vars, fields.get("entered", UNKNOWN))
        elif item.optional_vars is not None:
            assign(run, item.optional_vars, type_, item.context_expr)
    return catches


def _may_catch(run: Interpreter, manager: ast.expr) -> bool:
    """Whether a manager of others may swallow what fails, by what is written."""
    text = run.text_of(manager)
    return any(word in text for word in ("suppress", "raises", "assertRaises", "ExitStack", "ignore"))
