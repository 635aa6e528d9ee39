"""`merge-key-types` and `duplicate-columns`: the libraries themselves say which calls fail."""

from __future__ import annotations

import itertools
import warnings

import polars as pl
import pytest

from polycell.core.actions import apply
from polycell.core.results import Finding
from tests.dsl import check_findings, findings, load

HEAD = """
import datetime as dt
import pandas as pd
import polars as pl
"""
# One literal a type, as either library makes a column of it.
VALUES = {
    "integer": "[1, 2]",
    "float": "[1.5, 2.5]",
    "text": '["a", "b"]',
    "bool": "[True, False]",
    "date": "[dt.date(2020, 1, 1)]",
    "timestamp": "[dt.datetime(2020, 1, 1)]",
}
PANDAS = {
    **{name: f'pd.DataFrame({{"k": {values}}})' for name, values in VALUES.items()},
    "narrow": 'pd.DataFrame({"k": [1, 2]}).astype({"k": "int32"})',
    "category": 'pd.DataFrame({"k": ["a"]}).astype({"k": "category"})',
    "time": 'pd.DataFrame({"k": ["2020-01-01"]}).assign(k=lambda d: pd.to_datetime(d["k"]))',
    "converted": 'pd.DataFrame({"k": [1, 2]}).astype({"k": "str"})',
    "numbers": 'pd.DataFrame({"k": ["1", "2"]}).astype({"k": "int64"})',
}
POLARS = {
    **{name: f'pl.DataFrame({{"k": {values}}})' for name, values in VALUES.items()},
    "narrow": 'pl.DataFrame({"k": [1, 2]}).cast({"k": pl.Int32})',
    "category": 'pl.DataFrame({"k": ["a"]}).cast({"k": pl.Categorical})',
    "converted": 'pl.DataFrame({"k": [1, 2]}).cast({"k": pl.String})',
    "single": 'pl.DataFrame({"k": [1.5]}).with_columns(pl.col("k").cast(pl.Float32))',
}
# What fails and is not said: what an object or a category holds is not known.
UNSAID = {"pandas": {"date", "category"}, "polars": {"category"}}


def refused(code: str) -> list[Finding]:
    case = load(f"# %%\n{HEAD}# %%\n{code}\n")
    return [f for _, f in findings(case) if f.code in ("merge-key-types", "duplicate-columns")]


def fails(code: str) -> bool:
    names: dict[str, object] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(HEAD, names)
        try:
            exec(code, names)
        except (ValueError, pl.exceptions.PolarsError):
            return True
    return False


@pytest.mark.parametrize(("library", "makers", "join"), [("pandas", PANDAS, "merge"), ("polars", POLARS, "join")])
def test_keys_are_refused_as_the_library_refuses_them(library: str, makers: dict[str, str], join: str) -> None:
    said = 0
    for (first, left), (second, right) in itertools.product(makers.items(), repeat=2):
        code = f'a = {left}\nb = {right}\na.{join}(b, on="k")'
        reported = bool(refused(code))
        said += reported
        if {first, second} & UNSAID[library]:
            assert not reported or fails(code), (first, second)
        else:
            assert reported == fails(code), (first, second)
    assert said >= 20


