"""Statements: versions of names, joined where paths meet."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from polycell.core.text import Span
from polycell.core.types import (
    UNKNOWN,
    Class,
    Collection,
    Module,
    Record,
    Scalar,
    Table,
    Type,
)
from polycell.core.values import replace
from polycell.languages.python.flow import objects
from polycell.languages.python.flow.containers import part_of, release, taken_from
from polycell.languages.python.flow.definitions import enter, of_annotation, of_class, of_function
from polycell.languages.python.flow.interpreter import LENT, Interpreter, Reached
from polycell.languages.python.flow.iteration import bind_item, items_and_element
from polycell.languages.python.flow.managers import bind_managed
from polycell.languages.python.flow.state import State, join, mutable, opened
from polycell.languages.python.flow.targets import assign, fresh, store
from polycell.languages.python.frames import operators, stars
from polycell.languages.python.frames.columns import drop
from polycell.languages.python.frames.columns import opened as opened_table
from polycell.languages.python.syntax.shapes import nodes
from polycell.languages.python.syntax.values import NOT_KNOWN, collection, value_of
from polycell.tables.evidence import merge

UNROLLED = 32  # items of a known sequence whose loop is gone through one by one
ROUNDS = 3  # through the body of a loop before what still changes is given up


def execute(run: Interpreter, statements: Sequence[ast.stmt]) -> None:
    for statement in statements:
        run.spend(1)
        if run.until is not None:
            span = run.source.span(statement)
            if _beginning(run, statement) >= run.until:
                raise Reached
            if span.end >= run.until and not isinstance(statement, _COMPOUND):
                raise Reached
        if not run.state.live:
            continue
        rule = _RULES.get(type(statement))
        if rule is not None:
            rule(run, statement)


def _beginning(run: Interpreter, statement: ast.stmt) -> int:
    decorators = getattr(statement, "decorator_list", None)
    return run.source.span(decorators[0] if decorators else statement).start


def _inside(run: Interpreter, node: ast.AST) -> bool:
    """Whether the place asked about lies inside a compound statement."""
    if run.until is None:
        return False
    span = run.source.span(node)
    return span.start < run.until <= span.end


# -- simple statements


def _assignment(run: Interpreter, node: ast.Assign) -> None:
    magic = run.magics.get(id(node))
    if magic is not None:
        magic(run)
        return
    held = set(run.state.escaped)
    type_ = run.evaluate(node.value)
    if isinstance(node.value, ast.Tuple) and all(_takes_apart(target, node.value) for target in node.targets):
        release(run, node.value, held)  # `train, test = test, train`
    for target in node.targets:
        assign(run, target, type_, node.value)
    names = [t for t in node.targets if isinstance(t, ast.Name)]
    if len(names) > 1 and mutable(type_):  # a = b = value: one object
        address = run.address_of(names[0])
        for name in names[1:]:
            run.bind(name.id, type_, name, value=node.value, address=address)


def _takes_apart(target: ast.expr, value: ast.Tuple) -> bool:
    """Whether each item of a tuple gets a name of its own."""
    apart = isinstance(target, (ast.Tuple, ast.List)) and len(target.elts) == len(value.elts)
    return apart and all(isinstance(part, ast.Name) for part in getattr(target, "elts", ()))


def _annotated(run: Interpreter, node: ast.AnnAssign) -> None:
    if node.value is None:
        # A declaration alone binds nothing, but it tells of a name that is bound.
        address = run.address_of(node.target) if isinstance(node.target, ast.Name) else None
        declared = of_annotation(run, node.annotation) if address is not None else UNKNOWN
        if address is not None and isinstance(declared, Table) and declared.columns:
            known = run.object(address)
            run.change(address, merge(declared, known) if isinstance(known, Table) else declared)
        return
    type_ = run.evaluate(node.value)
    declared = of_annotation(run, node.annotation)
    if type_ == UNKNOWN:
        type_ = declared
    elif isinstance(declared, Table) and isinstance(type_, Table) and declared.columns:
        type_ = replace(merge(declared, type_), flavour=type_.flavour)
    elif isinstance(declared, Collection) and isinstance(type_, Collection) and declared.element is not None:
        type_ = _rows_declared(declared, type_)
    assign(run, node.target, type_, node.value)


def _rows_declared(declared: Collection, value: Collection) -> Collection:
    """A list whose annotation tells the class of its items: dictionaries that are rows of a `TypedDict`, say."""
    element = declared.element
    if not isinstance(element, Record) or element.schema is None or value.items:
        return value if value.items else declared
    return declared


def _augmented(run: Interpreter, node: ast.AugAssign) -> None:
    loaded = _loaded(node.target)
    before = run.evaluate(loaded)
    type_ = operators.binary(node.op, before, run.evaluate(node.value))
    if isinstance(node.target, ast.Name):
        address = run.address_of(node.target)
        if address is not None and isinstance(before, Collection):
            run.escape(node.value)
            run.change(address, type_ if isinstance(type_, Collection) else opened(before))
        else:
            run.bind(node.target.id, type_, node.target, value=node)
        return
    assign(run, node.target, type_, node.value)


def _loaded(target: ast.expr) -> ast.expr:
    """The target as an expression that is read."""
    if isinstance(target, ast.Name):
        return ast.copy_location(ast.Name(target.id, ast.Load()), target)
    return target


def _delete(run: Interpreter, node: ast.Delete) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            run.delete(target.id)
        elif isinstance(target, (ast.Subscript, ast.Attribute)):
            base = run.evaluate(target.value)
            address = run.address_of(target.value)
            if isinstance(target, ast.Subscript) and (watcher := run.watcher) is not None:
                watcher.subscript(run, target, base)
            key = target.attr if isinstance(target, ast.Attribute) else value_of(run.evaluate(target.slice))
            if isinstance(base, Table) and isinstance(key, str):
                store(run, target.value, address, drop(base, [key]))
            elif isinstance(base, Table):
                maybe = replace(base, columns=tuple(replace(c, maybe=True) for c in base.columns))
                store(run, target.value, address, opened_table(maybe))
            elif address is not None and mutable(base):
                run.change(address, opened(base))
            else:
                run.change_unseen()


def _expression(run: Interpreter, node: ast.Expr) -> None:
    run.last = run.evaluate(node.value)


def _import(run: Interpreter, node: ast.Import) -> None:
    for alias in node.names:
        name = alias.asname or alias.name.split(".", 1)[0]
        module = alias.name if alias.asname else name
        run.bind(name, Module(module), node, value=node, kind="import", span=_bound_as(run, alias))


def _import_from(run: Interpreter, node: ast.ImportFrom) -> None:
    module = "." * node.level + (node.module or "")
    for alias in node.names:
        if alias.name != "*":
            name = alias.asname or alias.name
            run.bind(name, Module(module, alias.name), node, value=node, kind="import", span=_bound_as(run, alias))
        elif module in stars.STARS:
            run.remark(stars.said(module))
            run.missing -= stars.STARS[module]


def _bound_as(run: Interpreter, alias: ast.alias) -> Span:
    """Where the name stands that an import binds: `as h` behind a module that has the same letter."""
    span = run.source.span(alias)
    return Span(span.end - len(alias.asname), span.end) if alias.asname else span


def _function(run: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    if _inside(run, node) and run.until is not None and node.body:
        first = run.source.span(node.body[0]).start
        if run.until > min(first, _header_end(run, node)):
            run.bind(node.name, UNKNOWN, node, kind="function")
            owner = run.class_around if run.class_around is not None and node in run.class_around.body else None
            enter(run, node, run.called_with(node, owner) if run.called_with is not None else {})
            _bind_itself(run, node)
            execute(run, node.body)
        raise Reached
    type_ = of_function(run, node)
    run.bind(node.name, type_, node, kind="function")
    _doubt_globals(run, node)


def _bind_itself(run: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """`self`, in a method of the class around."""
    owner, first = run.class_around, node.args.posonlyargs or node.args.args
    static = any(isinstance(d, ast.Name) and d.id in ("staticmethod", "classmethod") for d in node.decorator_list)
    if owner is not None and node in owner.body and first and not static:
        found = of_class(run, owner)
        if isinstance(found, Class):
            run.bind(first[0].arg, objects.inside(run, owner, found), first[0])


def _header_end(run: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Where the line with the parameters ends: behind it a cursor is in the body, even on a line that is blank."""
    line = max([node.lineno, *(a.end_lineno or a.lineno for a in nodes(node.args) if isinstance(a, ast.arg))])
    return run.source.lines.line_span(line - 1).end


