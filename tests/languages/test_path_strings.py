"""Files and folders that a path in code may go on with, in Python, in magics and in SQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dsl import complete

ABOVE = """
import os
from os import path
from pathlib import Path
import pandas as pd
DATA = Path("data")
root = "data"
df = pd.DataFrame({"a": [1], "data/b": [2]})
# %%
"""
TOP, DATA, RAW = ["data/"], ["a b.csv", "raw/"], ["x.parquet"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("book")
    (made / "data" / "raw").mkdir(parents=True)
    (made / "data" / "a b.csv").touch()
    (made / "data" / "raw" / "x.parquet").touch()
    (made / ".hidden").touch()
    return made


def offered(code: str, folder: Path) -> list[str]:
    return [item.label for item in complete(f"{ABOVE}{code}", folder).items if item.kind in ("file", "folder")]


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ('pd.read_csv("<|>")', TOP), ('pd.read_csv("<|>', TOP), ('pd.read_csv("./<|>")', TOP),
        ('pd.read_csv("data/<|>")', DATA), ('pd.read_csv("data/a<|> b.csv")', DATA), ("open('data/raw/<|>')", RAW),
        ('pd.read_csv(f"{root}/<|>")', DATA), ('pd.read_csv(f"{root}/raw/<|>")', RAW),
        ('DATA / "<|>"', DATA), ('pd.read_csv(DATA / "raw" / "<|>")', RAW), ('Path("data") / "<|>"', DATA),
        ('os.path.join(root, "<|>")', DATA), ('path.join("data", "raw", "<|>")', RAW), ('os.path.join("<|>")', TOP),
        ('DATA.joinpath("<|>")', DATA), ('pd.read_csv(filepath_or_buffer="data/<|>")', DATA),
        ('x = "data/<|>"', DATA), ('files = ["data/<|>"]', DATA), ('pd.concat([pd.read_csv("data/<|>")])', DATA),
        ('df.to_csv("data/<|>")', DATA), ("os.listdir('<|>')", TOP), ('pd.read_csv(".<|>")', ["data/", ".hidden"]),
        ("%run ./<|>", TOP), ("!head -n 3 data/<|>", DATA), ("%cd data/<|>", DATA),
    ],
)  # fmt: skip
def test_names_that_may_follow(code: str, names: list[str], folder: Path) -> None:
    assert sorted(offered(code, folder)) == sorted(names)


@pytest.mark.parametrize(
    "code",
    [
        'pd.read_csv("../<|>")', 'pd.read_csv("s3://data/<|>")', 'pd.read_csv(f"{unknown}/<|>")',
        'DATA / unknown / "<|>"',
        'df["data/<|>"]', 'df.groupby("data/<|>")', 'pd.read_sql("<|>")', 'print("<|>")',
        'pd.read_csv("a.csv", sep="<|>")',
        'x = 3 / <|>', '", ".join("<|>")', 'os.chdir("x")\nopen("data/<|>")', '"""data/<|>"""', "!ls -<|>",
        "# data/<|>",
        'x["<|>"]', 'df.rename("<|>")',
    ],
)  # fmt: skip
def test_nothing_where_no_path_is_written_or_its_folder_is_not_known(code: str, folder: Path) -> None:
    assert offered(code, folder) == []


def test_the_name_is_replaced_as_far_as_the_next_slash(folder: Path) -> None:
    code = 'pd.read_csv("data/r<|>aw/x.parquet")'
    (item,) = [i for i in complete(f"{ABOVE}{code}", folder).items if i.label == "raw/"]
    plain = code.replace("<|>", "")
    assert (item.replace.of(plain), item.insert) == ("raw", "raw")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("select * from 'data/<|>'", DATA), ("select * from 'data/<|>", DATA),
        ("from read_parquet('data/raw/<|>')", RAW),
        ("from read_csv(['data/a b.csv', 'data/<|>'])", DATA), ("copy t to '<|>'", TOP), ("attach '<|>'", TOP),
        ("select * from t where a = 'data/<|>'", []), ('select * from "da<|>"', []), ("from 'data/*<|>'", []),
    ],
)  # fmt: skip
def test_in_sql(query: str, names: list[str], folder: Path) -> None:
    found = complete(f"# %% [sql]\n{query}", folder)
    assert sorted(i.label for i in found.items if i.kind in ("file", "folder")) == sorted(names)


def test_in_a_query_of_python(folder: Path) -> None:
    assert sorted(offered("import duckdb\nduckdb.sql(\"from 'data/<|>'\")", folder)) == sorted(DATA)


@pytest.mark.parametrize(
    ("spec", "names"),
    [
        ('{"data": {"url": "data/<|>"}}', DATA), ('{"data": {"url": "<|>"}}', TOP),
        ('{"data": {"url": "data/<|>', DATA),
        ("data: {url: data/<|>}", DATA),
        ("data:\n  url: data/<|>", DATA), ('{"title": "data/<|>"}', []),
        ('{"data": {"url": "https://host/data/<|>"}}', []), ('{"data": {"url": "data/a.csv", "name": "data/<|>"}}', []),
    ],
)  # fmt: skip
def test_in_a_chart(spec: str, names: list[str], folder: Path) -> None:
    found = complete(f"# %% [vega-lite]\n{spec}", folder)
    assert sorted(i.label for i in found.items if i.kind in ("file", "folder")) == sorted(names)
