"""Frames in dictionaries, lists and objects: one object may be reached in several ways, and changed in any of them."""

from __future__ import annotations

import pytest

from polycell.core.types import Table
from tests.languages.python.oracle import compare

PRELUDE = """
import copy, itertools
import pandas as pd
df = pd.DataFrame({"k": ["x", "y"], "n": [1, 2]})
train, test = df, df.copy()
class Holder: pass
"""

# Programs that change a frame by another name than `r` is read by: nothing that is said may be wrong.
SHARED = [
    "held = {'a': df}\ndf['z'] = 1\nr = held['a'].head()",
    "held = {'a': df}\nd = held['a']\nd['z'] = 1\nr = held['a'].head()",
    "held = {'a': df}\nheld['a']['z'] = 1\nr = df.head()",
    "held = {'a': {'b': df}}\nx = held['a']\nx['b']['z'] = 1\nr = held['a']['b'].head()",
    "held = dict(a=df)\nd = held.get('a')\nd['z'] = 1\nr = held['a'].head()",
    "held = dict(a=df)\nother = held.copy()\nother['a']['z'] = 1\nr = held['a'].head()",
    "held = {'a': df}\nother = copy.copy(held)\nother['a']['z'] = 1\nr = held['a'].head()",
    "held, n = {'a': df}, 1\nheld['a']['z'] = 1\nr = df.head()",
    "held = [df, df]\nheld[0]['z'] = 1\nr = held[1].head()",
    "held = [df] * 2\nheld[0]['z'] = 1\nr = held[1].head()",
    "held = [df]\nfor d in held:\n    d['z'] = 1\nr = held[0].head()",
    "held = [df]\nother = held + [df]\nother[0]['z'] = 1\nr = held[0].head()",
    "held = []\nheld.extend([df])\ndf['z'] = 1\nr = held[0].head()",
    "held = [df]\nheld.insert(0, df)\nheld[0]['z'] = 1\nr = held[1].head()",
    "cols = ['k', 'n']\nfor c in list(df):\n    if c == 'k':\n        cols.remove(c)\nr = df[cols]",
    "cols = ['k', 'n']\nfor i in range(len(df) - 1):\n    cols.remove('k')\nr = df[cols]",
    "cols = ['k', 'n']\nif len(df) > 1:\n    cols.remove('k')\nr = df[cols]",
    "cols = ['k', 'n']\nalso = cols\nalso.remove('k')\nr = df[cols]",
    "held = []\nheld.append(df)\ndf['z'] = 1\nr = held[0].head()",
    "held = {'a': df.copy()}\nfor n, d in held.items():\n    d['z'] = n\nr = held['a'].head()",
    "held = Holder()\nheld.df = df\ndf['z'] = 1\nr = held.df.head()",
    "def add(d):\n    d['z'] = 1\nheld = {'a': df.copy()}\nadd(held['a'])\nr = held['a'].head()",
    "def f(d):\n    return [d, d.copy()]\na, b = f(df)\na['z'] = 1\nr = df",
    "def f(d):\n    return {'a': d}\nheld = f(df)\nheld['a']['z'] = 1\nr = df",
    "held = {'a': df}\n# %%\nd = held['a']\nd['z'] = 1\n# %%\nr = held['a'].head()",
    "held = {'data': {'cols': ['k']}}\nheld['data']['cols'] = ['n']\nr = df[held['data']['cols']]",
]


@pytest.mark.parametrize("code", SHARED)
def test_a_frame_that_is_reached_in_two_ways(code: str) -> None:
    compare(PRELUDE + code)


# What stays known whole, since the text names the very object.
FOLLOWED = {
    "held = {'a': df.copy(), 'b': df.copy()}\nheld['a']['z'] = 1\nr = held['a'].head()": ["k", "n", "z"],
    "held = {'a': df.copy(), 'b': df.copy()}\nheld['a']['z'] = 1\nr = held['b'].head()": ["k", "n"],
    "held = {'a': df.copy()}\nheld['a'].drop(columns='k', inplace=True)\nr = held['a'].head()": ["n"],
    "held = {'a': df.copy()}\nheld['a'].columns = ['p', 'q']\nr = held['a'].head()": ["p", "q"],
    "held = [df.copy()]\nheld[0]['z'] = 1\nr = pd.concat(held)": ["k", "n", "z"],
    "held = {}\nfor n in ['a', 'b']:\n    held[n] = df.assign(**{n: 1})\nr = held['b'].head()": ["k", "n", "b"],
    "held = {'data': {'cols': ['k']}}\nheld['data']['cols'] = ['n']\nr = df[held['data']['cols']]": ["n"],
    "for d in [train, test]:\n    d['z'] = 1\nr = test": ["k", "n", "z"],
    "for name, d in [('a', train), ('b', test)]:\n    d['z'] = name\nr = train": ["k", "n", "z"],
    "cols = df.columns.tolist()\ncols.remove('k')\nr = df[cols]": ["n"],
    "cols = ['k']\ncols.extend(['n'])\ncols.insert(0, 'n')\ncols.remove('n')\nr = df[cols]": ["k", "n"],
    "for a, b in itertools.combinations(['k', 'n'], 2):\n    df[f'{a}_{b}'] = 1\nr = df": ["k", "n", "k_n"],
    "train, test = test.assign(z=1), train\nr = train": ["k", "n", "z"],
}


@pytest.mark.parametrize("code", FOLLOWED)
def test_what_the_text_names_is_followed(code: str) -> None:
    table = compare(PRELUDE + code)["r"]
    assert isinstance(table, Table)
    assert not table.open
    assert [c.name for c in table.columns] == FOLLOWED[code]
