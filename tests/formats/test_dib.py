"""Polyglot Notebooks' `.dib`."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.formats.dib import FORMAT, read
from tests.formats.reading import cells, check_map, edited, file_text, shape
from tests.shared import SHARED, examples, needs_shared

SOURCE = """\
#!meta

{"kernelInfo":{"defaultKernelName":"fsharp","items":[{"aliases":["js"],"languageName":"JavaScript","name":"javascript"},
{"aliases":[],"languageName":"T-SQL","name":"shop"},{"aliases":[],"name":"value"}]}}

#!markdown

# Title

#!csharp

var x = 1;
#!share --from javascript y

#!shop

SELECT 1

#!kql

#!connect kql --kernel-name telemetry --cluster "x"

#!kql

#!kql-telemetry --name rows
T | count

#!js

y = 2

#!value --name data
{"a": 1}

#!csharp

"""


def test_the_whole_of_a_notebook() -> None:
    found = cells(FORMAT, SOURCE, "nb.dib")
    assert [(c.kind, c.language, c.text.rstrip("\n")) for c in found] == [
        ("markup", "markdown", "# Title"),
        ("code", "csharp", "var x = 1;\n#!share --from javascript y"),
        ("code", "sql", "SELECT 1"),
        ("code", "kql", '#!connect kql --kernel-name telemetry --cluster "x"'),
        ("code", "kql", "#!kql-telemetry --name rows\nT | count"),
        ("code", "javascript", "y = 2"),
        ("code", found[6].language, '#!value --name data\n{"a": 1}'),
        ("code", "csharp", ""),
    ]
    assert found[4].result == "rows"
    assert found[6].result == "data"
    assert found[6].language not in ("python", "sql", "csharp", "javascript")


def test_text_above_the_first_marker_speaks_the_default_language() -> None:
    assert shape(FORMAT, "let a = 1\n#!sql\nselect 1", "nb.dib")[0] == ("code", "csharp", "let a = 1")
    meta = '#!meta\n\n{"kernelInfo":{"defaultKernelName":"fsharp","items":[]}}\n\nlet a = 1\n'
    assert shape(FORMAT, meta, "nb.dib") == [("code", "fsharp", "let a = 1\n")]


def test_broken_metadata_hides_no_cell() -> None:
    assert shape(FORMAT, '#!meta\n\n{"kernelInfo":\n\n#!fsharp\n\nlet a = 1', "nb.dib") == [
        ("code", "fsharp", "let a = 1")
    ]


def test_words_that_are_no_kernel_start_no_cell() -> None:
    text = "#!csharp\n#!time\nvar x = 1;\n#!set --name a --value b\n#!nothing\n"
    assert len(cells(FORMAT, text, "nb.dib")) == 1


def test_a_jupyter_kernel_is_known_by_the_name_it_was_given() -> None:
    text = "#!connect jupyter --kernel-name mine --kernel-spec python3\n\n#!mine\n\nx = 1"
    assert [c.language for c in cells(FORMAT, text, "nb.dib")] == ["csharp", "python"]


@needs_shared
def test_real_notebooks() -> None:
    folder = SHARED / "notebooks/dotnet__interactive/samples/notebooks/polyglot"
    # One less than the marker lines: `#!meta` is no cell.
    fsharp = cells(FORMAT, file_text(folder / "COVID-19-fsharp.dib"), "a.dib")
    assert [c.language for c in fsharp] == [
        *("markdown", "fsharp", "fsharp", "markdown", "fsharp", "markdown", "fsharp", "markdown", "javascript"),
        *("markdown", "html", "javascript"),
    ]
    telemetry = cells(FORMAT, file_text(folder / "polyglot telemetry.dib"), "b.dib")
    assert len(telemetry) == 15
    assert (telemetry[3].language, telemetry[3].result) == ("kql", "langauges")
    assert telemetry[11].language == "javascript"


@settings(max_examples=examples(150), deadline=None)
@given(st.data())
def test_any_edit_is_read(data: st.DataObject) -> None:
    text = data.draw(edited(SOURCE))
    check_map(read(text, "file:///nb.dib", "nb.dib"), text)
