"""Which types Spark's functions give: of themselves, or of what they are given. Oracle: PySpark 3.5 and 4.3."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from polycell.core.types import BINARY, BOOL, DATE, FLOAT64, INT32, INT64, STRING, TIMESTAMP, DataType
from polycell.languages.python.frames.expressions import Change

INT8, INT16, FLOAT32 = DataType("int8"), DataType("int16"), DataType("float")
SMALL = frozenset({INT64, INT32, INT16, INT8})
NUMBERS = frozenset({*SMALL, FLOAT64, FLOAT32})
MOST_DIGITS = 38


def listed(type_: DataType | None) -> DataType | None:
    return DataType("list", children=(("item", type_),)) if type_ is not None else None


def item(type_: DataType | None) -> DataType | None:
    return type_.children[0][1] if type_ is not None and type_.name == "list" and type_.children else None


def mapped(key: DataType | None, value: DataType | None) -> DataType | None:
    if key is None or value is None:
        return None
    return DataType("map", children=(("key", key), ("value", value)))


def part_of_map(type_: DataType | None, which: int) -> DataType | None:
    return type_.children[which][1] if type_ is not None and type_.name == "map" and type_.children else None


def held(type_: DataType | None) -> DataType | None:
    """What is got out of an array by a number, or out of a map by a key."""
    return item(type_) or part_of_map(type_, 1)


def field(type_: DataType | None, name: str) -> DataType | None:
    """What is got by a name out of a structure, whatever the case, or of a map."""
    if type_ is None or type_.name != "struct":
        return part_of_map(type_, 1)
    found = [t for n, t in type_.children if n.casefold() == name.casefold()]
    return found[0] if len(found) == 1 else None


def digits(type_: DataType | None) -> tuple[int, int] | None:
    """How many digits a decimal has, and how many of them behind the point."""
    known = type_ is not None and type_.name == "decimal128" and len(type_.parameters) == 2
    return (int(type_.parameters[0]), int(type_.parameters[1])) if known and type_ is not None else None


def _wider(type_: DataType | None, whole: int, behind: int) -> DataType | None:
    found = digits(type_)
    if found is None or found[0] + whole > MOST_DIGITS:
        return None
    return DataType("decimal128", (str(found[0] + whole), str(found[1] + behind)))


def sum_of(type_: DataType | None) -> DataType | None:
    if type_ in SMALL:
        return INT64
    return FLOAT64 if type_ in (FLOAT64, FLOAT32, STRING) else _wider(type_, 10, 0)


def mean_of(type_: DataType | None) -> DataType | None:
    return FLOAT64 if type_ in NUMBERS or type_ == STRING else _wider(type_, 4, 4)


def _rounded(type_: DataType | None) -> DataType | None:
    return type_ if type_ in NUMBERS else None


def _whole(type_: DataType | None) -> DataType | None:
    return INT64 if type_ in NUMBERS else None


def _turned(type_: DataType | None) -> DataType | None:
    return type_ if type_ == STRING or item(type_) is not None else None


def _sizeable(type_: DataType | None) -> DataType | None:
    return type_ if item(type_) is not None else None


# Functions that give one type, whatever they are given.
ALWAYS: Mapping[str, DataType] = {
    name: type_
    for type_, names in (
        (DATE, "to_date current_date date_add date_sub last_day next_day add_months trunc make_date dateadd curdate"),
        (TIMESTAMP, "to_timestamp current_timestamp date_trunc now from_utc_timestamp to_utc_timestamp"),
        (STRING, "concat_ws date_format regexp_replace substring from_unixtime regexp_extract lpad rpad ltrim rtrim "
                 "translate md5 sha1 sha2 upper lower trim initcap uuid input_file_name get_json_object to_json "
                 "format_string format_number repeat soundex substring_index hex base64 bin typeof split_part "
                 "array_join printf ucase lcase btrim monthname dayname replace decode"),
        (INT32, "row_number rank dense_rank datediff ntile instr locate levenshtein dayofweek dayofmonth "
                "dayofyear weekofyear weekday year month quarter hour minute second length hash spark_partition_id "
                "ascii char_length character_length octet_length bit_length day date_diff regexp_count"),
        (INT64, "countDistinct count_distinct monotonically_increasing_id unix_timestamp xxhash64 count "
                "approx_count_distinct crc32 factorial grouping_id array_position count_if approxCountDistinct"),
        (INT8, "grouping"),
        (FLOAT64, "stddev variance rand randn months_between sqrt exp log log10 log2 log1p pow power sin cos tan asin "
                  "acos atan atan2 sinh cosh tanh cbrt degrees radians expm1 rint hypot percent_rank cume_dist corr "
                  "covar_pop covar_samp skewness kurtosis stddev_pop stddev_samp var_pop var_samp std"),
        (BOOL, "isnull isnotnull isnan array_contains exists forall arrays_overlap map_contains_key bool_and bool_or "
               "every some startswith endswith contains like ilike rlike"),
        (BINARY, "encode unbase64 unhex"),
        (DataType("list", children=(("item", STRING),)), "split"),
        (DataType("struct", children=(("start", TIMESTAMP), ("end", TIMESTAMP))), "window"),
    )
    for name in names.split()
}  # fmt: skip
# Of the type of their first argument.
OF_FIRST: Mapping[str, Change] = {
    "sum": sum_of, "sum_distinct": sum_of, "sumDistinct": sum_of, "avg": mean_of, "mean": mean_of,
    "round": _rounded, "bround": _rounded, "ceil": _whole, "ceiling": _whole, "floor": _whole,
    "collect_list": listed, "collect_set": listed, "array_agg": listed, "reverse": _turned,
    **dict.fromkeys(("array_distinct", "sort_array", "array_sort", "shuffle", "slice", "array_remove", "array_compact",
                     "filter"), _sizeable),
    "flatten": item, "array_max": item, "array_min": item, "element_at": held, "array_repeat": listed,
    "map_keys": lambda t: listed(part_of_map(t, 0)), "map_values": lambda t: listed(part_of_map(t, 1)),
    "median": lambda t: FLOAT64 if t in NUMBERS else None,
    **dict.fromkeys(("lag", "lead", "first", "last", "max", "min", "max_by", "min_by", "any_value", "mode", "nth_value",
                     "first_value", "last_value"), lambda t: t),
    "abs": lambda t: t if t in NUMBERS else None,
    "size": lambda t: INT32,
    "cardinality": lambda t: INT32,
}  # fmt: skip
Together: TypeAlias = Callable[[Sequence["DataType | None"]], "DataType | None"]


def _alike(types: Sequence[DataType | None]) -> DataType | None:
    return types[0] if types and all(t == types[0] for t in types) else None


_WIDTHS = (INT8, INT16, INT32, INT64, FLOAT64)


def widest(types: Sequence[DataType | None]) -> DataType | None:
    """What values of several types become beside one another; None where that hangs on settings."""
    known = [t for t in types if t in _WIDTHS]
    return max(known, key=_WIDTHS.index) if types and len(known) == len(types) else _alike(types)


def _not_a_number(types: Sequence[DataType | None]) -> DataType | None:
    return FLOAT64 if types and all(t in (FLOAT64, STRING, *SMALL) for t in types) else None


def _joined(types: Sequence[DataType | None]) -> DataType | None:
    found = _alike(types)
    return found if found == STRING or item(found) is not None else None


# Of the types of all their arguments.
OF_ALL: Mapping[str, Together] = {
    **dict.fromkeys(("coalesce", "greatest", "least", "nvl", "ifnull"), widest),
    **dict.fromkeys(("array_union", "array_intersect", "array_except"), _alike),
    "nullif": lambda types: types[0] if len(types) == 2 else None,
    "nanvl": _not_a_number,
    "concat": _joined,
    "array": lambda types: listed(widest(types)),
    "create_map": lambda types: mapped(widest(types[::2]), widest(types[1::2])) if len(types) > 1 else None,
    "map_from_arrays": lambda types: mapped(item(types[0]), item(types[1])) if len(types) == 2 else None,
}  # fmt: skip
