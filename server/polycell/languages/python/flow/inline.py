"""Following a call into a short function of the notebook, and on into what that calls, with the arguments given."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from polycell.core.text import LineIndex
from polycell.core.types import BOOL, UNKNOWN, Anchor, Collection, Function, Module, Record, Scalar, Table, Type
from polycell.languages.python.flow import effects
from polycell.languages.python.flow.containers import alone, is_object, taken_from
from polycell.languages.python.flow.decorators import decorated_value
from polycell.languages.python.flow.interpreter import LENT, MOST, Interpreter
from polycell.languages.python.flow.state import DELETED, Slot, join, mutable
from polycell.languages.python.flow.targets import fresh
from polycell.languages.python.flow.yielding import Yields, generates, handed_out, same_again
from polycell.languages.python.frames.registry import Argument
from polycell.languages.python.syntax.shapes import bound_in, defaulted
from polycell.languages.python.syntax.source import PythonSource
from polycell.languages.python.syntax.values import collection

LONGEST = 40  # lines of a function that is followed
DEEPEST_FOLLOWED = 3  # functions that call each other
_SHARE = MOST // 2  # of the work that a cell may cost, after which no further call is followed


def definition(
    run: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef, body: Sequence[ast.AST], returns: Type | None
) -> str:
    """The text that a call can be followed by; "" for functions that are too long or do what is not followed. `body`
    are the nodes of the function's body, `returns` is what it gives whatever it is called with."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    if isinstance(node, ast.AsyncFunctionDef) or lines > LONGEST or node.col_offset:
        return ""
    if any(isinstance(n, NOT_FOLLOWED) for n in body):
        return ""
    if not (unsettled(returns) or _handles_frames(node, body) or _calls_followed(run, body)):
        return ""
    return "\n".join(run.source.code.split("\n")[node.lineno - 1 : node.end_lineno])


