"""jupytext's light scripts, which only their header tells from ordinary ones."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.formats.percent import FORMAT, read
from tests.formats.reading import check_map, edited, shape
from tests.shared import examples

HEADER = """\
# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: light
# ---

"""
SCRIPT = (
    HEADER
    + '''\
# # A title
#
# Some text

import pandas as pd

# A comment that touches code
x = 1

def f():

    # inside

    return 1

text = """

# in a string

"""

# More text

# %matplotlib inline

# + tags=["parameters"]
a = 1


# no paragraph of its own
b = 2
# -

c = 3

# + [markdown]
# Explicit
# -

# + active=""
# raw
# -

# + language="R"
# library(x)
'''
)


def test_the_whole_of_a_script() -> None:
    assert FORMAT.detect(SCRIPT, "nb.py")
    found = shape(FORMAT, SCRIPT, "nb.py")
    assert [(kind, language) for kind, language, _ in found] == [
        *(("markup", "markdown"), ("code", "python"), ("markup", "markdown"), ("code", "python"), ("code", "python")),
        *(("code", "python"), ("markup", "markdown"), ("raw", ""), ("code", "r")),
    ]
    texts = [text for _, _, text in found]
    assert texts[0] == "# A title\n\nSome text"
    assert texts[1].startswith("import pandas as pd\n\n# A comment that touches code\n")
    assert texts[1].endswith('"""\n\n# in a string\n\n"""')
    assert texts[2:] == [
        "More text",
        "%matplotlib inline",
        "a = 1\n\n\n# no paragraph of its own\nb = 2",
        "c = 3",
        "Explicit",
        "raw",
        "library(x)",
    ]


def test_folding_markers_that_the_header_names() -> None:
    header = HEADER.replace("#     text_rep", "#     cell_markers: region,endregion\n#     text_rep")
    text = header + "# region tags=['x']\na = 1\n# endregion\n\nb = 2\n"
    assert shape(FORMAT, text, "nb.py") == [("code", "python", "a = 1"), ("code", "python", "b = 2")]


def test_without_the_header_it_is_a_comment() -> None:
    text = "# +\na = 1\n# -\n"
    assert not FORMAT.detect(text, "nb.py")
    assert shape(FORMAT, text, "nb.py") == [("code", "python", text)]


@settings(max_examples=examples(100), deadline=None)
@given(st.data())
def test_any_edit_is_read(data: st.DataObject) -> None:
    text = HEADER + data.draw(edited(SCRIPT[len(HEADER) :]))
    check_map(read(text, "file:///nb.py", "nb.py"), text)
