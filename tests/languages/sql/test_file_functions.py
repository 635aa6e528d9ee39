"""Files in FROM and table functions over files: columns are those that DuckDB gives."""

from __future__ import annotations

from pathlib import Path

import pytest

from polycell.core.types import Table
from polycell.languages.sql.relations.file_functions import arguments_of
from polycell.languages.sql.syntax.dialects import dialect
from polycell.languages.sql.syntax.scan import scan
from tests.dsl import findings, load
from tests.languages.python.oracle import compare, ours

QUERIES = [
    "FROM 'a.csv'",
    'FROM "a.csv"',
    "FROM 'parts/*.csv'",
    "FROM 'hive/*/*.parquet'",
    "FROM 'l.jsonl'",
    "FROM read_csv('a.csv', header = true, delim = ',')",
    "FROM read_csv('a.csv', header = false)",
    "FROM read_csv('a.csv', columns = {'x': 'BIGINT', 'y': 'VARCHAR', 'z': 'DOUBLE'}, skip = 1)",
    "FROM read_csv('a.csv', names = ['x', 'y', 'z'])",
    "FROM read_csv('a.csv', all_varchar := true)",
    "FROM read_csv('a.csv', types = {'id': 'DOUBLE'})",
    "FROM read_csv_auto('a.csv', dtypes = {'id': 'DOUBLE'}, filename = true)",
    "FROM read_csv(['parts/one.csv', 'parts/two.csv'], union_by_name = true)",
    "FROM read_csv('s.txt', delim = ';', nullstr = ['', 'NA'])",
    "FROM read_parquet('hive/*/*.parquet', hive_partitioning = true)",
    "FROM read_parquet('hive/*/*.parquet', hive_partitioning = false, filename = true)",
    "FROM read_parquet('hive/**/*.parquet', hive_types = {'year': 'VARCHAR'})",
    "FROM read_json('l.jsonl', columns = {'a': 'INTEGER'})",
    "FROM read_json_auto('l.jsonl')",
    "FROM read_ndjson('l.jsonl')",
    "SELECT t.id + 1 AS n, t.* EXCLUDE (id) FROM read_csv('a.csv', header = true) AS t",
]
# What is no literal, or no option of DuckDB's, is not known.
OPEN = [
    "FROM read_csv('a.csv', skip = 1 + 1)",
    "FROM read_csv('a.csv', no_such_option = 1)",
    "FROM read_csv('a.csv'",
    "FROM read_csv('missing.csv')",
    "FROM read_csv('a.csv', delim = getvariable('d'))",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    duckdb = pytest.importorskip("duckdb")
    root = tmp_path_factory.mktemp("sql")
    text = "id,name,price\n1,a,1.5\n2,b,2.5\n"
    (root / "a.csv").write_text(text, encoding="utf-8")
    (root / "s.txt").write_text(text.replace(",", ";"), encoding="utf-8")
    (root / "l.jsonl").write_text('{"a": 1, "b": {"c": "x"}}\n', encoding="utf-8")
    (root / "parts").mkdir()
    (root / "parts" / "one.csv").write_text(text, encoding="utf-8")
    (root / "parts" / "two.csv").write_text("id,more\n1,x\n", encoding="utf-8")
    for year in (2023, 2024):
        (root / "hive" / f"year={year}").mkdir(parents=True)
        duckdb.sql("SELECT 1 AS v").write_parquet(str(root / "hive" / f"year={year}" / "x.parquet"))
    return root


def named(queries: list[str]) -> str:
    """One cell with the result of each query under a name of its own."""
    return "import duckdb\n" + "".join(f"r{i} = duckdb.sql({query!r})\n" for i, query in enumerate(queries))


def test_columns_are_those_of_duckdb(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    found = compare(named(QUERIES), folder)
    tables = {query: found[f"r{i}"] for i, query in enumerate(QUERIES)}
    assert not [q for q, t in tables.items() if not isinstance(t, Table) or t.open or not t.columns]


def test_what_is_not_known_is_open(folder: Path) -> None:
    found = ours(named(OPEN), folder)
    tables = {query: found[f"r{i}"] for i, query in enumerate(OPEN)}
    assert not [q for q, t in tables.items() if not isinstance(t, Table) or not t.open]


def test_a_missing_column_of_a_file_is_said_with_the_files_name(folder: Path) -> None:
    case = load("# %%\nimport duckdb\nduckdb.sql(\"SELECT prize FROM 'a.csv'\")", folder)
    assert [message for message in findings(case) if "`a.csv`" in str(message) and "`price`" in str(message)]


def test_arguments_are_literals() -> None:
    text = "FROM read_csv(['a', 'b'], x = -1.5, Y := {'k': [1, true], \"l\": 'v'}, z = [])"
    statement = scan(text, dialect("duckdb")).statements[0]
    call = next(i for i, t in enumerate(statement.tokens) if t.value == "(")
    assert arguments_of(statement, call) == (["a", "b"], {"x": -1.5, "y": {"k": [1, True], "l": "v"}, "z": []})
    for end in range(len(text)):
        cut = scan(text[:end], dialect("duckdb")).statements[0]
        for at, token in enumerate(cut.tokens):
            if token.value == "(":
                assert arguments_of(cut, at) is None
