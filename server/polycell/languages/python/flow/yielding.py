"""What generators of the notebook hand out, one after the other."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from polycell.core.types import UNKNOWN, Collection, Type
from polycell.languages.python.flow.containers import taken_from
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.flow.iteration import items_and_element
from polycell.languages.python.flow.state import holds, inside_opened, join, mutable, opened
from polycell.languages.python.flow.targets import fresh
from polycell.languages.python.syntax.shapes import nodes
from polycell.languages.python.syntax.values import collection, items_of

Yields = (ast.Yield, ast.YieldFrom)


def generates(body: Sequence[ast.AST]) -> bool:
    """Whether the body of a function, these nodes, makes it a generator."""
    return any(isinstance(n, Yields) for n in body)


def same_again(body: Sequence[ast.stmt]) -> frozenset[str]:
    """Names that a body yields in a loop which does not bind them: it hands out one object many times."""
    found: set[str] = set()
    for loop in nodes(*body):
        if isinstance(loop, (ast.For, ast.While)):
            inside = nodes(loop)
            bound = {n.id for n in inside if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
            handed = [n.value for n in inside if isinstance(n, ast.Yield) and n.value is not None]
            found |= {n.id for value in handed for n in nodes(value) if isinstance(n, ast.Name)} - bound
    return frozenset(found)


def hand_out(run: Interpreter, node: ast.expr) -> Type:
    """The value of a `yield`: whoever resumes the generator may send one."""
    if isinstance(node, ast.YieldFrom):
        over = run.evaluate(node.value)
        if run.yielded is not None:
            element = items_and_element(over)[1]
            run.yielded.append((opened(element) if mutable(element) else element, None))
        return UNKNOWN
    value = node.value if isinstance(node, ast.Yield) else None
    type_ = run.evaluate(value) if value is not None else UNKNOWN
    if run.yielded is not None:
        run.yielded.append(_handed(run, value, type_) if value is not None else (UNKNOWN, None))
    return UNKNOWN


def _handed(run: Interpreter, value: ast.expr, type_: Type) -> tuple[Type, int | None]:
    """(what is known of a value that is handed out, the object that it is)."""
    items = items_of(type_)
    if isinstance(value, ast.Tuple) and items is not None and len(items) == len(value.elts):
        parts = [_handed(run, part, item)[0] for part, item in zip(value.elts, items, strict=True)]
        return collection("tuple", tuple(parts)), None
    if not mutable(type_) and not holds(type_):
        return type_, None
    if isinstance(value, ast.Name):
        address = run.address_of(value)
        outer = address is None or address < run.entered or address in run.base or address in run.state.escaped
        if outer and address is not None:
            run.state.escaped.add(address)
        return (opened(type_), None) if outer or value.id in run.kept else (type_, address)
    if fresh(run, value):
        return type_, None
    taken_from(run, value)
    return inside_opened(opened(type_)), None


def handed_out(run: Interpreter) -> Type:
    """What going over the generator gives, once its body was walked: what it changed later is not known."""
    made: Type | None = None
    for type_, address in run.yielded or ():
        now = opened(type_) if address is not None and run.object(address) != type_ else type_
        made = now if made is None else join(made, now)
    return Collection("sequence", made if made is not None and made != UNKNOWN else None)
