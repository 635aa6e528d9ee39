"""polars' expressions and selectors. Oracle in the tests: polars itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from polycell.core.types import (
    BOOL,
    DURATION,
    FLOAT64,
    INT64,
    NULL,
    STRING,
    Collection,
    Column,
    DataType,
    Module,
    Scalar,
    Series,
    Table,
)
from polycell.core.values import replace
from polycell.languages.python.frames import polars_words as words
from polycell.languages.python.frames.columns import get, sure
from polycell.languages.python.frames.expressions import UNNAMED, Made, aliased, all_made, columns_made
from polycell.languages.python.frames.operators import arithmetic
from polycell.languages.python.frames.registry import Evaluator
from polycell.languages.python.syntax.values import known_texts, value_of


def made_of(run: Evaluator, node: ast.expr, table: Table) -> list[Made] | None:
    """What an argument makes; bare texts are columns."""
    return all_made(run, node, table, _read)


def columns_of(run: Evaluator, node: ast.expr, table: Table) -> list[Column] | None:
    return columns_made(run, node, table, _read)


def _read(run: Evaluator, node: ast.expr, table: Table) -> list[Made] | None:
    """An expression, or the names of columns."""
    if isinstance(node, (ast.Constant, ast.Name, ast.Subscript, ast.JoinedStr)) or _plain_value(node):
        type_ = run.evaluate(node)
        names = known_texts(type_)
        if names is not None:
            return _named(table, names)
        if isinstance(type_, Series) and type_.flavour == "polars" and type_.column.name:
            return [Made(replace(type_.column, maybe=False))]
        return None
    found = expression(run, node, table)
    if found is None and isinstance(node, ast.Call):
        type_ = run.evaluate(node)
        if isinstance(type_, Series) and type_.flavour == "polars" and type_.column.name:
            return [Made(replace(type_.column, maybe=False))]
        names = known_texts(type_)
        return _named(table, names) if names is not None and isinstance(type_, Collection) else None
    return found


def _plain_value(node: ast.expr) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and isinstance(node.left, ast.Constant)


def _named(table: Table, names: Sequence[str]) -> list[Made] | None:
    """Columns by name; `*` and patterns between `^` and `$` stand for several."""
    found: list[Made] = []
    for name in names:
        if name == "*":
            chosen = _all(table)
        elif name.startswith("^") and name.endswith("$"):
            chosen = _matching(table, name)
        else:
            chosen = [Made(get(table, name), plain=True)]
        if chosen is None:
            return None
        found += chosen
    return found


def _all(table: Table) -> list[Made] | None:
    if table.open or any(c.maybe for c in table.columns):
        return None
    return [Made(c, plain=True) for c in table.columns]


def _matching(table: Table, pattern: str) -> list[Made] | None:
    everything = _all(table)
    if everything is None or len(pattern) > 200 or re.search(r"[*+}]\)?[*+{]", pattern):
        return None
    try:
        compiled = re.compile(pattern)
    except re.error:
        return None
    return [m for m in everything if compiled.search(m.column.name)]


def expression(run: Evaluator, node: ast.expr, table: Table) -> list[Made] | None:
    """The columns that an expression makes."""
    if isinstance(node, ast.Name):
        held = run.expression_of(node)
        return expression(run, held, table) if held is not None else None
    if _is_selector(run, node):
        return _selector(run, node, table)
    if isinstance(node, ast.Call):
        return _call(run, node, table)
    if isinstance(node, ast.BinOp):
        return _binary(run, node, table)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left = expression(run, node.left, table)
        return [m.of_type(BOOL) for m in left] if left is not None else None
    if isinstance(node, ast.UnaryOp):
        inner = expression(run, node.operand, table)
        keeps = (BOOL,) if isinstance(node.op, ast.Invert) else (INT64, FLOAT64)
        return [m.of_type(m.column.type if m.column.type in keeps else None) for m in inner] if inner else None
    if isinstance(node, ast.Attribute) and _function(run, node.value) == "col":  # pl.col.a
        return [Made(get(table, node.attr), plain=True)]
    return None


def _binary(run: Evaluator, node: ast.BinOp, table: Table) -> list[Made] | None:
    left, right = expression(run, node.left, table), expression(run, node.right, table)
    if left is None:
        literal = _literal(run, node.left)
        if literal is None or right is None or len(right) != 1:
            return None
        return [Made(Column("literal", _operated(node.op, literal, right[0].column.type)), right[0].scalar)]
    if right is not None and len(right) > 1:
        return None
    other = right[0].column.type if right else _literal(run, node.right)
    scalar = right[0].scalar if right else True
    return [
        Made(replace(m.column, type=_operated(node.op, m.column.type, other), nullable=None), m.scalar and scalar)
        for m in left
    ]


def _operated(operator: ast.operator, left: DataType | None, right: DataType | None) -> DataType | None:
    """Types that need no rule of polars' own for widths of integers."""
    plain = {left, right} <= {INT64, FLOAT64} or left == right == STRING or left == right == BOOL
    kinds = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.BitAnd, ast.BitOr)
    if left is not None and left.name == "timestamp" and left == right and isinstance(operator, ast.Sub):
        return DURATION
    return arithmetic(operator, left, right) if plain and isinstance(operator, kinds) else None


