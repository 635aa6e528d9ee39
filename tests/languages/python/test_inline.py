"""Calls of the notebook's own functions are followed, and columns of several levels become plain, as pandas does it."""

from __future__ import annotations

import pytest

from polycell.core.types import Table
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
}  # fmt: skip


@pytest.mark.parametrize("code", CASES)
def test_all_columns_are_known(code: str) -> None:
    table = compare(PRELUDE + code)["r"]
    assert isinstance(table, Table)
    assert not table.open
    assert [c.name for c in table.columns] == CASES[code]