def _class(run: Interpreter, node: ast.ClassDef) -> None:
    if _inside(run, node):
        run.class_around = node
        execute(run, node.body)
        raise Reached
    run.bind(node.name, of_class(run, node), node, kind="class")
    _doubt_globals(run, node)


def _doubt_globals(run: Interpreter, node: ast.stmt) -> None:
    """What a body declares as global it may bind anew, whoever calls it."""
    for part in nodes(node):
        if isinstance(part, ast.Global):
            run.rebindable.update(part.names)
    for name in run.rebindable:
        run.rebound(name)


def _return(run: Interpreter, node: ast.Return) -> None:
    type_ = run.evaluate(node.value) if node.value is not None else UNKNOWN
    if run.results is not None:
        value = _chosen(run, node.value) if node.value is not None else None
        address = run.address_of(value) if value is not None else None
        if value is not None and address is None:
            address = part_of(run, value, type_)
        # A frame that escaped inside the body may be changed by others after the call.
        escaped = address is not None and address in run.state.escaped and run.site is None
        run.results.append(opened(type_) if escaped else type_)
        lent = address is None and value is not None and _lends(run, value, type_)
        if lent and value is not None:
            taken_from(run, value)
        run.handed.append(LENT if lent else address)
    run.state.live = False


def _lends(run: Interpreter, value: ast.expr, type_: Type) -> bool:
    """Whether what a function gives is, or has in it, an object that others know."""
    if isinstance(value, (ast.Tuple, ast.List)):
        return any(_lends(run, part, run.evaluate(part)) for part in value.elts)
    if isinstance(value, ast.Dict):
        return any(_lends(run, part, run.evaluate(part)) for part in value.values)
    if not mutable(type_):
        return False
    address = run.address_of(value) if isinstance(value, ast.Name) else None
    return not fresh(run, value) if address is None else address < run.entered or address in run.base


