"""What Python certainly refuses. Python itself is the oracle: each cell is run."""

from __future__ import annotations

import pytest

from polycell.core.session import Session
from polycell.core.values import replace
from tests.dsl import check_findings, findings, load

CODES = ("wrong-arguments", "immutable-item", "not-callable", "unknown-method")
SIGNATURES = (
    "",
    "a",
    "a, b",
    "a, b=1",
    "a, /, b",
    "a, *, c",
    "a, *, c=1",
    "*a",
    "a, *b",
    "**k",
    "a, /, **k",
    "a=1, *, c, **k",
)
CALLS = (
    "", "1", "1, 2", "1, 2, 3", "a=1", "1, a=2", "b=2, a=1", "1, b=2", "1, c=3", "c=3", "a=1, c=3", "1, 2, c=3", "z=1",
    "1, z=1", "*[1]", "*[1, 2], c=3", "**{'a': 1}", "1, *[2]",
)  # fmt: skip


def reported(*cells: str) -> list[str]:
    """The texts that are reported."""
    case = load("".join(f"# %%\n{text}\n" for text in cells))
    texts = [cell.text for cell in case.notebook.cells]
    return [f.span.of(texts[cell]) for cell, f in findings(case) if f.code in CODES]


def raises(*cells: str) -> bool:
    names: dict[str, object] = {}
    try:
        for cell in cells:
            exec(cell, names)
    except (TypeError, AttributeError):
        return True
    return False


@pytest.mark.parametrize("signature", SIGNATURES)
def test_calls_are_judged_as_python_judges_them(signature: str) -> None:
    function = f"def f({signature}): pass"
    calls = [f"f({call})" for call in CALLS]
    case = load("".join(f"# %%\n{text}\n" for text in (function, *calls)))
    found = {cell - 1 for cell, finding in findings(case) if finding.code in CODES}
    # What is handed over with stars only a run knows.
    assert found == {n for n, call in enumerate(calls) if raises(function, call) and "*" not in call}


def test_where_it_is_said() -> None:
    check_findings("""
        # %%
        def add(x, y):
            return x + y
        point = (1, 2)
        # %%
        add(1)
        ^^^ wrong-arguments: `add(x, y)` needs `y` too.
        print(add(1, 2, 3))
                        ^ wrong-arguments: `add(x, y)` takes 2 positional arguments, not 3.
        add(1, yy=2)
               ^^^^ wrong-arguments: `add(x, y)` has no parameter `yy`. Did you mean `y`?
        # %%
        point[0] = 5
        ^^^^^^^^ immutable-item: `point` is a tuple (`(1, 2)`): its items cannot be assigned.
    """)


_FRAMES = """import pandas as pd, polars as pl
df = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
s = df["a"]
ind = pd.Index([1, 2])
p = pl.DataFrame({"a": [1]})
items = [1]
point = (1, 2)
word = "abc"
"""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        *(
            (f"df.{name}()", f"{name}")
            for name in ("shape", "columns", "index", "dtypes", "values", "size", "T", "empty")
        ),
        *((f"s.{name}()", f"{name}") for name in ("shape", "values", "index", "size", "dtype")),
        *((f"p.{name}()", f"{name}") for name in ("shape", "columns", "height", "width", "dtypes")),
        ("df[['a']].shape()", "shape"),
        ("df.columns[0] = 'x'", "df.columns[0]"),
        ("df.index[0] = 5", "df.index[0]"),
        ("ind[0] = 5", "ind[0]"),
        ("point.append(3)", "append"),
        ("word.sort()", "sort"),
        ("df.groupby('a').size()", None),
        ("df.groupby('a')['b'].size()", None),
        ("point.index(1), word.index('a')", None),
        ("items.append(3)", None),
        ("{'a': df}.values()", None),
    ],
)
def test_what_is_no_function_and_what_cannot_be_changed(line: str, said: str | None) -> None:
    assert reported(_FRAMES, line) == ([said] if said else [])
    assert raises(_FRAMES, line) is (said is not None)


