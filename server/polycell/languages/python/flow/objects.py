"""Objects of the notebook's own classes: what their fields hold.

A class is followed when its objects are what its body says and nothing more: it inherits from nothing that could
change how fields are set, and nobody decorates it but `dataclass`. Making an object then means following its
`__init__`, a call of a method following that, each with the object itself. Who calls a method that is not followed is
left with an object of which nothing is known.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from polycell.core.types import UNKNOWN, Class, Function, Module, Record, Table, Type
from polycell.core.values import replace
from polycell.languages.python.flow import containers, effects
from polycell.languages.python.flow.declared import instance
from polycell.languages.python.flow.inline import LONGEST, NOT_FOLLOWED, begins_at, called, defaults, parsed
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.flow.state import join, opened
from polycell.languages.python.frames.registry import Argument
from polycell.languages.python.syntax.values import NOT_KNOWN, value_of

# Methods that decide how fields are read and written.
_HOOKS = frozenset({"__getattr__", "__getattribute__", "__setattr__", "__delattr__", "__new__", "__class_getitem__"})
_DATACLASSES = frozenset({
    "dataclasses.dataclass", "pydantic.dataclasses.dataclass", "attr.define", "attrs.define", "attrs.frozen",
    "attr.frozen",
})  # fmt: skip
_FIELDS = frozenset({"field", "dataclasses", "Field", "attrs", "attr"})
_MODELS = frozenset({"pydantic.BaseModel", "pydantic.main.BaseModel", "typing.NamedTuple"})
_PLAIN = (int, float, str, bool, type(None))


def init_of(run: Interpreter, node: ast.ClassDef) -> Function | None:
    """How an object of a class is made, as a function that can be followed; None for a class that is not."""
    bases = [run.evaluate(base) for base in node.bases if not (isinstance(base, ast.Name) and base.id == "object")]
    models = [isinstance(base, Module) and base.qualified in _MODELS for base in bases]
    decorators = [run.evaluate(d.func if isinstance(d, ast.Call) else d) for d in node.decorator_list]
    known = all(isinstance(d, Module) and d.qualified in _DATACLASSES for d in decorators)
    defined = {s.name: s for s in node.body if isinstance(s, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))}
    if node.keywords or not (known and all(models)) or defined.keys() & _HOOKS:
        return None
    if models and any(getattr(s, "decorator_list", ()) for s in defined.values()):
        return None  # validators give fields other values
    if "__init__" in defined:
        init = defined["__init__"]
        text = method_text(run, init) if isinstance(init, ast.FunctionDef) else ""
    else:
        text = _generated(run, node) if decorators or models else "def __init__(self):\n    pass"
        if decorators and "__post_init__" in defined:
            text += "\n    self.__post_init__()"
    function = parsed(text) if text else None
    if function is None:
        return None
    arguments = function[1].args
    own = defined.get("__init__")
    place = begins_at(run, own) if isinstance(own, ast.FunctionDef) else None
    names = parameters_of(function[1])
    return Function("(…)", None, "", names, (), text, defaults=defaults(run, arguments), place=place)


def method_text(run: Interpreter, node: ast.FunctionDef) -> str:
    """The text by which calls of a method are followed, as it stands in its class; "" where they are not."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    if lines > LONGEST or node.decorator_list or not (node.args.posonlyargs or node.args.args):
        return ""
    if any(isinstance(part, (*NOT_FOLLOWED, ast.Yield, ast.YieldFrom)) for part in effects.body_nodes(node)):
        return ""
    return "\n".join(run.source.code.split("\n")[node.lineno - 1 : node.end_lineno])


def parameters_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, ...]:
    """Those of a method besides the object itself."""
    return tuple(a.arg for a in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs))[1:]


def _generated(run: Interpreter, node: ast.ClassDef) -> str:
    """`__init__` as a dataclass has it. What a default is that is no plain value is not known (`...`)."""
    parameters, lines = [], ["    pass"]
    for statement in node.body:
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        name, annotation = statement.target.id, run.text_of(statement.annotation)
        if "ClassVar" in annotation:
            continue
        if "InitVar" in annotation or "KW_ONLY" in annotation:
            return ""
        given, taken = _default(run, statement.value)
        if taken:
            parameters.append(f"{name}={given}" if given else name)
            lines.append(f"    self.{name} = {name}")
        elif given:
            lines.append(f"    self.{name} = {given}")
    return f"def __init__({', '.join(['self', *parameters])}):\n" + "\n".join(lines)


def _default(run: Interpreter, value: ast.expr | None) -> tuple[str, bool]:
    """(a field's default, whether it is a parameter)."""
    if isinstance(value, ast.Call) and effects.root_name(value.func) in (
        "field",
        "dataclasses",
        "Field",
        "attrs",
        "attr",
    ):
        said = {keyword.arg: keyword.value for keyword in value.keywords}
        init = said.get("init")
        taken = not (isinstance(init, ast.Constant) and init.value is False)
        factory = said.get("default_factory") or said.get("factory")
        if isinstance(factory, ast.Lambda):
            return _written(run, factory.body), taken
        if factory is not None:
            return "...", taken
        first = value.args[0] if value.args and effects.root_name(value.func) == "Field" else None
        default = said.get("default", first)
        return _written(run, default) if default is not None else "", taken
    return _written(run, value) if value is not None else "", True


