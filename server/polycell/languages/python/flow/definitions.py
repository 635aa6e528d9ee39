"""Types of functions, classes and lambdas, from their definitions."""

from __future__ import annotations

import ast
from collections.abc import Container, Mapping
from functools import partial
from types import MappingProxyType

from polycell.core.types import (
    BOOL,
    FLOAT64,
    INT64,
    STRING,
    UNKNOWN,
    Class,
    Collection,
    Function,
    Scalar,
    Table,
    Type,
)
from polycell.core.values import replace
from polycell.languages.python.flow import effects, objects
from polycell.languages.python.flow.calls import is_pure
from polycell.languages.python.flow.containers import is_object
from polycell.languages.python.flow.declared import annotated, class_schema
from polycell.languages.python.flow.decorators import behind, decorated_value, passes
from polycell.languages.python.flow.inline import begins_at, defaults, definition
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.flow.looking import METHODS as LOOKING
from polycell.languages.python.flow.state import join
from polycell.languages.python.flow.yielding import generates, handed_out, same_again
from polycell.languages.python.frames.spark_functions import decorated
from polycell.languages.python.syntax.shapes import arguments_of, bound_in, nodes
from polycell.tables.evidence import merge

LONGEST_BODY = 60  # statements of a function whose result is worked out
NOTHING: Mapping[str, Type] = MappingProxyType({})
DEEPEST_CALLS = 3

LONGEST_DEFAULT = 40  # characters of a default that is shown


def signature(node: ast.FunctionDef | ast.AsyncFunctionDef, *, method: bool = False) -> str:
    """`(a, b=1) -> int` as written, on one line; without `self` for a method."""
    try:
        text = ast.unparse(node.args)
        returns = f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""
    except (ValueError, RecursionError):
        return "(…)"
    if method and text.split(",", 1)[0].strip() in ("self", "cls"):
        text = text.partition(",")[2].strip()
    made = f"({text}){returns}"
    return made if len(made) <= 300 else f"{made[:299]}…"


def of_function(run: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef, *, method: bool = False) -> Type:
    arguments = node.args
    parameters = tuple(a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs))
    body = effects.body_nodes(node)
    changed = effects.changes(node, body, lambda f: _pure_inside(run, node, f))
    inner = _effects_of_called(run, body) | _objects_called(run, node, body)
    around = behind(run, node.decorator_list)
    if around is None:
        written = Function(signature(node, method=method), None, ast.get_docstring(node) or "", parameters)
        registered = decorated(run, node.decorator_list[0], written) if len(node.decorator_list) == 1 else None
        if registered is not None:
            return registered
        # Whoever decorates it may do anything with the arguments, and hand out something else.
        touched = tuple(sorted({*parameters, *changed, *inner}))
        return Function(signature(node, method=method), None, ast.get_docstring(node) or "", parameters, touched)
    returns = _returns(run, node) if _gives(node, body) else None
    if node.returns is not None and not isinstance(node, ast.AsyncFunctionDef):
        returns = _declared_result(run, node.returns, body, returns)
    text = definition(run, node, body, returns) if not method and _followed(returns) else ""
    if returns is not None or around == "context":
        returns = decorated_value(around, returns or UNKNOWN, body)
    return Function(
        signature(node, method=method),
        returns,
        ast.get_docstring(node) or "",
        parameters[1:] if method else parameters,
        tuple(sorted({*changed, *inner})),
        text,
        exact=not node.decorator_list and not method,
        defaults=defaults(run, arguments) if text else (),
        place=begins_at(run, node) if text else None,
        passes=passes(node, partial(_pure_inside, run, node)) if not node.decorator_list and not method else 0,
        behind=around,
    )


def _declared_result(run: Interpreter, node: ast.expr, body: list[ast.AST], inferred: Type | None) -> Type | None:
    """What the body gives, with what the annotation declares of a frame."""
    declared = of_annotation(run, node)
    if not isinstance(declared, Table) or generates(body):
        return inferred
    return merge(declared, inferred) if isinstance(inferred, Table) else declared


def _followed(returns: Type | None) -> bool:
    """Whether calls of a function may say more than its definition does."""
    return not isinstance(returns, Table) or returns.open


def of_lambda(run: Interpreter, node: ast.Lambda) -> Type:
    arguments = node.args
    parameters = tuple(a.arg for a in (*arguments.posonlyargs, *arguments.args))
    changed = effects.changes(node, effects.body_nodes(node), lambda f: _pure_inside(run, node, f))
    return Function(f"({', '.join(parameters)})", None, "", parameters, changed)


