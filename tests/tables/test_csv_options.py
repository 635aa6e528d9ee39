"""Options of CSV readers against pandas, polars and DuckDB."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tables.differential import FULL, agree, said, some
from tests.tables.test_csv_pandas import FILES

NUMBERS = {
    "thousands": 'id,n,d\n1,"1,234",x\n2,"5",y\n',
    "decimal comma": "id;p;q\n1;1,5;2\n2;2,25;3\n",
    "both": "id;p\n1;1.234,5\n2;12,0\n",
    "comment": "# a\nid,n # b\n# c\n1,2\n2,3#x\n",
    "comment between": "id,n\n#,\n1,2\n",
    "blank before": "\n\n  \nid,n\n1,2\n",
    "spaces": "id, n, s\n1, 2, x\n",
    "yes and no": "id,f\n1,yes\n2,no\n",
    "codes": "id,v\n1,-999\n2,5\n3,-999.0\n",
    "nulls": "id,v,w\n1,,x\n2,3,NA\n",
    "levels": "a,a,b\nx,y,x\n1,2,3\n",
    "levels of to_csv": ",a,a,b\n,x,y,x\nk,,,\n0,1,2,3\n1,4,5,6\n",
    "levels without index name": ",a,a\n,x,y\n0,1,2\n",
    "levels with blanks": "a,,b\nx,y,\n1,2,3\n",
    "levels twice": "a,a\nx,x\n1,2\n",
    "dates": "d,t,v\n2024-01-01,10:00,1\n2024-01-02,11:30,2\n",
    "dates and nothing": "d,v\n2024-01-01,1\n,2\n",
    "times": "t,v\n12:30:00,1\n",
    "floats of whole numbers": "a,b\n1.0,2\n2.0,\n",
    "odd numbers": "a,b,c\n+5,1_000,0012\n.5,1.,-\n",
}
PANDAS: list[dict[str, Any]] = [
    {"header": [0, 1]}, {"header": [0, 1], "index_col": 0}, {"header": [0, 1], "index_col": [0]},
    {"header": [0, 2]}, {"header": [0]}, {"header": [0, 1], "index_col": [0, 1]}, {"header": [0, 1], "nrows": 1},
    {"thousands": ","}, {"thousands": ".", "decimal": ",", "sep": ";"}, {"decimal": ",", "sep": ";"},
    {"comment": "#"}, {"comment": "#", "skiprows": 1}, {"comment": "#", "header": None, "names": ["p", "q"]},
    {"skiprows": 2}, {"skiprows": [0, 2]}, {"nrows": 0}, {"nrows": 1, "skiprows": 1}, {"skipinitialspace": True},
    {"skip_blank_lines": False}, {"na_values": [-999]}, {"na_values": ["-999", "x"]}, {"na_values": "yes"},
    {"na_values": {"v": [3]}}, {"keep_default_na": False}, {"na_filter": False},
    {"na_values": ["3"], "keep_default_na": False}, {"true_values": ["yes"], "false_values": ["no"]},
    {"dtype_backend": "numpy_nullable"}, {"dtype_backend": "pyarrow"}, {"engine": "pyarrow"}, {"engine": "python"},
    {"engine": "pyarrow", "dtype_backend": "pyarrow"}, {"engine": "c", "low_memory": False},
    {"parse_dates": ["d"]}, {"parse_dates": [0]}, {"parse_dates": ["d"], "index_col": "d"},
    {"usecols": ["v", "d"], "parse_dates": ["d"]}, {"usecols": [0, 2], "names": ["x", "y"], "header": 0},
    {"usecols": [2, 0], "names": ["x", "y"], "header": None}, {"usecols": [1], "names": ["x", "y", "z"], "header": 0},
    {"usecols": ["x"], "names": ["x", "y", "z"], "header": 0}, {"usecols": ["x"], "names": ["x", "y"]},
    {"dtype": {0: "str"}}, {"dtype": {"id": "Int64"}}, {"dtype": "string"}, {"encoding": "utf-8-sig"},
    {"encoding": "cp1252"}, {"encoding": "utf-16"}, {"compression": None}, {"skipfooter": 1, "engine": "python"},
    {"delimiter": ";"}, {"sep": None, "engine": "python"}, {"sep": ", "}, {"index_col": ["id"]},
    {"index_col": ["id", "n"]}, {"index_col": [1, 0]}, {"quoting": 3}, {"quotechar": "'"}, {"escapechar": "\\"},
]  # fmt: skip
POLARS: list[dict[str, Any]] = [
    {}, {"has_header": False}, {"has_header": False, "new_columns": ["x", "y"]},
    {"has_header": False, "new_columns": ["x", "y", "z"]}, {"new_columns": ["x", "y"]},
    {"new_columns": ["x", "y", "z"]}, {"columns": ["id"]}, {"columns": [1, 0]}, {"row_index_name": "i"},
    {"row_index_name": "i", "columns": ["id"]}, {"try_parse_dates": True}, {"infer_schema": False},
    {"infer_schema_length": 0}, {"infer_schema_length": 1}, {"infer_schema_length": None}, {"skip_rows": 1},
    {"skip_lines": 1}, {"skip_rows_after_header": 1}, {"comment_prefix": "#"}, {"null_values": "x"},
    {"null_values": ["yes", "-999"]}, {"null_values": {"v": "3"}}, {"decimal_comma": True, "separator": ";"},
    {"separator": ";"}, {"separator": "\t"}, {"n_rows": 1}, {"quote_char": None}, {"quote_char": "'"},
    {"truncate_ragged_lines": True}, {"encoding": "latin1"}, {"encoding": "utf8-lossy"}, {"ignore_errors": True},
    {"include_file_paths": "f"},
]  # fmt: skip
DUCKDB: list[dict[str, Any]] = [
    {}, {"header": True}, {"header": False}, {"delim": ";"}, {"all_varchar": True},
    {"names": ["x", "y"]}, {"skip": 1}, {"types": {"id": "DOUBLE"}}, {"columns": {"x": "BIGINT", "y": "VARCHAR"}},
    {"union_by_name": True}, {"nullstr": "x"}, {"normalize_names": True}, {"comment": "#"}, {"decimal_separator": ","},
]  # fmt: skip
TEXTS = {**FILES, **NUMBERS}


def written(folder: Path, options: dict[str, Any], every: int) -> list[str]:
    """Names of the files, now in the folder; without POLYCELL_FULL only every so many, others for other options."""
    texts = some(TEXTS.items(), every, options)
    for name, text in texts:
        (folder / f"{name}.csv").write_bytes(text.encode("utf-8"))
    return [f"{name}.csv" for name, _ in texts]


def pandas_agrees(folder: Path, name: str, options: dict[str, Any]) -> bool:
    import pandas as pd

    found = said(folder, name, "pandas.csv", **options)
    content = (folder / name).read_bytes()
    return agree(found, "pandas", lambda: pd.read_csv(folder / name, **options), (content, options))


def polars_agrees(folder: Path, name: str, options: dict[str, Any]) -> bool:
    import polars as pl

    found = said(folder, name, "polars.csv", **options)
    content = (folder / name).read_bytes()
    return agree(found, "polars", lambda: pl.read_csv(folder / name, **options), (content, options))


@pytest.mark.parametrize("options", PANDAS, ids=str)
def test_pandas(tmp_path: Path, options: dict[str, Any]) -> None:
    for name in written(tmp_path, options, 8):
        pandas_agrees(tmp_path, name, options)


@pytest.mark.parametrize("options", POLARS, ids=str)
def test_polars(tmp_path: Path, options: dict[str, Any]) -> None:
    for name in written(tmp_path, options, 8):
        polars_agrees(tmp_path, name, options)


@settings(max_examples=1500 if FULL else 30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet='ab1.,\n"; #-x', max_size=50), st.sampled_from(PANDAS), st.sampled_from(POLARS))
def test_any_text(tmp_path: Path, text: str, pandas: dict[str, Any], polars: dict[str, Any]) -> None:
    (tmp_path / "any.csv").write_bytes(text.encode("utf-8"))
    pandas_agrees(tmp_path, "any.csv", pandas)
    polars_agrees(tmp_path, "any.csv", polars)


@pytest.mark.parametrize("options", DUCKDB, ids=str)
def test_duckdb(tmp_path: Path, options: dict[str, Any]) -> None:
    duckdb = pytest.importorskip("duckdb")
    for name in written(tmp_path, options, 20):
        found = said(tmp_path, name, "duckdb.csv", **options)
        agree(found, "duckdb", lambda name=name: duckdb.read_csv(str(tmp_path / name), **options), name)
