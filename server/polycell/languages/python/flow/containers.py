"""What containers hold: dictionaries, lists and objects of classes, and the frames in them.

A frame in a container is often reachable in another way too: by its own name, by that of a loop, from another
container. Such a container is a *holder*: what it holds may change without its being named. What is changed through
the container itself (`frames["train"]["x"] = 1`) is followed along the path that the text writes.
"""

from __future__ import annotations

import ast
from typing import TypeGuard

from polycell.core.types import UNKNOWN, Function, Module, Record, Table, Type
from polycell.languages.python.flow import parts
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.flow.parts import Key
from polycell.languages.python.flow.state import holds, inside_opened, mutable
from polycell.languages.python.syntax.shapes import nodes
from polycell.languages.python.syntax.values import value_of


def release(run: Interpreter, literal: ast.expr, held: set[int]) -> None:
    """A list or tuple is gone, whose items have names: nobody gets at them through it. `held` had escaped before."""
    for part in getattr(literal, "elts", ()):
        if isinstance(part, ast.Tuple):
            release(run, part, held)
        elif isinstance(part, ast.Name) and (address := run.address_of(part)) is not None and address not in held:
            run.state.escaped.discard(address)


def alone(run: Interpreter, node: ast.expr) -> bool:
    """Whether nothing but the expression's value leads to it, and to what it holds."""
    match node:
        case ast.Dict(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return all(alone(run, part) for part in parts)
        case ast.DictComp(value=made) | ast.ListComp(elt=made) | ast.SetComp(elt=made) | ast.GeneratorExp(elt=made):
            handed = isinstance(made, ast.Call) and isinstance(made.func, ast.Name)
            over = [part for generator in node.generators for part in nodes(generator.iter)]
            return alone(run, made) and not (handed and any(_changeable(run, part) for part in over))
        case ast.Call(func=function):
            if id(node) in run.given_back or id(node) in run.lent:
                return False
            if isinstance(function, ast.Attribute):
                copied = function.attr == "copy" and isinstance(run.evaluate(function.value), Module)
                if not (function.attr in _HANDING or copied or _container(run, function.value)):
                    return True  # frames that methods and libraries give
            elif isinstance(function, ast.Name) and isinstance(run.type_of(function.id), Function):
                return True  # what it hands back was told where it was followed, or has escaped
            return not any(_changeable(run, part) for part in nodes(*node.args, *node.keywords, function))
        case ast.Subscript(value=base):
            base = base.value if isinstance(base, ast.Attribute) else base
            return isinstance(base, ast.Name) and isinstance(run.type_of(base.id), Table)
        case ast.Name() | ast.Attribute() | ast.Starred() | ast.NamedExpr():
            return not mutable(run.type_of(node.id)) if isinstance(node, ast.Name) else False
    return not any(_changeable(run, part) for part in nodes(node))


# Methods and functions of libraries that hand on what they were given.
_HANDING = frozenset({
    "get", "pop", "setdefault", "items", "values", "fromkeys", "chain", "SimpleNamespace", "Namespace", "deque",
    "OrderedDict", "defaultdict",
})  # fmt: skip


def _container(run: Interpreter, node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and holds(run.type_of(node.id))


def _changeable(run: Interpreter, node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and mutable(run.type_of(node.id))


def put_in(run: Interpreter, container: int | None, type_: Type, value: ast.expr | None) -> None:
    """A value goes into a container: whoever knows the value in another way may change what the container holds."""
    if container is None or not mutable(type_):
        return
    address = run.address_of(value) if value is not None else None
    if address is not None and run.state.links.get(address, (None,))[0] == container:
        return  # it is there under its name
    if value is None or not alone(run, value):
        run.state.holders.add(container)
        for part in nodes(value) if value is not None else ():
            if isinstance(part, ast.Name):
                run.escape(part)


def taken_from(run: Interpreter, node: ast.expr) -> None:
    """Something that an expression's value holds gets another name, or is handed over."""
    for part in nodes(node):
        if isinstance(part, ast.Name):
            address = run.address_of(part)
            if address is not None and holds(run.object(address)):
                run.state.holders.add(address)


def path_of(run: Interpreter, node: ast.expr) -> tuple[int, list[Key]] | None:
    """The object of a name and the keys that lead from it to what an expression means: `settings["data"].path`."""
    keys: list[Key] = []
    while not isinstance(node, (ast.Name, ast.Call)):
        if isinstance(node, ast.Attribute):
            keys.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
            key = value_of(run.evaluate(node.slice))
            if type(key) not in (str, int):
                return None
            keys.append(key)
            node = node.value
        else:
            return None
    address = run.address_of(node)
    return (address, keys[::-1]) if address is not None and keys else None


def root(run: Interpreter, node: ast.expr) -> int | None:
    """The object of the name that an expression begins with."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return run.address_of(node)


def change_at(run: Interpreter, node: ast.expr, type_: Type) -> None:
    """What an expression means, and no plain name does, was changed in place."""
    found = path_of(run, node)
    holder = run.object(found[0]) if found is not None else UNKNOWN
    changed = parts.with_value_at(holder, found[1], type_) if found is not None else None
    if found is None or changed is None:
        address = root(run, node)
        if address is not None and holds(run.object(address)):
            run.change(address, inside_opened(run.object(address)))  # one of what it holds
        run.change_unseen()
        return
    if found[0] in run.state.holders:
        changed = inside_opened(changed)  # it may hold the same object twice
        run.change_unseen()
    run.change(found[0], changed)


def part_of(run: Interpreter, node: ast.expr, type_: Type) -> int | None:
    """The frame that a path means, as an object of its own; None where it may be reached in ways not followed."""
    found = path_of(run, node) if isinstance(node, (ast.Attribute, ast.Subscript)) else None
    if found is None or not isinstance(type_, Table) or not all(isinstance(key, str) for key in found[1]):
        return None
    root, keys = found[0], tuple(map(str, found[1]))
    if parts.value_at(run.object(root), keys) != type_:
        return None
    address = parts.tied(run.state, root, keys)
    if address is None:
        address = next(run.addresses)
        if not parts.tie(run.state, address, root, keys):
            return None
        run.state.objects[address] = type_
    return address


def put_at(run: Interpreter, target: ast.expr, value: ast.expr | None, type_: Type) -> bool:
    """Whether a frame with a name goes into a container as a part that is followed; what was there before is none."""
    found = path_of(run, target)
    if found is None:
        return False
    parts.release(run.state, *found)
    address = run.address_of(value) if isinstance(value, ast.Name) else None
    if address is None or not isinstance(type_, Table) or not all(isinstance(key, str) for key in found[1]):
        return False
    return parts.tie(run.state, address, found[0], tuple(map(str, found[1])))


def is_object(type_: Type) -> TypeGuard[Record]:
    """Whether a value is of a class of the notebook that has methods: a call of one may change it."""
    return isinstance(type_, Record) and any(isinstance(field, Function) for _, field in type_.fields)