def of_class(run: Interpreter, node: ast.ClassDef) -> Type:
    """A class: its annotated or assigned fields, and its methods."""
    members: dict[str, Type] = {}
    init = ""
    fields: list[str] = []
    for statement in node.body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if statement.name == "__init__":
                init = signature(statement, method=True)
                for name in _self_fields(statement):
                    members.setdefault(name, UNKNOWN)
            elif not statement.name.startswith("__") or statement.name == "__post_init__":
                decorators = {effects.root_name(d) for d in statement.decorator_list}
                members[statement.name] = UNKNOWN if "property" in decorators else _method(run, statement)
        elif isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            members[statement.target.id] = of_annotation(run, statement.annotation)
            fields += _dataclass_parameter(run, statement.target.id, statement)
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    members[target.id] = UNKNOWN
    if not init and fields and any("dataclass" in run.text_of(d) for d in node.decorator_list):
        init = f"({', '.join(fields)})"
    schema = class_schema(run, node)
    if schema is not None and schema.row and not init:
        names = [c.name for c in schema.table.columns]
        init = f"({', '.join(fields if len(fields) == len(names) else names)})"
    made = objects.init_of(run, node)
    if made is None:
        members = {name: replace(m, definition="") if isinstance(m, Function) else m for name, m in members.items()}
    return Class(
        node.name, init, ast.get_docstring(node) or "", tuple(members.items()), schema, _constants(run, node), made
    )


