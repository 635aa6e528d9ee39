"""The comment that declares a frame: read, reported, completed, written; and the actions on a table that go with it."""

from __future__ import annotations

import asyncio

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.core import actions, features
from polycell.core.actions import apply
from polycell.core.results import Action
from polycell.core.text import Span
from polycell.core.types import Column, Table
from polycell.languages.python.syntax.schema_comments import schema_comments, written
from polycell.tables.type_names import NAMES, parse_type
from tests.dsl import Case, check_findings, labels, load
from tests.shared import examples


def table(code: str, name: str = "df") -> Table:
    case = load(code)
    case.snapshot.analysis.settle()
    for index in reversed(range(len(case.notebook.cells))):
        for binding in case.snapshot.analysis.exports(index).bindings:
            if binding.name == name and isinstance(binding.type, Table):
                return binding.type
    raise AssertionError(f"no table {name}")


def columns(found: Table) -> list[tuple[str, str]]:
    return [(c.name, str(c.type or "")) for c in found.columns]


AB = [("a", "int64"), ("b", "string")]


@pytest.mark.parametrize(
    ("code", "expected", "open_"),
    [
        ("# schema df: a int64, b string\ndf = load()", AB, False),
        ("df = load()\n# schema df: a int64, b string", AB, False),
        ("df = load()\n# schema df: a: int, b: str, ...\nx = 1", AB, True),
        ("# schema df: a int64,\n#   b string\ndf = load()", AB, False),
        ("#schema df:a int64,b string\ndf = load()", AB, False),
        ("# what follows is big\n# schema df: a int64, b string\n# as said\n\ndf = load()", AB, False),
        ('# schema df: "two words" double?, d timestamp[us, tz=UTC], l list<item: int64>\ndf = load()',
         [("two words", "double"), ("d", "timestamp[us, tz=UTC]"), ("l", "list<item: int64>")], False),
        ("# schema df: a int64, b\ndf = load()", [("a", "int64"), ("b", "")], False),
        ("# schema df: a int64, b string\ndf = load()\ndf['c'] = 1.5", [*AB, ("c", "double")], False),
        ("# schema df: a int64, b string", AB, False),
        ("import pandas as pd\n# schema df: b string, ...\ndf = pd.DataFrame({'a': [1], 'b': x})",
         [("b", "string"), ("a", "int64")], False),
    ],
)  # fmt: skip
def test_what_it_declares(code: str, expected: list[tuple[str, str]], open_: bool) -> None:
    found = table(code)
    assert (columns(found), found.open) == (expected, open_)


def test_it_holds_from_where_it_stands() -> None:
    code = "import pandas as pd\ndf = pd.DataFrame({'x': [1]})\ny = df['<|>']\n# schema df: a int64, b string\ndf = f()"
    assert labels(code) == ["x"]
    assert labels("# schema df: a int64, b string\ndf = f()\n# %%\ndf['<|>']") == ["a", "b"]


@pytest.mark.parametrize(
    "text",
    ["# schema mapping: see the docs", "# schema df: id, name", "x = '''\n# schema df: a int64\n'''",
     "# schema: a int64", "# the schema df: a int64", "# schema v2: drop table, rename it"],
)  # fmt: skip
def test_prose_is_left_alone(text: str) -> None:
    assert schema_comments(text) == ()


def test_what_is_malformed_is_reported_at_its_place() -> None:
    check_findings("""
        # schema df: a int64, b strng, a double, 'c d' int, e list<x>
                              ^^^^^^^ malformed-schema: `strng` is no type
                                       ^^^^^^^^ malformed-schema: declared twice
                                                            ^^^^^^^^^ malformed-schema: `list<x>` is no type
        df = [1]
    """)
    check_findings("# schema mapping: see the docs, they are good\nx = 1")


def test_declared_closed_frames_prove_absence() -> None:
    check_findings("""
        from lib import load
        # schema df: price double
        df = load()
        df["pirce"]
           ^^^^^^^ unknown-column: Did you mean `price`
    """)


def test_completion_inside() -> None:
    assert labels("df = 1\n# schema df: a <|>")[:2] == ["int64", "double"]
    assert labels("df = 1\n# schema df: a int64, b str<|>") == sorted(NAMES, key=NAMES.index)
    used = "df = load()\ndf['alpha']\n# %%\n# schema df: <|>"
    assert labels(used) == ["alpha"]
    assert labels("import pandas as pd\ndf = pd.DataFrame({'a': [1]})\n# schema <|>") == ["df"]
    assert labels("# nothing <|>") == []


