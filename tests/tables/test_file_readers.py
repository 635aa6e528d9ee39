"""Excel, ORC, Arrow, JSON, partitioned folders and patterns against the libraries that read them."""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from polycell.core.types import Table
from tests.tables.differential import agree, said, some
from tests.tables.test_csv_pandas import FILES

WHEN = datetime.datetime(2024, 1, 2, 3, 4)
SHEETS: dict[str, list[list[Any]]] = {
    "plain": [["id", "name", "price", "when", "ok"], [1, "a", 1.5, WHEN, True], [2, "b", 2, WHEN, False]],
    "title": [["Sales of 2024"], [], ["id", "v"], [1, 2], [2, None]],
    "blank names": [["id", None, "v", "v"], [1, 2, 3, "x"], [2, 3, None, "y"]],
    "numbers as names": [["id", 2023, 2024], [1, 2, 3]],
    "missing": [["a", "b", "c", "d"], [1, None, "NA", None], [2.5, True, "x", None]],
    "texts of numbers": [["a", "b"], ["1", "2.5"], ["2", ""]],
    "wider below": [["a", "b"], [1, 2], [1, 2, 3]],
    "empty": [],
    "header only": [["a", "b"]],
    "moved": [[None, None, None], [None, "a", "b"], [None, 1, 2]],
    "index": [[None, "a", "b"], [0, 1, 2], [1, 3, 4]],
    "mixed": [["a", "b"], [1, WHEN], ["x", None], [True, WHEN]],
}
PANDAS_EXCEL: list[dict[str, Any]] = [
    {}, {"header": 1}, {"header": 2}, {"header": None}, {"header": None, "names": ["x", "y"]}, {"names": ["x", "y"]},
    {"skiprows": 2}, {"skiprows": [0, 1]}, {"skiprows": 1, "header": 1}, {"usecols": "A:B"}, {"usecols": "A,C"},
    {"usecols": "b"}, {"usecols": [0, 1]}, {"usecols": ["a"]}, {"usecols": ["id", "price"]}, {"index_col": 0},
    {"index_col": "id"}, {"index_col": [0, 1]}, {"nrows": 1}, {"dtype": {"id": "str"}}, {"dtype": "str"},
    {"na_values": ["a"]}, {"skipfooter": 1}, {"usecols": "A:C", "index_col": 0}, {"header": [0, 1]},
    {"parse_dates": ["when"]}, {"keep_default_na": False}, {"converters": {"a": str}},
]  # fmt: skip


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in SHEETS.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path = tmp_path_factory.mktemp("excel") / "book.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize("options", PANDAS_EXCEL, ids=str)
def test_pandas_reads_sheets(workbook: Path, options: dict[str, Any]) -> None:
    import pandas as pd

    for sheet in some([*SHEETS, 0], 5, options):
        given = {"sheet_name": sheet, **options}
        # Of a function only the column that it is for is known.
        ours = {**given, "converters": {"a": ""}} if "converters" in given else given
        found = said(workbook.parent, workbook.name, "pandas.excel", **ours)
        agree(found, "pandas", lambda real=given: pd.read_excel(workbook, **real), given)


def test_polars_reads_sheets(workbook: Path) -> None:
    pl = pytest.importorskip("polars")
    told = 0
    for sheet in SHEETS:
        found = said(workbook.parent, workbook.name, "polars.excel", sheet_name=sheet)
        told += agree(
            found, "polars", lambda sheet=sheet: pl.read_excel(workbook, sheet_name=sheet, engine="openpyxl"), sheet
        )
    assert told >= 2


def test_sheets_are_named(workbook: Path) -> None:
    assert [c.name for c in said(workbook.parent, workbook.name, "excel.sheets").columns] == list(SHEETS)


# -- columnar files and folders

FOLDERS = {
    "one key": ["year=2023/a.parquet", "year=2024/b.parquet"],
    "kinds": [
        "n=1/region=eu/day=2024-01-01/f=1.5/a.parquet",
        "n=2/region=us/day=2024-01-02/f=2.5/b.parquet",
    ],
    "words and numbers": ["k=1/a.parquet", "k=x/b.parquet"],
    "nulls": ["k=__HIVE_DEFAULT_PARTITION__/a.parquet", "k=7/b.parquet"],
    "quoted": ["k=a%20b/a.parquet", "k=c/b.parquet"],
    "long numbers": ["k=123456789012/a.parquet"],
    "zeros": ["k=007/a.parquet", "k=008/b.parquet"],
    "truth": ["k=true/a.parquet", "k=false/b.parquet"],
    "no keys": ["a.parquet", "sub/b.parquet"],
    "hidden": ["k=1/a.parquet", "k=1/_SUCCESS", "_log/x.parquet"],
    "the same name": ["v=1/a.parquet"],
}


