"""What polars' expressions give, as data: methods, functions, accessors, data types, selectors."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from polycell.core.types import (
    BOOL,
    CATEGORY,
    DATE,
    DURATION,
    FLOAT64,
    INT32,
    INT64,
    STRING,
    TEMPORAL,
    TIME,
    TIMESTAMP,
    Certainty,
    Column,
    DataType,
    is_numeric,
)
from polycell.core.values import replace
from polycell.languages.python.frames.expressions import Change, always, keep, unknown

UINT32 = DataType("uint32")
INT8 = DataType("int8")
INT16 = DataType("int16")
FLOAT32 = DataType("float")

TYPES: Mapping[str, DataType] = {
    "Int64": INT64, "Float64": FLOAT64, "String": STRING, "Utf8": STRING, "Boolean": BOOL, "Date": DATE,
    "Int32": INT32, "Float32": FLOAT32, "UInt32": UINT32, "Int8": INT8, "Int16": INT16, "Datetime": TIMESTAMP,
    "UInt8": DataType("uint8"), "UInt16": DataType("uint16"), "UInt64": DataType("uint64"), "Categorical": CATEGORY,
    "Duration": DURATION, "Time": TIME,
}  # fmt: skip
PYTHON_TYPES: Mapping[str, DataType] = {"int": INT64, "float": FLOAT64, "str": STRING, "bool": BOOL}


def cast(column: Column, type_: DataType | None) -> Column:
    """A column behind `cast`, which changes the fields of a structure, unless they become one text."""
    if column.type is not None and column.type.name == "struct" and type_ != STRING:
        type_ = None
    sure = column.type is not None or type_ == STRING
    certainty = Certainty.CERTAIN if sure else Certainty.LIKELY
    return replace(column, type=type_, nullable=None, type_certainty=certainty)


def _sum(type_: DataType | None) -> DataType | None:
    return type_ if type_ in (INT64, FLOAT64) else None


def _mean(type_: DataType | None) -> DataType | None:
    return FLOAT64 if type_ in (INT64, FLOAT64) else None


def _numbers(type_: DataType | None) -> DataType | None:
    return type_ if type_ in (INT64, FLOAT64) else None


# Methods that make one value of a column.
REDUCERS: Mapping[str, Change] = {
    "sum": _sum, "product": unknown,
    **dict.fromkeys(("mean", "median", "std", "var"), _mean),
    **dict.fromkeys(("min", "max", "first", "last", "item"), keep),
    **dict.fromkeys(("n_unique", "count", "len", "null_count"), always(UINT32)),
    **dict.fromkeys(("any", "all", "has_nulls"), always(BOOL)),
    **dict.fromkeys(("quantile", "implode", "arg_max", "arg_min", "approx_n_unique", "skew", "kurtosis", "dot",
                     "entropy", "nan_max", "nan_min", "get", "is_sorted", "index_of"), unknown),
}  # fmt: skip
# Methods that keep the name; the rows as well, or some of them.
METHODS: Mapping[str, Change] = {
    **dict.fromkeys(
        ("sort", "reverse", "head", "tail", "unique", "shift", "forward_fill", "backward_fill", "drop_nulls",
         "drop_nans", "filter", "sort_by", "set_sorted", "sample", "limit", "over", "slice", "shuffle", "gather",
         "gather_every", "top_k", "bottom_k", "inspect", "rechunk", "where"), keep),
    **dict.fromkeys(
        ("is_null", "is_not_null", "is_in", "is_between", "is_duplicated", "is_unique", "is_nan", "is_not_nan",
         "not_", "eq", "ne", "gt", "ge", "lt", "le", "is_first_distinct", "is_last_distinct", "is_finite",
         "is_infinite", "eq_missing", "ne_missing", "peak_max", "peak_min"), always(BOOL)),
    **dict.fromkeys(("abs", "cum_max", "cum_min", "round"), _numbers),
    **dict.fromkeys(
        ("cum_sum", "cum_prod", "cum_count", "rank", "diff", "clip", "fill_null", "fill_nan", "replace",
         "map_elements", "pow", "sqrt", "log", "log10", "log1p", "exp", "floor", "ceil", "sign", "sin", "cos", "tan",
         "rolling_mean", "rolling_sum", "rolling_min", "rolling_max", "rolling_std", "rolling_var", "rolling_median",
         "pct_change", "add", "sub", "mul", "truediv", "floordiv", "mod", "mode", "replace_strict", "map_batches",
         "value_counts", "interpolate", "cut", "qcut", "rle", "rle_id", "ewm_mean", "ewm_std", "hash", "explode",
         "arg_sort", "and_", "or_", "xor", "neg", "cbrt", "to_physical", "rolling", "extend_constant", "repeat_by",
         "round_sig_figs", "search_sorted", "degrees", "radians"), unknown),
}  # fmt: skip
_STR: Mapping[str, DataType | None] = {
    **dict.fromkeys(("to_uppercase", "to_lowercase", "strip_chars", "replace", "replace_all", "slice", "strip_prefix",
                     "strip_suffix", "to_titlecase", "pad_start", "pad_end", "zfill", "extract", "head", "tail",
                     "strip_chars_start", "strip_chars_end", "replace_many", "reverse"), STRING),
    **dict.fromkeys(("contains", "starts_with", "ends_with", "contains_any"), BOOL),
    **dict.fromkeys(("len_chars", "len_bytes", "count_matches"), UINT32),
    **dict.fromkeys(("to_datetime", "strptime", "split", "to_integer", "extract_all", "to_time", "json_path_match",
                     "json_decode", "to_decimal", "split_exact", "splitn", "find", "concat", "join", "explode",
                     "extract_groups", "encode", "decode", "to_decimal"), None),
    "to_date": DATE,
}  # fmt: skip
_DT: Mapping[str, DataType | None] = {
    "year": INT32, "ordinal_day": INT16, "date": DATE, "strftime": STRING, "to_string": STRING, "is_leap_year": BOOL,
    **dict.fromkeys(("month", "day", "hour", "minute", "second", "weekday", "quarter", "week"), INT8),
    **dict.fromkeys(("total_days", "total_seconds", "total_hours", "total_minutes", "total_milliseconds",
                     "total_microseconds"), INT64),
    **dict.fromkeys(("truncate", "round", "offset_by", "replace_time_zone", "convert_time_zone", "time", "epoch",
                     "month_start", "month_end", "timestamp", "cast_time_unit", "combine", "datetime", "iso_year",
                     "millisecond", "microsecond", "nanosecond", "century", "millennium", "add_business_days"), None),
}  # fmt: skip
_LIST: Mapping[str, DataType | None] = {
    **dict.fromkeys(("len", "n_unique"), UINT32),
    **dict.fromkeys(("contains", "any", "all"), BOOL),
    **dict.fromkeys(("get", "first", "last", "sum", "mean", "min", "max", "sort", "unique", "eval", "join", "explode",
                     "head", "tail", "slice", "reverse", "concat", "gather", "to_struct", "filter", "std", "var",
                     "median", "count_matches", "drop_nulls", "sample", "shift", "diff", "set_union"), None),
}  # fmt: skip
ACCESSORS: Mapping[str, Mapping[str, DataType | None]] = {
    "str": _STR, "dt": _DT, "list": _LIST, "arr": _LIST,
    "cat": {"get_categories": STRING, "len_chars": UINT32}, "bin": {"contains": BOOL, "encode": None},
}  # fmt: skip

# Functions of one column or several: named after the first of them, or not by any of them (`UNNAMED`).
AFTER_FIRST: Mapping[str, DataType | None] = {
    **dict.fromkeys(("coalesce", "struct", "sum_horizontal", "max_horizontal", "min_horizontal", "mean_horizontal",
                     "concat_list", "cum_sum_horizontal"), None),
    "concat_str": STRING,
    **dict.fromkeys(("any_horizontal", "all_horizontal"), BOOL),
}  # fmt: skip
UNNAMED_FUNCTIONS: Mapping[str, DataType | None] = {
    "format": STRING, "date": DATE,
    **dict.fromkeys(("datetime", "time", "duration", "int_range", "arange", "corr", "cov", "from_epoch", "date_range",
                     "datetime_range", "repeat", "ones", "zeros", "arg_where", "fold", "reduce", "rolling_corr",
                     "rolling_cov", "int_ranges", "business_day_count", "row_index", "cum_fold", "map_groups"), None),
}  # fmt: skip

# Selectors by type: which types each takes.
SELECTORS: Mapping[str, Callable[[DataType], bool]] = {
    "numeric": is_numeric,
    "integer": lambda t: "int" in t.name,
    "signed_integer": lambda t: t.name.startswith("int"),
    "unsigned_integer": lambda t: t.name.startswith("uint"),
    "float": lambda t: t.name in ("double", "float", "halffloat"),
    "string": lambda t: t == STRING,
    "boolean": lambda t: t == BOOL,
    "temporal": lambda t: t.name in TEMPORAL or t.name == "duration",
    "date": lambda t: t == DATE,
    "datetime": lambda t: t.name == "timestamp",
    "duration": lambda t: t.name == "duration",
    "time": lambda t: t.name.startswith("time6") or t.name.startswith("time3"),
    "categorical": lambda t: t.name == CATEGORY.name,
}
