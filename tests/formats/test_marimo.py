"""marimo notebooks."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.formats.marimo import FORMAT, read
from tests.formats.reading import cells, check_map, edited, file_text, shape
from tests.shared import SHARED, examples, needs_shared

NOTEBOOK = '''\
# /// script
# dependencies = ["marimo"]
# ///

import marimo

__generated_with = "0.18.4"
app = marimo.App(width="medium")

with app.setup:
    import polars as pl


@app.cell(hide_code=True)
def _(mo):
    mo.md(r"""
    # A title
    """)
    return


@app.cell
def load(
    mo,
    x: "a:b" = 1,  # a comment: with a colon
):
    # é
    df = mo.sql(
        f"""
        SELECT * FROM t
        """
    )
    text = """
@app.cell
not indented
"""
    return df, text


@app.function
@cache
def double(a):
    return 2 * a


@app.class_definition
class Thing:
    x: int = 1


@app.cell
async def _():
    await f()
    # at the end
    return (
        a,
        b,
    )


app._unparsable_cell(
    r"""
    x = = 1
    """,
    name="_"
)


@app.cell
def _(): return


if __name__ == "__main__":
    app.run()
'''


def test_the_whole_of_a_notebook() -> None:
    assert shape(FORMAT, NOTEBOOK, "nb.py") == [
        ("raw", "", '# /// script\n# dependencies = ["marimo"]\n# ///'),
        ("code", "python", "import polars as pl"),
        ("markup", "markdown", "    # A title"),
        (
            "code",
            "python",
            '# é\ndf = mo.sql(\n    f"""\n    SELECT * FROM t\n    """\n)\ntext = """\n@app.cell\nnot indented\n"""',
        ),
        ("code", "python", "@cache\ndef double(a):\n    return 2 * a"),
        ("code", "python", "class Thing:\n    x: int = 1"),
        ("code", "python", "await f()\n# at the end"),
        ("raw", "", "    x = = 1"),
        ("code", "python", ""),
    ]


def test_names_and_options() -> None:
    document = read(NOTEBOOK, "file:///nb.py", "nb.py")
    (notebook,) = document.notebooks
    assert (notebook.host, notebook.language) == ("marimo", "python")
    assert [c.name for c in notebook.cells] == ["script", "setup", "", "load", "double", "Thing", "", "_", ""]
    assert notebook.cells[2].metadata["hide_code"] is True


def test_a_place_in_a_cell_is_a_place_in_the_file() -> None:
    document = read(NOTEBOOK, "file:///nb.py", "nb.py")
    cell = document.notebooks[0].cells[3]
    assert document.map.to_document(cell.id, cell.text.index("SELECT")) == NOTEBOOK.index("SELECT")
    place = document.map.to_cell(NOTEBOOK.index("# at the end"))
    assert place is not None
    assert place.offset == len("await f()\n")


def test_a_broken_cell_breaks_no_other() -> None:
    text = NOTEBOOK.replace("    await f()\n", "    await f(\n")
    found = cells(FORMAT, text.replace('text = """\n@app.cell\nnot indented\n"""', "text = 1"), "nb.py")
    assert found[6].text == "await f(\n# at the end"
    assert found[3].text.endswith("text = 1")
    assert found[5].text == "class Thing:\n    x: int = 1"
    assert len(found) == 9


def test_lines_typed_below_the_last_statement_belong_to_the_cell() -> None:
    text = "import marimo\napp = marimo.App()\n\n@app.cell\ndef _():\n    x = 1\n    \n    # y\n    \n\n\n"
    text += "@app.cell\ndef _():\n    z\n"
    found = cells(FORMAT, text, "nb.py")
    assert [c.text for c in found] == ["x = 1\n\n# y\n", "z"]
    assert read(text, "", "").map.to_cell(text.index("# y\n    ") + 8) is not None


def test_markdown_with_code_in_it_stays_python() -> None:
    head = "import marimo\napp = marimo.App()\n\n@app.cell\ndef _(mo):\n"
    for call in ('mo.md(f"{x}")', 'mo.md("a\\n")', 'mo.md("a" "b")', 'mo.md("a").callout()', "mo.md(x)"):
        (cell,) = cells(FORMAT, f"{head}    {call}\n    return\n", "nb.py")
        assert (cell.kind, cell.text) == ("code", call)


def test_an_app_of_another_name() -> None:
    text = "import marimo as mo\nnb = mo.App()\n\n@nb.cell\ndef _():\n    x = 1\n    return\n"
    assert shape(FORMAT, text, "nb.py") == [("code", "python", "x = 1")]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (NOTEBOOK, True),
        ("import marimo\napp = marimo.App()\n", True),
        ("import marimo\nprint(1)\n", False),
        ('import marimo\nTEXT = """\napp = marimo.App()\n"""\n', False),
        ('"""Head."""\nimport marimo\nbroken = (\napp = marimo.App()\n', True),
        ("# marimo.App( is not imported here\n", False),
    ],
)
def test_detect(text: str, is_one: bool) -> None:
    assert FORMAT.detect(text, "a.py") is is_one


@needs_shared
def test_a_real_notebook() -> None:
    name = "marimo-team__learn/duckdb/11_working_with_apache_arrow.py"
    text = file_text(SHARED / "notebooks" / name)
    found = cells(FORMAT, text, name)
    assert len(found) == 39 + 1  # the declared dependencies are one more
    for cell in found:
        if cell.kind == "code":
            ast.parse(cell.text)
    assert found[5].text.startswith("users_arrow_table = mo.sql(")
    assert found[-1].text.startswith("import marimo as mo\n")


@settings(max_examples=examples(150), deadline=None)
@given(st.data())
def test_any_edit_is_read(data: st.DataObject) -> None:
    text = data.draw(edited(NOTEBOOK))
    check_map(read(text, "file:///nb.py", "nb.py"), text)
    FORMAT.detect(text, "nb.py")
