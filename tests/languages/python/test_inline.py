"""Calls of the notebook's own functions are followed, and columns of several levels become plain, as pandas does it."""

from __future__ import annotations

from pathlib import Path

import pytest

from polycell.core.types import Table
from tests.dsl import definition
from tests.languages.python.oracle import compare

PRELUDE = """
import pandas as pd
df = pd.DataFrame({"k": ["x", "y"], "n": [1, 2], "f": [0.5, 1.5]})
"""

# What `r` must have, all of it known; `df` is compared with pandas as well.
CASES = {
    "def f(d):\n    d = d.copy()\n    d['z'] = 1\n    return d\n# %%\nr = f(df)": ["k", "n", "f", "z"],
    "def f(d):\n    d['z'] = 1\n    return d\n# %%\nr = f(df)\nr['y'] = 2\nr = df": ["k", "n", "f", "z", "y"],
    "def f(d, c='n'):\n    return d.rename(columns={c: 'm'})\n# %%\nr = f(df, c='f')": ["k", "n", "m"],
    "def f(d):\n    if len(d) > 9:\n        return d[['k']]\n    return d[['k']]\nr = df.pipe(f)": ["k"],
    "def g(d):\n    return d.assign(z=1)\ndef f(d):\n    d.drop(columns='n', inplace=True)\nf(df)\nr = g(df)": [
        *("k", "f", "z")],
    "r = df.groupby('k').agg({'n': ['sum', 'max']})\nr.columns = ['_'.join(c) for c in r.columns]": ["n_sum", "n_max"],
    "r = df.groupby('k').agg({'n': ['sum', 'max']}).droplevel(0, axis=1).reset_index()": ["k", "sum", "max"],
    # every argument arrives, however the function is called
    "def f(d, drop=None):\n    return d if drop is None else d.drop(columns=drop)\nr = df.pipe(f, drop='n')": [
        *("k", "f")],
    "def f(d, c, *, to='m'):\n    d[to] = d[c]\n    return d\nr = df.copy().pipe(f, 'n', to='q')": ["k", "n", "f", "q"],
    "def f(d, *c, **to):\n    return d[list(c)].rename(columns=to)\nr = f(df, 'k', 'n', n='m')": ["k", "m"],
    # switches: one that the call itself writes is settled
    "def f(d, up=False):\n    if up:\n        d = d.rename(columns=str.upper)\n    return d\nr = f(df, up=True)": [
        *("K", "N", "F")],
    "def f(d, c=None):\n    if not c:\n        return d\n    return d[[c]]\nr = f(df)": ["k", "n", "f"],
    # a function sees the names of the notebook, not those of the function that calls it
    "c = 'n'\ndef g(d):\n    return d[[c]]\ndef f(d):\n    c = 'k'\n    return g(d)\nr = f(df)": ["n"],
    "def h(d):\n    return d.assign(z=1)\ndef g(d):\n    return h(d)\ndef f(d):\n    return g(d).dropna()\nr = f(df)": [
        *("k", "n", "f", "z")],
    # what the names of the notebook are when it is called
    "c = ['k']\ndef f():\n    return pd.DataFrame(columns=c)\nc = ['n']\nr = f()": ["n"],
}  # fmt: skip


@pytest.mark.parametrize("code", CASES)
def test_all_columns_are_known(code: str) -> None:
    table = compare(PRELUDE + code)["r"]
    assert isinstance(table, Table)
    assert not table.open
    assert [c.name for c in table.columns] == CASES[code]


def test_a_switch_that_a_name_holds_may_be_turned_over() -> None:
    code = "UP = True\ndef f(d, up):\n    if up:\n        d = d.assign(z=1)\n    return d\nr = f(df, UP)"
    table = compare(PRELUDE + code)["r"]
    assert isinstance(table, Table)
    assert [c.name for c in table.columns if c.maybe] == ["z"]


def test_a_function_that_calls_itself_is_followed_once() -> None:
    code = "def f(d, n=3):\n    if n:\n        return f(d, n - 1)\n    return d\nr = f(df)"
    assert not isinstance(found := compare(PRELUDE + code)["r"], Table) or found.open or len(found.columns) == 3


