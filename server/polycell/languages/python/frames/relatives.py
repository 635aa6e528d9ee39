"""Packages whose frames go by pandas' rules: Modin, cuDF, pandas on Spark, dask. `Table.library` says whose one is."""

from __future__ import annotations

from collections.abc import Mapping

from polycell.core.types import UNKNOWN, Table, Type
from polycell.core.values import replace
from polycell.languages.python.frames.columns import unknown_table
from polycell.languages.python.frames.registry import Call, function, method

# The module that stands for `pandas`, and what people call the package.
_MODULES: Mapping[str, str] = {
    "modin.pandas": "modin", "cudf": "cudf", "pyspark.pandas": "pyspark.pandas", "databricks.koalas": "koalas",
    "dask.dataframe": "dask",
}  # fmt: skip
CLASSES: Mapping[str, str] = {
    "modin": "modin.pandas.DataFrame", "cudf": "cudf.DataFrame", "pyspark.pandas": "pyspark.pandas.DataFrame",
    "koalas": "databricks.koalas.DataFrame", "dask": "dask.dataframe.DataFrame",
    "geopandas": "geopandas.GeoDataFrame",
}  # fmt: skip
# Functions of the same name that do something else, or take their arguments otherwise.
_OTHERS = frozenset({"read_table", "read_sql", "read_sql_query", "read_sql_table", "sql", "from_pandas", "from_dict"})


def relative(qualified: str) -> tuple[str, str]:
    """(pandas' name for a function of such a package, the package); the name itself and "" for any other."""
    for module, library in _MODULES.items():
        name = qualified.removeprefix(f"{module}.")
        if name != qualified and name not in _OTHERS:
            return f"pandas.{name}", library
    return qualified, ""


@function("modin.pandas.from_pandas cudf.from_pandas pyspark.pandas.from_pandas dask.dataframe.from_pandas"
          " databricks.koalas.from_pandas", "data **")  # fmt: skip
def from_pandas(call: Call) -> Type:
    given = call["data"]
    package = str(getattr(call.run.evaluate(call.node.func), "qualified", "")).rpartition(".")[0]
    if given is None or not isinstance(given.type, Table) or package not in _MODULES:
        return UNKNOWN
    return replace(given.type, library=_MODULES[package])


@method("pandas", "compute to_pandas", "**", leaves=True)
def fetched(call: Call) -> Type:
    """The same as a frame of pandas itself, which the result of a Snowflake cell is already as far as columns go."""
    return replace(call.table, library="")


@method("pandas", "persist repartition to_dask_dataframe", "*args **")
def kept(call: Call) -> Type:
    return call.table


@method("pandas", "to_spark", "index_col")
def to_spark(call: Call) -> Type:
    """Without the index, unless it is given a name."""
    if call["index_col"] is not None:
        return unknown_table("spark")
    return replace(call.table, flavour="spark", index=(), library="", case_sensitive=False)


@method("spark", "pandas_api to_pandas_on_spark to_koalas", "index_col")
def pandas_api(call: Call) -> Type:
    if call["index_col"] is not None:
        return replace(unknown_table("pandas"), library="pyspark.pandas")
    return replace(call.table, flavour="pandas", case_sensitive=True, library="pyspark.pandas")
