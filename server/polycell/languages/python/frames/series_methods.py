"""Methods of pandas' Series, as data: what each gives."""

from __future__ import annotations

import ast
import re

from polycell.core.types import (
    BOOL,
    DATE,
    FLOAT64,
    INT64,
    STRING,
    UNKNOWN,
    Collection,
    Column,
    DataType,
    Opaque,
    Scalar,
    Series,
    Table,
    Type,
    is_numeric,
)
from polycell.core.values import replace
from polycell.languages.python.frames.columns import UNKNOWN_INDEX, unknown_table

# The result is a series of the same name; its type is the same, or the one given, or (None) not known.
SAME = frozenset({
    "head", "tail", "copy", "sort_values", "sort_index", "sample", "drop_duplicates", "dropna", "nlargest", "nsmallest",
    "ffill", "bfill", "drop", "query", "truncate", "first", "last", "reindex_like", "round", "abs",
    "infer_objects", "explode",
})  # fmt: skip
TYPED: dict[str, DataType | None] = {
    **dict.fromkeys(("isna", "isnull", "notna", "notnull", "isin", "between", "duplicated", "eq"), BOOL),
    **dict.fromkeys(("le", "ge", "ne", "lt", "gt"), BOOL),
    **dict.fromkeys(("pct_change", "rank", "interpolate"), FLOAT64),
    **dict.fromkeys(
        ("map", "apply", "replace", "where", "mask", "clip", "shift", "diff", "add", "sub", "mul", "div", "mod", "pow",
         "combine_first", "convert_dtypes", "transform", "cumsum", "cumprod", "cummax", "cummin", "update", "combine",
         "fillna", "reindex"),
        None,
    ),
}  # fmt: skip
REDUCED: dict[str, DataType | None] = {
    **dict.fromkeys(("count", "nunique"), INT64),
    **dict.fromkeys(("mean", "median", "std", "var", "sem", "skew", "kurt", "corr", "cov", "autocorr"), FLOAT64),
    **dict.fromkeys(("any", "all"), BOOL),
}  # fmt: skip
STR: dict[str, DataType | None] = {
    **dict.fromkeys(
        ("lower", "upper", "strip", "lstrip", "rstrip", "title", "capitalize", "replace", "slice", "pad", "zfill",
         "removeprefix", "removesuffix", "casefold", "swapcase", "center", "ljust", "rjust", "repeat", "wrap",
         "slice_replace", "normalize", "translate"),
        STRING,
    ),
    **dict.fromkeys(
        ("contains", "startswith", "endswith", "match", "fullmatch", "isdigit", "isalpha", "isnumeric", "isalnum",
         "isupper", "islower", "isspace", "istitle", "isdecimal"),
        BOOL,
    ),
    **dict.fromkeys(("len", "count", "find", "rfind", "index"), None),
    **dict.fromkeys(("get", "join", "encode", "decode"), None),
}  # fmt: skip
DT_METHODS: dict[str, DataType | None] = {
    **dict.fromkeys(("strftime", "day_name", "month_name"), STRING),
    **dict.fromkeys(("floor", "ceil", "round", "normalize", "tz_localize", "tz_convert"), None),
    "total_seconds": FLOAT64,
}
DT_ATTRIBUTES: dict[str, DataType | None] = {
    **dict.fromkeys(
        ("year", "month", "day", "hour", "minute", "second", "microsecond", "dayofweek", "day_of_week", "weekday",
         "dayofyear", "day_of_year", "quarter", "days_in_month", "daysinmonth"),
        DataType("int32"),
    ),
    **dict.fromkeys(
        ("is_month_start", "is_month_end", "is_quarter_start", "is_quarter_end", "is_year_start", "is_year_end",
         "is_leap_year"),
        BOOL,
    ),
    "date": DATE,
}  # fmt: skip


def _typed(series: Series, type_: DataType | None) -> Series:
    return replace(series, column=replace(series.column, type=type_, nullable=None))


