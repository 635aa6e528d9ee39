"""Functions behind decorators, generators and context managers of the notebook, against Python itself."""

from __future__ import annotations

import pytest

from polycell.core.types import Table
from tests.languages.python.oracle import compare, ours

PRELUDE = """
import functools
from contextlib import contextmanager
from functools import lru_cache, wraps
import pandas as pd

df = pd.DataFrame({"a": [1, 2], "b": ["x", "y"], "c": [0.5, 1.5]})

def timed(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        result = function(*args, **kwargs)
        print(function.__name__, result.shape)
        return result
    return wrapper

def logged(level, *, quiet=False):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(frame, *args, **kwargs):
            if not quiet:
                print(level, frame.shape)
            return function(frame, *args, **kwargs)
        return wrapper
    return decorate

NAMES = {}
def registered(function):
    NAMES[function.__name__] = function
    return function
"""

# What `r` is (a closed table, an open one, or nothing known of columns), and the program.
CASES = """
# closed
@timed
def load():
    return pd.DataFrame({'n': [1]})
r = load()

# closed
@timed
def some(frame, names):
    return frame[names]
r = some(df, ['a', 'b'])

# closed
@logged('info')
def some(frame, name):
    return frame[[name]]
r = df.pipe(some, 'a')

# closed
@timed
@logged('info', quiet=True)
def same(frame):
    return frame.head()
r = same(df)

# closed
@registered
def some(frame):
    return frame[['b']]
r = some(df)

# closed
@logged('info')
def add(frame):
    frame['z'] = 1
    return frame
add(df)
r = df

# open
@lru_cache
def load():
    return pd.DataFrame({'n': [1]})
load()['z'] = 1
r = load()

# closed
def each():
    for i in range(2):
        yield pd.DataFrame({'n': [i]})
for r in each():
    pass

# closed
def each(frame, names):
    for n in names:
        yield n, frame[[n]]
for n, r in each(df, ['a']):
    r['z'] = 1

# open
def each():
    made = pd.DataFrame({'n': [1]})
    for i in range(2):
        made[f'c{i}'] = i
        yield made
r = list(each())[0]

# open
def each(frame):
    for i in range(2):
        yield frame
for r in each(df):
    r['z'] = 1
r = df

# open
def each():
    made = pd.DataFrame({'n': [1]})
    yield made
    made['z'] = 1
r = list(each())[0]

# nothing
def both():
    yield from [df[['a']], df[['a']]]
r = next(both())

# open
def each():
    yield df[['a']]
r = pd.concat(each())

# closed
@contextmanager
def some(frame, name):
    yield frame[[name]]
with some(df, 'a') as r:
    r['z'] = 1

# open
@contextmanager
def quiet(frame):
    try:
        yield frame[['a']]
    except KeyError:
        pass
r = df
with quiet(df) as f:
    f['missing']
    r = f

# nothing
def twice(f):
    def wrapper(*a):
        return f(*a).assign(z=1)
    return wrapper
@twice
def load():
    return pd.DataFrame({'n': [1]})
r = load()

# nothing
def adds(f):
    def wrapper(*a):
        r = f(*a)
        r['z'] = 1
        return r
    return wrapper
@adds
def load():
    return pd.DataFrame({'n': [1]})
r = load()

# nothing
def first(f):
    def wrapper(frame):
        frame = frame[['a']]
        return f(frame)
    return wrapper
@first
def same(frame):
    return frame.head()
r = same(df)

# nothing
def again(f):
    def wrapper(*a):
        for i in range(2):
            return f(*a)
    return wrapper
@again
def load():
    return pd.DataFrame({'n': [1]})
r = load()
"""


@pytest.mark.parametrize("case", CASES.strip().split("\n\n"))
def test_what_calls_give(case: str) -> None:
    known = case.split("\n", 1)[0].removeprefix("# ")
    made = compare(PRELUDE + case).get("r")
    assert ("nothing" if not isinstance(made, Table) else "open" if made.open else "closed") == known


def test_decorators_cross_cells() -> None:
    said = ours(PRELUDE + "# %%\n@timed\ndef some(frame):\n    return frame[['b']]\n# %%\nr = some(df)")["r"]
    assert isinstance(said, Table)
    assert [c.name for c in said.columns] == ["b"]


@pytest.mark.parametrize(
    ("by", "key"), [("'b'", "string"), ("['b']", "(string)"), ("['a', 'b']", "(int64, string)"), ("df['c']", "double")]
)
def test_keys_of_groups(by: str, key: str) -> None:
    made = compare(PRELUDE + f"for key, group in df.groupby({by}):\n    pass")["key"]
    items = getattr(made, "items", None)
    assert (f"({', '.join(str(i.type) for i in items)})" if items else str(getattr(made, "type", ""))) == key


def test_one_value_of_a_frame() -> None:
    """By place one, by its label perhaps several."""
    said = compare(PRELUDE + "r = df.set_index('b').at['x', 'a']\ns = df.iat[0, 2]")
    assert [str(getattr(said[name], "type", "")) for name in ("r", "s")] == ["", "double"]
