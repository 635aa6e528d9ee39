"""What is known behind each operation of pandas, polars, Spark, DuckDB's relations and pyarrow's tables.

`operations/<library>.txt` is the honest list: one line an operation, `kind code`, the kinds as in `test_coverage`
(`closed`: all columns known; `open`: the data decide, or nobody looked). Each is run by the real library and compared
with what we say. The suite takes every fifth line; `POLYCELL_FULL=1` takes all, and Spark where pyspark is installed.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from polycell.core.types import UNKNOWN
from polycell.languages.python.frames import registry
from tests.languages.python.oracle import ours, problems_of, run
from tests.languages.python.test_coverage import kind

FOLDER = Path(__file__).parent / "operations"
FULL = bool(os.environ.get("POLYCELL_FULL"))

PRELUDES = {
    "pandas": """
import pandas as pd
import numpy as np
df = pd.DataFrame({
    "k": ["x", "y", "x"], "n": [1, 2, 3], "f": [0.5, 1.5, 2.5], "b": [True, False, True], "s": ["p", "q", "r"],
    "t": pd.to_datetime(["2024-01-01", "2024-01-02", "2024-01-03"]),
})
other = pd.DataFrame({"k": ["x", "z"], "n": [7, 8], "w": [1, 2]})
""",
    "polars": """
import polars as pl, polars.selectors as cs, numpy as np, pandas as pd, io
from datetime import datetime
df = pl.DataFrame({
    "k": ["x", "y", "x"], "n": [1, 2, 3], "f": [0.5, 1.5, 2.5], "b": [True, False, True],
    "t": [datetime(2024, 1, 1), datetime(2024, 1, 2), datetime(2024, 1, 3)],
})
other = pl.DataFrame({"k": ["x", "z"], "n": [7, 8], "w": [1, 2]})
pdf = pd.DataFrame({"k": ["x"], "n": [1]})
""",
    "duckdb_arrow": """
import duckdb, pyarrow as pa, pyarrow.compute as pc, pandas as pd, polars as pl
a = duckdb.sql("SELECT * FROM (VALUES ('x',1::BIGINT,0.5::DOUBLE),('y',2,1.5)) t(k,n,f)")
b = duckdb.sql("SELECT 'x' AS k, 7::BIGINT AS w")
t = pa.table({"k": ["x", "y"], "n": [1, 2], "f": [0.5, 1.5]})
u = pa.table({"k": ["x"], "n": [7], "w": [1]})
pdf = pd.DataFrame({"g": ["x"], "n": [1]})
""",
    "spark": """
from pyspark.sql import SparkSession, functions as F, Window, Row
import pandas as pd
spark = SparkSession.builder.master("local[1]").getOrCreate()
df = spark.createDataFrame([("x", 1, 0.5, True), ("y", 2, 1.5, False)], "k string, n bigint, f double, b boolean")
other = spark.createDataFrame([("x", 1, "q")], "k string, n bigint, w string")
""",
}


def operations(library: str) -> list[tuple[str, str]]:
    lines = (FOLDER / f"{library}.txt").read_text(encoding="utf-8").splitlines()
    return [(line[:8].strip(), line[9:].replace("\\n", "\n")) for line in lines if line.strip()]


def check(library: str, kinds: list[tuple[str, str]]) -> None:
    wrong = []
    for expected, code in kinds:
        text = PRELUDES[library] + code
        said, real = ours(text).get("r"), run(text)
        if kind(said) != expected:
            wrong.append(f"{code}: {expected} in the list, now {kind(said)}")
        if said is not None:
            wrong += [f"{code}: {problem}" for problem in problems_of(said, real["r"])]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("library", ["pandas", "polars", "duckdb_arrow"])
def test_operations(library: str) -> None:
    everything = operations(library)
    check(library, everything if FULL else everything[::5])


def test_spark() -> None:
    pytest.importorskip("pyspark", reason="Spark's rules are compared with pyspark, which is not installed")
    if not FULL:
        pytest.skip("Spark takes long to start: POLYCELL_FULL=1 compares its rules with it")
    from pyspark.sql import SparkSession

    SparkSession.builder.config("spark.ui.enabled", "false").master("local[1]").getOrCreate()
    check("spark", operations("spark"))


def test_most_operations_are_closed() -> None:
    """A library's list may grow, but not by what nobody knows."""
    for library, share in (("pandas", 0.6), ("polars", 0.7), ("duckdb_arrow", 0.8), ("spark", 0.8)):
        kinds = [expected for expected, _ in operations(library)]
        assert kinds.count("closed") / len(kinds) > share, library


def test_a_name_has_one_rule() -> None:
    """Which of two counts would hang on the order of imports."""
    with pytest.raises(ValueError, match=r"a rule for pandas\.read_csv already"):
        registry.function("pandas.read_csv")(lambda call: UNKNOWN)
    with pytest.raises(ValueError, match="a rule for pandas merge already"):
        registry.method("pandas", "merge")(lambda call: UNKNOWN)
