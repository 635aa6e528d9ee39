"""Decorators: what calls of a decorated function still say of its body, and which decorators of the notebook leave the
functions that they are given as they are (`def timed(f): …; return wrapper`)."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

from polycell.core.types import BOOL, UNKNOWN, Collection, Function, Module, Record, Scalar, Type
from polycell.languages.python.flow import effects
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.flow.state import opened
from polycell.languages.python.known.decorators import MANAGING, PASSING, PASSING_OF, SHARING
from polycell.languages.python.syntax.shapes import arguments_of, bound_in

Behind: TypeAlias = Literal["", "shared", "context"]
CONTEXT = "contextlib.contextmanager"  # a record of what `with` binds (`entered`), and whether it `catches` what fails

_Definition = (ast.FunctionDef, ast.AsyncFunctionDef)


def behind(run: Interpreter, decorators: Sequence[ast.expr]) -> Behind | None:
    """What becomes of the values that a function gives, behind all of its decorators; None where nobody knows."""
    found: set[Behind] = set()
    for decorator in decorators:
        kind = _kind(run, decorator)
        if kind is None:
            return None
        found.add(kind)
    found.discard("")
    return "" if not found else found.pop() if len(found) == 1 else None


def _kind(run: Interpreter, decorator: ast.expr) -> Behind | None:
    maker = decorator.func if isinstance(decorator, ast.Call) else decorator
    if not isinstance(maker, (ast.Name, ast.Attribute)):
        return None
    type_ = run.evaluate(maker)
    if isinstance(type_, Function) and not isinstance(maker, ast.Attribute):
        return "" if type_.passes == (2 if isinstance(decorator, ast.Call) else 1) else None
    qualified = type_.qualified if isinstance(type_, Module) else ""
    word = (qualified or (maker.attr if isinstance(maker, ast.Attribute) else maker.id)).rpartition(".")[2]
    if word in MANAGING:
        return "context"
    if word in SHARING:
        return "shared"
    return "" if word in PASSING or qualified in PASSING_OF else None


def decorated_value(kind: str, value: Type, body: Sequence[ast.AST]) -> Type:
    """What a call gives whose body, these nodes, gives a value."""
    if kind == "shared":
        return opened(value)  # who got it before may have changed it
    if kind == "context":
        entered = value.element if isinstance(value, Collection) and value.element is not None else UNKNOWN
        catches = any(isinstance(n, ast.ExceptHandler) for n in body)
        return Record((("entered", entered), ("catches", Scalar(BOOL, catches))), CONTEXT, open=True)
    return value


def passes(node: ast.FunctionDef | ast.AsyncFunctionDef, pure: Callable[[ast.expr], bool]) -> int:
    """How often a function is to be called (1: `@timed`, 2: `@timed("x")`) to give a function that does what the one
    it is given does, with the same arguments and the same value; 0 for other functions. `pure` as in
    `effects.changes`."""
    if not node.body or not isinstance(node.body[-1], ast.Return) or not isinstance(node.body[-1].value, ast.Name):
        return 0
    given, name = list(arguments_of(node.args)), node.body[-1].value.id
    returns = [n for n in _own(node.body) if isinstance(n, ast.Return)]
    inner = [n for n in node.body if isinstance(n, _Definition) and n.name == name]
    bound = bound_in(node.body)[0]
    if len(returns) != 1:
        return 0
    if len(given) == 1 and given[0].arg == name and name not in bound:
        return 1  # it only takes note of the function
    if len(inner) != 1 or isinstance(inner[0], ast.AsyncFunctionDef):
        return 0
    if len(given) == 1 and given[0].arg not in bound and _hands_over(inner[0], given[0].arg, pure):
        return 1
    return 2 if passes(inner[0], pure) == 1 else 0


def _hands_over(wrapper: ast.FunctionDef, function: str, pure: Callable[[ast.expr], bool]) -> bool:
    """Whether a wrapper calls the function with its own arguments and gives what comes back."""

    def calls(node: ast.AST | None) -> bool:
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function

    body = _own(wrapper.body)
    made = [n for n in body if calls(n)]
    if not made or any(_passed(n) != _taken(wrapper.args) for n in made if isinstance(n, ast.Call)):
        return False
    if any(isinstance(n, (ast.Yield, ast.YieldFrom, ast.Global, ast.Nonlocal)) for n in body):
        return False
    held: dict[str, list[ast.AST]] = {}  # what each name is bound to
    for part in body:
        if isinstance(part, ast.Name) and isinstance(part.ctx, (ast.Store, ast.Del)):
            held.setdefault(part.id, [])
    for part in body:
        if isinstance(part, ast.Assign) and len(part.targets) == 1 and isinstance(part.targets[0], ast.Name):
            held[part.targets[0].id].append(part.value)
    stores = [n.id for n in body if isinstance(n, ast.Name) and isinstance(n.ctx, (ast.Store, ast.Del))]
    results = {name for name, values in held.items() if len(values) == stores.count(name) and all(map(calls, values))}

    def harmless(callee: ast.expr) -> bool:
        return pure(callee) or (isinstance(callee, ast.Name) and callee.id == function)

    touched = effects.touched([n for n in body if not isinstance(n, ast.Return)], harmless)
    own = {a.arg for a in arguments_of(wrapper.args)} | {function}
    if (touched | set(stores) - results) & own or touched & results:
        return False
    returns = [n.value for n in body if isinstance(n, ast.Return)]
    gives = all(calls(value) or (isinstance(value, ast.Name) and value.id in results) for value in returns)
    return gives and _ends(wrapper.body)


def _ends(body: Sequence[ast.stmt]) -> bool:
    """Whether nobody comes to the end of a block, but by `return` or `raise`."""
    last = body[-1] if body else None
    if isinstance(last, ast.If):
        return _ends(last.body) and _ends(last.orelse)
    if isinstance(last, ast.With):
        return _ends(last.body)
    if isinstance(last, ast.Try):
        whole = [last.orelse or last.body, *(h.body for h in last.handlers)]
        return _ends(last.finalbody) or all(map(_ends, whole))
    return isinstance(last, (ast.Return, ast.Raise))


def _own(body: Sequence[ast.stmt]) -> list[ast.AST]:
    """The nodes of a body without those of functions and classes in it."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        found.append(node)
        if not isinstance(node, (*_Definition, ast.ClassDef, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(node))
    return found


def _taken(arguments: ast.arguments) -> list[str]:
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    names += [f"*{arguments.vararg.arg}"] if arguments.vararg is not None else []
    names += [f"{a.arg}=" for a in arguments.kwonlyargs]
    return names + ([f"**{arguments.kwarg.arg}"] if arguments.kwarg is not None else [])


def _passed(call: ast.Call) -> list[str]:
    """A call's arguments, in the form of `_taken`; those that are no plain names are "?"."""
    found = []
    for node in call.args:
        inner = node.value if isinstance(node, ast.Starred) else node
        name = inner.id if isinstance(inner, ast.Name) else "?"
        found.append(f"*{name}" if isinstance(node, ast.Starred) else name)
    for keyword in call.keywords:
        name = keyword.value.id if isinstance(keyword.value, ast.Name) else "?"
        found.append(f"**{name}" if keyword.arg is None else f"{name}=" if keyword.arg == name else "?")
    return found