def accessor(series: Series, kind: str, name: str, node: ast.Call) -> Type:
    """`s.str.upper()`, `s.dt.day_name()`: methods of accessors."""
    if series.flavour != "pandas":
        return UNKNOWN
    if kind == "str":
        if name in ("split", "rsplit", "partition", "extract", "get_dummies", "extractall"):
            expand = next((k.value for k in node.keywords if k.arg == "expand"), None)
            if expand is not None and not isinstance(expand, ast.Constant):
                return UNKNOWN
            if name in ("extract", "extractall") and (found := _extracted(series, node, expand)) is not None:
                return found if name == "extract" else replace(found, index=UNKNOWN_INDEX)
            if name == "extractall":
                return unknown_table("pandas")
            expands = expand.value is True if expand is not None else name not in ("split", "rsplit")
            return unknown_table("pandas", series.index) if expands else _typed(series, None)
        return _typed(series, STR[name]) if name in STR else UNKNOWN
    if kind == "dt":
        return _typed(series, DT_METHODS[name]) if name in DT_METHODS else UNKNOWN
    return UNKNOWN


def _extracted(series: Series, node: ast.Call, expand: ast.expr | None) -> Table | None:
    """`s.str.extract("(?P<year>…)")`: a column a group, where all have names."""
    pattern = node.args[0] if node.args else None
    if not isinstance(pattern, ast.Constant) or not isinstance(pattern.value, str) or len(pattern.value) > 500:
        return None
    try:
        groups = re.compile(pattern.value)
    except (re.error, RecursionError, OverflowError):
        return None
    if expand is not None and groups.groups == 1:
        return None
    if not groups.groups or len(groups.groupindex) < groups.groups:
        return None
    columns = (Column(name, None, nullable=True, source=ast.unparse(node)[:60]) for name in groups.groupindex)
    return Table(tuple(columns), flavour="pandas", index=series.index)


def dt_attribute(series: Series, name: str) -> Type:
    return _typed(series, DT_ATTRIBUTES[name]) if name in DT_ATTRIBUTES else UNKNOWN


def method(series: Series, name: str, node: ast.Call) -> Type:
    """A method without a rule of its own in the registry."""
    type_ = series.column.type
    if any(k.arg in ("inplace", "axis", "level") for k in node.keywords):
        return UNKNOWN
    if name in SAME:
        return series
    if name in TYPED:
        if name in ("map", "apply") and _gives_frame(node):
            return UNKNOWN
        if name == "fillna" and type_ is not None and is_numeric(type_):
            return series if type_ == FLOAT64 and _number(node) else _typed(series, None)
        if name == "fillna" and type_ == STRING:
            return series if _text(node) else _typed(series, None)
        return _typed(series, TYPED[name])
    if name in REDUCED:
        reduced = REDUCED[name]
        return Scalar(reduced) if reduced is not None else UNKNOWN
    if name in ("min", "max", "sum", "mode", "quantile", "prod", "first_valid_index"):
        if name in ("min", "max", "sum") and type_ in (INT64, FLOAT64, STRING) and type_ is not None:
            return Scalar(type_) if series.column.type_certainty == 2 else UNKNOWN
        return UNKNOWN
    if name in ("tolist", "to_list"):
        return Collection("list", Scalar(type_) if type_ is not None else None)
    if name in ("to_numpy", "unique"):
        return Opaque("numpy.ndarray")
    return UNKNOWN


def _gives_frame(node: ast.Call) -> bool:
    """A callable may make a frame out of a series (`s.apply(pd.Series)`): only lambdas and names of plain functions of
    one value are taken for element-wise, and those of capital letters are not."""
    first = node.args[0] if node.args else None
    name = first.attr if isinstance(first, ast.Attribute) else first.id if isinstance(first, ast.Name) else ""
    if isinstance(first, ast.Lambda):
        return any(isinstance(n, ast.Attribute) and n.attr == "Series" for n in ast.walk(first.body))
    return name[:1].isupper() or (isinstance(first, ast.Name) and name not in _ELEMENTWISE)


_ELEMENTWISE = frozenset({"str", "int", "float", "len", "bool", "abs", "round", "type", "repr"})


def _number(node: ast.Call) -> bool:
    first = node.args[0] if node.args else None
    return isinstance(first, ast.Constant) and type(first.value) in (int, float)


def _text(node: ast.Call) -> bool:
    first = node.args[0] if node.args else None
    return isinstance(first, ast.Constant) and isinstance(first.value, str)
