"""What a cell speaks: what is written about it, every contradiction met in real notebooks, every edit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.core.notebook import Notebook
from polycell.core.values import replace
from polycell.formats.cells import make_cell, retext
from polycell.formats.model import CellSource
from tests.formats.making import cell

# -- metadata


@pytest.mark.parametrize(
    ("metadata", "host", "language"),
    [
        ({"vscode": {"languageId": "sql"}}, "jupyter", "sql"),
        ({"language": "sql"}, "jupyter", "sql"),
        ({"language": "scala"}, "polynote", "scala"),
        ({"polyglot_notebook": {"kernelName": "fsharp"}}, "dotnet", "fsharp"),
        ({"dotnet_interactive": {"language": "pwsh"}}, "dotnet", "powershell"),
        ({"polyglot_notebook": {"kernelName": "sql-shop"}}, "dotnet", "sql"),
        ({"kernel": "R"}, "sos", "r"),
        ({"kernel": "SoS"}, "sos", "python"),
        ({"kernel": "R"}, "jupyter", "python"),
        ({"microsoft": {"language": "sparksql"}}, "synapse", "sql"),
        ({"deepnote_cell_type": "sql"}, "deepnote", "sql"),
        ({"language": "text"}, "polynote", "markdown"),
        # Of a real Snowflake notebook, whose cell holds SQL.
        ({"language": "sql", "vscode": {"languageId": "python"}}, "snowflake", "sql"),
        ({"language": 5, "vscode": [], "microsoft": None, "kernel": {}}, "jupyter", "python"),
    ],
)
def test_metadata(metadata: dict[str, Any], host: str, language: str) -> None:
    assert cell("x", host=host, metadata=metadata).language == language


@pytest.mark.parametrize(
    ("metadata", "host", "result"),
    [
        ({"language": "sql", "name": "orders"}, "snowflake", "orders"),
        ({"language": "python", "name": "df"}, "snowflake", "df"),
        ({"language": "sql", "name": "two words"}, "snowflake", ""),
        ({"language": "sql", "name": "orders"}, "jupyter", ""),
        ({"deepnote_cell_type": "sql", "deepnote_variable_name": "df_1"}, "deepnote", "df_1"),
        ({"language": "sql", "resultVariableName": "dataframe_2"}, "snowflake", "dataframe_2"),
        ({"language": "sql", "output_variable": "o"}, "jupyter", "o"),
    ],
)
def test_result_names_in_metadata(metadata: dict[str, Any], host: str, result: str) -> None:
    assert cell("select 1", host=host, metadata=metadata).result == result


def test_polynote_in_vs_code() -> None:
    # Every cell arrives in the kernel's language and without its top-level key.
    notebook = {"config": {}, "language_info": {"name": "scala"}}
    for declared in ("scala", "python"):
        got = cell(
            "x",
            host="polynote",
            language="scala",
            notebook=notebook,
            declared=declared,
            metadata={"language": "python"},
        )
        assert got.language == "python"
    changed = {"language": "python", "vscode": {"languageId": "sql"}}
    assert cell("x", host="polynote", language="scala", declared="sql", metadata=changed).language == "sql"
    unmarked = cell("x", host="polynote", language="scala", notebook={"config": {}}, declared="python")
    assert unmarked.language == "scala"
    # The file's top-level key, read from disk, beats the metadata as Polynote itself does it.
    both = cell("x", host="polynote", language="scala", metadata={"language": "python"}, outer={"language": "sql"})
    assert both.language == "sql"


def test_a_client_that_knows_beats_metadata() -> None:
    assert cell("x", declared="sql", metadata={"language": "scala"}).language == "sql"
    assert cell("x", declared="python", metadata={"language": "scala"}).language == "scala"
    assert cell("x", declared="python", language="scala").language == "python"


def test_python_2_in_an_editor_that_knows_one_python() -> None:
    assert cell("print 1", language="python2", declared="python").language == "python2"


def test_sos_in_an_editor_that_takes_every_cell_for_python() -> None:
    assert cell("x", host="sos", language="sos", declared="python", metadata={"kernel": "R"}).language == "r"


def test_raw_and_markup() -> None:
    assert (cell("%%sql\nx", kind="markup").language, cell("%%sql\nx", kind="raw").language) == ("markdown", "")
    assert (cell("x", declared="raw").kind, cell("x", declared="markdown").kind) == ("raw", "markup")


# -- contradictions, by their numbers in the collection of real traps


def test_trap_20_metadata_against_the_first_line() -> None:
    metadata = {"dotnet_interactive": {"language": "csharp"}, "vscode": {"languageId": "polyglot-notebook"}}
    assert cell("#!fsharp\nlet x = 1", host="dotnet", language="csharp", metadata=metadata).language == "fsharp"
    held = cell('#!value --name someJson\n{"a": 1}', host="dotnet", language="csharp", metadata=metadata)
    assert (held.language, held.code, held.result) == ("", '{"a": 1}', "someJson")
    assert cell("%%sql\nselect 1", host="synapse", metadata={"microsoft": {"language": "python"}}).language == "sql"
    assert cell("x", metadata={"vscode": {"languageId": "sql"}, "language": "python"}).language == "sql"


def test_datalab_has_the_shell_behind_one_percent_sign() -> None:
    assert cell("%bash\ngsutil ls gs://x").language == "bash"
    assert cell("%bash gsutil ls\nx = 1").language == "python"  # IPython's error, but no shell below
    assert cell("%sh\nls", host="databricks").language == "bash"


def test_trap_20_a_magic_that_keeps_the_language_keeps_what_metadata_say() -> None:
    got = cell("%%time\nselect 1", metadata={"language": "sql"})
    assert (got.language, got.code) == ("sql", "select 1")
    assert cell("%%frobnicate\nselect 1", metadata={"language": "sql"}).language == "sql"


def test_jupysql_names_a_result_on_the_second_line_too() -> None:
    got = cell("%%sql two\nresult <<\nselect 1")
    assert (got.language, got.result) == ("sql", "result")
    notebook = Notebook("")
    assert retext(got, "%%sql two\nother <<\nselect 1", notebook).result == "other"
    assert retext(got, "%%sql two\nselect 1", notebook).result == ""


def test_trap_21_databricks_first_line() -> None:
    got = cell("%sql\nSELECT 1", host="databricks")
    assert (got.language, got.body) == ("sql", 5)


def test_trap_22_titles_above_the_magic() -> None:
    assert cell("-- DBTITLE 1,It's a title\n%python\nx = 1", host="databricks", language="sql").language == "python"
    assert cell("", host="databricks").language == "python"


def test_trap_23_switches_inside_a_cell_are_nobodys() -> None:
    assert cell("#!html\n<b/>\n#!js\nlet x", host="dotnet", language="csharp").language == ""
    assert cell("x = 1\n#!sql\nselect 1", host="dotnet", language="python").language == ""
    assert cell("R: expand='${ }'\n  x", host="sos", language="sos").language == "sos"
    assert cell("input: 'a.txt', 'b.txt', group_by=1\nprint(_input)", host="sos", language="sos").language == "sos"
    assert cell("[A: provides='test_{idx}.txt']\n_output.touch()", host="sos", language="sos").language == "sos"
    assert cell("%with R -i x\nx", host="sos", language="sos").language == "r"
    assert cell("try:\n    x: int\nfinally:\n    pass", host="sos", language="sos").language == "python"


def test_trap_24_templates() -> None:
    assert cell("%expand\nx = {par}", host="sos", language="sos").language == "sos"
    assert cell("%expand\nx = {par}", host="sos", language="sos", metadata={"kernel": "R"}).language == "r"


@pytest.mark.parametrize(
    "magic", ["configure -f", "graph_notebook_vis_options", "dax 'x'", "kql", "send_to_spark -i a", "fs"]
)
def test_trap_26_bodies_that_are_no_python(magic: str) -> None:
    assert cell(f"%%{magic}\nx").language != "python"


def test_trap_27_deepnote_exports_call_python() -> None:
    metadata = {"deepnote_cell_type": "sql", "deepnote_variable_name": "df_1"}
    got = cell("df_1 = _dntk.execute_sql('select 1', 'X')", host="deepnote", metadata=metadata)
    assert (got.language, got.result) == ("python", "df_1")


def test_trap_28_a_cells_name_is_not_its_number() -> None:
    got = cell("select 1", host="snowflake", metadata={"language": "sql", "name": "cell12"})
    assert (got.name, got.result) == ("cell12", "cell12")


# -- edits


def test_retext_decides_anew() -> None:
    notebook = Notebook("x:")
    first = make_cell(CellSource("c", "%%sql a <<\nselect 1", metadata={"tags": ["t"]}, execution_count=3), notebook)
    second = retext(first, "a = 1", notebook)
    assert (second.language, second.result, second.metadata, second.execution_count) == (
        "python",
        "",
        {"tags": ["t"]},
        3,
    )
    assert retext(second, first.text, notebook) == first


def test_retext_keeps_what_the_text_does_not_say() -> None:
    notebook = Notebook("x:")
    marked = make_cell(CellSource("c", "select 1", declared="sql", result="orders", name="title"), notebook)
    again = retext(marked, "select 2", notebook)
    assert (again.language, again.result, again.name) == ("sql", "orders", "title")
    databricks = Notebook("x:", host="databricks")
    prose = make_cell(CellSource("c", "%md\n# hello"), databricks)
    assert prose.kind == "markup"
    assert (retext(prose, "x = 1", databricks).kind, retext(prose, "x = 1", databricks).language) == ("code", "python")


def test_the_same_cell_has_the_same_digest() -> None:
    assert cell("x = 1").digest == cell("x = 1").digest
    assert cell("x", metadata={"language": "sql"}).digest != cell("x").digest


# -- anything at all

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_keys = st.sampled_from(
    ["language", "vscode", "polyglot_notebook", "dotnet_interactive", "kernel", "microsoft", "name", "x"]
)
_lines = st.sampled_from(
    [
        "%%sql",
        "%%",
        "#!",
        "#!sql-x --name",
        "%sql",
        "%%R -i",
        "%%script",
        "%%file",
        "%with",
        "--",
        "<<",
        "x <<",
        "-o",
        "\ud800",
    ]
)
_texts = st.lists(_lines | st.text(max_size=12), max_size=6).flatmap(
    lambda parts: st.sampled_from([" ", "\n", "\r\n", "\r"]).map(lambda glue: glue.join(parts))
)
_hosts = st.sampled_from(
    ["jupyter", "databricks", "dotnet", "sos", "polynote", "snowflake", "synapse", "sparkmagic", "?"]
)


@settings(deadline=None)
@given(
    _texts, st.dictionaries(_keys, _json, max_size=4), _hosts, st.sampled_from(["", "python", "sql", "raw", "octave"])
)
def test_any_cell_is_made_and_remade(text: str, metadata: dict[str, Any], host: str, declared: str) -> None:
    notebook = Notebook("x:", host=host, metadata=metadata)
    made = make_cell(CellSource("c", text, "code", declared, metadata, outer=metadata), notebook)
    assert made.text == text
    assert 0 <= made.body <= len(text)
    if made.magic is not None:
        assert text.startswith(made.magic.arguments, made.magic.arguments_start)
        assert made.magic.arguments_start <= len(text)
    again = retext(made, text, notebook)
    assert (again.language, again.body, again.kind) == (made.language, made.body, made.kind)


PYTHON_BOOK = Notebook("test:plain", host="jupyter", language="python", metadata={"language_info": {"name": "python"}})


@pytest.mark.parametrize(
    ("metadata", "notebook", "language"),
    [
        # Chosen in the editor's list of languages, where Python was the notebook's.
        ({}, PYTHON_BOOK, ""),
        ({"vscode": {"languageId": "plaintext"}}, PYTHON_BOOK, ""),
        # The editor does not know the language that the cell or the notebook names.
        ({"vscode": {"languageId": "kql"}}, PYTHON_BOOK, "kql"),
        ({"language": "sql"}, PYTHON_BOOK, "sql"),
        ({}, replace(PYTHON_BOOK, language="scala", metadata={"language_info": {"name": "scala"}}), "scala"),
        ({}, replace(PYTHON_BOOK, metadata={"language_info": {"name": "PySpark"}}), "python"),
        ({"language": "python"}, replace(PYTHON_BOOK, host="polynote"), "python"),
    ],
)
def test_plain_text_is_a_choice_or_a_shrug(metadata: dict[str, object], notebook: Notebook, language: str) -> None:
    cell = make_cell(CellSource("c", "x = 1", declared="plaintext", metadata=metadata), notebook)
    assert cell.language == language


def test_a_magic_speaks_louder_than_plain_text() -> None:
    assert make_cell(CellSource("c", "%%sql\nselect 1", declared="plaintext"), PYTHON_BOOK).language == "sql"
