"""Percent scripts: markers, options, prefixes, magics in comments."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.formats.percent import FORMAT, read
from tests.formats.reading import cells, check_map, edited, file_text, shape
from tests.shared import SHARED, examples, needs_shared

SCRIPT = '''\
#!/usr/bin/env python
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
#   kernelspec:
#     language: python
#     name: python3
# ---

"""A docstring."""

# %% [markdown]
# # A title
#
# and text

# %% Load tags=["parameters"] other={"a": [1, 2]} plain=yes
import pandas as pd

# %matplotlib inline
# x = %sql select 1
# !pip install x \\
#   --quiet
# What does this do?
# %d items

# %% [sql] -> orders
select *
from df

# %% language="R"
# library(ggplot2)
#
# plot(x)

# %% [markdown]
"""
In quotes
"""

# %%
# %%sql -o y
# SELECT 1
# FROM t

# %%
# %%time
# a comment
f(1)
'''


def test_the_whole_of_a_script() -> None:
    assert shape(FORMAT, SCRIPT, "nb.py") == [
        ("code", "python", '"""A docstring."""\n'),
        ("markup", "markdown", "# A title\n\nand text"),
        (
            "code",
            "python",
            "import pandas as pd\n\n%matplotlib inline\nx = %sql select 1\n!pip install x \\\n  --quiet\n"
            "# What does this do?\n# %d items\n",
        ),
        ("code", "sql", "select *\nfrom df\n"),
        ("code", "r", "library(ggplot2)\n\nplot(x)\n"),
        ("markup", "markdown", "In quotes"),
        ("code", "sql", "%%sql -o y\nSELECT 1\nFROM t\n"),
        ("code", "python", "%%time\n# a comment\nf(1)\n"),
    ]


def test_options_titles_and_results() -> None:
    found = cells(FORMAT, SCRIPT, "nb.py")
    assert found[2].name == "Load"
    assert found[2].metadata == {
        "title": "Load",
        "tags": ["parameters"],
        "other": {"a": [1, 2]},
        "plain": "yes",
    }
    assert found[3].result == "orders"


def test_the_header_gives_the_language_and_is_no_cell() -> None:
    (notebook,) = read(SCRIPT, "file:///nb.py", "nb.py").notebooks
    assert notebook.host == "percent"
    assert notebook.metadata["kernelspec"] == {"language": "python", "name": "python3"}
    assert notebook.metadata["executable"] == "/usr/bin/env python"
    header = "# ---\n# kernelspec:\n#   language: julia\n# ---\n# %%\nx = 1\n"
    assert shape(FORMAT, header, "nb.py") == [("code", "julia", "x = 1\n")]


@pytest.mark.parametrize(
    "marker", ["# %%", "#%%", "#  %%", "# %%%", "# %% A title", "# In[3]:", "# In[ ]:", "# <codecell>"]
)
def test_markers(marker: str) -> None:
    assert shape(FORMAT, f"x = 1\n{marker}\ny = 2", "nb.py") == [
        ("code", "python", "x = 1"),
        ("code", "python", "y = 2"),
    ]


@pytest.mark.parametrize("line", ["    # %%", "x = 1 # %%", "# %", "# %%matplotlib inline", "% %", "# In[3] and more"])
def test_what_is_no_marker(line: str) -> None:
    assert len(cells(FORMAT, f"# %%\nx = 1\n{line}\ny = 2", "nb.py")) == 1


def test_a_title_that_is_glued_to_its_marker() -> None:
    found = cells(FORMAT, "#%%Load the data\nx = 1\n#%%Next\ny = 2\n", "nb.py")
    assert [(c.name, c.text) for c in found] == [("Load the data", "x = 1"), ("Next", "y = 2\n")]


@pytest.mark.parametrize(
    ("marker", "kind", "language"),
    [
        ("# %% [md]", "markup", "markdown"),
        ("# %% markdown", "markup", "markdown"),
        ("# %% [raw]", "raw", ""),
        ("# %% [SQL]", "code", "sql"),
        ('# %% language="sql"', "code", "sql"),
        ("# %% A [sql] title", "code", "sql"),
        ("# %% [intro]", "code", "python"),
        ("# %% data[0]", "code", "python"),
        ('# %% cell_type="markdown"', "markup", "markdown"),
    ],
)
def test_cell_types(marker: str, kind: str, language: str) -> None:
    (cell,) = cells(FORMAT, f"{marker}\ntext", "nb.py")
    assert (cell.kind, cell.language) == (kind, language)


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "nb.sql",
            "-- %% Orders\nselect 1\n-- %% [markdown]\n-- text",
            [("code", "sql", "select 1"), ("markup", "markdown", "text")],
        ),
        (
            "nb.scala",
            "// %%\nval x = 1\n// %% [sql]\n// select 1",
            [("code", "scala", "val x = 1"), ("code", "sql", "select 1")],
        ),
        ("nb.R", "# %%\nx <- 1\n# %% [python]\ny = 1", [("code", "r", "x <- 1"), ("code", "python", "y = 1")]),
        ("nb.jl", "# %%\n# !ls\nx = 1", [("code", "julia", "!ls\nx = 1")]),
    ],
)
def test_other_languages(path: str, text: str, expected: list[tuple[str, str, str]]) -> None:
    assert shape(FORMAT, text, path) == expected


def test_a_script_with_bare_magics_hides_none() -> None:
    text = "# %%\n%matplotlib inline\n# %pip install x\n"
    assert shape(FORMAT, text, "nb.py") == [("code", "python", "%matplotlib inline\n# %pip install x\n")]


def test_the_header_may_say_that_magics_are_not_hidden() -> None:
    text = "# ---\n# jupytext:\n#   comment_magics: false\n# ---\n# %%\n# %pip install x\n"
    assert shape(FORMAT, text, "nb.py")[0][2] == "# %pip install x\n"


def test_an_inactive_cell_is_read_where_it_is_commented() -> None:
    assert shape(FORMAT, '# %% active="ipynb"\n# x = 1\n# y', "nb.py") == [("code", "python", "x = 1\ny")]
    assert shape(FORMAT, "# %%\n# x = 1\n# y", "nb.py") == [("code", "python", "# x = 1\n# y")]


def test_an_empty_cell_has_a_place_when_there_is_a_line_for_it() -> None:
    text = "# %%\n# %%\nx"
    document = read(text, "file:///nb.py", "nb.py")
    assert document.map.to_document("c0", 0) == 5
    text = "x\n# %%\n"
    assert read(text, "file:///nb.py", "nb.py").map.to_cell(len(text)) is not None


def test_the_blank_lines_below_a_cell_belong_to_it() -> None:
    text = "# %%\nx = 1\n\n\n# %%\ny"
    place = read(text, "file:///nb.py", "nb.py").map.to_cell(text.index("\n\n") + 1)
    assert place is not None
    assert (place.cell, place.offset) == ("c0", 6)


def test_markers_in_strings_of_a_program_are_text() -> None:
    program = 'TEXT = """# %%\n# %% [markdown]\n# x\n"""\n'
    assert not FORMAT.detect(program, "test_read.py")
    assert [text for _, _, text in shape(FORMAT, program + "# %%\ny = 1", "a.py")] == [program.rstrip(), "y = 1"]
    # An open quote above hides no cell: somebody is typing it.
    assert len(cells(FORMAT, '# %%\nx = """\n# %%\ny = 1\n# %%\nz = """doc"""\n', "a.py")) == 3


