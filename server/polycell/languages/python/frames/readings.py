"""Which arguments of a method must name columns that are there, or the call fails: one description, as data.

Stricter than `column_arguments`, which says where names are offered: `rename`, `reindex`, `fillna` and `filter` take
names that need not exist. Checked against pandas 1.5 to 3.0, polars 1.x and PySpark 4.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field


class Reads(Struct, frozen=True):
    """`names`: keywords and positions that hold names; `rest`: every positional argument does. `keys`: those whose
    dictionary's keys are names. `pairs`: keywords hold (name, function). `index`: names of the index do as well.
    `values`: a list may be values instead. `right`: keywords that name columns of the other table.

    `unless`: keywords with which nothing is said, whatever their value (None) or when it is another than this one.
    `strict`: nothing is said without `errors="raise"`.
    """

    names: frozenset[str | int] = frozenset()
    rest: bool = False
    keys: frozenset[str | int] = frozenset()
    pairs: bool = False
    index: bool = False
    values: bool = False
    right: frozenset[str] = frozenset()
    unless: Mapping[str, object] = field(default_factory=dict)
    strict: bool = False


def _reads(
    *names: str | int, rest: bool = False, keys: tuple[str | int, ...] = (), pairs: bool = False, index: bool = False,
    values: bool = False, right: tuple[str, ...] = (), **unless: object,
) -> Reads:  # fmt: skip
    return Reads(frozenset(names), rest, frozenset(keys), pairs, index, values, frozenset(right), unless)


# Other programs that draw for pandas take names of the index as well.
_DRAWN = _reads("x", "y", 0, 1, index=True, backend=None)

METHODS: Mapping[tuple[str, str], Reads] = {
    ("pandas", "groupby"): _reads("by", 0, index=True, values=True, axis=0, level=None),
    ("pandas", "sort_values"): _reads("by", 0, index=True, axis=0),
    ("pandas", "drop"): _reads("columns", errors="raise", level=None),
    ("pandas", "dropna"): _reads("subset", axis=0),
    ("pandas", "drop_duplicates"): _reads("subset", 0),
    ("pandas", "duplicated"): _reads("subset", 0),
    ("pandas", "set_index"): _reads("keys", 0),
    ("pandas", "agg"): _reads(keys=("func", 0), pairs=True, axis=0),
    ("pandas", "aggregate"): _reads(keys=("func", 0), pairs=True, axis=0),
    ("groups", "agg"): _reads(keys=("func", 0), pairs=True, index=True),
    ("groups", "aggregate"): _reads(keys=("func", 0), pairs=True, index=True),
    ("pandas", "astype"): _reads(keys=("dtype", 0), errors="raise"),
    ("pandas", "merge"): _reads("on", "left_on", index=True, right=("on", "right_on")),
    ("pandas", "join"): _reads("on", index=True),
    ("pandas", "melt"): _reads("id_vars", "value_vars", 0, 1, col_level=None),
    ("pandas", "pivot"): _reads("index", "columns", "values", index=True),
    ("pandas", "pivot_table"): _reads("index", "columns", "values", 0, 1, 2, index=True, values=True),
    ("pandas", "nlargest"): _reads("columns", 1),
    ("pandas", "nsmallest"): _reads("columns", 1),
    ("pandas", "explode"): _reads("column", 0),
    ("pandas", "pop"): _reads("item", 0),
    ("pandas", "value_counts"): _reads("subset", 0),
    ("pandas", "to_csv"): _reads("columns"),
    ("pandas", "rename"): Reads(keys=frozenset({"columns"}), strict=True, unless={"level": None}),
    ("pandas", "hist"): _reads("column", "by", 0, 1, index=True, values=True, backend=None),
    ("pandas", "boxplot"): _reads("column", "by", 0, 1, index=True, values=True, backend=None),
    ("groups", "hist"): _reads("column", 0, index=True, backend=None),
    ("groups", "boxplot"): _reads("column", index=True, backend=None),
    ("pandas", "plot"): _DRAWN,
    ("polars", "drop"): _reads(rest=True, strict=True),
    ("polars", "drop_nulls"): _reads("subset", 0),
    ("polars", "unique"): _reads("subset", 0),
    ("polars", "join"): _reads("on", "left_on", right=("on", "right_on")),
    ("polars", "get_column"): _reads("name", 0, default=None),
    ("polars", "explode"): _reads("columns", rest=True),
    ("polars", "unpivot"): _reads("on", "index", 0),
    ("polars", "pivot"): _reads("on", "index", "values", 0),
    ("polars", "partition_by"): _reads("by", rest=True),
    ("spark", "dropDuplicates"): _reads("subset", 0, index=True),  # which takes a name that several columns have
    ("spark", "drop_duplicates"): _reads("subset", 0, index=True),
    ("spark", "dropna"): _reads("subset"),
}

# `df.plot.bar(…)`: the kinds of drawings.
DRAWINGS: Mapping[str, Reads] = {
    **dict.fromkeys(("line", "bar", "barh", "area", "scatter", "hexbin"), _DRAWN),
    "pie": _reads("y", index=True, backend=None),
    "hist": _reads("column", "by", index=True, values=True, backend=None),
    "box": _reads("column", "by", index=True, values=True, backend=None),
}

# Methods whose arguments are expressions over the frame: with "names", a bare text is a column too. Of Spark's not
# those that find what an earlier `select` left out (`filter`, `orderBy`).
EXPRESSIONS: Mapping[tuple[str, str], str] = {
    **{("polars", name): "names" for name in ("select", "group_by", "sort", "agg")},
    **{("polars", name): "expressions" for name in ("with_columns", "filter")},
    **{("spark", name): "names" for name in ("select", "groupBy", "groupby", "cube", "rollup")},
    **{("spark", name): "expressions" for name in ("agg", "withColumn")},
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Where the functions are that make expressions, and which of them take names of columns.
NAMING: Mapping[str, tuple[str, frozenset[str]]] = {
    "polars": ("polars", _words("col sum mean median min max first last count n_unique std var")),
    "spark": (
        "pyspark.sql.functions",
        _words(
            "col column sum avg mean min max first last countDistinct count_distinct upper lower trim initcap length"
            " abs collect_list collect_set year month quarter hour minute second explode"
        ),
    ),
}