@pytest.mark.parametrize("frame", ["pl.DataFrame({'a': [1]})", "pl.LazyFrame({'a': [1]})"])
def test_polars_takes_no_column_by_assignment(frame: str) -> None:
    setup = f"import polars as pl\nframe = {frame}"
    for line in ("frame['b'] = frame", "frame['a'] = 1"):
        assert raises(setup, line)
        assert reported(setup, line) == [line.split(" = ")[0]]
    other = "frame[0, 'a'] = 5"
    assert reported(setup, other) == []
    assert raises(setup, other) is ("Lazy" in frame)


def test_spark_takes_no_column_by_assignment() -> None:
    check_findings("""
        # %%
        from pyspark.sql import SparkSession
        spark = SparkSession.builder.getOrCreate()
        df = spark.createDataFrame([(1, "x")], ["id", "name"])
        name = "Ada"
        # %%
        df["twice"] = df["id"] * 2
        ^^^^^^^^^^^ immutable-item: Write `df = df.withColumn("twice", …)`.
        name[0] = "a"
        ^^^^^^^ immutable-item: `name` is a string (`"Ada"`): its items cannot be assigned.
        # %%
        df = df.toPandas()
        df["twice"] = df["id"] * 2
    """)


@pytest.mark.parametrize(
    "cells",
    [
        ("def f(a): pass", "f = print", "f(1, 2)"),
        ("def f(a): pass\ndef f(a, b): pass", "f(1, 2)"),
        ("import functools\n@functools.partial(functools.partial, a=1)\ndef f(a, b): pass", "f(b=2)"),
        ("def f(a): pass", "f = functools.partial(f, 1)", "f()"),
        ("import sys\nif sys.argv:\n    def f(a): pass\nelse:\n    def f(a, b): pass", "f(1)"),
        ("def f(a): pass", "try:\n    f()\nexcept TypeError:\n    pass"),
        ("def f(a): pass", "import contextlib\nwith contextlib.suppress(TypeError):\n    f()"),
        ("def f(a): pass", "if False:\n    f()"),
        ("def f(a): pass", "g = lambda: f()\ndef h():\n    f()"),
        ("def f(a): pass", "%run other.py", "f()"),
        ("def f(a): pass", "del f", "from m import f", "f()"),
        ("def f(a): pass\ndef swap():\n    global f\n    f = print\nswap()\nf(1, 2)", "f(1, 2)"),
        ("def swap():\n    global f, t\n    f = t = []", "def f(a): pass\nt = (1, 2)", "swap()", "f(1, 2)\nt[0] = 5"),
        ("class C:\n    def m(self):\n        global f\n        f = print\ndef f(a): pass", "C().m()\nf(1, 2)"),
        ("def f(a): pass\nclass C:\n    def m(self):\n        global f\n        f = print", "C().m()\nf(1, 2)"),
        ("import pandas as pd\ndf = pd.DataFrame()\nif pd:\n    df = Other()", "df.shape()"),
        ("import pandas as pd\ndf = pd.DataFrame()", "try:\n    df.shape()\nexcept TypeError:\n    pass"),
        ("t = (1, 2)", "t = list(t)", "t.append(5)"),
        ("t = (1, 2)", "for t in [[1]]:\n    t.append(5)"),
        ("t = (1, 2)", "t = list(t)", "t[0] = 5"),
        ("t, u = ([1], [2])", "t[0] = 5"),
        ("for t in ([1], [2]):\n    t[0] = 5",),
        ("t = ([1],)", "t[0][0] = 5"),
        ("t = (1, 2)", "t = {}\nt[0] = 5"),
        ("t = (1, 2)", "for t in [[1]]:\n    t[0] = 5"),
        ("s = 'abc'", "s = {}\nfor k in 'ab':\n    s[k] = 1"),
    ],
)
def test_silent_where_it_may_be_right(cells: tuple[str, ...]) -> None:
    assert reported(*cells) == []


def test_a_cell_that_is_meant_to_raise_has_nothing_wrong() -> None:
    case = load("""
        # %%
        def f(a): pass
        # %%
        f(missing)
        f()
    """)
    assert [finding.code for _, finding in findings(case)] == ["undefined-name", "wrong-arguments"]
    tagged = replace(case.notebook.cells[1], metadata={"tags": ["raises-exception"]})
    notebook = replace(case.notebook, cells=(case.notebook.cells[0], tagged))
    snapshot = Session(case.session.services).update(notebook)
    assert snapshot.analysis.findings(1) == ()
