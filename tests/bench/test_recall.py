"""Which places the recall bench takes, and how it counts."""

from __future__ import annotations

from tests.bench.recall import Place, places, rank

TEXT = """import pandas as pd
%matplotlib inline
df = pd.read_csv('a.csv')
df[['one', 'two']].plot(x='one', y=["no key"])
words = ['no key']
df['it'] + df
"""


def test_places_are_words_that_could_have_been_completed() -> None:
    found = [(p.kind, p.word) for p in places([TEXT])]
    assert found == [("member", "read_csv"), ("key", "one"), ("member", "plot"), ("key", "it")]
    (again,) = [p for p in places(["frame = 1", "print(frame)"]) if p.kind == "name"]
    assert again == Place("name", 1, len("print("), "frame")
    assert list(places(["x = ("])) == []


def test_only_what_begins_as_it_is_typed_stands_before_a_name() -> None:
    items = [{"label": "abc"}, {"label": "print"}, {"label": "plot(x)", "insertText": "plot"}]
    assert rank(items, Place("name", 0, 0, "plot")) == 1
    assert rank(items, Place("member", 0, 0, "plot")) == 2
    assert rank(items, Place("member", 0, 0, "other")) is None
