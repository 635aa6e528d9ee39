"""Words that arguments take: offered where they go, and known to the library that they are for."""

from __future__ import annotations

import pandas as pd
import pytest

from polycell.languages.python.argument_words import FUNCTIONS, METHODS, WORDS
from tests.dsl import labels

FRAME = """
import pandas as pd
import pyspark.sql.functions as F
df = pd.DataFrame({"a": [1], "b": ["x"], "t": pd.to_datetime(["2024-01-01"])})
from pyspark.sql import SparkSession
s = SparkSession.builder.getOrCreate().table("t")
# %%
"""


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ('df.groupby("a").agg("<|>")', "aggregation"), ('df.groupby("a").agg(["sum", "<|>"])', "aggregation"),
        ('df.groupby("a").agg({"b": "<|>', "aggregation"), ('df.agg({"b": ["<|>"]})', "aggregation"),
        ('df.groupby("a").agg(n=("b", "<|>"))', "aggregation"), ('df.groupby("a").b.agg("<|>")', "aggregation"),
        ('df.groupby("a")["b"].transform("<|>")', "transformation"),
        ('df.pivot_table(index="a", aggfunc="<|>")', "aggregation"),
        ('df.plot(kind="<|>")', "plot"), ('df["a"].astype("<|>")', "type"), ('df.astype({"a": "<|>"})', "type"),
        ('df.set_index("t").resample("<|>")', "frequency"),
        ('pd.date_range("2024", periods=2, freq="<|>")', "frequency"),
        ('s.join(s, "a", how="<|>")', "join"), ('s.write.mode("<|>")', "save"), ('F.date_trunc("<|>", "t")', "unit"),
    ],
)  # fmt: skip
def test_offered(code: str, words: str) -> None:
    assert labels(f"{FRAME}{code}") == list(WORDS[words])


@pytest.mark.parametrize(
    "code",
    ['df.groupby("a").agg({"<|>": "sum"})', 'df.groupby("a").agg(n=("<|>", "sum"))', 'print("<|>")',
     'df.agg(print("<|>"))',
     'df.plot(title="<|>")', 'unknown.agg("<|>")'],
)  # fmt: skip
def test_not_offered(code: str) -> None:
    assert not set(labels(f"{FRAME}{code}")) & {word for words in WORDS.values() for word in words}


def test_pandas_knows_them() -> None:
    groups = pd.DataFrame({"a": [1, 1], "b": [1, 2]}).groupby("a")["b"]
    for word in WORDS["aggregation"]:
        groups.agg(word)
    for word in WORDS["transformation"]:
        groups.transform(word)
    for word in WORDS["type"]:
        pd.api.types.pandas_dtype(word)
    for word in WORDS["frequency"]:
        pd.tseries.frequencies.to_offset(word)
    assert set(WORDS["plot"]) <= set(pd.DataFrame.plot._all_kinds)


def test_every_line_names_words_that_there_are() -> None:
    tables = [*METHODS.values(), FUNCTIONS]
    assert {name for table in tables for taken in table.values() for name in taken.values()} <= set(WORDS)