def _literal(run: Evaluator, node: ast.expr) -> DataType | None:
    if isinstance(node, ast.Call) and _function(run, node.func) == "lit" and node.args:
        node = node.args[0]
    type_ = run.evaluate(node)
    return type_.type if isinstance(type_, Scalar) and type_.type != NULL else None


def _function(run: Evaluator, node: ast.expr) -> str:
    """The name of a function of polars."""
    type_ = run.evaluate(node) if isinstance(node, (ast.Name, ast.Attribute)) else None
    if isinstance(type_, Module):
        module, _, name = type_.qualified.rpartition(".")
        return name if module == "polars" else ""
    return ""


def _call(run: Evaluator, node: ast.Call, table: Table) -> list[Made] | None:
    name = _function(run, node.func)
    if not name:
        return _method(run, node, node.func, table) if isinstance(node.func, ast.Attribute) else None
    if name == "col":
        return _col(run, node.args, table) if not node.keywords else None
    if name == "lit":
        type_ = _literal(run, node) if not node.keywords else None
        # The width of a literal integer depends on its value.
        return [Made(Column("literal", type_ if type_ != INT64 else None), True)]
    if name in ("len", "count") and not node.args:
        return [Made(Column("len" if name == "len" else UNNAMED, words.UINT32), True)]
    if name == "all" and not node.args:
        return _all(table)
    if name == "exclude":
        return _excluded(run, _all(table), node.args)
    if name in words.REDUCERS and node.args and not node.keywords:
        found = _arguments(run, node.args, table)
        return [_reduced(m, name) for m in found] if found is not None else None
    if name == "struct" and (made := _struct(run, node, table)) is not None:
        return made
    if name in words.AFTER_FIRST and node.args:
        found = all_made(run, node.args[0], table, _read)
        first = found[0].column.name if found else UNNAMED
        return [Made(Column(first, words.AFTER_FIRST[name]))]
    if name in words.UNNAMED_FUNCTIONS:
        return [Made(Column(UNNAMED, words.UNNAMED_FUNCTIONS[name]))]
    if name == "when":
        return None
    return None


def _arguments(run: Evaluator, nodes: Sequence[ast.expr], table: Table) -> list[Made] | None:
    found: list[Made] = []
    for node in nodes:
        one = all_made(run, node, table, _read)
        if one is None:
            return None
        found += one
    return found


def _col(run: Evaluator, nodes: Sequence[ast.expr], table: Table) -> list[Made] | None:
    types = [type_of(run, node) for node in nodes]
    if types and all(t is not None for t in types):
        return _by_type(table, lambda t: t in types)
    names: list[str] = []
    for node in nodes:
        texts = known_texts(run.evaluate(node))
        if texts is None:
            return None
        names += texts
    return _named(table, names) if names else None


def type_of(run: Evaluator, node: ast.expr) -> DataType | None:
    """The type that `pl.Int64`, `pl.Datetime("us")`, `str` names."""
    if isinstance(node, ast.Call):
        return None
    if isinstance(node, ast.Name) and node.id in words.PYTHON_TYPES and known_texts(run.evaluate(node)) is None:
        return words.PYTHON_TYPES[node.id]
    return words.TYPES.get(_function(run, node))


def _by_type(table: Table, takes: object) -> list[Made] | None:
    everything = _all(table)
    if everything is None or not callable(takes) or not all(sure(m.column) for m in everything):
        return None
    return [m for m in everything if takes(m.column.type)]


def _excluded(run: Evaluator, found: list[Made] | None, nodes: Sequence[ast.expr]) -> list[Made] | None:
    names: list[str] = []
    for node in nodes:
        texts = known_texts(run.evaluate(node))
        if texts is None or any(t.startswith("^") for t in texts):
            return None
        names += texts
    return [m for m in found if m.column.name not in names] if found is not None else None


def _reduced(made: Made, name: str) -> Made:
    return Made(replace(made.column, type=words.REDUCERS[name](made.column.type), nullable=None), True)


