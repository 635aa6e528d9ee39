"""Objects of the notebook's own classes: what their fields hold, and what their methods do to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from polycell.core.types import Table
from tests.dsl import check_findings, hover, labels
from tests.languages.python.oracle import compare

PRELUDE = """
import argparse
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import NamedTuple
import pandas as pd
df = pd.DataFrame({"k": ["x", "y"], "n": [1, 2]})
class Loader:
    sep = ","
    def __init__(self, path, drop=None):
        self.path = path
        self.drop = drop
        self.df = pd.read_csv(path)
    def load(self):
        d = pd.read_csv(self.path, sep=self.sep)
        if self.drop:
            d = d.drop(columns=self.drop)
        return d
    def add(self, c):
        self.df[c] = 1
        return self
    def both(self):
        self.add("p")
        self.add("q")
        return self.df
    def early(self):
        if self.drop:
            return None
        self.df["e"] = 1
        return self.df
class Pipe:
    def __init__(self, loader):
        self.loader = loader
    def run(self):
        self.loader.add("z")
@dataclass
class Settings:
    base: str = "."
    path: str = field(default="a.csv")
    cols: list = field(default_factory=lambda: ["x"])
    full: str = ""
    def __post_init__(self):
        self.full = self.base + "/" + self.path
class Row(NamedTuple):
    path: str
    n: int = 3