TABLES = """
a = pd.DataFrame({"id": [1], "v": [1], "w": [1]})
b = pd.DataFrame({"id": [1], "v": [2], "v_x": [1]})
p = pl.DataFrame({"id": [1], "v": [1]})
q = pl.DataFrame({"id": [1], "v": [2], "v_right": [3]})
r = pl.DataFrame({"id": [1], "z": [2]})
"""
CALLS = [
    'a.merge(a, on="id")',
    'a.merge(a, on="id", suffixes=("", ""))',
    'a.merge(a, on="id", suffixes=(None, None))',
    'a.merge(a, on="id", suffixes=("", "_r"))',
    'a.merge(a, on="id", suffixes=("_s", "_s"))',
    'a.merge(a[["id"]], on="id", suffixes=("", ""))',
    'a.merge(b, on="id")',
    'pd.merge(a, b, on="id", how="left")',
    'a.merge(b, on="id", suffixes=("", "_x"))',
    'a.merge(b, on="id", suffixes=("_l", "_r"))',
    'a.merge(b, left_on="id", right_on="v_x", suffixes=("", "_b"))',
    "a.merge(b)",
    "a.join(b)",
    'a.join(b, rsuffix="_b")',
    'a[["w"]].join(b)',
    'a.insert(0, "v", 1)',
    'a.insert(0, "v", 1, allow_duplicates=True)',
    'a.insert(0, "y", 1)',
    'a.insert(0, "v", a.pop("v"))',
    'a.insert(0, "x", a.pop("v"))\na.insert(0, "v", 2)',
    'a.merge(a.groupby("w")["v"].mean().reset_index(), on="w")',
    'a.merge(a.groupby("w")["v"].mean().reset_index(), on="w", suffixes=("", ""))',
    "pd.concat([a, b], axis=1)",
    'p.join(q, on="id")',
    'p.join(q, on="id", suffix="_q")',
    'p.join(q, on="id", suffix="")',
    'p.join(r, on="id", suffix="")',
    'p.join(p, on=["id", "v"])',
    'p.join(q, on="id", how="semi")',
    'p.join(q, how="cross")',
    'p.lazy().join(q.lazy(), on="id").collect()',
    'p.select("v", "v")',
    'p.select("v", pl.col("id").alias("v"))',
    'p.select("v", pl.col("v").alias("x"))',
    'p.select(pl.all(), pl.col("v"))',
    'p.select(pl.col("v") + pl.col("id"), "id")',
    'p.select(pl.col("v") + pl.col("id"), "v")',
    'p.with_columns(pl.col("v") * 2, pl.col("v") + 1)',
    'p.with_columns(pl.col("v") * 2, pl.col("v").alias("u"))',
    'p.with_columns((pl.col("v") * 2).name.suffix("_2"), pl.col("v") + 1)',
    'p.group_by("id").agg(pl.col("v").min(), pl.col("v").max())',
    'p.group_by("id").agg(pl.col("v").min(), pl.col("v").max().alias("top"))',
    'p.group_by("id").agg(pl.col("id").sum())',
    'p.group_by(pl.col("id") * 2).agg(pl.col("id").max())',
    'p.with_columns(v=pl.col("id"), id=pl.col("v"))',
    'p.with_columns(pl.col("v").alias("q"), q=pl.col("id"))',
    'p.select(pl.exclude("v"), pl.col("v"))',
    "p.select(pl.len(), pl.len())",
    "p.select(pl.lit(1), pl.lit(2))",
    'p.join(p, on="id", how="full")',
    'p.join(p, on="id", suffix="_2").join(p, on="id").join(p, on="id")',
    'p.lazy().group_by("id").agg(pl.all(), pl.col("v").sum()).collect()',
    'p.rename({"id": "v"})',
    'p.rename({"id": "v", "v": "id"})',
    'p.lazy().rename({"id": "v"}).collect()',
    "p.hstack(q)",
    "p.hstack(r.select('z'))",
    'p.hstack([pl.Series("v", [1])])',
    'p.with_row_index("v")',
    "p.with_row_index()",
    'p.insert_column(0, pl.Series("v", [1]))',
    'p.insert_column(0, pl.Series("y", [1]))',
    'pl.concat([p, q], how="horizontal")',
    'pl.concat([p, r.drop("id")], how="horizontal")',
    'pl.concat([p, r], how="diagonal")',
]


@pytest.mark.parametrize("call", CALLS)
def test_calls_are_refused_as_the_library_refuses_them(call: str) -> None:
    code = TABLES + call
    assert bool(refused(code)) == fails(code)


@pytest.mark.parametrize(
    "code",
    [
        'a = pd.DataFrame({"k": [1]})\nb = pd.DataFrame({"k": ["1"]})\na.merge(b, on="k")',
        'a = pd.DataFrame({"k": ["1"]})\nb = pd.DataFrame({"k": [1]})\npd.merge(a, b, left_on="k", right_on="k")',
        'a = pl.DataFrame({"k": [1]})\nb = pl.DataFrame({"k": ["1"]})\na.join(b, on="k")',
        'a = pl.DataFrame({"k": [1.0]})\nb = pl.DataFrame({"k": [1]})\na.join(b, on="k")',
    ],
)
def test_the_quick_fix_makes_it_run(code: str) -> None:
    (finding,) = refused(code)
    (fix,) = finding.fixes
    mended = apply(code + "\n", fix.edits)
    assert fails(code)
    assert not fails(mended)
    assert refused(mended) == []


@pytest.mark.parametrize(
    "code",
    [
        'if input():\n    a.merge(t, on="k")',
        'try:\n    a.merge(t, on="k")\nexcept ValueError:\n    pass',
        'def f():\n    return a.merge(t, on="k")',
        'with contextlib.suppress(ValueError):\n    a.merge(t, on="k")',
        'if input():\n    t["k"] = 1\na.merge(t, on="k")',
        'f(t)\na.merge(t, on="k")',
        'for x in range(3):\n    a = a.astype({"k": "str"})\n    a.merge(t, on="k")',
        'exec("t = a")\na.merge(t, on="k")',
        'u = pd.read_csv("u.csv")\nu.merge(t, on="k")',
    ],
)
def test_nothing_is_said_where_it_may_work(code: str) -> None:
    tables = 'import contextlib\na = pd.DataFrame({"k": [1]})\nt = pd.DataFrame({"k": ["1"]})\n'
    assert refused(tables + code) == []


def test_what_a_user_reads() -> None:
    check_findings("""
        # %%
        import pandas as pd
        orders = pd.DataFrame({"customer": [1, 2], "total": [10.0, 20.0]})
        customers = pd.DataFrame({"customer": ["1", "2"], "total": [1.0, 2.0]})
        # %%
        orders.merge(customers, on="customer", suffixes=("", ""))
                                   ^^^^^^^^^^ merge-key-types: Convert one of them first
                                                        ^^^^^^^^ duplicate-columns: there is no suffix
    """)