def test_detect() -> None:
    assert FORMAT.detect("x\n#%%\n", "a.py")
    assert FORMAT.detect("-- %%\n", "a.sql")
    assert not FORMAT.detect("print('# %%')\n", "a.py")
    assert not FORMAT.detect("# %%\n", "a.sql")


@needs_shared
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("bluss__uv-run-jupyter-notebooks/nb1.py", 8),
        ("mwouts__jupytext/tests/data/notebooks/inputs/hydrogen/hydrogen_latex_html_R_magics.py", 7),
    ],
)
def test_real_scripts(name: str, count: int) -> None:
    text = file_text(SHARED / "notebooks" / name)
    assert FORMAT.detect(text, name)
    found = cells(FORMAT, text, name)
    assert len(found) == count
    if "hydrogen" in name:
        assert [c.language for c in found] == ["python", "python", "python", "html", "python", "r", "latex"]
    else:
        assert found[0].text.startswith("# /// script\n")
        assert found[1].metadata == {"jupyter": {"source_hidden": True}}


@settings(max_examples=examples(150), deadline=None)
@given(st.data())
def test_any_edit_is_read(data: st.DataObject) -> None:
    text = data.draw(edited(SCRIPT))
    for path in ("nb.py", "nb.sql"):
        check_map(read(text, "file:///nb", path), text)


@settings(max_examples=examples(100), deadline=None)
@given(st.text())
def test_any_text_is_read(text: str) -> None:
    check_map(read(text, "file:///nb.py", "nb.py"), text)
    FORMAT.detect(text, "nb.py")