def _chosen(run: Interpreter, node: ast.expr) -> ast.expr:
    """The branch of a conditional expression that is evaluated, where that is known."""
    while isinstance(node, ast.IfExp) and (truth := value_of(run.evaluate(node.test))) is not NOT_KNOWN:
        node = node.body if truth else node.orelse
    return node


def _raise(run: Interpreter, node: ast.Raise) -> None:
    run.state.live = False


def _jump(run: Interpreter, node: ast.stmt) -> None:
    if run.breaks:
        run.breaks[-1].append(run.state.copy())
    run.state.live = False


def _assert(run: Interpreter, node: ast.Assert) -> None:
    run.evaluate(node.test)


# -- compound statements


def _branches(run: Interpreter, bodies: Sequence[Callable[[], None]]) -> None:
    """Each body from the same start; what holds behind is their join."""
    start = run.state
    ends = []
    for body in bodies:
        run.state = start.copy()
        body()
        ends.append(run.state)
    run.state = run.join(*ends)


def _holds(run: Interpreter, body: Sequence[ast.stmt]) -> bool:
    """Whether the place asked about is in this block, or on the blank lines behind it."""
    if run.until is None or not body:
        return False
    start, end = run.source.span(body[0]).start, run.source.span(body[-1]).end
    return start <= run.until <= end


def _if(run: Interpreter, node: ast.If) -> None:
    truth = value_of(run.evaluate(node.test))
    if _inside(run, node):
        if node.orelse and run.until is not None and run.until >= run.source.span(node.orelse[0]).start:
            execute(run, node.orelse)
        else:
            execute(run, node.body)
        raise Reached
    # What a call has given is settled; at the level of the cell only a literal is, for people turn switches over.
    if truth is not NOT_KNOWN and (run.inside_of or isinstance(node.test, ast.Constant)):
        execute(run, node.body if truth else node.orelse)
    else:
        with run.doubt():
            _branches(run, [lambda: execute(run, node.body), lambda: execute(run, node.orelse)])


