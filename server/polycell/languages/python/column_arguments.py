"""Which arguments take names of columns: one description, as data.

A row names a method (or a function, by qualified name) and what in its call names columns. `self` is the table that
the method is called on; otherwise the parameter that holds the table. Parameters are given by keyword and by position.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Takes:
    """`keywords` take columns; `positions` too (an index, or "*" for all). `keys`: keywords (or positions) whose
    dictionary's keys are columns; `pairs`: any keyword takes a tuple that begins with a column (`agg(x=("a", …))`)."""

    keywords: frozenset[str] = frozenset()
    positions: frozenset[int] | str = frozenset()
    keys: frozenset[str | int] = frozenset()
    pairs: bool = False
    table: str = "self"
    right: frozenset[str] = frozenset()  # keywords that name columns of the other table, the first argument


def _takes(
    keywords: str = "", positions: tuple[int, ...] | str = (), keys: tuple[str | int, ...] = (), *, pairs: bool = False,
    table: str = "self", right: str = "",
) -> Takes:  # fmt: skip
    places = positions if isinstance(positions, str) else frozenset(positions)
    return Takes(frozenset(keywords.split()), places, frozenset(keys), pairs, table, frozenset(right.split()))


METHODS: Mapping[str, Takes] = {
    # pandas
    "groupby": _takes("by", "*"),
    "sort_values": _takes("by", (0,)),
    "drop": _takes("columns labels", "*"),
    "dropna": _takes("subset", ()),
    "drop_duplicates": _takes("subset", (0,)),
    "duplicated": _takes("subset", (0,)),
    "set_index": _takes("keys", (0,)),
    "rename": _takes("", (), ("columns", "mapper", 0)),
    "astype": _takes("", (), ("dtype", 0)),
    "fillna": _takes("", (), ("value", 0)),
    "replace": _takes("", (), ("to_replace", 0)),
    "agg": _takes("", (), ("func", 0), pairs=True),
    "aggregate": _takes("", (), ("func", 0), pairs=True),
    "merge": _takes("on left_on", (), right="right_on"),
    "join": _takes("on left_on", (1,), right="right_on"),
    "melt": _takes("id_vars value_vars", (0, 1)),
    "pivot": _takes("index columns values on", (0, 1, 2)),
    "pivot_table": _takes("index columns values", (0, 1, 2)),
    "nlargest": _takes("columns", (1,)),
    "nsmallest": _takes("columns", (1,)),
    "explode": _takes("column columns", "*"),
    "pop": _takes("item", (0,)),
    "filter": _takes("items", (0,)),
    "value_counts": _takes("subset", (0,)),
    "reindex": _takes("columns", ()),
    "get": _takes("key", (0,)),
    "boxplot": _takes("column by", (0,)),
    "hist": _takes("column by", (0,)),
    "plot": _takes("x y", (0, 1)),
    "scatter": _takes("x y c s", (0, 1)),
    "line": _takes("x y", (0, 1)),
    "bar": _takes("x y", (0, 1)),
    "to_csv": _takes("columns", ()),
    # polars and Spark
    "select": _takes("", "*"),
    "with_columns": _takes("", ()),
    "group_by": _takes("", "*"),
    "sort": _takes("by", "*"),
    "unique": _takes("subset", (0,)),
    "drop_nulls": _takes("subset", (0,)),
    "get_column": _takes("name", (0,)),
    "unpivot": _takes("on index", (0,)),
    "cast": _takes("", (), ("dtypes", 0)),
    "partition_by": _takes("", "*"),
    "withColumn": _takes("colName", (0,)),
    "withColumnRenamed": _takes("existing", (0,)),
    "orderBy": _takes("", "*"),
    "groupBy": _takes("", "*"),
    "dropDuplicates": _takes("subset", (0,)),
}

_PLOTLY = _takes("x y color size hover_name facet_col facet_row names values", (), table="data_frame")

FUNCTIONS: Mapping[str, Takes] = {
    "pandas.merge": _takes("on left_on", (), table="left", right="right_on"),
    "pandas.melt": _takes("id_vars value_vars", (1, 2), table="frame"),
    "pandas.get_dummies": _takes("columns", (), table="data"),
    "pandas.pivot_table": _takes("index columns values", (1, 2, 3), table="data"),
    **{
        f"seaborn.{name}": _takes("x y hue size style col row", (), table="data")
        for name in (
            "scatterplot", "lineplot", "barplot", "boxplot", "histplot", "countplot", "violinplot", "relplot",
            "catplot", "displot", "lmplot", "regplot", "kdeplot", "stripplot", "swarmplot", "pointplot", "jointplot",
        )
    },
    **{
        f"plotly.express.{name}": _PLOTLY
        for name in ("scatter", "line", "bar", "histogram", "box", "pie", "area", "violin", "density_heatmap")
    },
}  # fmt: skip

# Functions whose arguments name columns of the frame whose method they stand in: `df.select(pl.col("…"))`.
EXPRESSIONS = frozenset({
    "polars.col", "polars.sum", "polars.mean", "polars.max", "polars.min", "polars.first", "polars.last",
    "polars.count", "polars.n_unique", "polars.median", "polars.std",
    *(f"pyspark.sql.functions.{n}" for n in ("col", "sum", "avg", "mean", "max", "min", "count", "countDistinct",
                                            "desc", "asc", "lower", "upper", "first", "last", "explode")),
})  # fmt: skip

READERS = frozenset({"pandas.read_csv", "pandas.read_table", "pandas.read_parquet", "polars.read_csv"})
READER_COLUMNS = frozenset({"usecols", "index_col", "parse_dates", "columns", "dtype"})