def _method(run: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Function:
    """A method; of one that can be followed the text and the parameters besides the object itself."""
    text = objects.method_text(run, node) if isinstance(node, ast.FunctionDef) else ""
    parameters = objects.parameters_of(node) if text else ()
    given, place = (defaults(run, node.args), begins_at(run, node)) if text else ((), None)
    return Function(
        signature(node, method=True), None, ast.get_docstring(node) or "", parameters, None, text, defaults=given,
        place=place,
    )  # fmt: skip


def _constants(run: Interpreter, node: ast.ClassDef) -> tuple[tuple[str, Type], ...]:
    """What a class of settings holds: plain values, each of which may be made of those above it. Not of a class that
    inherits, which may give them another meaning (`Enum`)."""
    if node.bases or node.keywords or any("dataclass" not in run.text_of(d) for d in node.decorator_list):
        return ()
    before = run.state
    found: dict[str, Type] = {}
    run.state = before.copy()
    try:
        for statement in node.body:
            if not isinstance(statement, (ast.Assign, ast.AnnAssign)):
                continue
            value = statement.value
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            calls = [n for n in nodes(value) if isinstance(n, ast.Call)] if value is not None else []
            type_ = run.evaluate(value) if value is not None and all(is_pure(run, c.func) for c in calls) else UNKNOWN
            for target in targets:
                if isinstance(target, ast.Name):
                    run.bind(target.id, type_)
                    found.pop(target.id, None)
                    if isinstance(type_, Scalar) and type_.value is not None:
                        found[target.id] = type_
    finally:
        run.state = before
    return tuple(found.items())


_ANNOTATIONS: dict[str, Type] = {
    "int": Scalar(INT64),
    "float": Scalar(FLOAT64),
    "str": Scalar(STRING),
    "bool": Scalar(BOOL),
    "list": Collection("list"),
    "dict": Collection("dict"),
    "tuple": Collection("tuple"),
    "set": Collection("set"),
}


def of_annotation(run: Interpreter, node: ast.expr | None) -> Type:
    """What an annotation says; a frame's class alone says nothing of its columns, a schema behind it does."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            node = ast.parse(node.value, mode="eval").body
        except (SyntaxError, ValueError):
            return UNKNOWN
    if isinstance(node, ast.Name) and node.id in _ANNOTATIONS:
        return _ANNOTATIONS[node.id]
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in ("list", "set"):
        return Collection(node.value.id, of_annotation(run, node.slice))
    return annotated(run, node) if node is not None else UNKNOWN


def _pure_inside(run: Interpreter, node: ast.AST, function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        # The function's own name inside its body: what it does to its arguments is found anyway.
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and function.id == node.name:
            return True
        slot = run.slot(function.id)
        if slot is not None and isinstance(run.object(slot.address), Class):
            return False
    return is_pure(run, function)


def _gives(node: ast.FunctionDef | ast.AsyncFunctionDef, body: list[ast.AST]) -> bool:
    """Whether a call's value may be worth working out: the body returns one, at the end or on every path."""
    if isinstance(node, ast.AsyncFunctionDef) or len(body) > LONGEST_BODY * 40:
        return False
    if generates(body):
        return True
    if isinstance(node.body[-1], (ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Pass)):
        return False  # who comes to the end gets None, or nobody knows when
    return any(isinstance(n, ast.Return) and n.value is not None for n in body)


def _effects_of_called(run: Interpreter, body: list[ast.AST]) -> set[str]:
    """Outer names that functions of the notebook change when this body calls them."""
    found: set[str] = set()
    for part in body:
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
            callee = run.type_of(part.func.id) if run.slot(part.func.id) is not None else UNKNOWN
            if isinstance(callee, Function) and callee.changes:
                found |= set(callee.changes) - set(callee.parameters)
    return found


def _objects_called(run: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef, body: list[ast.AST]) -> set[str]:
    """Outer names whose methods a body calls, that are objects of the notebook's classes or nothing yet: such a call
    may change them."""
    found = {
        part.func.value.id
        for part in body
        if isinstance(part, ast.Call)
        and isinstance(part.func, ast.Attribute)
        and isinstance(part.func.value, ast.Name)
        and part.func.attr not in LOOKING
    }
    found = {name for name in found if run.slot(name) is None or is_object(run.type_of(name))}
    return found - bound_in(node.body)[0] - {a.arg for a in arguments_of(node.args)} if found else found


def _dataclass_parameter(run: Interpreter, name: str, statement: ast.AnnAssign) -> list[str]:
    """A field of a dataclass as a parameter, with its default; none for what `__init__` does not take."""
    annotation, value = run.text_of(statement.annotation), statement.value
    if "ClassVar" in annotation:
        return []
    if annotation.rpartition(".")[2] == "KW_ONLY":
        return ["*"]
    if isinstance(value, ast.Call) and effects.root_name(value.func) in ("field", "dataclasses"):
        said = {keyword.arg: keyword.value for keyword in value.keywords}
        init = said.get("init")
        if isinstance(init, ast.Constant) and init.value is False:
            return []
        value = said.get("default") or said.get("default_factory")
        shown = run.text_of(value) if value is not None and "default" in said else "…"
    else:
        shown = run.text_of(value) if value is not None else ""
    default = f" = {shown if len(shown) <= LONGEST_DEFAULT else '…'}" if value is not None else ""
    return [f"{name}: {annotation}{default}"]


def _self_fields(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    first = node.args.args[0].arg if node.args.args else ""
    return [
        part.attr
        for part in nodes(node)
        if isinstance(part, ast.Attribute)
        and isinstance(part.ctx, ast.Store)
        and isinstance(part.value, ast.Name)
        and part.value.id == first
    ]


def enter(
    run: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef, given: Mapping[str, Type] = NOTHING,
    names: Container[str] | None = None,
) -> None:  # fmt: skip
    """Bind the parameters, or those of these `names`, for a walk through the body: to what annotations say, else to
    what is `given`."""
    arguments = node.args
    for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
        if names is not None and argument.arg not in names:
            continue
        said = of_annotation(run, argument.annotation)
        vague = said == UNKNOWN or (isinstance(said, Table) and said.open and not said.columns)
        run.bind(argument.arg, given.get(argument.arg, said) if vague else said, argument)
    for kind, star in (("tuple", arguments.vararg), ("dict", arguments.kwarg)):
        if star is not None and (names is None or star.arg in names):
            run.bind(star.arg, Collection(kind), star)


def _returns(run: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Type | None:
    """The type of a call's value where it does not depend on arguments nor on names that may change."""
    if run.calls_deep >= DEEPEST_CALLS:
        return None
    before, results, until, catalog = run.state, run.results, run.until, dict(run.catalog)
    known, last, breaks = dict(run.known), run.last, run.breaks
    yielded, kept = run.yielded, run.kept
    generator = generates(effects.body_nodes(node))
    run.calls_deep += 1
    run.state, run.results, run.until, run.breaks = run.inside(), [], None, []
    frozen = {name: slot for name, slot in run.known.items() if slot.kind not in ("import", "function", "class")}
    base = dict(run.base)
    try:
        run.known = dict(run.known)
        for name in frozen:
            run.state.names.setdefault(name, frozen[name])
            run.state.objects[frozen[name].address] = UNKNOWN
        run.yielded, run.kept = ([], same_again(node.body)) if generator else (None, frozenset())
        enter(run, node)
        run.execute(node.body)
        found = run.results if not run.state.live else [*run.results, UNKNOWN]
        if generator:
            found = [handed_out(run)]
    finally:
        run.state, run.results, run.until, run.catalog = before, results, until, catalog
        run.known, run.last, run.breaks = {**run.known, **known}, last, breaks
        run.yielded, run.kept = yielded, kept
        run.base = {**run.base, **base}
        run.calls_deep -= 1
    if not found:
        return None
    joined = found[0]
    for type_ in found[1:]:
        joined = join(joined, type_)
    # Outer values read inside may be others by the time of the call: only fresh tables and plain values are evident.
    return None if joined == UNKNOWN else without_values(joined)


def without_values(type_: Type) -> Type:
    """A result as others see it: a literal changed inside a body must not make all that call it be looked at again."""
    if isinstance(type_, Scalar):
        return Scalar(type_.type)
    if isinstance(type_, Collection) and type_.kind != "tuple":
        return Collection(type_.kind, type_.element, type_.key)
    return type_
