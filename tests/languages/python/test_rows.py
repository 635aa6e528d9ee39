"""Rows of tables: what they give, held against the libraries; what may be said of one in a notebook."""

from __future__ import annotations

import re
import textwrap

import pandas as pd
import pytest

from polycell.core.types import Row, Scalar
from tests.dsl import findings, hover, labels, load
from tests.languages.python.oracle import compare

FRAMES = {
    "mixed": '{"a": [1, 2], "b": ["x", "y"], "f": [1.5, 2.5], "t": [True, False]}',
    "numbers": '{"a": [1, 2], "f": [1.5, 2.5]}',
    "whole numbers": '{"a": [1, 2], "b": [3, 4]}',
    "with truths": '{"a": [1, 2], "t": [True, False]}',
    "with times": '{"a": [1, 2], "d": pd.to_datetime(["2024-01-01", "2024-01-02"])}',
    "with gaps": '{"a": [1, None], "b": ["x", None]}',
    "of narrow numbers": '{"a": np.array([1, 2], "int8"), "f": np.array([1, 2], "float32")}',
    "named like methods": '{"count": [1], "index": ["x"], "name": [True]}',
}
ROWS = {
    "pandas": """
        row = df.iloc[0]
        [(_, first), *_] = list(df.iterrows())
        for _, last in df.iterrows():
            pass
        for named in df.itertuples():
            pass
        for bare in df.itertuples(index=False, name=None):
            pass
        one = df.to_dict("records")[0]
        """,
    "polars": """
        df = pl.from_pandas(df)
        row = df.row(0, named=True)
        for last in df.iter_rows(named=True):
            pass
        for bare in df.iter_rows():
            pass
        one = df.to_dicts()[0]
        """,
}


@pytest.mark.parametrize("frame", FRAMES.values(), ids=FRAMES)
@pytest.mark.parametrize("library", ROWS)
def test_rows_agree_with_the_library(library: str, frame: str) -> None:
    reading = "".join(f"{n}_{c} = {n}['{c}']\n" for n in ("row", "one") for c in ("a",) if '"a"' in frame)
    libraries = "import numpy as np\nimport pandas as pd\nimport polars as pl"
    body = textwrap.dedent(ROWS[library])
    said = compare(f"{libraries}\ndf = pd.DataFrame({frame})\n{body}\n{reading}")
    assert {name for name in ("row", "one", "last") if isinstance(said[name], Row)} == {"row", "one", "last"}


def test_values_of_rows_are_typed() -> None:
    said = compare(
        """
        import pandas as pd
        df = pd.DataFrame({"a": [1], "b": ["x"]})
        row = df.iloc[0]
        key, attribute, method = row["a"], row.b, row.count
        """
    )
    assert [said[n].type.name for n in ("key", "attribute") if isinstance(said[n], Scalar)] == ["int64", "string"]
    assert not isinstance(said["method"], Scalar)


PRELUDE = 'import pandas as pd\ndf = pd.DataFrame({"a": [1], "b": ["x"]})\n'


def test_a_row_is_hovered_as_one() -> None:
    found = hover(PRELUDE + "for _, row in df.iterrows():\n    print(ro<|>w)")
    assert found is not None
    assert "row of a pandas table, 2 columns" in found.markdown
    assert "| a | `int64` |" in re.sub(" +", " ", found.markdown)
    found = hover(PRELUDE + "for row in df.itertuples():\n    print(row.<|>a)")
    assert found is not None
    assert "a: int64" in found.markdown


@pytest.mark.parametrize("index", [True, False])
def test_fields_of_a_named_tuple_are_called_as_pandas_calls_them(index: bool) -> None:
    names = ["a", "two words", "_b", "class", "Index"]
    code = f"import pandas as pd\ndf = pd.DataFrame({ {name: [1] for name in names}!r})\n"
    offered = labels(f"{code}for row in df.itertuples(index={index}):\n    row.<|>")
    fields = next(pd.DataFrame({name: [1] for name in names}).itertuples(index=index))._fields
    assert set(fields) <= set(offered)
    assert "two words" not in offered


def test_members_of_a_row_are_those_of_its_kind() -> None:
    series = labels(PRELUDE + "df.iloc[0].<|>")
    assert "to_dict" in series
    assert "merge" not in series
    assert "_asdict" in labels(PRELUDE + "[r.<|> for r in df.itertuples()]")
    assert "items" in labels(PRELUDE + "df.to_dict('records')[0].<|>")


@pytest.mark.parametrize("change", ["row['new'] = 1", "row = df", "fill(row)", "row.update(other)"])
def test_a_row_that_was_changed_is_not_believed(change: str) -> None:
    case = load(PRELUDE + f"other = fill = None\nrow = df.iloc[0]\n{change}\nx = row['a']")
    case.snapshot.analysis.settle()
    found = {b.name: b.type for b in case.snapshot.analysis.exports(0).bindings}
    assert not isinstance(found["x"], Scalar)


def test_nothing_is_reported_of_rows() -> None:
    case = load(PRELUDE + "for _, row in df.iterrows():\n    row['z'] = row['new']\n    print(row.other, row['q'])\n")
    assert findings(case) == []
