"""Notebooks of several languages under any edits: what is known afterwards equals an analysis made anew, and no service
has failed on the way."""

from __future__ import annotations

import logging

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.compose import default_services
from polycell.core.notebook import Cell, Notebook, replace_cell, splice
from polycell.core.session import Session
from polycell.core.values import replace

CELLS = [
    ("python", "import pandas as pd\ndf = pd.DataFrame({'a': [1], 'b': ['x']})\nn = 3"),
    ("python", "def made(x):\n    y = x.assign(c=x['a'] * n)\n    return y\nbig = made(df)\nbig[['a', 'c']]"),
    ("python", "%%sql duckdb:// out <<\nselect a, c from big where b = {{n}}"),
    ("sql", "create table t (id int, total int); select totl from t"),
    ("python", "for name, part in big.groupby('b'):\n    part['d'] = part.c.sum()\nprint(part.d, nobody)"),
    ("vegalite", '{"data": {"name": "df"}, "mark": "bar", "encoding": {"x": {"field": "a"}}}'),
    ("markdown", "# Title\n`df`"),
    ("python", "%%bash\nls"),
]
PIECES = [
    *"()[]{}'\"\\.:=@%!?#\n\t ",
    "df",
    "big = ",
    "del df",
    '"""',
    "%%sql\n",
    "import n",
    "\r\n",
    "\ud800",
    "\x0c",
    "select ",
    "{{",
]
LANGUAGES = ["python", "sql", "scala", "vegalite", "markdown", "bash", ""]
AT = st.integers(0, 400)
OPERATION = st.one_of(
    st.tuples(st.just("type"), AT, AT, st.sampled_from(PIECES)),
    st.tuples(st.just("type"), AT, AT, st.sampled_from(PIECES)),
    st.tuples(st.just("cut"), AT, AT, st.integers(1, 30)),
    st.tuples(st.just("copy"), AT, AT, st.none()),
    st.tuples(st.just("delete"), AT, st.integers(1, 2), st.none()),
    st.tuples(st.just("move"), AT, AT, st.none()),
    st.tuples(st.just("language"), AT, AT, st.sampled_from(LANGUAGES)),
    st.tuples(st.just("look"), AT, AT, st.none()),
)


def known(session: Session, book: Notebook) -> list[object]:
    snapshot = session.snapshot(book.uri)
    assert snapshot is not None
    snapshot.analysis.settle()
    return [(snapshot.analysis.exports(i), snapshot.analysis.findings(i)) for i in range(len(book.cells))]


def edited(book: Notebook, number: int, kind: str, at: int, to: int, what: object) -> Notebook:
    count = len(book.cells)
    if not count:
        return book
    cell = book.cells[at % count]
    offset = to % (len(cell.text) + 1)
    if kind == "type":
        return replace_cell(book, replace(cell, text=f"{cell.text[:offset]}{what}{cell.text[offset:]}"))
    if kind == "cut":
        assert isinstance(what, int)
        return replace_cell(book, replace(cell, text=cell.text[:offset] + cell.text[offset + what :]))
    if kind == "copy":
        return splice(book, to % (count + 1), 0, [replace(cell, id=f"copied{number}")])
    if kind == "delete":
        return splice(book, at % count, to)
    if kind == "move":
        return splice(splice(book, at % count, 1), to % count, 0, [cell])
    assert kind == "language"
    return replace_cell(book, replace(cell, language=str(what)))


@settings(max_examples=25, deadline=None)
@given(st.lists(OPERATION, min_size=1, max_size=10))
def test_any_edits_equal_an_analysis_anew(operations: list[tuple[str, int, int, object]]) -> None:
    services, failures = default_services(), logging.getLogger("polycell.core.guard")
    book = Notebook("file:///edited.ipynb", tuple(Cell(f"c{n}", *cell) for n, cell in enumerate(CELLS)))
    with pytest.MonkeyPatch.context() as patched:
        failed: list[object] = []
        patched.setattr(failures, "exception", lambda *args: failed.append(args))
        session = Session(services)
        session.update(book)
        for number, (kind, at, to, what) in enumerate(operations):
            if kind == "look":
                snapshot = session.snapshot(book.uri)
                assert snapshot is not None
                snapshot.analysis.settle(until=at % (len(book.cells) + 1))
                continue
            book = edited(book, number, kind, at, to, what)
            session.update(book)
        anew = Session(services)
        anew.update(book)
        assert known(session, book) == known(anew, book)
        assert not failed
