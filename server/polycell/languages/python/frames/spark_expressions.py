"""Spark's column expressions. Spark makes names out of expressions; only those are said that were seen to be so
(PySpark 3.5 to 4.3), all others are `UNNAMED` until `alias` names them. Oracle: PySpark, where it is installed."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from polycell.core.types import (
    BOOL,
    DATE,
    FLOAT64,
    INT32,
    INT64,
    STRING,
    TIMESTAMP,
    Column,
    DataType,
    Function,
    Module,
    Schema,
    Series,
    Table,
    Type,
)
from polycell.core.values import replace
from polycell.languages.python.frames.columns import get, sure
from polycell.languages.python.frames.expressions import (
    UNNAMED,
    Change,
    Made,
    aliased,
    all_made,
    always,
    columns_made,
    keep,
)
from polycell.languages.python.frames.registry import Evaluator
from polycell.languages.python.frames.spark_results import (
    ALWAYS,
    OF_ALL,
    OF_FIRST,
    field,
    held,
    item,
    listed,
    mean_of,
    part_of_map,
    sum_of,
    widest,
)
from polycell.languages.python.frames.type_nodes import named_type
from polycell.languages.python.syntax.values import known_text, known_texts, value_of
from polycell.tables.type_names import parse_ddl, parse_type

_MODULE = "pyspark.sql.functions"
TYPES: Mapping[str, DataType] = {
    "int": INT32, "integer": INT32, "long": INT64, "bigint": INT64, "double": FLOAT64, "string": STRING,
    "boolean": BOOL, "bool": BOOL, "float": DataType("float"), "date": DATE, "timestamp": TIMESTAMP,
    "short": DataType("int16"), "smallint": DataType("int16"), "byte": DataType("int8"), "tinyint": DataType("int8"),
}  # fmt: skip
CLASSES: Mapping[str, DataType] = {
    "IntegerType": INT32, "LongType": INT64, "DoubleType": FLOAT64, "StringType": STRING, "BooleanType": BOOL,
    "FloatType": DataType("float"), "DateType": DATE, "TimestampType": TIMESTAMP, "ShortType": DataType("int16"),
    "ByteType": DataType("int8"),
}  # fmt: skip


# Functions of one column whose result is named after function and column, `upper(k)`: (the word, its type).
NAMED: Mapping[str, tuple[str, Change]] = {
    "sum": ("sum", sum_of),
    **{n: (n, keep) for n in ("max", "min", "first", "last")},
    **dict.fromkeys(("avg", "mean"), ("avg", mean_of)),
    "count": ("count", always(INT64)),
    **{n: (n, always(STRING)) for n in ("upper", "lower", "trim", "initcap")},
    "length": ("length", always(INT32)),
    **{n: (n, listed) for n in ("collect_list", "collect_set")},
    "abs": ("abs", OF_FIRST["abs"]),
    "approx_count_distinct": ("approx_count_distinct", always(INT64)),
    **{n: (n, always(INT32)) for n in ("year", "month", "quarter", "hour", "minute", "second")},
}
_METHODS: Mapping[str, DataType | None] = {
    **dict.fromkeys(("isNull", "isNotNull", "isin", "between", "contains", "startswith", "endswith", "like", "rlike",
                     "eqNullSafe", "ilike", "isNaN"), BOOL),
    **dict.fromkeys(("substr",), STRING),
    **dict.fromkeys(("bitwiseAND", "bitwiseOR"), None),
}  # fmt: skip
# Functions that make several columns, or rows, of one.
_SEVERAL = frozenset({"explode", "explode_outer", "posexplode", "posexplode_outer", "inline", "inline_outer", "stack",
                      "json_tuple"})  # fmt: skip
_BRANCHES = frozenset({"when", "otherwise"})  # of one type, or of none that is known
_SIGNS: Mapping[type[ast.operator | ast.cmpop], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Mod: "%", ast.BitAnd: "AND", ast.BitOr: "OR",
    ast.Gt: ">", ast.Lt: "<", ast.GtE: ">=", ast.LtE: "<=", ast.Eq: "=",
}  # fmt: skip


def columns_of(run: Evaluator, node: ast.expr, table: Table) -> list[Column] | None:
    """The columns that an argument makes; bare texts are columns."""
    return columns_made(run, node, table, _read)


def made_of(run: Evaluator, node: ast.expr, table: Table) -> list[Made] | None:
    """As `columns_of`, those included that have no known name."""
    return all_made(run, node, table, _read)


def _read(run: Evaluator, node: ast.expr, table: Table) -> list[Made] | None:
    if isinstance(node, (ast.Constant, ast.Name, ast.JoinedStr)) or (
        isinstance(node, ast.Attribute) and node.attr == "columns"
    ):
        names = known_texts(run.evaluate(node))
        return _named(table, names) if names is not None else None
    found = expression(run, node, table)
    if found is None and isinstance(node, (ast.Call, ast.Subscript, ast.BinOp)):
        names = known_texts(run.evaluate(node))
        return _named(table, names) if names is not None else None
    return found


def _named(table: Table, names: Sequence[str]) -> list[Made] | None:
    """Columns by name: named as written, whatever the case in the table."""
    found: list[Made] = []
    for name in names:
        if name == "*":
            if table.open or any(c.maybe for c in table.columns):
                return None
            found += [Made(c, plain=True) for c in table.columns]
        elif name.endswith(".*") and (held := table.column(name[:-2])) is not None and held.type is not None:
            if held.type.name != "struct" or held.ambiguous:
                return None
            found += [Made(Column(field, type_)) for field, type_ in held.type.children]
        elif "`" in name or "*" in name:
            return None
        elif "." in name:
            # A frame's alias before its column, or a column before its field: named by the last word either way.
            first, _, last = name.rpartition(".")
            found.append(Made(Column(last, _type_behind(table, first, last))))
        else:
            found.append(_column(table, name))
    return found


def _type_behind(table: Table, first: str, last: str) -> DataType | None:
    """The type of `first.last` where `first` can only be an alias and one column has the name, or holds fields."""
    column, outer = table.column(last), table.column(first)
    if outer is not None and outer.type is not None and outer.type.name == "struct" and not outer.ambiguous:
        return dict(outer.type.children).get(last)
    alias = "." not in first and outer is None
    return column.type if alias and column is not None and not column.ambiguous else None


def _column(table: Table, name: str) -> Made:
    return Made(replace(get(table, name), name=name), plain=True)


def expression(run: Evaluator, node: ast.expr, table: Table) -> list[Made] | None:
    """The columns that an expression makes; None for what is none."""
    if isinstance(node, ast.Name):
        held = run.expression_of(node)
        if held is not None:
            return expression(run, held, table)
        return _of_series(run, node)
    if isinstance(node, ast.Call):
        return _call(run, node, table)
    if isinstance(node, (ast.BinOp, ast.Compare, ast.UnaryOp)):
        parts = [node.left, node.right] if isinstance(node, ast.BinOp) else (
            [node.left, *node.comparators] if isinstance(node, ast.Compare) else [node.operand])  # fmt: skip
        if all(expression(run, part, table) is None for part in parts):
            return None
        return [Made(Column(_operated_name(run, node, parts, table), _operated(run, node, table)))]
    if isinstance(node, (ast.Attribute, ast.Subscript)):
        return _of_series(run, node) or _part(run, node, table)
    return None


def _operated_name(
    run: Evaluator, node: ast.BinOp | ast.Compare | ast.UnaryOp, parts: Sequence[ast.expr], table: Table
) -> str:
    """`F.col("n") + 1` is called `(n + 1)`."""
    if isinstance(node, ast.UnaryOp) or len(parts) != 2:
        return UNNAMED
    sign = _SIGNS.get(type(node.op if isinstance(node, ast.BinOp) else node.ops[0]))
    names = [_inner_name(run, part, table) for part in parts]
    return f"({names[0]} {sign} {names[1]})" if sign and all(names) else UNNAMED


def _inner_name(run: Evaluator, node: ast.expr, table: Table) -> str:
    """How Spark calls a column inside of the name of what is made of it; empty where that was not seen."""
    made = expression(run, node, table)
    if made is None:
        return _literal_name(value_of(run.evaluate(node)))
    name = made[0].column.name if len(made) == 1 else UNNAMED
    called = isinstance(node, ast.Call) and _function(run, node.func) not in ("", "expr", *_SEVERAL)
    known = name != UNNAMED and (made[0].plain or called or isinstance(node, (ast.BinOp, ast.Compare)))
    return name if known else ""


def _literal_name(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and (value == 0 or not 1e-3 <= abs(value) < 1e7):
        return ""
    return str(value) if isinstance(value, (int, float, str)) else ""


def _part(run: Evaluator, node: ast.Attribute | ast.Subscript, table: Table) -> list[Made] | None:
    """`column.field`, `column["field"]`, `column[0]`."""
    inner = expression(run, node.value, table)
    if inner is None or len(inner) != 1:
        return None
    if isinstance(node, ast.Attribute):
        return [Made(Column(UNNAMED, field(inner[0].column.type, node.attr)))]
    key = value_of(run.evaluate(node.slice))
    return [Made(Column(UNNAMED, _got(inner[0].column.type, key)))]


def _got(type_: DataType | None, key: object) -> DataType | None:
    return field(type_, key) if isinstance(key, str) else held(type_)


def _operated(run: Evaluator, node: ast.BinOp | ast.Compare | ast.UnaryOp, table: Table) -> DataType | None:
    """What arithmetic on numbers gives: the wider type, and double where something is divided."""
    if isinstance(node, ast.Compare):
        return BOOL
    if isinstance(node, ast.UnaryOp):
        if isinstance(node.op, (ast.Invert, ast.Not)):
            return BOOL
        negated = _operand(run, node.operand, table)
        return negated if negated in _WIDTHS else None  # a text becomes a number
    if isinstance(node.op, (ast.BitAnd, ast.BitOr)):
        return BOOL
    types = [_operand(run, part, table) for part in (node.left, node.right)]
    if not set(types) <= set(_WIDTHS):
        return None
    if isinstance(node.op, ast.Div):
        return FLOAT64
    wider = max(types, key=_WIDTHS.index)
    return wider if isinstance(node.op, (ast.Add, ast.Sub, ast.Mult)) else None


_WIDTHS: tuple[DataType | None, ...] = (INT32, INT64, FLOAT64)


def _operand(run: Evaluator, node: ast.expr, table: Table) -> DataType | None:
    made = expression(run, node, table)
    if made is not None:
        return made[0].column.type if len(made) == 1 and sure(made[0].column) else None
    found = _literal(run, node)
    return found if found in (INT32, FLOAT64) else None


def _of_series(run: Evaluator, node: ast.expr) -> list[Made] | None:
    """`df.n`, `df["n"]`: a column of a frame; `df["*"]`, `df["s.u"]` several, or a field."""
    if isinstance(node, ast.Subscript) and isinstance(frame := run.evaluate(node.value), Table):
        name = known_text(run.evaluate(node.slice))
        if frame.flavour == "spark" and name is not None and ("*" in name or ("." in name and not frame.column(name))):
            return _named(frame, [name])
    type_ = run.evaluate(node)
    if isinstance(type_, Series) and type_.flavour == "spark" and type_.column.name:
        return [Made(replace(type_.column, maybe=False), plain=True)]
    return None


def _function(run: Evaluator, node: ast.expr) -> str:
    type_ = run.evaluate(node) if isinstance(node, (ast.Name, ast.Attribute)) else None
    if isinstance(type_, Module):
        module, _, name = type_.qualified.rpartition(".")
        return name if module == _MODULE else ""
    return ""


def _registered(run: Evaluator, node: ast.Name) -> Type | None:
    """What a function of the notebook gives that Spark calls (`spark_functions`)."""
    callee = run.evaluate(node)
    made = callee.returns if isinstance(callee, Function) else None
    return made if isinstance(made, Series) and made.flavour == "spark" else None


def _call(run: Evaluator, node: ast.Call, table: Table) -> list[Made] | None:
    name = _function(run, node.func)
    if isinstance(node.func, ast.Name) and isinstance(made := _registered(run, node.func), Series):
        return [Made(Column(UNNAMED, made.column.type))]
    if not name:
        return _method(run, node, node.func, table) if isinstance(node.func, ast.Attribute) else None
    if name in ("col", "column"):
        names = known_texts(run.evaluate(node.args[0])) if len(node.args) == 1 else None
        return _named(table, names) if names is not None and len(names) == 1 else None
    if name in _SEVERAL:
        return _several(run, name, node, table)
    if name == "expr":
        text = known_text(run.evaluate(node.args[0])) if node.args else None
        return of_sql(run, text, table) if text else None
    if name in NAMED and len(node.args) == 1 and not node.keywords:
        inner = all_made(run, node.args[0], table, _read)
        if inner is not None and len(inner) == 1 and inner[0].column.name != UNNAMED:
            word, change = NAMED[name]
            column = inner[0].column
            called = column.name if inner[0].plain else _inner_name(run, node.args[0], table)
            return [Made(Column(f"{word}({called})" if called else UNNAMED, change(_sure_type(inner))), True)]
        if name == "count":
            star = known_text(run.evaluate(node.args[0])) == "*"
            return [Made(Column("count(1)" if star else UNNAMED, INT64), True)]
    if name == "lit" and len(node.args) == 1:
        return [
            Made(Column(_literal_name(value_of(run.evaluate(node.args[0]))) or UNNAMED, _literal(run, node.args[0])))
        ]
    called = f"{name}()" if name in _WITHOUT and not node.args else UNNAMED
    return [Made(Column(called, _result(run, name, node, table)))]


_WITHOUT = frozenset({"current_date", "current_timestamp"})


def _several(run: Evaluator, name: str, node: ast.Call, table: Table) -> list[Made] | None:
    """What functions give that make several columns, or rows."""
    if name == "json_tuple" and len(node.args) > 1:
        return [Made(Column(f"c{i}", STRING)) for i in range(len(node.args) - 1)]
    type_ = _only_type(run, node.args[0], table) if len(node.args) == 1 else None
    made: list[Made] = []
    if type_ is not None and name.startswith("inline") and (row := item(type_)) is not None:
        return [Made(Column(field_, of)) for field_, of in row.children] if row.name == "struct" else None
    if type_ is None or type_.name not in ("list", "map"):
        # Of an array, where it is named as one column; of a map two, and nobody knows.
        return [Made(Column(UNNAMED))] if name.startswith("explode") else None
    made += [Made(Column("pos", INT32))] if name.startswith("pos") else []
    if type_.name == "map":
        return [*made, Made(Column("key", part_of_map(type_, 0))), Made(Column("value", part_of_map(type_, 1)))]
    return [*made, Made(Column("col", item(type_)))] if "explode" in name else None


def _result(run: Evaluator, name: str, node: ast.Call, table: Table) -> DataType | None:
    """The type of what a function gives."""
    if name in ALWAYS:
        return ALWAYS[name]
    if name in OF_FIRST and node.args:
        one = len(node.args) == 1 or name not in ("ceil", "ceiling", "floor")
        return OF_FIRST[name](_only_type(run, node.args[0], table)) if one else None
    if name in ("struct", "named_struct"):
        return _structure(run, name, node, table)
    if name in OF_ALL:
        made = _all_arguments(run, node, table)
        return OF_ALL[name]([_sure_type([m]) for m in made]) if made else None
    if name == "from_json" and len(node.args) > 1:
        return _of_schema(run, node.args[1])
    return _value(run, node.args[1], table) if name == "when" and len(node.args) == 2 else None


def _all_arguments(run: Evaluator, node: ast.Call, table: Table) -> list[Made] | None:
    """What all the arguments make, which may be lists."""
    return all_made(run, ast.Tuple(node.args), table, _read)


def _structure(run: Evaluator, name: str, node: ast.Call, table: Table) -> DataType | None:
    made = _all_arguments(run, node, table)
    if made is None:
        return None
    if name == "named_struct":
        made = [Made(replace(v.column, name=n.column.name)) for n, v in zip(made[::2], made[1::2], strict=False)]
    names = [m.column.name for m in made]
    types = [_sure_type([m]) for m in made]
    if UNNAMED in names or len(set(names)) < len(names) or not names:
        return None
    fields = [(n, t) for n, t in zip(names, types, strict=True) if t is not None]
    return DataType("struct", children=tuple(fields)) if len(fields) == len(names) else None


def _of_schema(run: Evaluator, node: ast.expr) -> DataType | None:
    """The type that a schema names: `"a int, b string"`, `"array<int>"`, `StructType([…])`."""
    type_ = run.evaluate(node)
    text = known_text(type_)
    if text is not None:
        columns = [(n, t) for n, t, _ in parse_ddl(text) or ()]
        whole = parse_type(text, sql=True)
        if whole is not None:
            return whole
    elif isinstance(type_, Schema) and not type_.table.open:
        columns = [(c.name, c.type) for c in type_.table.columns]
    else:
        return named_type(node).type if isinstance(node, ast.Call) else None
    fields = [(n, t) for n, t in columns if t is not None]
    return DataType("struct", children=tuple(fields)) if fields and len(fields) == len(columns) else None


def _sure_type(made: Sequence[Made]) -> DataType | None:
    return made[0].column.type if len(made) == 1 and sure(made[0].column) else None


def _only_type(run: Evaluator, node: ast.expr, table: Table) -> DataType | None:
    """The type of the one column that an argument is; bare texts are columns."""
    made = all_made(run, node, table, _read)
    return made[0].column.type if made is not None and len(made) == 1 and sure(made[0].column) else None


def _value(run: Evaluator, node: ast.expr, table: Table) -> DataType | None:
    """The type of a column, or of a plain value that stands for one."""
    made = expression(run, node, table)
    if made is not None:
        return made[0].column.type if len(made) == 1 and sure(made[0].column) else None
    return _literal(run, node)


def _literal(run: Evaluator, node: ast.expr) -> DataType | None:
    value = value_of(run.evaluate(node))
    if type(value) is int:
        return INT32 if -(2**31) <= value < 2**31 else INT64
    return {str: STRING, bool: BOOL, float: FLOAT64}.get(type(value))


def of_sql(run: Evaluator, text: str, table: Table) -> list[Made] | None:
    """`n + 1 AS z`: an expression in SQL, which names itself when it says so."""
    made = run.sql(f"SELECT {text} FROM __polycell_frame", {"__polycell_frame": table}, dialect="spark")
    if made is None or made.open or len(made.columns) != 1:
        return [Made(Column(UNNAMED, None))]
    column = made.columns[0]
    named = text.strip().isidentifier() or f" as {column.name}".casefold() in " ".join(text.split()).casefold()
    return [Made(Column(column.name if named else UNNAMED, None))]


def _method(run: Evaluator, node: ast.Call, function: ast.Attribute, table: Table) -> list[Made] | None:
    method = function.attr
    inner = expression(run, function.value, table)
    if inner is None:
        return None
    if method in ("alias", "name"):
        if len(inner) > 1:
            return _all_named(run, node, inner)
        return aliased(run, node, inner)
    if len(inner) != 1:
        return None
    if method in ("getItem", "getField") and len(node.args) == 1:
        return [Made(Column(UNNAMED, _got(inner[0].column.type, value_of(run.evaluate(node.args[0])))))]
    if method in ("cast", "astype", "try_cast") and len(node.args) == 1:
        plain = inner[0].plain  # a cast of a column keeps its name
        type_ = type_of(run, node.args[0])
        return [Made(Column(inner[0].column.name if plain else UNNAMED, type_))]
    if method in ("asc", "desc", "asc_nulls_last", "desc_nulls_last", "asc_nulls_first", "desc_nulls_first"):
        return [Made(replace(inner[0].column, name=UNNAMED))]
    if method == "over":
        return [Made(Column(UNNAMED, inner[0].column.type))]
    if method in _BRANCHES and node.args:
        return [Made(Column(UNNAMED, widest([inner[0].column.type, _value(run, node.args[-1], table)])))]
    return [Made(Column(UNNAMED, _METHODS.get(method)))]


def _all_named(run: Evaluator, node: ast.Call, inner: Sequence[Made]) -> list[Made] | None:
    """`posexplode(…).alias("at", "value")`."""
    names = [known_text(run.evaluate(a)) for a in node.args]
    if len(names) != len(inner) or node.keywords:
        return None
    given = zip(inner, names, node.args, strict=True)
    made = [Made(m.column.named(n, run.place(a, n))) for m, n, a in given if n is not None]
    return made if len(made) == len(inner) else None


def type_of(run: Evaluator, node: ast.expr) -> DataType | None:
    """The type that `"int"`, `"array<string>"`, `IntegerType()` or `DecimalType(9, 2)` names."""
    text = known_text(run.evaluate(node))
    if text is not None:
        return TYPES.get(text.strip().lower()) or parse_type(text, sql=True)
    if isinstance(node, ast.Call):
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        return CLASSES.get(name) or named_type(node).type
    return None
