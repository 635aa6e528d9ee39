"""Every reader by its name. Imported when a file is read, which many notebooks do not ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from polycell.core.types import Table
from polycell.tables.data_files import DataFiles
from polycell.tables.outputs import read_output
from polycell.tables.readers import (
    arrow_files,
    csv_files,
    duckdb_files,
    excel,
    geo_json,
    json_files,
    listing,
    polars_csv,
    spark_csv,
)

Options: TypeAlias = Mapping[str, Any]
Reader: TypeAlias = Callable[[DataFiles, Options], Table]

READERS: Mapping[str, Reader] = {
    "pandas.csv": csv_files.pandas,
    "polars.csv": polars_csv.read,
    "arrow.csv": csv_files.arrow,
    "spark.csv": spark_csv.read,
    "duckdb.csv": duckdb_files.csv,
    "pandas.parquet": arrow_files.pandas_parquet,
    "arrow.parquet": arrow_files.arrow_parquet,
    "polars.parquet": arrow_files.polars_parquet,
    "spark.parquet": arrow_files.spark_parquet,
    "duckdb.parquet": duckdb_files.parquet,
    "arrow.dataset": arrow_files.dataset,
    "pandas.orc": arrow_files.arrow_orc,
    "arrow.orc": arrow_files.arrow_orc,
    "spark.orc": arrow_files.spark_orc,
    "spark.folders": arrow_files.folders,
    "arrow.ipc": arrow_files.ipc,
    "arrow.feather": arrow_files.feather,
    "arrow.stream": arrow_files.stream,
    "polars.ipc": arrow_files.polars_ipc,
    "json.text": json_files.text,
    "pandas.json": json_files.pandas,
    "polars.json": json_files.polars_document,
    "polars.lines": json_files.polars_lines,
    "spark.json": json_files.spark,
    "duckdb.json": duckdb_files.json,
    "geopandas.json": geo_json.geopandas,
    "pandas.excel": excel.pandas,
    "excel.sheets": excel.sheets,
    "polars.excel": excel.polars,
    "files.names": listing.names,
    "notebook.output": lambda found, options: read_output(found.one(), found.label, options),
}
