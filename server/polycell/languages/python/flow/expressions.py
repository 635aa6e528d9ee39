"""Types of expressions."""

from __future__ import annotations

import ast
from collections.abc import Callable

from polycell.core.types import (
    BOOL,
    STRING,
    UNKNOWN,
    Collection,
    Opaque,
    Record,
    Scalar,
    Type,
)
from polycell.core.values import replace
from polycell.languages.python.flow import access, calls, yielding
from polycell.languages.python.flow.definitions import of_lambda
from polycell.languages.python.flow.interpreter import Interpreter
from polycell.languages.python.flow.iteration import bind_item, items_and_element
from polycell.languages.python.flow.state import join
from polycell.languages.python.frames import operators
from polycell.languages.python.known import dbutils
from polycell.languages.python.syntax.values import (
    MOST,
    NOT_KNOWN,
    collection,
    compare,
    element_of,
    items_of,
    of_value,
    of_written,
    value_of,
)

BUILTIN_VALUES: dict[str, Type] = {"__name__": Scalar(STRING), "__file__": Scalar(STRING)}


def evaluate(run: Interpreter, node: ast.expr) -> Type:
    """The type of an expression, with its effects done to the interpreter's state. Total."""
    rule = _RULES.get(type(node))
    return rule(run, node) if rule is not None else _others(run, node)


def _others(run: Interpreter, node: ast.expr) -> Type:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            run.evaluate(child)
    return UNKNOWN


def _constant(run: Interpreter, node: ast.Constant) -> Type:
    return of_written(node.value)


def _name(run: Interpreter, node: ast.Name) -> Type:
    if run.slot(node.id) is None:
        if node.id in ("spark", dbutils.NAME) and node.id in run.missing:
            return Opaque("pyspark.sql.SparkSession") if node.id == "spark" else dbutils.value()
        if node.id == "__file__" and run.file:
            return of_value(run.file)
        return BUILTIN_VALUES.get(node.id, UNKNOWN)
    return run.type_of(node.id)


def _sequence(run: Interpreter, node: ast.List | ast.Tuple | ast.Set) -> Type:
    kind = {ast.List: "list", ast.Tuple: "tuple", ast.Set: "set"}[type(node)]
    items: list[Type] = []
    known = len(node.elts) <= MOST and kind != "set"
    for element in node.elts[: 4 * MOST]:
        if isinstance(element, ast.Starred):
            inner = run.evaluate(element.value)
            known_items = items_of(inner) if isinstance(inner, Collection) else None
            if known_items is not None:
                items.extend(known_items)
            else:
                known = False
                items.append(element_of(inner))
            continue
        items.append(run.evaluate(element))
        run.escape(element)
    made = collection(kind, tuple(items))
    return made if known else Collection(kind, made.element)


def _dict(run: Interpreter, node: ast.Dict) -> Type:
    fields: dict[str, Type] = {}
    whole = len(node.keys) <= MOST
    plain = True
    values: list[Type] = []
    keys: list[Type] = []
    for key, value in list(zip(node.keys, node.values, strict=True))[: 4 * MOST]:
        type_ = run.evaluate(value)
        run.escape(value)
        if key is None:  # **other
            if isinstance(type_, Record) and type_.name == "dict" and not type_.open:
                fields.update(type_.fields)
            else:
                whole = False
            continue
        values.append(type_)
        key_type = run.evaluate(key)
        keys.append(key_type)
        name = value_of(key_type)
        if isinstance(name, str):
            fields[name] = type_
        elif name is NOT_KNOWN:
            whole = False
        else:
            plain = False
    if not plain:
        return Collection("dict", collection("list", tuple(values)).element, collection("list", tuple(keys)).element)
    return Record(tuple(fields.items()), "dict", open=not whole)


def _joined(run: Interpreter, node: ast.JoinedStr) -> Type:
    parts: list[str] | None = []
    for part in node.values:
        value: object = NOT_KNOWN
        if isinstance(part, ast.Constant):
            value = part.value
        elif isinstance(part, ast.FormattedValue):
            found = value_of(run.evaluate(part.value))
            if part.format_spec is None and part.conversion in (-1, 115):
                value = found
        if value is NOT_KNOWN or not isinstance(value, (str, int)) or isinstance(value, bool):
            parts = None
        elif parts is not None:
            parts.append(str(value))
    return Scalar(STRING) if parts is None else of_value("".join(parts))


def _binary(run: Interpreter, node: ast.BinOp) -> Type:
    left = run.evaluate(node.left)
    return operators.binary(node.op, left, run.evaluate(node.right))


def _unary(run: Interpreter, node: ast.UnaryOp) -> Type:
    return operators.unary(node.op, run.evaluate(node.operand))


def _boolean(run: Interpreter, node: ast.BoolOp) -> Type:
    types = [run.evaluate(node.values[0])]
    with run.doubt():  # what comes first may decide that the rest is not looked at
        types += [run.evaluate(v) for v in node.values[1:]]
    values = [value_of(t) for t in types]
    if NOT_KNOWN not in values:
        truth = all(values) if isinstance(node.op, ast.And) else any(values)
        if all(isinstance(v, bool) for v in values):
            return Scalar(BOOL, truth)
    found = types[0]
    for type_ in types[1:]:
        found = join(found, type_)
    return found


