"""The columns of CSV files against what pandas and polars read."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from polycell.core.types import Table
from polycell.tables.data_files import UnreadableError
from polycell.tables.files import FileRequest, FileSources
from polycell.tables.readers.pandas_csv import pandas_table
from polycell.tables.readers.text import Head
from tests.languages.python.oracle import problems_of
from tests.shared import examples

PLAIN = "id,name,price,when\n1,a,1.5,2024-01-01\n2,b,2,2024-01-02\n"

FILES = {
    "plain": PLAIN,
    "bom": "\ufeff" + PLAIN,
    "crlf": PLAIN.replace("\n", "\r\n"),
    "blank lines": "\n\nid,name\n\n1,a\n",
    "implicit index": "a,b\n1,2,3\n4,5,6\n",
    "duplicates": "a,a,b,a\n1,2,3,4\n",
    "duplicates that clash": "a,a.1,a\n1,2,3\n",
    "blank names": "a,,b,\n1,2,3,4\n",
    "first blank": ",a,b\n0,1,2\n",
    "quoted": '"a b","c,d","e""f"\n1,"x\ny",3\n',
    "spaces": "a, b ,c\n1, 2 ,3\n",
    "missing": "a,b,c\n1,,x\n2,3,\n",
    "booleans": "a,b\nTrue,False\nFalse,\n",
    "mixed": "a\n1\nx\n",
    "empty": "",
    "header only": "a,b\n",
    "one column": "a\n1\n",
    "big numbers": "a,b\n123456789012345678901,1e5\n1,2\n",
    "words of numbers": "a,b,c\ninf,nan,NA\n1,2,3\n",
    "semicolons": "a;b\n1;2\n",
    "tabs": "a\tb\n1\t2\n",
    "white space": "a   b\n1 2\n",
    "ragged": "a,b,c\n1\n2,3\n",
    "trailing": "a,b\n1,2,\n3,4,\n",
    "unicode": "größe,名\n1,2\n",
    "title": "# a title\na,b\n1,2\n",
}
OPTIONS = [
    {}, {"sep": ";"}, {"sep": "\t"}, {"sep": r"\s+"}, {"index_col": 0}, {"index_col": "id"}, {"index_col": False},
    {"usecols": ["name", "id"]}, {"usecols": [0]}, {"header": None}, {"header": None, "names": ["x", "y", "z", "w"]},
    {"names": ["x", "y", "z", "w"]}, {"header": 0, "names": ["x", "y", "z", "w"]}, {"header": 1}, {"skiprows": 1},
    {"skiprows": [1]}, {"dtype": {"id": "str"}}, {"dtype": str}, {"dtype": "float64"}, {"parse_dates": ["when"]},
    {"parse_dates": [3]}, {"parse_dates": True, "index_col": 0}, {"index_col": [0, 1]}, {"nrows": 1},
    {"na_values": ["a"]}, {"index_col": -1}, {"skipinitialspace": True}, {"thousands": ","}, {"comment": "#"},
    {"encoding": "latin-1"},
    {"usecols": ["id", "price"], "index_col": "id"}, {"usecols": [1, 2], "index_col": 0},
    {"dtype": {"name": "category"}}, {"skiprows": 1, "names": ["x", "y"]}, {"on_bad_lines": "skip"},
    {"names": ["x", "y"]}, {"names": ["x"]},
]  # fmt: skip


def check(path: Path, options: dict) -> Table | None:  # type: ignore[type-arg]
    import pandas as pd

    try:
        real = pd.read_csv(path, **options)
    except Exception:
        return None  # nothing that we say of a file that cannot be read is wrong
    given_options = {**options, **({"dtype": "str"} if options.get("dtype") is str else {})}
    said = FileSources([path.parent]).read(FileRequest.of(path.name, "", "pandas.csv", given_options))
    assert said is not None
    if said.open and not said.columns:
        return said
    problems = problems_of(said.with_flavour("pandas"), real)
    assert not problems, (path.read_bytes(), options, problems)
    return said


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_names_and_types_are_those_of_pandas(tmp_path: Path, options: dict) -> None:  # type: ignore[type-arg]
    closed = 0
    for name, text in FILES.items():
        path = tmp_path / f"{name}.csv"
        path.write_bytes(text.encode("utf-8"))
        said = check(path, options)
        closed += said is not None and not said.open
    if not options:
        assert closed > len(FILES) // 2


@settings(max_examples=examples(300), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet='ab1.,\n"; \tx\r-é', max_size=60), st.sampled_from(OPTIONS))
def test_any_text(tmp_path: Path, text: str, options: dict) -> None:  # type: ignore[type-arg]
    path = tmp_path / "any.csv"
    path.write_bytes(text.encode("utf-8"))
    check(path, options)


def test_a_compressed_file_and_a_long_one(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(PLAIN.encode()))
    said = check(path, {})
    assert said is not None
    assert not said.open
    long = tmp_path / "long.csv"
    long.write_text("a,b\n" + "1,x\n" * 50_000 + "z,x\n", encoding="utf-8")
    head = FileSources([tmp_path]).read(FileRequest("long.csv"))
    assert head is not None
    assert [c.name for c in head.columns] == ["a", "b"]
    assert head.column("a").type_certainty < head.column("b").type_certainty  # type: ignore[union-attr]


def test_an_option_that_nobody_knows_makes_it_open() -> None:
    with pytest.raises(UnreadableError, match="frobnicate"):
        pandas_table(Head(PLAIN, True), {"frobnicate": 1})