def _method(run: Evaluator, node: ast.Call, function: ast.Attribute, table: Table) -> list[Made] | None:
    method, owner = function.attr, function.value
    if method in ("then", "otherwise", "when"):
        return _when(run, node, table)
    if isinstance(owner, ast.Attribute) and owner.attr in words.ACCESSORS:
        inner = expression(run, owner.value, table)
        types = words.ACCESSORS[owner.attr]
        if inner is None or method not in types:
            return None
        change = types[method]
        if method in ("truncate", "round", "offset_by", "month_start", "month_end") and owner.attr == "dt":
            return [m.of_type(m.column.type if m.column.type is not None else None) for m in inner]
        return [m.of_type(change) for m in inner]
    if isinstance(owner, ast.Attribute) and owner.attr == "name":
        return _renamed(run, node, owner.value, method, table)
    if isinstance(owner, ast.Attribute) and owner.attr == "struct":
        return _of_struct(run, node, owner.value, method, table)
    inner = expression(run, owner, table)
    if inner is None:
        return None
    if method == "alias":
        return aliased(run, node, inner)
    if method == "exclude":
        return _excluded(run, inner, node.args)
    if method == "cast" and node.args:
        type_ = type_of(run, node.args[0])
        return [Made(words.cast(m.column, type_), m.scalar) for m in inner]
    if method in words.REDUCERS:
        return [_reduced(m, method) for m in inner]
    if method == "pipe":
        return None
    change_ = words.METHODS.get(method)
    return [m.of_type(change_(m.column.type)) for m in inner] if change_ is not None else None


def _of_struct(run: Evaluator, node: ast.Call, owner: ast.expr, method: str, table: Table) -> list[Made] | None:
    """`.struct.field("a", "b")`, `.struct.unnest()`: columns out of fields; `.struct.rename_fields([…])`."""
    inner = expression(run, owner, table)
    one = inner[0].column if inner is not None and len(inner) == 1 else None
    held = one.type.children if one is not None and one.type is not None and one.type.name == "struct" else ()
    types = {name: type_ if type_.name != "null" else None for name, type_ in held}
    texts = [known_texts(run.evaluate(argument)) for argument in node.args]
    names = [name for each in texts for name in each or ("^",)]
    if method == "unnest" and not node.args:
        return [Made(Column(name, type_)) for name, type_ in types.items()] or None
    if not names or any(name.startswith("^") or name == "*" for name in names):
        return None
    if method == "field":
        return [Made(Column(name, types.get(name))) for name in names]
    if method == "rename_fields" and one is not None and len(held) == len(names):
        fields = tuple((name, type_) for name, (_, type_) in zip(names, held, strict=True))
        return [Made(replace(one, type=DataType("struct", children=fields)))]
    return None


def _struct(run: Evaluator, node: ast.Call, table: Table) -> list[Made] | None:
    """`pl.struct("a", b=pl.col("c"))`: a structure, named after its first field."""
    made = _arguments(run, node.args, table) if node.args else []
    if made is None or any(keyword.arg is None or keyword.arg in ("schema", "eager") for keyword in node.keywords):
        return None
    fields = {m.column.name: m.column.type for m in made if m.column.name != UNNAMED}
    if len(fields) < len(made):
        return None
    for keyword in node.keywords:
        one = all_made(run, keyword.value, table, _read)
        if one is None or len(one) != 1:
            return None
        fields[str(keyword.arg)] = one[0].column.type
    if not fields:
        return None
    children = tuple((name, type_ or DataType("null")) for name, type_ in fields.items())
    return [Made(Column(next(iter(fields)), DataType("struct", children=children)))]


def _when(run: Evaluator, node: ast.Call, table: Table) -> list[Made] | None:
    """`pl.when(…).then(x).otherwise(y)`: named as the first `then`."""
    part: ast.expr = node
    values: list[ast.expr] = []
    closed = isinstance(node.func, ast.Attribute) and node.func.attr == "otherwise"
    while isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
        if part.func.attr in ("then", "otherwise") and part.args:
            values.append(part.args[0])
        part = part.func.value
    if not values:
        return None
    branches = [_branch(run, value, table) for value in values]
    first = branches[-1]
    if first is None:
        return None
    types = {b.column.type for b in branches if b is not None} if None not in branches else {None}
    return [first.of_type(types.pop() if len(types) == 1 and closed else None)]


def _branch(run: Evaluator, node: ast.expr, table: Table) -> Made | None:
    inner = expression(run, node, table)
    if inner is not None:
        return inner[0] if len(inner) == 1 else None
    type_ = run.evaluate(node)
    if isinstance(type_, Scalar):
        text = value_of(type_)
        if isinstance(text, str):  # a bare text is a column here
            return Made(get(table, text))
        return Made(Column("literal", type_.type if type_.type in (BOOL, FLOAT64) else None), True)
    return None


