"""Calls that read files, run by the libraries beside what we say of them."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from polycell.core.types import Record, Table
from tests.languages.python.oracle import compare, ours

CSV = "id,name,price,when\n1,a,1.5,2024-01-01\n2,b,2,2024-01-02\n"
PRELUDE = "import pandas as pd, polars as pl, duckdb, numpy as np, pyarrow.parquet as pq, pyarrow.dataset as ds\n"

# Each gives a frame of which all columns are known.
CLOSED = [
    "pd.read_csv('a.csv', usecols=['id', 'when'], parse_dates=['when'], index_col=None)",
    "pd.read_csv('a.csv', converters={'name': str.upper}, dtype={'id': np.int32})",
    "pd.read_csv('a.csv', sep=',', header=0, names=['p', 'q', 'r', 's'])",
    "pd.read_csv('z.csv.gz', compression='gzip', nrows=1)",
    "pd.read_csv('z.zip')",
    "pd.read_table('a.csv', sep=',')",
    "pd.read_table('t.tsv')",
    "pd.read_fwf('f.txt', widths=[3, 4], names=['u', 'v'])",
    "pd.read_excel('b.xlsx')",
    "pd.read_excel('b.xlsx', sheet_name='two', usecols='B:C', dtype={'y': str})",
    "pd.read_excel('b.xlsx', 'two', skiprows=0, nrows=1)",
    "pd.ExcelFile('b.xlsx').parse('two')",
    "pd.read_excel(pd.ExcelFile('b.xlsx'), sheet_name='two', usecols='B:C')",
    "pd.ExcelFile('b.xlsx').parse(pd.ExcelFile('b.xlsx').sheet_names[1])",
    "pd.read_parquet('p.parquet', columns=['b'])",
    "pd.read_parquet('hive')",
    "pd.read_orc('o.orc')",
    "pd.read_feather('f.feather')",
    "pd.read_json('l.jsonl', lines=True)",
    "pd.read_json('r.json', orient='records')",
    "pd.read_sql('SELECT id, name FROM t', sqlite3.connect('s.db'))",
    "pd.read_sql_query('SELECT * FROM t', sqlite3.connect('s.db'))",
    "pd.read_sql('SELECT id, name FROM t', sqlite3.connect('s.db'), index_col='id')",
    "duckdb.connect('d.duckdb', read_only=True).table('d').df()",
    "pd.read_sql('SELECT * FROM d', duckdb.connect('d.duckdb', read_only=True))",
    "pl.read_csv('a.csv', columns=['id', 'price'], row_index_name='n')",
    "pl.read_csv('a.csv', schema_overrides={'id': pl.Float64}, try_parse_dates=True)",
    "pl.read_csv('a.csv', has_header=False, new_columns=['a', 'b', 'c', 'd'])",
    "pl.scan_csv('a.csv', schema={'id': pl.Int64, 'name': pl.String, 'price': pl.Float64, 'when': pl.String})",
    "pl.scan_csv('parts/*.csv').with_row_index('n')",
    "pl.read_parquet(['p.parquet', 'p.parquet'])",
    "pl.scan_parquet('hive/**/*.parquet', hive_partitioning=True)",
    "pl.scan_parquet('hive')",
    "pl.read_ipc('f.feather')",
    "pl.read_ndjson('l.jsonl')",
    "pl.read_json('r.json')",
    "pl.read_excel('b.xlsx', sheet_name='two', engine='openpyxl', schema_overrides={'x': pl.Int64})",
    "pq.read_table('p.parquet', columns=['b', 'a'])",
    "pq.read_table('hive')",
    "ds.dataset('hive', partitioning='hive').to_table()",
    "ds.dataset('p.parquet').to_table(columns=['a'])",
    "duckdb.read_csv('a.csv', all_varchar=True)",
    "duckdb.read_csv('a.csv', dtype={'id': 'DOUBLE'}, header=True, sep=',')",
    "duckdb.read_csv(['parts/one.csv', 'parts/two.csv'])",
    "duckdb.read_parquet('hive/*/*.parquet', hive_partitioning=True)",
    "duckdb.read_parquet('hive/*/*.parquet')",
    "duckdb.connect().read_json('l.jsonl')",
    "duckdb.from_csv_auto('a.csv')",
]
# The data, or versions, decide.
OPEN = [
    "pd.read_csv('a.csv', header=None)",
    "pd.read_csv('a.csv', usecols=lambda c: c != 'id')",
    "pd.read_excel('old.xls')",
    "pd.read_csv('parts/*.csv')",
    "pl.read_csv('a.csv', has_header=False)",
    "pd.read_csv('missing.csv')",
    "pd.read_fwf('f.txt')",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import duckdb
    import openpyxl
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyarrow import feather, orc

    root = tmp_path_factory.mktemp("data")
    (root / "a.csv").write_text(CSV, encoding="utf-8")
    (root / "t.tsv").write_text(CSV.replace(",", "\t"), encoding="utf-8")
    (root / "f.txt").write_text("1  2.5 \n20 3.5 \n", encoding="utf-8")
    (root / "l.jsonl").write_text('{"a": 1, "b": true}\n{"a": 2, "b": false}\n', encoding="utf-8")
    (root / "r.json").write_text('[{"a": 1, "b": 1.5}]', encoding="utf-8")
    (root / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0")
    (root / "parts").mkdir()
    (root / "parts" / "one.csv").write_text(CSV, encoding="utf-8")
    (root / "parts" / "two.csv").write_text(CSV, encoding="utf-8")
    frame = pd.read_csv(root / "a.csv")
    frame.to_csv(root / "z.csv.gz", index=False)
    frame.to_csv(root / "z.zip", index=False)
    book = openpyxl.Workbook()
    book.active.title = "one"
    book.active.append(["u", "v"])
    book.active.append([1, "x"])
    two = book.create_sheet("two")
    for row in (["x", "y", "z"], [1, 2.5, "s"], [2, 3.5, "t"]):
        two.append(row)
    book.save(root / "b.xlsx")
    table = pa.table({"a": [1], "b": ["x"]})
    pq.write_table(table, root / "p.parquet")
    orc.write_table(table, root / "o.orc")
    feather.write_feather(table, root / "f.feather")
    for year in (2023, 2024):
        (root / "hive" / f"year={year}").mkdir(parents=True)
        pq.write_table(table, root / "hive" / f"year={year}" / "x.parquet")
    with sqlite3.connect(root / "s.db") as database:
        database.execute("CREATE TABLE t (id INTEGER, name TEXT)")
        database.execute("INSERT INTO t VALUES (1, 'a')")
    database.close()
    with duckdb.connect(str(root / "d.duckdb")) as made:
        made.execute("CREATE TABLE d AS SELECT 1::BIGINT AS k, 'x' AS w")
    return root


def named(calls: list[str]) -> str:
    """One cell with the result of each call under a name of its own."""
    return "\n".join(f"df{i} = {code}" for i, code in enumerate(calls))


def test_all_columns_are_known(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    found = compare(f"import sqlite3\n{PRELUDE}{named(CLOSED)}\n", folder)
    tables = {code: found[f"df{i}"] for i, code in enumerate(CLOSED)}
    assert not [code for code, t in tables.items() if not isinstance(t, Table) or t.open or not t.columns]


def test_what_is_not_known_is_open(folder: Path) -> None:
    found = ours(f"{PRELUDE}{named(OPEN)}\n", folder)
    tables = {code: found[f"df{i}"] for i, code in enumerate(OPEN)}
    assert not [code for code, t in tables.items() if not isinstance(t, Table) or not t.open or t.columns]


def test_whether_a_file_gets_a_column_of_its_name_depends_on_the_version(folder: Path) -> None:
    found = ours(f"{PRELUDE}df = duckdb.read_csv('a.csv', filename=True)\n", folder)["df"]
    assert isinstance(found, Table)
    assert found.open
    assert [c.name for c in found.columns] == ["id", "name", "price", "when"]


def test_all_sheets_are_a_dictionary(folder: Path) -> None:
    found = ours(f"{PRELUDE}sheets = pd.read_excel('b.xlsx', sheet_name=None)\n", folder)["sheets"]
    assert isinstance(found, Record)
    assert [name for name, _ in found.fields] == ["one", "two"]
    sheet = compare(f"{PRELUDE}df = pd.read_excel({str(folder / 'b.xlsx')!r}, sheet_name=['one'])['one']\n", folder)[
        "df"
    ]
    assert isinstance(sheet, Table)
    assert [c.name for c in sheet.columns] == ["u", "v"]


SPARK = [
    "spark.read.csv('a.csv')",
    "spark.read.csv('a.csv', header=True)",
    "spark.read.option('header', True).option('inferSchema', 'true').csv('a.csv')",
    "spark.read.options(header='true', sep=',').csv('a.csv')",
    "spark.read.format('csv').option('HEADER', 'TRUE').load('a.csv')",
    "spark.read.load('a.csv', format='csv', sep=',', header='true', inferSchema='true')",
    "spark.read.schema('x INT, y STRING, z DOUBLE, w DATE').csv('a.csv')",
    "spark.read.schema('a BIGINT, b STRING').parquet('hive')",
    "spark.read.parquet('hive')",
    "spark.read.load('p.parquet')",
    "spark.read.orc('o.orc')",
    "spark.read.json('l.jsonl')",
    "spark.read.json('r.json', multiLine=True)",
    "spark.read.text('f.txt')",
    "spark.read.option('header', True).csv('parts')",
    "spark.read.option('header', True).csv('d.csv')",
    "spark.read.option('header', True).option('delimiter', '\\t').csv('t.tsv')",
]


def test_spark_readers_are_told_things_in_a_row(folder: Path) -> None:
    (folder / "d.csv").write_text("a,,A,b\n1,2,3,4\n", encoding="utf-8")
    session = "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n"
    found = ours(f"{session}{named(SPARK)}\n", folder)
    tables = {code: found[f"df{i}"] for i, code in enumerate(SPARK)}
    assert not [code for code, t in tables.items() if not isinstance(t, Table) or not t.columns]


def test_spark_has_types_of_its_own_for_what_files_hold(folder: Path) -> None:
    """As Spark 4.3 reads them. Of a sample of rows the types are not known."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = {"s": pa.array(["x"], pa.large_string()), "u": pa.array([1], pa.uint8()), "l": pa.array([["x"]])}
    pq.write_table(pa.table(columns), folder / "own.parquet")
    session = "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n"
    whole = "df = spark.read.parquet('own.parquet')"
    some = "of = spark.read.csv('a.csv', header=True, inferSchema=True, samplingRatio=0.5)"
    found = ours(f"{session}{whole}\n{some}\n", folder)
    assert isinstance(found["df"], Table)
    assert [(c.name, str(c.type)) for c in found["df"].columns] == [
        ("s", "string"),
        ("u", "int16"),
        ("l", "list<item: string>"),
    ]
    assert isinstance(found["of"], Table)
    assert {c.type for c in found["of"].columns} == {None}


@pytest.mark.skipif(not os.environ.get("POLYCELL_FULL"), reason="POLYCELL_FULL=1 starts Spark")
def test_spark_agrees(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyspark")
    (folder / "d.csv").write_text("a,,A,b\n1,2,3,4\n", encoding="utf-8")
    monkeypatch.chdir(folder)
    told = "r = spark.read\nr.option('header', True)\ndf = r.csv('a.csv')"
    session = "spark = SparkSession.builder.master('local[1]').getOrCreate()"
    said = compare(f"from pyspark.sql import SparkSession\n{session}\n{named(SPARK)}\n{told}\n", folder)
    assert all(isinstance(said[f"df{i}"], Table) and said[f"df{i}"].columns for i in range(len(SPARK)))  # type: ignore[union-attr]
    assert [c.name for c in said["df"].columns] == ["id", "name", "price", "when"]  # type: ignore[union-attr]