def _written(run: Interpreter, value: ast.expr) -> str:
    """A value as a literal, as it is where the class stands."""
    found = value_of(run.evaluate(value))
    return repr(found) if found is not NOT_KNOWN and _is_plain(found) else "..."


def _is_plain(value: object) -> bool:
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(held) for key, held in value.items())
    return isinstance(value, _PLAIN)


def made(
    run: Interpreter, node: ast.Call, callee: Class, positional: list[Argument] | None, named: dict[str, Argument],
    pure: Callable[[ast.expr], bool],
) -> Type | None:  # fmt: skip
    """The object that a call of its class makes; None where that is not followed."""
    init = callee.init
    if init is None or positional is None:
        return None
    blank = instance(callee)
    fields = {**dict(blank.fields), **dict(callee.constants)}
    address = next(run.addresses)
    run.state.objects[address] = replace(blank, fields=tuple(fields.items()))
    given = {**dict(zip(init.parameters, positional, strict=False)), **named}
    surplus = positional[len(init.parameters) :]
    if called(run, node, init, given, pure, surplus, owner=address) is None:
        return None
    for argument in given.values():
        containers.put_in(run, address, argument.type, argument.node)
    run.given_back[id(node)] = address
    return run.object(address)


def method(
    run: Interpreter, node: ast.Call, function: ast.Attribute, callee: Function, receiver: Record,
    positional: list[Argument] | None, named: dict[str, Argument], pure: Callable[[ast.expr], bool],
) -> Type | None:  # fmt: skip
    """What a method gives, its effects on the object done; None where it is not followed, and nothing is known of the
    object any more."""
    address = run.address_of(function.value)
    owner = address
    if owner is None:
        owner = next(run.addresses)
        run.state.objects[owner] = receiver
    value: Type | None = None
    if callee.definition and positional is not None:
        given = {**dict(zip(callee.parameters, positional, strict=False)), **named}
        surplus = positional[len(callee.parameters) :]
        value = called(run, node, callee, given, pure, surplus, owner=owner)
        if value is not None:
            for argument in given.values():
                containers.put_in(run, owner, argument.type, argument.node)
    if value is None and address is not None:
        run.open_up(address)
    elif address is None:
        now = run.object(owner) if value is not None else opened(receiver)
        if now != receiver:
            containers.change_at(run, function.value, now)
    return value


def inside(run: Interpreter, node: ast.ClassDef, blank: Class) -> Record:
    """An object as a method of its class finds it, who knows after which others: a field has what any of them puts
    there, and what those hold that the notebook makes."""
    fields: dict[str, Type] = {**dict(blank.members), **dict(blank.constants)}
    held = run.called_with(node, None) if run.called_with is not None else {}
    fields |= {name: type_ for name, type_ in held.items() if fields.get(name, UNKNOWN) == UNKNOWN}
    before = run.state, run.until, run.results, run.handed, run.breaks, run.last, dict(run.catalog)
    run.doubts += 1
    try:
        for name, value in _put(run, node, fields):
            fields[name] = _either(fields.get(name, UNKNOWN), value)
    finally:
        run.state, run.until, run.results, run.handed, run.breaks, run.last, run.catalog = before
        run.doubts -= 1
    return Record(
        tuple((n, t if isinstance(t, Function) else opened(t)) for n, t in fields.items()), node.name, open=True
    )


def _put(run: Interpreter, node: ast.ClassDef, fields: dict[str, Type]) -> Iterator[tuple[str, Type]]:
    """What the methods put into fields, `__init__` first."""
    methods = [s for s in node.body if isinstance(s, ast.FunctionDef) and s.args.args and not s.decorator_list]
    start = run.state
    for method_ in sorted(methods, key=lambda m: m.name != "__init__"):
        run.state, run.until, run.results, run.handed, run.breaks = start.copy(), None, [], [], []
        arguments = method_.args
        plain = [*arguments.posonlyargs, *arguments.args]
        for argument in (*plain, *arguments.kwonlyargs):
            run.bind(argument.arg, UNKNOWN)
        for argument, default in zip(plain[len(plain) - len(arguments.defaults) :], arguments.defaults, strict=True):
            run.bind(argument.arg, run.evaluate(default))
        found = Record(tuple(fields.items()), node.name, open=True)
        address = run.bind(method_.args.args[0].arg, found)
        run.execute(method_.body)
        now = run.object(address)
        held = dict(found.fields)
        if isinstance(now, Record):
            yield from [(name, value) for name, value in now.fields if held.get(name) != value]


def _either(one: Type, other: Type) -> Type:
    if isinstance(one, Table) and isinstance(other, Table):
        return join(one, other)
    return other if one == UNKNOWN else one