@settings(max_examples=examples(200), deadline=None)
@given(st.text(alphabet="ab,: <>[]()?.#\n\"'int64schema", max_size=60))
def test_any_text_is_read(body: str) -> None:
    text = f"# schema df: a int64,{body}"
    for comment in schema_comments(text):
        for item in comment.items:
            assert 0 <= item.span.start <= item.span.end <= len(text)
        comment.table(text, "c")


@settings(max_examples=examples(100), deadline=None)
@given(
    st.lists(st.tuples(st.text(alphabet="aé b,:?'.<(", min_size=1, max_size=8), st.sampled_from(NAMES)), min_size=1),
    st.booleans(),
)
def test_what_is_written_is_read_back(pairs: list[tuple[str, str]], open_: bool) -> None:
    by_name = {name.strip() or "x": parse_type(type_) for name, type_ in pairs}
    made = Table(tuple(Column(n, t) for n, t in by_name.items()), open=open_)
    read = schema_comments(written("df", made))[0]
    assert {i.name: i.type for i in read.items} == by_name
    assert not any(i.wrong for i in read.items)
    assert read.open == open_


# -- actions


def offered(text: str) -> tuple[Case, dict[str, Action]]:
    case = load(text)
    found = actions.actions(case.snapshot, case.session.services, case.cell, Span(case.offset, case.offset))
    return case, {a.title: a for a in found}


FRAME = "# %%\nimport pandas as pd\ndf = pd.DataFrame({'id': [1], 'two words': ['x']})\n"
DECLARE = "Declare the columns of `df` in a comment"


def test_the_comment_is_written_above_the_statement() -> None:
    case, made = offered(FRAME.replace("df =", "d<|>f ="))
    text = apply(case.notebook.cells[0].text, made[DECLARE].edits)
    assert text.split("\n")[1:3] == ['# schema df: id int64, "two words" string', text.split("\n")[2]]
    assert columns(table(text)) == [("id", "int64"), ("two words", "string")]
    case, made = offered(FRAME + "df['n'] = 1.5\n# %%\nprint(d<|>f)")
    (edit,) = made[DECLARE].edits
    assert (edit.cell, edit.span.start) == ("c1", 0)
    assert edit.text == '# schema df: id int64, "two words" string, n double\n'


def test_the_comment_from_another_language() -> None:
    _, made = offered(FRAME + "# %% [sql]\nselect * from d<|>f")
    (edit,) = made[DECLARE].edits
    assert edit.cell == "c0"
    assert edit.text.endswith('# schema df: id int64, "two words" string')
    assert made["New cell: SQL over `df`"].insert_cell is not None


def test_nothing_is_declared_twice_and_nothing_unknown() -> None:
    for text in ("# schema df: a int64\nd<|>f = load()", "d<|>f = load()", "x<|> = 1"):
        assert not any(title.startswith("Declare") for title in offered(text)[1])


def test_a_query_over_the_table_runs() -> None:
    _, made = offered(FRAME + "# %%\nd<|>f")
    cell = made["New cell: SQL over `df`"].insert_cell
    assert cell is not None
    assert (cell.language, cell.after) == ("python", "c1")
    df = pd.DataFrame({"id": [1], "two words": ["x"]})
    space = {"df": df, "duckdb": duckdb}
    exec(f"{cell.text.replace('duckdb.sql', 'r = duckdb.sql')}", space)
    assert space["r"].columns == list(df.columns)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("notebook", "language", "start"),
    [
        (FRAME + "# %%\n%%sql\nselect 1\n# %%\nd<|>f", "python", "%%sql\nSELECT id"),
        (FRAME + "# %% [sql]\nselect 1\n# %%\nd<|>f", "sql", "SELECT id"),
        ("host: polynote\n" + FRAME + "# %%\nd<|>f", "sql", "SELECT id, `two words`\nFROM df"),
        ("host: marimo\n" + FRAME + "# %%\nd<|>f", "python", '_df = mo.sql(f"""\nSELECT id'),
        (FRAME + "import duckdb\n# %%\nd<|>f", "python", 'duckdb.sql("""\nSELECT id'),
    ],
)
def test_a_query_in_the_notebooks_own_way(notebook: str, language: str, start: str) -> None:
    _, made = offered(notebook)
    cell = made["New cell: SQL over `df`"].insert_cell
    assert cell is not None
    assert cell.language == language
    assert cell.text.startswith(start), cell.text


def test_completion_in_a_comment_is_total() -> None:
    for text in ("# schema <|>", "# schema df:<|>", "# schema df: a int64, list<<|>", "#<|>", "# schema df: a [[[<|>"):
        case = load(text)
        asyncio.run(features.complete(case.snapshot, case.session.services, case.cell, case.offset))