def _compare(run: Interpreter, node: ast.Compare) -> Type:
    left = run.evaluate(node.left)
    rights = [run.evaluate(c) for c in node.comparators]
    if len(rights) == 1:
        if any(isinstance(t, Collection) and t.kind == "array" for t in (left, rights[0])):
            return operators.comparison(node.ops[0], left, rights[0])  # value by value
        outcome = compare(node.ops[0], value_of(left), value_of(rights[0]))
        if outcome is not None:
            return Scalar(BOOL, outcome)
        if isinstance(node.ops[0], (ast.In, ast.NotIn, ast.Is, ast.IsNot)):
            return Scalar(BOOL)
        return operators.comparison(node.ops[0], left, rights[0])
    return Scalar(BOOL) if all(isinstance(t, Scalar) for t in (left, *rights)) else UNKNOWN


def _choice(run: Interpreter, node: ast.IfExp) -> Type:
    truth = value_of(run.evaluate(node.test))
    with run.doubt():
        if isinstance(truth, bool) or (run.inside_of and truth is not NOT_KNOWN):
            return run.evaluate(node.body if truth else node.orelse)
        first = run.evaluate(node.body)
        return join(first, run.evaluate(node.orelse))


def _walrus(run: Interpreter, node: ast.NamedExpr) -> Type:
    type_ = run.evaluate(node.value)
    run.bind(node.target.id, type_, node.target, value=node.value, address=run.address_of(node.value))
    return type_


def _lambda(run: Interpreter, node: ast.Lambda) -> Type:
    return of_lambda(run, node)


def _comprehension(run: Interpreter, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Type:
    kind = {ast.ListComp: "list", ast.SetComp: "set", ast.GeneratorExp: "sequence"}[type(node)]
    items = _generate(run, node.generators, lambda: run.evaluate(node.elt))
    if items is None:
        return Collection(kind)
    known, types, unordered = items
    made = replace(collection(kind, tuple(types)), unordered=unordered)
    return made if known else Collection(kind, made.element)


def _dict_comprehension(run: Interpreter, node: ast.DictComp) -> Type:
    pairs: list[tuple[Type, Type]] = []

    def pair() -> Type:
        made = (run.evaluate(node.key), run.evaluate(node.value))
        pairs.append(made)
        return made[1]

    items = _generate(run, node.generators, pair)
    if items is not None and items[0]:
        names = [value_of(key) for key, _ in pairs]
        if len(pairs) == len(items[1]) and all(isinstance(n, str) for n in names):
            return Record(tuple({str(n): v for n, (_, v) in zip(names, pairs, strict=True)}.items()), "dict")
    values = collection("list", tuple(v for _, v in pairs))
    return Collection("dict", values.element if items and items[1] else None)


def each(run: Interpreter, generators: list[ast.comprehension], make: Callable[[], object]) -> bool:
    """See `Evaluator.each`."""

    def made() -> Type:
        make()
        return UNKNOWN

    found = _generate(run, generators, made)
    return found is not None and found[0]


def _generate(
    run: Interpreter, generators: list[ast.comprehension], make: Callable[[], Type]
) -> tuple[bool, list[Type], bool] | None:
    """(all items known, their types, in no known order) of a comprehension; None where nothing is known.
    Its names stay inside."""
    before = dict(run.state.names)
    conditional = any(generator.ifs for generator in generators)
    run.doubts += conditional
    try:
        if len(generators) != 1:
            for generator in generators:
                bind_item(run, generator.target, element_of(run.evaluate(generator.iter)), generator.iter)
            return False, [make()], False
        generator = generators[0]
        over = run.evaluate(generator.iter)
        items, element = items_and_element(over)
        if items is None or len(items) > 64 or generator.is_async:
            bind_item(run, generator.target, element, generator.iter)
            for condition in generator.ifs:
                run.evaluate(condition)
            return False, [make()], False
        made = []
        for index, item in enumerate(items):
            bind_item(run, generator.target, item, generator.iter, index)
            truths = [value_of(run.evaluate(condition)) for condition in generator.ifs]
            if not all(isinstance(t, bool) for t in truths):
                return False, [make()], False
            if all(truths):
                made.append(make())
        return True, made, isinstance(over, Collection) and over.unordered and len(made) > 1
    finally:
        run.doubts -= conditional
        for name in set(run.state.names) - set(before):
            del run.state.names[name]
        run.state.names.update(before)


def _await(run: Interpreter, node: ast.Await) -> Type:
    return run.evaluate(node.value)


_RULES: dict[type, Callable[..., Type]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.Dict: _dict,
    ast.JoinedStr: _joined,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _choice,
    ast.NamedExpr: _walrus,
    ast.Lambda: _lambda,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _dict_comprehension,
    ast.Attribute: access.attribute,
    ast.Subscript: access.subscript,
    ast.Call: calls.call,
    ast.Await: _await,
    ast.Yield: yielding.hand_out,
    ast.YieldFrom: yielding.hand_out,
}