def begins_at(run: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Anchor | None:
    """Where a function's text begins, by its name; None where that stands above already."""
    code = run.source.code
    start = run.source.lines.line_span(node.lineno - 1).start + node.col_offset
    end = code.find("(", start)
    token = code[start : end + 1]
    text = run.text or code
    return Anchor(token, 0, run.cell) if "\n" not in token and run.site is None and text.find(token) == start else None


def defaults(run: Interpreter, arguments: ast.arguments) -> tuple[tuple[str, Type], ...]:
    """What parameters hold that a call does not give: values as they are where the function stands, not where it is
    called. Of an object with a name nothing is said, since it may have changed by then."""
    types = [(argument.arg, run.evaluate(node), node) for argument, node in defaulted(arguments)]
    return tuple((name, type_ if alone(run, node) or not mutable(type_) else UNKNOWN) for name, type_, node in types)


NOT_FOLLOWED = (ast.Global, ast.Nonlocal, ast.Await, ast.AsyncFor, ast.AsyncWith)


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


def _calls_followed(run: Interpreter, body: Sequence[ast.AST]) -> bool:
    """Whether a function calls another that is followed."""
    called = {n.func.id for n in body if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    types = (run.type_of(name) for name in called if run.slot(name) is not None)
    return any(isinstance(type_, Function) and type_.definition for type_ in types)


def unsettled(returns: Type | None) -> bool:
    """Whether there is a frame in what a function gives whose columns its call decides: by the path that it is given
    to read, or by names of the notebook, which may have other values by then."""
    if isinstance(returns, Collection):
        return any(map(unsettled, returns.items or (returns.element,)))
    return isinstance(returns, Table) and returns.open


@lru_cache(maxsize=256)
def parsed(text: str) -> tuple[PythonSource, ast.FunctionDef] | None:
    if text[:1].isspace():
        text = f"if 1:\n{text}"  # a method, as it stands in its class
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    node: ast.stmt | None = tree.body[0] if tree.body else None
    node = node.body[0] if isinstance(node, ast.If) else node
    return (PythonSource(text, tree, LineIndex(text)), node) if isinstance(node, ast.FunctionDef) else None


_CONSTANT = (Scalar, Module, Function)  # what no call changes in place


def called(
    run: Interpreter, at: ast.expr, callee: Function, given: Mapping[str, Argument], pure: Callable[[ast.expr], bool],
    surplus: Sequence[Argument] = (), owner: int | None = None,
) -> Type | None:  # fmt: skip
    """The value of a call, its effects done; None where it is not followed. `at` is the call, or where a function is
    named that another calls (`df.pipe(clean)`); `surplus` are the positional arguments for which `callee` has no
    parameter, but perhaps a starred one; `owner` is the object whose method is called. `pure` as in
    `effects.changes`."""
    if run.calls_deep or callee.definition in run.inside_of or len(run.inside_of) >= DEEPEST_FOLLOWED:
        return None
    found = parsed(callee.definition) if run.spent < _SHARE else None
    if found is None:
        return None
    source, function = found
    if owner is not None:
        itself = function.args.posonlyargs or function.args.args
        given = {**given, itself[0].arg: Argument(at, run.object(owner))}
    body = effects.body_nodes(function)
    generator = generates(body)
    returns = [n for n in body if isinstance(n, ast.Return)]
    touched = [
        name
        for name in effects.changes(function, [n for n in body if not isinstance(n, (ast.Return, *Yields))], pure)
        if not isinstance(given[name].type if name in given else run.type_of(name), _CONSTANT)
    ]
    touched += _objects_called(run, body, given)
    straight = not returns or (len(returns) == 1 and function.body[-1] is returns[0])
    if touched and (generator or not straight):
        return None  # what holds at each `return` is not kept apart, nor when a generator comes to what it does
    before, outer = run.state, _Outside(run)
    run.site = run.site if run.inside_of else run.place(at, "")
    run.definition = callee.place
    run.state = before.copy()
    if run.inside_of:
        run.state.names = dict(run.outermost)  # a function does not see the variables of the one that calls it
    else:
        run.outermost = before.names
    run.inside_of = (*run.inside_of, callee.definition)
    run.entered = next(run.addresses)
    run.source, run.until, run.results, run.handed, run.breaks = source, None, [], [], []
    run.yielded, run.kept = ([], same_again(function.body)) if generator else (None, frozenset())
    run.doubts += 1  # nobody is told of what is read here: it would be told of another text
    try:
        local, _, _ = bound_in(function.body)
        if not _enter(run, function, local, given, surplus, dict(callee.defaults), owner):
            return None
        run.execute(function.body)
        results, handed, end = run.results, run.handed, run.state
        if end.live:
            results, handed = [*results, UNKNOWN], [*handed, None]
        if generator:
            results, handed = [handed_out(run)], [None]
    finally:
        after, run.state = run.state, before
        outer.restore(run)
    there = before.objects.keys() | run.base.keys()
    before.escaped |= after.escaped & there
    before.holders |= after.holders & there
    for address in handed:  # what an object holds, handed out as such
        if address is not None and address not in there and address in after.links and after.links[address][0] in there:
            before.objects[address], before.links[address] = after.objects[address], after.links[address]
    if touched:
        before.links = after.links
        before.objects.update(after.objects)
        before.escaped |= after.escaped
        before.holders |= after.holders
    value = results[0] if results else UNKNOWN
    for other in results[1:]:
        value = join(value, other)
    _remember(run, at, handed, value)
    return decorated_value(callee.behind, value, body)


def _objects_called(run: Interpreter, body: Sequence[ast.AST], given: Mapping[str, Argument]) -> list[str]:
    """The parameters and outer names that are objects of the notebook's own classes, whose methods a body calls."""
    found = []
    for part in body:
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
            name = effects.root_name(part.func)
            type_ = given[name].type if name in given else run.type_of(name) if name else UNKNOWN
            if not is_object(type_):
                continue
            inner = part.func.value
            held = dict(type_.fields).get(inner.attr, UNKNOWN) if isinstance(inner, ast.Attribute) else type_
            if is_object(held) or not isinstance(inner, (ast.Name, ast.Attribute)):
                found.append(name)
    return found


class _Outside:
    """What belongs to the place of the call, put back behind it."""

    def __init__(self, run: Interpreter) -> None:
        self.held = (run.source, run.until, run.results, run.handed, run.breaks, run.last, run.doubts, run.site)
        self.definition, self.entered = run.definition, run.entered
        self.inside_of, self.yielded, self.kept = run.inside_of, run.yielded, run.kept

    def restore(self, run: Interpreter) -> None:
        (run.source, run.until, run.results, run.handed, run.breaks, run.last, run.doubts, run.site) = self.held
        run.inside_of, run.definition, run.entered = self.inside_of, self.definition, self.entered
        run.yielded, run.kept = self.yielded, self.kept


def _enter(
    run: Interpreter, function: ast.FunctionDef, local: set[str], given: Mapping[str, Argument],
    surplus: Sequence[Argument], settled: Mapping[str, Type], owner: int | None,
) -> bool:  # fmt: skip
    """Bind the parameters, a name's argument to the very object; False where one is missing or has no place."""
    arguments = function.args
    plain = [*arguments.posonlyargs, *arguments.args]
    names = [a.arg for a in (*plain, *arguments.kwonlyargs)]
    others = {name: argument for name, argument in given.items() if name not in names}
    if (others and arguments.kwarg is None) or (surplus and arguments.vararg is None):
        return False
    for extra in (*others.values(), *surplus):
        run.escape(extra.node)
    bound: list[tuple[str, Type, int | None]] = []
    for at, name in enumerate(names):
        argument, default = given.get(name), settled.get(name)
        if owner is not None and not at:
            bound.append((name, UNKNOWN, owner))
        elif argument is not None:
            turned = _is_switch(argument)
            bound.append((name, *((Scalar(BOOL), None) if turned else (argument.type, run.address_of(argument.node)))))
        elif default is not None:
            bound.append((name, default, None))
        else:
            return False
    for name in local:
        run.state.names[name] = Slot(DELETED)
    if arguments.vararg is not None:
        run.bind(arguments.vararg.arg, collection("tuple", tuple(a.type for a in surplus)))
    if arguments.kwarg is not None:
        run.bind(arguments.kwarg.arg, Record(tuple((name, a.type) for name, a in others.items()), "dict"))
    for name, type_, address in bound:
        made = run.bind(name, type_, address=address)
        if address is None and mutable(type_) and name in given and not fresh(run, given[name].node):
            run.state.escaped.add(made)  # an expression's value may be an object that has a name
            taken_from(run, given[name].node)
    return True


def _is_switch(argument: Argument) -> bool:
    """Whether it is a truth value that the call does not write itself: people turn it over, so both branches count."""
    type_ = argument.type
    return isinstance(type_, Scalar) and isinstance(type_.value, bool) and not isinstance(argument.node, ast.Constant)


def _remember(run: Interpreter, at: ast.expr, handed: list[int | None], value: Type) -> None:
    """A function that hands back what it was given: its value is that very object."""
    if LENT in handed and mutable(value):
        run.lent.add(id(at))
    objects = {a for a in handed if a is not None and (a in run.state.objects or a in run.base)}
    if not objects or not mutable(value):
        return
    if len(objects) == 1 and None not in handed and isinstance(at, ast.Call):
        run.given_back[id(at)] = objects.pop()
    else:
        run.state.escaped |= objects