parser = argparse.ArgumentParser()
parser.add_argument("--train-path", "-t", default="a.csv", type=str)
parser.add_argument("--rows", type=int, default=5)
# %%
"""

KNOWN = {
    "r = Loader('a.csv').load()": "xy",
    "l = Loader('a.csv', drop=['x'])\nr = l.load()": "y",
    "l = Loader('a.csv')\nr = l.df.head()": "xy",
    "l = Loader('a.csv')\nl.path = 'b.csv'\nr = l.load()": "uvw",
    "l = Loader('a.csv')\nl.df['z'] = 1\nr = l.df.head()": "xyz",
    "l = Loader('a.csv')\nl.add('z').add('t')\nr = l.df.head()": "xyzt",
    "r = Loader('a.csv').add('z').df.head()": "xyz",
    "l = Loader('a.csv')\nr = l.both().head()": "xypq",
    "l = Loader('a.csv')\nl.add('p')\n# %%\nl.add('q')\n# %%\nr = l.df.head()": "xypq",
    "l = Loader('a.csv')\nm = l\nm.add('z')\nr = l.df.head()": "xyz",
    "l = Loader('a.csv')\nfor c in ['g', 'h']:\n    l.add(c)\nr = l.df.head()": "xygh",
    "l = Loader('a.csv')\nl.df = l.df.rename(columns={'x': 'X'})\nr = l.df.head()": "Xy",
    "r = pd.read_csv(Settings().path)": "xy",
    "c = Settings(path='b.csv')\nr = pd.read_csv(c.full)": "uvw",
    "c = Settings('.', 'b.csv')\nc.path = 'a.csv'\nr = pd.read_csv(c.path, usecols=c.cols)": "x",
    "r = pd.read_csv(Row('b.csv').path)": "uvw",
    "c = SimpleNamespace(d=SimpleNamespace(path='a.csv'))\nc.d.path = 'b.csv'\nr = pd.read_csv(c.d.path)": "uvw",
    "a = parser.parse_args([])\nr = pd.read_csv(a.train_path, nrows=a.rows)": "xy",
    # A frame taken out of an object, or put into one, is known as well as the object, in the cells below too.
    "l = Loader('a.csv')\n# %%\nr = l.df": "xy",
    "l = Loader('a.csv')\nr = l.df\n# %%\nl.add('z')\n# %%\nr['t'] = 1": "xyzt",
    "l = Loader('a.csv')\nd = l.df\n# %%\nd['z'] = 1\n# %%\nr = l.df.head()": "xyz",
    "l = Loader('a.csv')\nr = l.both()\n# %%\nl.add('z')": "xypqz",
    "l = Loader('a.csv')\nr = l.df\nl.df = df\nl.add('z')": "xy",
    "d = df.copy()\nl = Loader('a.csv')\nl.df = d\nl.add('z')\nr = d": "knz",
    "r = Loader('a.csv').df\n# %%\nr['z'] = 1": "xyz",
    "l = Loader('a.csv')\nd = l.df\nm = l\n# %%\nm.add('z')\nr = d": "xyz",
    "class H:\n    def __init__(h, d):\n        h.d = d\nd = df.copy()\nh = H(d)\n# %%\nd['z'] = 1\nr = h.d": "knz",
    "f = {'a': df.copy(), 'b': df.copy()}\nr = f['a']\n# %%\nf['a']['z'] = 1": "knz",
    "f = {'a': df.copy()}\nr = df.copy()\nf['b'] = r\n# %%\nf['b']['z'] = 1\nf['a']['q'] = 1": "knz",
    # A function that is put into a field is not handed the object.
    "def g(d, c='k'):\n    return d[[c]]\nl = Loader('a.csv')\nl.g = g\nr = l.g(df)": "k",
    "def g():\n    return pd.DataFrame({'m': [1]})\nl = Loader('a.csv')\nl.g = g\nr = l.g()": "m",
    "def g(d):\n    d['z'] = 1\nr = df.copy()\nc = SimpleNamespace(g=g)\nc.g(r)": "knz",
    "def show(d):\n    print(len(d))\nl = Loader('a.csv')\nshow(l.df)\nr = l.df.head()": "xy",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("a.csv").write_text("x,y\n1,2\n")
    Path("b.csv").write_text("u,v,w\n1,2,3\n")
    return tmp_path


@pytest.mark.parametrize("code", KNOWN)
def test_what_an_object_holds_is_known(code: str, folder: Path) -> None:
    table = compare(PRELUDE + code, folder)["r"]
    assert isinstance(table, Table)
    assert not table.open
    assert "".join(c.name for c in table.columns) == KNOWN[code]


# Programs that change an object in ways that are not all followed: nothing that is said may be wrong.
CHANGED = [
    "l = Loader('a.csv')\nd = l.both()\nl.add('more')\nr = d",
    "def g(o, d):\n    return d[['k']]\nLoader.g = g\nl = Loader('a.csv')\nr = l.g(df)",
    "def g(o):\n    o.df['z'] = 1\nLoader.g = g\nl = Loader('a.csv')\nl.g()\nr = l.df",
    "def g(o):\n    o.df['z'] = 1\nl = Loader('a.csv')\nl.g = g\nl.g(l)\nr = l.df",
    "l = Loader('a.csv')\nd = l.df\nd['z'] = 1\nr = l.df.head()",
    "l = Loader('a.csv')\nr = l.df\nm = [l]\n# %%\nm[0].add('z')",
    "l = Loader('a.csv')\nr = l.df\n# %%\nm = [l]\n# %%\nm[0].add('z')",
    "l = Loader('a.csv')\nr = l.df\nx = [r]\n# %%\nx[0]['z'] = 1\ns = l.df",
    "l = Loader('a.csv')\nif len(df):\n    r = l.df\nelse:\n    r = df\n# %%\nl.add('z')",
    "l = Loader('a.csv')\nk = Loader('b.csv')\nfor o in (l, k):\n    r = o.df\n# %%\nk.add('z')",
    "l = Loader('a.csv')\nr = l.df\ndel l.df\nl.df = df\nl.add('z')",
    "l = Loader('a.csv')\nr = l.df\nsetattr(l, 'df', df)\nl.add('z')",
    "def pair(o):\n    return o.df, o\nl = Loader('a.csv')\nd = l.df\nr, _ = pair(l)\n# %%\nd['z'] = 1",
    "def pair(d):\n    return d, 1\nd = df.copy()\nr, _ = pair(d)\n# %%\nd['z'] = 1",
    "def held(d):\n    return {'d': d}\nd = df.copy()\nr = held(d)['d']\n# %%\nr['z'] = 1\n# %%\ns = d",
    "class H:\n  def __init__(h, d):\n    h.d = df if d is None else d\nr = df.copy()\nh = H(r)\n# %%\nh.d['z'] = 1",
    "f = {'a': df.copy()}\nr = df.copy()\nf.update(b=r)\ng = dict(f)\n# %%\ng['b']['z'] = 1",
    "f = {'a': df.copy()}\nr = f['a']\nf.pop('a')\nf['a'] = df\n# %%\nf['a']['z'] = 1",
    "f = {'a': {'b': df.copy()}}\nr = f['a']['b']\nf['a'] = {'b': df}\n# %%\nf['a']['b']['z'] = 1",
    "l = Loader('a.csv')\nl.early()\nr = l.df.head()",
    "l = Loader('a.csv')\np = Pipe(l)\np.run()\nr = l.df.head()",
    "p = Pipe(Loader('a.csv'))\np.run()\nr = p.loader.df.head()",
    "l = Loader('a.csv')\ndef go():\n    l.add('g')\ngo()\nr = l.df.head()",
    "def go():\n    l.add('g')\nl = Loader('a.csv')\ngo()\nr = l.df.head()",
    "def go(o):\n    o.add('g')\nl = Loader('a.csv')\ngo(l)\nr = l.df.head()",
    "l = Loader('a.csv')\nlist(map(l.add, ['g']))\nr = l.df.head()",
    "l = Loader('a.csv')\nf = l.add\nf('g')\nr = l.df.head()",
    "l = Loader('a.csv')\nsetattr(l, 'df', df)\nr = l.df.head()",
    "l = Loader('a.csv')\nl.__dict__['df'] = df\nr = l.df.head()",
    "l = Loader('a.csv')\nvars(l)['df'] = df\nr = l.df.head()",
    "l = Loader('a.csv')\nLoader.sep = ';'\nr = l.load()",
    "def f(self, c):\n    self.df[c + '_p'] = 1\nLoader.add = f\nl = Loader('a.csv')\nl.add('g')\nr = l.df.head()",
    "held = [Loader('a.csv'), Loader('b.csv')]\nfor l in held:\n    l.add('g')\nr = held[0].df.head()",
    "class M:\n    def fit(self, d):\n        self.d = d\n        d['z'] = 1\n        return self\nM().fit(df)\nr = df",
    "class M:\n    def __init__(self, d):\n        self.d = d\nm = M(df)\ndf['z'] = 1\nr = m.d.head()",
    "class M(Loader):\n    def __init__(self):\n        super().__init__('a.csv')\nr = M().df.head()",
    "class M:\n    def __getattr__(self, name):\n        return df\nm = M()\nr = m.df",
    "P = 'a.csv'\ndef f(p=P):\n    return pd.read_csv(p)\nP = 'b.csv'\nr = f()",
    "P = 'a.csv'\nclass C:\n    def __init__(self, p=P):\n        self.p = p\nP = 'b.csv'\nr = pd.read_csv(C().p)",
    "def f(d=df):\n    return d.copy()\ndf['z'] = 1\nr = f()",
]


@pytest.mark.parametrize("code", CHANGED)
def test_an_object_that_others_change(code: str, folder: Path) -> None:
    compare(PRELUDE + code, folder)


CLASS = """
import pandas as pd
class Report:
    def __init__(self, path="a.csv"):
        self.df = pd.read_csv(path)
    def clean(self):
        self.df["z"] = self.df["x"] * 2
        {}
        return self
"""


def test_methods_complete_the_columns_of_their_object(folder: Path) -> None:
    assert labels(CLASS.format('self.df["<|>"]'), folder) == ["x", "y", "z"]
    assert labels(CLASS.format('self.df.groupby("<|>'), folder) == ["x", "y", "z"]


def test_a_column_that_an_object_s_frame_lacks_is_reported(folder: Path) -> None:
    code = CLASS.format("") + "r = Report().clean()\n# %%\n"
    check_findings(code + 'r.df["w"]\n     ^^^ unknown-column\n', folder)
    shown = hover(code + "r.d<|>f", folder)
    assert shown is not None
    assert "| z      | `int64` |" in shown.markdown
