"""Spark's column expressions. Spark makes names out of expressions; only those are said that were seen to be so
(PySpark 3.5 to 4.3), all others are `UNNAMED` until `alias` names them. Oracle: PySpark, where it is installed."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence

from polycell.core.patterns import pattern
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
from polycell.languages.python.syntax.values import known_text, known_texts, value_of

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


_SMALL = frozenset({INT64, INT32, DataType("int16"), DataType("int8")})
_DECIMAL = pattern(r"decimal128\((\d+), (\d+)\)\Z")


def _sum(type_: DataType | None) -> DataType | None:
    if type_ in _SMALL:
        return INT64
    if type_ is not None and (found := _DECIMAL.match(type_.name)):
        return DataType(f"decimal128({min(38, int(found[1]) + 10)}, {found[2]})")
    return FLOAT64 if type_ in (FLOAT64, DataType("float")) else None


def _listed(type_: DataType | None) -> DataType | None:
    return DataType("list", children=(("item", type_),)) if type_ is not None else None


def _item(type_: DataType | None) -> DataType | None:
    return type_.children[0][1] if type_ is not None and type_.name == "list" and type_.children else None


# Functions of one column whose result is named after function and column, `upper(k)`: (the word, its type).
NAMED: Mapping[str, tuple[str, Change]] = {
    "sum": ("sum", _sum),
    **{n: (n, keep) for n in ("max", "min", "first", "last")},
    **{n: ("avg", always(FLOAT64)) for n in ("avg", "mean")},
    "count": ("count", always(INT64)),
    **{n: (n, always(STRING)) for n in ("upper", "lower", "trim", "initcap")},
    "length": ("length", always(INT32)),
    **{n: (n, _listed) for n in ("collect_list", "collect_set")},
    "abs": ("abs", keep),
    "approx_count_distinct": ("approx_count_distinct", always(INT64)),
    **{n: (n, always(INT32)) for n in ("year", "month", "quarter", "hour", "minute", "second")},
}
_METHODS: Mapping[str, DataType | None] = {
    **dict.fromkeys(("isNull", "isNotNull", "isin", "between", "contains", "startswith", "endswith", "like", "rlike",
                     "eqNullSafe", "ilike", "isNaN"), BOOL),
    **dict.fromkeys(("substr",), STRING),
    **dict.fromkeys(("getItem", "getField", "bitwiseAND", "bitwiseOR"), None),
}  # fmt: skip
# Functions that make several columns, or rows, of one.
_SEVERAL = frozenset({"explode", "explode_outer", "posexplode", "posexplode_outer", "inline", "stack", "json_tuple"})
_BRANCHES = frozenset({"when", "otherwise"})  # of one type, or of none that is known
_ALIKE = frozenset({"coalesce", "greatest", "least"})  # and functions
_KEEPING = frozenset({"lag", "lead", "first", "last", "max", "min", "abs", "nullif", "nanvl"})  # their first argument's
_TYPED: Mapping[str, DataType] = {
    name: type_
    for type_, names in (
        (DATE, "to_date current_date date_add date_sub last_day next_day add_months trunc make_date"),
        (TIMESTAMP, "to_timestamp current_timestamp date_trunc"),
        (STRING, "concat_ws date_format regexp_replace substring from_unixtime regexp_extract lpad rpad ltrim rtrim "
                 "translate md5 sha1 sha2 upper lower trim initcap uuid input_file_name get_json_object to_json "
                 "format_string format_number repeat soundex substring_index hex base64"),
        (INT32, "row_number rank dense_rank datediff ntile size instr locate levenshtein dayofweek dayofmonth "
                "dayofyear weekofyear year month quarter hour minute second length hash spark_partition_id"),
        (INT64, "countDistinct count_distinct monotonically_increasing_id unix_timestamp xxhash64 count "
                "approx_count_distinct"),
        (FLOAT64, "stddev variance rand randn months_between sqrt exp log log10 log2 pow power sin cos tan "
                  "percent_rank cume_dist corr covar_pop covar_samp skewness kurtosis stddev_pop stddev_samp var_pop "
                  "var_samp"),
        (BOOL, "isnull isnan array_contains exists forall"),
    )
    for name in names.split()
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
        return [Made(Column(UNNAMED, _operated(run, node, table)))]
    if isinstance(node, (ast.Attribute, ast.Subscript)):
        return _of_series(run, node)
    return None


def _operated(run: Evaluator, node: ast.BinOp | ast.Compare | ast.UnaryOp, table: Table) -> DataType | None:
    """What arithmetic on numbers gives: the wider type, and double where something is divided."""
    if isinstance(node, ast.Compare):
        return BOOL
    if isinstance(node, ast.UnaryOp):
        return None
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
    """`df.n`, `df["n"]`: a column of a frame."""
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
        if name not in ("explode", "explode_outer") or len(node.args) != 1:
            return None
        return [Made(Column("col", _item(_only_type(run, node.args[0], table))))]
    if name == "expr":
        text = known_text(run.evaluate(node.args[0])) if node.args else None
        return of_sql(run, text, table) if text else None
    if name in NAMED and len(node.args) == 1 and not node.keywords:
        inner = all_made(run, node.args[0], table, _read)
        if inner is not None and len(inner) == 1 and inner[0].column.name != UNNAMED and inner[0].plain:
            word, change = NAMED[name]
            column = inner[0].column
            return [Made(Column(f"{word}({column.name})", change(column.type)), True)]
        if name == "count":
            star = known_text(run.evaluate(node.args[0])) == "*"
            return [Made(Column("count(1)" if star else UNNAMED, INT64), True)]
    return [Made(Column(UNNAMED, _result(run, name, node, table)))]


def _result(run: Evaluator, name: str, node: ast.Call, table: Table) -> DataType | None:
    """The type of what a function gives."""
    if name in _TYPED:
        return _TYPED[name]
    if name in _ALIKE or (name in _KEEPING and node.args):
        types = {_only_type(run, part, table) for part in (node.args if name in _ALIKE else node.args[:1])}
        return types.pop() if len(types) == 1 else None
    if name == "concat":  # of texts, or of arrays
        return STRING if all(_only_type(run, part, table) == STRING for part in node.args) else None
    if name == "sum" and len(node.args) == 1:
        return _sum(_only_type(run, node.args[0], table))
    if name in ("avg", "mean") and len(node.args) == 1:
        return FLOAT64 if _only_type(run, node.args[0], table) in (*_SMALL, FLOAT64) else None
    if name == "lit" and len(node.args) == 1:
        return _literal(run, node.args[0])
    return _value(run, node.args[1], table) if name == "when" and len(node.args) == 2 else None


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
        return aliased(run, node, inner)
    if len(inner) != 1:
        return None
    if method in ("cast", "astype") and len(node.args) == 1:
        plain = inner[0].plain  # a cast of a column keeps its name
        type_ = type_of(run, node.args[0])
        return [Made(Column(inner[0].column.name if plain else UNNAMED, type_))]
    if method in ("asc", "desc", "asc_nulls_last", "desc_nulls_last", "asc_nulls_first", "desc_nulls_first"):
        return [Made(replace(inner[0].column, name=UNNAMED))]
    if method == "over":
        return [Made(Column(UNNAMED, inner[0].column.type))]
    if method in _BRANCHES and node.args:
        same = _value(run, node.args[-1], table) == inner[0].column.type
        return [Made(Column(UNNAMED, inner[0].column.type if same else None))]
    return [Made(Column(UNNAMED, _METHODS.get(method)))]


def type_of(run: Evaluator, node: ast.expr) -> DataType | None:
    """The type that `"int"` or `IntegerType()` names."""
    text = known_text(run.evaluate(node))
    if text is not None:
        return TYPES.get(text.strip().lower())
    if isinstance(node, ast.Call) and not node.args:
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        return CLASSES.get(name)
    return None
