"""What a reader's call says of a file that cannot be read, held against what pandas makes of one that can."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from polycell.core.types import Table
from tests.dsl import check_findings, labels, load


def table(code: str) -> Table:
    case = load(f"import pandas as pd\nimport polars as pl\nx = {code}")
    case.snapshot.analysis.settle()
    [found] = [binding.type for binding in case.snapshot.analysis.exports(0).bindings if binding.name == "x"]
    assert isinstance(found, Table)
    return found


@pytest.mark.parametrize(
    "options",
    [
        'names=["p", "q", "r"]',
        'names=["p", "q"]',  # the first field is the index then
        'names=["p", "q", "r", "s"]',
        'header=None, names=["p", "q", "r"]',
        'names=["p", "q", "r"], header=0',
        'names=["p", "q", "r"], usecols=["r", "p"]',
        'names=["p", "q"], usecols=[0, 2]',
        'names=["p", "q", "r"], index_col="q"',
        'names=["p", "q", "r"], index_col=[0, 1]',
        'names=["p", "q", "r"], index_col=False, dtype={"q": str}',
    ],
)
@pytest.mark.parametrize("path", ['"https://example.org/x.data"', '"nowhere.csv"', "nobody_knows"])
def test_names_are_all_there_are(options: str, path: str, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("1,2,3\n4,5,6\n", encoding="utf-8")
    real = eval(f"pd.read_csv({str(tmp_path / 'x.csv')!r}, {options})", {"pd": pd})
    found = table(f"pd.read_csv({path}, {options})")
    assert not found.open
    assert [c.name for c in found.columns] == list(real.columns)
    assert found.flavour == "pandas"
    if "index_col" in options:
        assert [c.name for c in found.index] == [n for n in real.index.names if n is not None]


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ('pd.read_csv("nowhere.csv", usecols=["b", "a"])', ["b", "a"]),
        ('pd.read_csv("nowhere.csv", usecols=["b", "a"], index_col="a")', ["b"]),
        ('pd.read_csv("nowhere.csv", parse_dates=["d"], dtype={"a": int}, index_col="i")', ["d", "a"]),
        ('pd.read_csv("nowhere.csv", names=["a", "b"], usecols=[1])', []),
        ('pd.read_csv("nowhere.csv", usecols=lambda c: c != "a")', []),
        ('pd.read_excel("nowhere.xlsx", usecols="A:C")', []),
        ('pd.read_excel("nowhere.xlsx", usecols=["a"])', ["a"]),
        ('pd.read_parquet("s3://x/y.parquet", columns=["a"])', ["a"]),
        ('pl.read_parquet("s3://x/y.parquet", columns=["a"])', ["a"]),
        ('pl.read_csv("nowhere.csv", new_columns=["a"])', ["a"]),
    ],
)
def test_other_options_say_some(code: str, names: list[str]) -> None:
    found = table(code)
    assert found.open
    assert [c.name for c in found.columns] == names


def test_a_misspelt_name_is_found() -> None:
    check_findings("""
        import pandas as pd
        iris = pd.read_csv("https://example.org/iris.data", header=None, names=["petal", "sepal"])
        iris["petl"]
             ^^^^^^ unknown-column: `petl` is not a column of `iris`. Did you mean `petal`?
    """)


def test_a_file_that_can_be_read_says_more(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b,c\n1,2,3\n", encoding="utf-8")
    code = 'import pandas as pd\npd.read_csv("x.csv", usecols=["c", "a"])["<|>"]'
    assert labels(code, tmp_path) == ["a", "c"]