def _for(run: Interpreter, node: ast.For | ast.AsyncFor) -> None:
    held = set(run.state.escaped)
    over = run.evaluate(node.iter)
    if isinstance(node.iter, (ast.List, ast.Tuple)):
        release(run, node.iter, held)  # the loop names the very objects
    items, element = items_and_element(over)
    unordered = isinstance(over, Collection) and over.unordered
    if _inside(run, node):
        assign(run, node.target, element if not items else items[0])
        if items is not None and len(items) != 1 and not unordered:
            assign(run, node.target, collection("list", items).element or element)
        if not _holds(run, node.orelse):
            _forget_changing(run, node.body)
            execute(run, node.body)
        else:
            execute(run, node.orelse)
        raise Reached
    jumps = any(isinstance(n, (ast.Break, ast.Continue, ast.Return)) for n in nodes(*node.body))
    if items is not None and _counts(node.iter) and not _names_columns(node):
        items = None  # one round is like another
    if items is not None and len(items) <= UNROLLED and not jumps and isinstance(node, ast.For):
        before, rounds = run.state.copy() if unordered else run.state, []
        for index, item in enumerate(items):
            bind_item(run, node.target, item, node.iter, index)
            execute(run, node.body)
            if unordered:
                rounds.append(run.state.copy())
        if unordered:
            _any_last(run, before, rounds)
    else:
        _loop(run, node.body, lambda: bind_item(run, node.target, element, node.iter), node.target)
    execute(run, node.orelse)


def _counts(over: ast.expr) -> bool:
    return isinstance(over, ast.Call) and isinstance(over.func, ast.Name) and over.func.id == "range"


def _names_columns(node: ast.For | ast.AsyncFor) -> bool:
    """Whether a loop's own name takes part in what items are called: `df[f"lag_{n}"] = …`."""
    stores = (n.slice for n in nodes(*node.body) if isinstance(n, ast.Subscript) and isinstance(n.ctx, ast.Store))
    target = node.target.id if isinstance(node.target, ast.Name) else ""
    return any(isinstance(part, ast.Name) and part.id == target for where in stores for part in nodes(where))


def _any_last(run: Interpreter, before: State, rounds: list[State]) -> None:
    """Behind a loop over things in no known order: any of them was the last, and lists were filled in any order."""
    for name, slot in list(run.state.names.items()):
        made = [state.objects.get(state.names[name].address) for state in rounds if name in state.names]
        changed = before.names.get(name) != slot
        if changed and len(made) > 1 and all(type_ is not None for type_ in made):
            for other in made[:-1]:
                run.state.objects[slot.address] = join(run.object(slot.address), other or UNKNOWN)
    for address, type_ in list(run.state.objects.items()):
        if isinstance(type_, Collection) and type_.items and before.objects.get(address) is not type_:
            run.state.objects[address] = replace(type_, unordered=True)


def _while(run: Interpreter, node: ast.While) -> None:
    if _inside(run, node):
        _forget_changing(run, node.body)
        execute(run, node.body if not _holds(run, node.orelse) else node.orelse)
        raise Reached
    with run.doubt():
        _loop(run, node.body, lambda: run.evaluate(node.test), None)
        execute(run, node.orelse)


def _loop(run: Interpreter, body: Sequence[ast.stmt], begin: Callable[[], object], target: ast.expr | None) -> None:
    """Any number of rounds through a body: values that it changes are forgotten first, then rounds are joined until
    nothing changes; tables that still do are opened."""
    _forget_changing(run, body)
    for round_ in range(ROUNDS + 1):
        run.spend(1 + len(run.state.names) // 8 + len(run.state.objects) // 8)
        before = run.state
        run.state = before.copy()
        run.breaks.append([])
        begin()
        execute(run, body)
        jumped = run.breaks.pop()
        after = run.join(before, run.state, *jumped)
        if _same(before, after):
            run.state = after
            return
        if round_ == ROUNDS:
            for address, type_ in list(after.objects.items()):
                known = before.objects.get(address, run.base.get(address))
                if known != type_:
                    after.objects[address] = opened(type_) if mutable(type_) else UNKNOWN
            _open_differing(before, after)
        run.state = after


def _open_differing(before: State, after: State) -> None:
    """Names whose objects are new in every round, such as `df = df.merge(…)`."""
    for name, slot in after.names.items():
        old = before.names.get(name)
        type_ = after.objects.get(slot.address)
        if old is not None and type_ is not None and before.objects.get(old.address) != type_:
            after.objects[slot.address] = opened(type_) if mutable(type_) else UNKNOWN


def _same(before: State, after: State) -> bool:
    if before.names.keys() != after.names.keys():
        return False
    for name, slot in after.names.items():
        old = before.names[name]
        if old.address != slot.address and before.objects.get(old.address) != after.objects.get(slot.address):
            return False
    return all(after.objects.get(a) == t for a, t in before.objects.items())


def _forget_changing(run: Interpreter, body: Sequence[ast.stmt]) -> None:
    """Known values of names that the body binds hold in the first round only."""
    parts = nodes(*body)
    run.spend(len(parts))
    for part in parts:
        if not (isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)):
            continue
        slot = run.state.names.get(part.id) or run.slot(part.id)
        if slot is None or slot.address < 0:
            continue
        type_ = run.object(slot.address)
        if isinstance(type_, Scalar) and type_.value is not None:
            address = next(run.addresses)
            run.state.objects[address] = Scalar(type_.type)
            run.state.names[part.id] = replace(slot, address=address)
        elif isinstance(type_, Collection) and type_.items is not None:
            run.change(slot.address, opened(type_))
    for part in parts:
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
            place = run.address_of(part.func.value)
            known = run.object(place) if place is not None else UNKNOWN
            grows = part.func.attr in ("append", "extend", "insert")
            if place is not None and grows and isinstance(known, Collection) and known.items is not None:
                run.change(place, opened(known))