def _renamed(run: Evaluator, node: ast.Call, owner: ast.expr, method: str, table: Table) -> list[Made] | None:
    """`.name.suffix("_x")` goes back to the name that was read, whatever `alias` said."""
    inner = expression(run, owner, table)
    if inner is None or any(isinstance(n, ast.Attribute) and n.attr == "alias" for n in ast.walk(owner)):
        return None
    if any(m.column.name in (UNNAMED, "literal", "len") for m in inner) or isinstance(owner, ast.BinOp):
        return None
    if method == "map" and node.args:
        names = [value_of(run.apply(node.args[0], [], [_text(m)])) for m in inner]
        return [m.named(str(n)) for m, n in zip(inner, names, strict=True)] if all(
            isinstance(n, str) for n in names) else None  # fmt: skip
    text = value_of(run.evaluate(node.args[0])) if node.args else ""
    if not isinstance(text, str):
        return None
    match method:
        case "suffix":
            return [m.named(m.column.name + text) for m in inner]
        case "prefix":
            return [m.named(text + m.column.name) for m in inner]
        case "keep":
            return inner if len(inner) == 1 else None
        case "to_uppercase" | "to_lowercase":
            change = str.upper if method == "to_uppercase" else str.lower
            return [m.named(change(m.column.name)) for m in inner]
    return None


def _text(made: Made) -> Scalar:
    return Scalar(STRING, made.column.name)


# -- selectors


_SETS = (ast.Sub, ast.BitOr, ast.BitAnd, ast.BitXor)


def _is_selector(run: Evaluator, node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        sets = isinstance(node.op, _SETS)
        return sets and _is_selector(run, node.left) and _is_selector(run, node.right)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Invert) and _is_selector(run, node.operand)
    return isinstance(node, ast.Call) and bool(_selector_word(run, node))


def _selector_word(run: Evaluator, node: ast.Call) -> str:
    type_ = run.evaluate(node.func) if isinstance(node.func, (ast.Name, ast.Attribute)) else None
    if isinstance(type_, Module) and type_.qualified.startswith("polars.selectors."):
        return type_.qualified.rpartition(".")[2]
    return ""


def _selector(run: Evaluator, node: ast.expr, table: Table) -> list[Made] | None:
    """`cs.numeric() - cs.by_name("id")`: sets of columns, in the table's order; names alone in their own."""
    names = selected(run, node, table)
    if names is None:
        return None
    if isinstance(node, ast.Call) and _selector_word(run, node) == "by_name":
        ordered = [t for a in node.args for t in known_texts(run.evaluate(a)) or ()]
        return [Made(get(table, n), plain=True) for n in dict.fromkeys(ordered)]
    return [Made(c, plain=True) for c in table.columns if c.name in names]


def selected(run: Evaluator, node: ast.expr, table: Table) -> set[str] | None:
    if isinstance(node, ast.BinOp) and isinstance(node.op, _SETS):
        left, right = selected(run, node.left, table), selected(run, node.right, table)
        if left is None or right is None:
            return None
        match node.op:
            case ast.Sub():
                return left - right
            case ast.BitOr():
                return left | right
            case ast.BitAnd():
                return left & right
        return left ^ right
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        inner = selected(run, node.operand, table)
        return {c.name for c in table.columns} - inner if inner is not None else None
    if not isinstance(node, ast.Call) or node.keywords:
        return None
    word = _selector_word(run, node)
    return _chosen(run, word, node.args, table) if word else None


def _chosen(run: Evaluator, name: str, arguments: Sequence[ast.expr], table: Table) -> set[str] | None:
    everything = _all(table)
    if everything is None:
        return None
    names = [m.column.name for m in everything]
    if name in words.SELECTORS and not arguments:
        takes = words.SELECTORS[name]
        found = _by_type(table, lambda t: takes(t))
        return {m.column.name for m in found} if found is not None else None
    if name == "all":
        return set(names)
    texts = [t for a in arguments for t in known_texts(run.evaluate(a)) or ["\0"]]
    if "\0" in texts:
        types = [type_of(run, a) for a in arguments]
        found = _by_type(table, lambda t: t in types) if name == "by_dtype" and None not in types else None
        return {m.column.name for m in found} if found is not None else None
    match name:
        case "by_name":
            return set(texts) if set(texts) <= set(names) else None
        case "exclude":
            return set(names) - set(texts)
        case "starts_with":
            return {n for n in names if n.startswith(tuple(texts))}
        case "ends_with":
            return {n for n in names if n.endswith(tuple(texts))}
        case "contains":
            return {n for n in names if any(t in n for t in texts)}
        case "matches" if len(texts) == 1:
            matching = _matching(table, texts[0])
            return {m.column.name for m in matching} if matching is not None else None
        case "first" | "last" if names and not arguments:
            return {names[0] if name == "first" else names[-1]}
    return None
