"""Following a call into a short function of the notebook, one level deep, with the arguments that it is given."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from polycell.core.text import LineIndex
from polycell.core.types import UNKNOWN, Function, Type
from polycell.languages.python.flow import effects
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.flow.state import DELETED, Slot, join, mutable
from polycell.languages.python.frames.registry import Argument
from polycell.languages.python.shapes import bound_in
from polycell.languages.python.source import PythonSource

LONGEST = 40  # lines of a function that is followed


def definition(code: str, node: ast.FunctionDef | ast.AsyncFunctionDef, body: Sequence[ast.AST]) -> str:
    """The text that a call can be followed by; "" for functions that are too long or do what is not followed. `body`
    are the nodes of the function's body."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    arguments = node.args
    if (
        isinstance(node, ast.AsyncFunctionDef)
        or lines > LONGEST
        or node.col_offset
        or node.decorator_list
        or arguments.vararg
        or arguments.kwarg
    ):
        return ""
    if any(isinstance(n, _NOT_FOLLOWED) for n in body) or not _handles_frames(node, body):
        return ""
    return "\n".join(code.split("\n")[node.lineno - 1 : node.end_lineno])


_NOT_FOLLOWED = (ast.Global, ast.Nonlocal, ast.Yield, ast.YieldFrom, ast.Await, ast.AsyncFor, ast.AsyncWith)


def _handles_frames(node: ast.FunctionDef, body: Sequence[ast.AST]) -> bool:
    """Whether a parameter is used as frames are: subscripted, or asked for a method. Other functions are left alone, so
    that an edit inside their bodies concerns nobody who calls them."""
    parameters = {a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
    for part in body:
        if isinstance(part, (ast.Subscript, ast.Attribute)) and isinstance(part.value, ast.Name):
            if part.value.id in parameters:
                return True
        elif isinstance(part, ast.Call) and any(isinstance(a, ast.Name) and a.id in parameters for a in part.args):
            return True
    return False


@lru_cache(maxsize=256)
def _parsed(text: str) -> tuple[PythonSource, ast.FunctionDef] | None:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    node = tree.body[0] if tree.body else None
    return (PythonSource(text, tree, LineIndex(text)), node) if isinstance(node, ast.FunctionDef) else None


def called(
    run: Interpreter, node: ast.Call | None, callee: Function, given: Mapping[str, Argument],
    pure: Callable[[ast.expr], bool],
) -> Type | None:  # fmt: skip
    """The value of a call, its effects done; None where it is not followed. `pure` as in `effects.changes`."""
    found = _parsed(callee.definition)
    if found is None or run.calls_deep or run.site is not None:
        return None
    source, function = found
    body = effects.body_nodes(function)
    returns = [n for n in body if isinstance(n, ast.Return)]
    touched = effects.changes(function, [n for n in body if not isinstance(n, ast.Return)], pure)
    straight = not returns or (len(returns) == 1 and function.body[-1] is returns[0])
    if touched and not straight:
        return None  # what holds at each `return` is not kept apart
    before, outer = run.state, _Outside(run)
    run.site = run.place(node, "") if node is not None else None
    run.state = before.copy()
    run.source, run.until, run.results, run.handed, run.breaks = source, None, [], [], []
    run.doubts += 1  # nobody is told of what is read here: it would be told of another text
    try:
        local, _, _ = bound_in(function.body)
        if not _enter(run, function, local, given):
            return None
        run.execute(function.body)
        results, handed, end = run.results, run.handed, run.state
        if end.live:
            results, handed = [*results, UNKNOWN], [*handed, None]
    finally:
        after, run.state = run.state, before
        outer.restore(run)
    if touched:
        before.objects.update(after.objects)
        before.escaped |= after.escaped
    value = results[0] if results else UNKNOWN
    for other in results[1:]:
        value = join(value, other)
    _remember(run, node, handed, value)
    return value


class _Outside:
    """What belongs to the place of the call, put back behind it."""

    def __init__(self, run: Interpreter) -> None:
        self.held = (run.source, run.until, run.results, run.handed, run.breaks, run.last, run.doubts, run.site)

    def restore(self, run: Interpreter) -> None:
        (run.source, run.until, run.results, run.handed, run.breaks, run.last, run.doubts, run.site) = self.held


def _enter(run: Interpreter, function: ast.FunctionDef, local: set[str], given: Mapping[str, Argument]) -> bool:
    """Bind the parameters, a name's argument to the very object; False where one is missing."""
    arguments = function.args
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults: dict[str, ast.expr | None] = dict(
        zip([a.arg for a in plain[len(plain) - len(arguments.defaults) :]], arguments.defaults, strict=True)
    )
    defaults |= {a.arg: d for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)}
    names = [a.arg for a in (*plain, *arguments.kwonlyargs)]
    if not given.keys() <= set(names):
        return False
    bound: list[tuple[str, Type, int | None]] = []
    for name in names:
        argument, default = given.get(name), defaults.get(name)
        if argument is not None:
            bound.append((name, argument.type, run.address_of(argument.node)))
        elif default is not None:
            bound.append((name, run.evaluate(default), None))
        else:
            return False
    for name in local:
        run.state.names[name] = Slot(DELETED)
    for name, type_, address in bound:
        made = run.bind(name, type_, address=address)
        if address is None and mutable(type_) and name in given:
            run.state.escaped.add(made)  # an expression's value may be an object that has a name
    return True


def _remember(run: Interpreter, node: ast.Call | None, handed: list[int | None], value: Type) -> None:
    """A function that hands back what it was given: its value is that very object."""
    objects = {a for a in handed if a is not None and (a in run.state.objects or a in run.base)}
    if not objects or not mutable(value):
        return
    if len(objects) == 1 and None not in handed and node is not None:
        run.given_back[id(node)] = objects.pop()
    else:
        run.state.escaped |= objects