def folders(root: Path) -> list[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"v": [1.5], "s": ["x"], "t": pa.array([WHEN], pa.timestamp("us"))})
    for name, files in FOLDERS.items():
        for file in files:
            path = root / name / file
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.suffix:
                pq.write_table(table, path)
            else:
                path.touch()
    return list(FOLDERS)


def test_pandas_and_pyarrow_read_folders(tmp_path: Path) -> None:
    import pandas as pd
    import pyarrow.dataset as ds
    import pyarrow.parquet as pq

    told = 0
    for name in folders(tmp_path):
        path = tmp_path / name
        for options in ({}, {"columns": ["v"]}, {"partitioning": None}):
            found = said(tmp_path, name, "pandas.parquet", **options)
            told += agree(found, "pandas", lambda p=path, o=options: pd.read_parquet(p, **o), name)
            found = said(tmp_path, name, "arrow.parquet", **options)
            agree(found, "arrow", lambda p=path, o=options: pq.read_table(p, **o), name)
        for options in ({"partitioning": "hive"}, {}):
            found = said(tmp_path, name, "arrow.dataset", **options)
            told += agree(found, "arrow", lambda p=path, o=options: ds.dataset(p, **o).to_table(), name)
    assert told > 30


def test_polars_reads_folders_and_patterns(tmp_path: Path) -> None:
    pl = pytest.importorskip("polars")
    told = 0
    for name in folders(tmp_path):
        for path in (name, f"{name}/**/*.parquet", f"{name}/*/*.parquet", f"{name}/{FOLDERS[name][0]}"):
            for options in ({}, {"hive_partitioning": True}, {"hive_partitioning": False},
                            {"try_parse_hive_dates": False, "hive_partitioning": True},
                            {"row_index_name": "i", "include_file_paths": "f"}):  # fmt: skip
                found = said(tmp_path, path, "polars.parquet", **options)
                real = lambda p=path, o=options: pl.scan_parquet(tmp_path / p, **o)  # noqa: E731
                told += agree(found, "polars-lazy", real, (path, options))
    assert told > 80


