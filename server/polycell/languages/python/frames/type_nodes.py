"""Types of columns as Python code names them: `int`, `pl.Int64`, `np.float32`, `Optional[str]`, `DecimalType(9, 2)`."""

from __future__ import annotations

import ast

from msgspec import Struct

from polycell.core.types import BINARY, CATEGORY, DURATION, INT32, STRING, TIMESTAMP, DataType
from polycell.languages.python.syntax.shapes import dotted
from polycell.tables.type_names import parse_type

DEEPEST = 6
# Names that mean something else than `parse_type` says, or nothing to it.
_NAMES = {
    "integer": INT32, "short": DataType("int16"), "byte": DataType("int8"), "long": DataType("int64"),
    "bytes": BINARY, "Timestamp": TIMESTAMP, "Timedelta": DURATION, "bool_": DataType("bool"), "Decimal": None,
    "object": None, "Object": None,
}  # fmt: skip
_WRAPPERS = frozenset({"Series", "Index", "Annotated", "Final", "Required", "NotRequired", "ReadOnly"})
_FIELDS = ("StructField", "field", "Field")
_LISTS = frozenset({"List", "list", "Sequence", "list_", "large_list", "ArrayType", "Array"})


class Named(Struct, frozen=True):
    """`nullable` where the code says so; `optional`: the whole is `Optional[…]` or `… | None`."""

    type: DataType | None = None
    nullable: bool | None = None
    optional: bool = False
    wrapper: str = ""  # Series or Index


def named_type(node: ast.expr, depth: int = 0) -> Named:
    """What a type expression says of a column. Total: what is not understood has no type."""
    if depth > DEEPEST:
        return Named()
    if isinstance(node, ast.Constant):
        if not isinstance(node.value, str):
            return Named()
        try:
            return named_type(ast.parse(node.value.strip(), mode="eval").body, depth + 1)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return Named(parse_type(node.value))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        sides = [s for s in (node.left, node.right) if not (isinstance(s, ast.Constant) and s.value is None)]
        if len(sides) == 1:
            inner = named_type(sides[0], depth + 1)
            return Named(inner.type, True, True, inner.wrapper)
        return Named()
    if isinstance(node, ast.Subscript):
        return _subscript(node, depth)
    if isinstance(node, ast.Call):
        return Named(_called(node, depth))
    return Named(of_name(dotted(node).rpartition(".")[2]))


def of_name(name: str) -> DataType | None:
    """The type that a library calls so."""
    if name in _NAMES:
        return _NAMES[name]
    if name.endswith("Type") and len(name) > 4:  # Spark's
        return parse_type(name[:-4], sql=True)
    return parse_type(name.removesuffix("Dtype").rstrip("_"))


def _subscript(node: ast.Subscript, depth: int) -> Named:
    name = dotted(node.value).rpartition(".")[2]
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    if name == "Optional":
        inner = named_type(parts[0], depth + 1)
        return Named(inner.type, True, True, inner.wrapper)
    if name in _WRAPPERS:
        inner = named_type(parts[0], depth + 1)
        return Named(inner.type, inner.nullable, inner.optional, name if name in ("Series", "Index") else inner.wrapper)
    if name == "Literal":
        texts = all(isinstance(p, ast.Constant) and isinstance(p.value, str) for p in parts)
        return Named(STRING if texts else None)
    if name in _LISTS:
        item = named_type(parts[0], depth + 1).type
        return Named(DataType("list", children=(("item", item),)) if item is not None else None)
    return Named()


def _called(node: ast.Call, depth: int) -> DataType | None:
    name = dotted(node.func).rpartition(".")[2]
    if name in _LISTS and node.args:
        item = named_type(node.args[0], depth + 1).type
        return DataType("list", children=(("item", item),)) if item is not None else None
    if name in ("Categorical", "Enum", "CategoricalDtype", "dictionary"):
        return CATEGORY
    if name in ("Datetime", "timestamp", "Duration", "duration", "DatetimeTZDtype"):
        kind = "duration" if name.lower() == "duration" else "timestamp"
        given = {k.arg: k.value for k in node.keywords}
        unit = _text(node.args[0] if node.args else given.get("time_unit") or given.get("unit")) or "us"
        zone = _text(node.args[1] if len(node.args) > 1 else given.get("time_zone") or given.get("tz"))
        return parse_type(f"{kind}[{unit}, tz={zone}]" if zone and kind == "timestamp" else f"{kind}[{unit}]")
    if name in ("Decimal", "DecimalType", "decimal128"):
        numbers = [str(a.value) for a in node.args if isinstance(a, ast.Constant)]
        return parse_type(f"decimal({', '.join(numbers or ['10', '0'])})")
    if name in ("struct", "Struct", "StructType"):
        fields = _fields(node.args[0], depth + 1) if len(node.args) == 1 and not node.keywords else None
        return DataType("struct", children=tuple(fields)) if fields else None
    if name in ("map_", "MapType", "field", "Field"):
        return None
    return of_name(name)


def _fields(node: ast.expr, depth: int) -> list[tuple[str, DataType]] | None:
    """The fields of a structure: a dictionary of types, a list of pairs or of what libraries call fields. None where
    the type of one is not known."""
    pairs: list[tuple[ast.expr | None, ast.expr]] = []
    if isinstance(node, ast.Dict):
        pairs = [*zip(node.keys, node.values, strict=True)]
    elif isinstance(node, (ast.List, ast.Tuple)):
        for one in node.elts:
            parts = one.args if isinstance(one, ast.Call) and dotted(one.func).endswith(_FIELDS) else ()
            parts = one.elts if isinstance(one, ast.Tuple) else parts
            if len(parts) < 2:
                return None
            pairs.append((parts[0], parts[1]))
    made = [(_text(name), named_type(type_, depth).type) for name, type_ in pairs]
    known = [(name, type_) for name, type_ in made if name and type_ is not None]
    return known if len(known) == len(made) else None


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