def _with(run: Interpreter, node: ast.With | ast.AsyncWith) -> None:
    if not bind_managed(run, node.items):
        execute(run, node.body)
    else:
        start = run.state.copy()
        with run.doubt():
            execute(run, node.body)
        if not _inside(run, node):
            run.state = run.join(start, replace_live(run.state))
    if _inside(run, node):
        raise Reached


def _try(run: Interpreter, node: ast.Try) -> None:
    start = run.state.copy()
    inside = _inside(run, node)
    if inside:
        blocks = [node.body, *(h.body for h in node.handlers), node.orelse, node.finalbody]
        for block in blocks:
            if _holds(run, block):
                if block is not node.body:
                    until, run.until = run.until, None
                    execute(run, node.body)
                    run.until = until
                execute(run, block)
                raise Reached
        execute(run, node.body)
        raise Reached
    with run.doubt():
        _handled(run, node, start)
    if node.finalbody:
        live, run.state.live = run.state.live, True
        execute(run, node.finalbody)
        run.state.live = run.state.live and live


def _handled(run: Interpreter, node: ast.Try, start: State) -> None:
    """`try` without its `finally`."""
    execute(run, node.body)
    body_end = run.state
    broken = run.join(start, replace_live(body_end))
    execute(run, node.orelse)
    ends = [run.state]
    for handler in node.handlers:
        run.state = broken.copy()
        if handler.name:
            run.bind(handler.name, UNKNOWN, handler)
        execute(run, handler.body)
        if handler.name:
            run.state.names.pop(handler.name, None)
        ends.append(run.state)
    run.state = run.join(*ends)


def replace_live(state: State) -> State:
    """A copy that counts as reached: an exception may leave a block at any point."""
    made = state.copy()
    made.live = True
    return made


def _match(run: Interpreter, node: ast.Match) -> None:
    run.evaluate(node.subject)
    if _inside(run, node):
        for case in node.cases:
            if _holds(run, case.body):
                _capture(run, case.pattern)
                execute(run, case.body)
        raise Reached

    def body(case: ast.match_case) -> Callable[[], None]:
        def go() -> None:
            _capture(run, case.pattern)
            execute(run, case.body)

        return go

    with run.doubt():
        _branches(run, [*(body(c) for c in node.cases), lambda: None])


def _capture(run: Interpreter, pattern: ast.pattern) -> None:
    for part in nodes(pattern):
        name = getattr(part, "name", None) or getattr(part, "rest", None)
        if isinstance(name, str) and isinstance(part, (ast.MatchAs, ast.MatchStar, ast.MatchMapping)):
            run.bind(name, UNKNOWN, part)


_COMPOUND = (
    ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.FunctionDef, ast.AsyncFunctionDef,
    ast.ClassDef, ast.Match,
)  # fmt: skip

_RULES: dict[type, Callable[..., None]] = {
    ast.Assign: _assignment,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Delete: _delete,
    ast.Expr: _expression,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Break: _jump,
    ast.Continue: _jump,
    ast.Assert: _assert,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: _try,
    ast.Match: _match,
}
if hasattr(ast, "TryStar"):
    _RULES[ast.TryStar] = _try