def test_duckdb_reads_folders_and_patterns(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    told = 0
    given: list[dict[str, Any]] = [{"hive_partitioning": True}, {}, {"filename": True, "union_by_name": True}]
    for name in folders(tmp_path):
        for path in some((f"{name}/**/*.parquet", f"{name}/*/*.parquet", f"{name}/{FOLDERS[name][0]}"), 3, name):
            for options in some(given, 3, path):
                found = said(tmp_path, path, "duckdb.parquet", **{"hive_partitioning": False, **options})
                real = lambda p=path, o=options: duckdb.read_parquet(str(tmp_path / p), **o)  # noqa: E731
                told += agree(found, "duckdb", real, (path, options))
    assert told > 4


def test_orc_feather_and_streams(tmp_path: Path) -> None:
    import pandas as pd
    import pyarrow as pa
    from pyarrow import feather, orc

    table = pa.table({"a": [1], "b": ["x"], "c": [1.5], "d": pa.array([WHEN], pa.timestamp("us"))})
    orc.write_table(table, tmp_path / "t.orc")
    feather.write_feather(table, tmp_path / "t.feather")
    with pa.OSFile(str(tmp_path / "t.arrows"), "wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table)
    frame = pd.DataFrame({"k": ["x"], "v": [1]}).set_index("k")
    frame.to_parquet(tmp_path / "indexed.parquet")
    pl = pytest.importorskip("polars")
    for options in ({}, {"columns": ["b", "a"]}):
        for name, reader, flavour, real in (
            ("t.orc", "pandas.orc", "pandas", pd.read_orc),
            ("t.orc", "arrow.orc", "arrow", orc.read_table),
            ("t.feather", "arrow.ipc", "pandas", pd.read_feather),
            ("t.feather", "arrow.feather", "arrow", feather.read_table),
            ("t.feather", "polars.ipc", "polars", pl.read_ipc),
            ("t.arrows", "arrow.stream", "polars", pl.read_ipc_stream),
        ):
            found = said(tmp_path, name, reader, **options)
            assert agree(found, flavour, lambda n=name, r=real, o=options: r(tmp_path / n, **o), (name, options))
    for options in ({}, {"columns": ["v"]}, {"columns": ["k", "v"]}):
        found = said(tmp_path, "indexed.parquet", "pandas.parquet", **options)
        agree(found, "pandas", lambda o=options: pd.read_parquet(tmp_path / "indexed.parquet", **o), options)


# -- JSON

DOCUMENTS = {
    "records": json.dumps([{"a": 1, "b": "x", "c": None}, {"a": 2, "b": "2024-01-01", "d": 1.5}]),
    "columns": json.dumps({"a": {"0": 1, "1": 2}, "b": {"0": "x", "1": "y"}}),
    "lists": json.dumps({"a": [1, 2], "b": ["x", "y"]}),
    "rows": json.dumps({"r1": {"a": 1, "b": 2}, "r2": {"a": 3, "b": 4}}),
    "split": json.dumps({"columns": ["a", "b"], "index": [0], "data": [[1, 2]]}),
    "numbers": json.dumps([{"1": 1, "2": 2}]),
    "dates by name": json.dumps([{"created_at": 1700000000, "timestamp": 1700000000, "v": 1}]),
    "nested": json.dumps([{"a": {"b": 1}, "c": [1, 2]}]),
    "scalar": "5",
    "broken": '[{"a": 1}',
}
LINES = {
    "lines": '{"a": 1, "b": "x"}\n{"a": 2, "c": true}\n',
    "more keys later": '{"a": 1}\n' * 150 + '{"b": 2}\n',
    "blank lines": '\n{"a": 1.5}\n\n{"a": 2}\n',
    "nested lines": '{"a": {"b": 1}, "z": [1]}\n',
    "numbers and nothing": '{"n": 1, "m": null}\n{"n": null, "m": 2}\n',
    "no objects": "1\n2\n",
}


def test_pandas_reads_json(tmp_path: Path) -> None:
    import pandas as pd

    told = 0
    for name, text in {**DOCUMENTS, **LINES}.items():
        (tmp_path / f"{name}.json").write_text(text, encoding="utf-8")
        for options in ({}, {"lines": True}, {"orient": "records"}, {"orient": "columns"}, {"orient": "index"},
                        {"orient": "split"}, {"lines": True, "nrows": 1}, {"dtype": False}):  # fmt: skip
            found = said(tmp_path, f"{name}.json", "pandas.json", **options)
            real = lambda n=name, o=options: pd.read_json(tmp_path / f"{n}.json", **o)  # noqa: E731
            told += agree(found, "pandas", real, (name, options))
    assert told > 15


def test_polars_and_duckdb_read_json(tmp_path: Path) -> None:
    pl, duckdb = pytest.importorskip("polars"), pytest.importorskip("duckdb")
    told = 0
    for name, text in {**DOCUMENTS, **LINES}.items():
        path = tmp_path / f"{name}.json"
        path.write_text(text, encoding="utf-8")
        for options in ({}, {"infer_schema_length": 1}, {"infer_schema_length": None}):
            found = said(tmp_path, path.name, "polars.lines", **options)
            told += agree(found, "polars", lambda p=path, o=options: pl.read_ndjson(p, **o), (name, options))
            found = said(tmp_path, path.name, "polars.json", **options)
            told += agree(found, "polars", lambda p=path, o=options: pl.read_json(p, **o), (name, options))
    for name in some({**DOCUMENTS, **LINES}, 4):
        found = said(tmp_path, f"{name}.json", "duckdb.json")
        told += agree(found, "duckdb", lambda n=name: duckdb.read_json(str(tmp_path / f"{n}.json")), name)
    assert told > 10


def test_without_duckdb_only_what_no_sniffer_could_doubt_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    (tmp_path / "sure.csv").write_text("id,name\n1,a\n", encoding="utf-8")
    (tmp_path / "doubtful.csv").write_text("id,name\nx,a\n", encoding="utf-8")
    (tmp_path / "r.json").write_text('[{"a": 1}]', encoding="utf-8")
    assert not said(tmp_path, "sure.csv", "duckdb.csv").open
    assert said(tmp_path, "doubtful.csv", "duckdb.csv").open
    assert said(tmp_path, "sure.csv", "duckdb.csv", skip=1) == Table(open=True)
    found = said(tmp_path, "r.json", "duckdb.json")
    assert [c.name for c in found.columns] == ["a"]
    assert found.open


def test_pyarrow_reads_csv(tmp_path: Path) -> None:
    from pyarrow import csv

    told = 0
    for name, text in FILES.items():
        (tmp_path / f"{name}.csv").write_bytes(text.encode("utf-8"))
        found = said(tmp_path, f"{name}.csv", "arrow.csv")
        told += agree(found, "arrow", lambda n=name: csv.read_csv(tmp_path / f"{n}.csv"), name)
    assert told > 10