FILES = """
import pandas as pd
DATA = "./"
# %%
def read(name, **options):
    return pd.read_csv(DATA + name, **options)
def load(name="a.csv", total=None):
    frame = read(name)
    if total:
        frame[total] = 1
    return frame
def both(*names):
    return tuple(load(n) for n in names)
# %%
a = load()
b = load("b.csv", total="t")
c = read("b.csv", usecols=["u"])
other, d = both("a.csv", "b.csv")
e = pd.concat([load(n, "t") for n in ("a.csv", "a.csv")])
"""


def test_the_file_that_a_call_names_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text("x,y\n1,2\n")
    Path("b.csv").write_text("u,v,w\n1,2,3\n")
    found = compare(FILES, tmp_path)
    for name, columns in {"a": "xy", "b": "uvwt", "c": "u", "d": "uvw", "e": "xyt"}.items():
        table = found[name]
        assert isinstance(table, Table)
        assert not table.open
        assert [c.name for c in table.columns] == list(columns)


def test_a_column_of_a_function_comes_from_its_call() -> None:
    code = PRELUDE + "def f(d, c):\n    d[c] = 1\n    return d\n# %%\nr = df.pipe(f, 'new')\n"
    (place,) = definition(code + 'r["ne<|>w"]')
    cell = code.split("# %%\n")[-1]
    assert place.span.of(cell).startswith("df")


WRITTEN = """
x = "total"
def clean(d, extra):
    d = d.rename(columns={"n": "renamed"})
    d["total"] = 1
    d[extra] = 2
    return d
class Report:
    def __init__(self, d):
        self.df = d.copy()
    def add(self):
        self.df["made"] = 1
# %%
out = clean(df, "given")
report = Report(df)
report.add()
# %%
"""


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ('out["tot<|>al"]', '    d["total"] = 1'),
        ('out["rena<|>med"]', '    d = d.rename(columns={"n": "renamed"})'),
        ('out["giv<|>en"]', 'out = clean(df, "given")'),
        ('report.df["ma<|>de"]', '        self.df["made"] = 1'),
    ],
)
def test_a_column_leads_to_the_line_of_the_function_that_makes_it(code: str, line: str) -> None:
    (place,) = definition(PRELUDE + WRITTEN + code)
    cells = (PRELUDE + WRITTEN).split("# %%\n")
    cell = cells[int(place.cell.removeprefix("c"))].lstrip("\n")
    assert cell[: place.span.end].rpartition("\n")[2] + cell[place.span.end :].partition("\n")[0] == line


SETTINGS = """
import pandas as pd
folder = "elsewhere"
class CFG:
    folder = "."
    train: str = folder + "/a.csv"
    target = "x"
    test = f"{folder}/{target}.csv"
class Other(CFG):
    train = "b.csv"
# %%
"""


@pytest.mark.parametrize(
    ("code", "columns"),
    [
        ("r = pd.read_csv(CFG.train)", ["x", "y"]),
        ("r = pd.read_csv(CFG.train)[[CFG.target]]", ["x"]),
        ("CFG.train = 'b.csv'\nr = pd.read_csv(CFG.train)", ["u", "v", "w"]),
        # who may have changed it
        ("def f():\n    CFG.train = 'b.csv'\nf()\nr = pd.read_csv(CFG.train)", None),
        ("setattr(CFG, 'train', 'b.csv')\nr = pd.read_csv(CFG.train)", None),
        ("for n in ['b.csv', 'c.csv']:\n    CFG.train = n\nr = pd.read_csv(CFG.train)", ["v"]),
        ("r = pd.read_csv(Other.train)", None),
    ],
)
def test_settings_that_a_class_holds(
    code: str, columns: list[str] | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, header in {"a": "x,y", "b": "u,v,w", "c": "v"}.items():
        Path(f"{name}.csv").write_text(header + "\n" + ",".join("1" * len(header.split(","))) + "\n")
    table = compare(SETTINGS + code, tmp_path)["r"]
    assert isinstance(table, Table)
    assert ([c.name for c in table.columns] if not table.open else None) == columns
