"""Every row of the tables of languages and magics, and how a magic's line is read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.formats.arguments import STATEMENT_WORDS, parse
from polycell.formats.languages import ALIASES, canonical, is_known, language_of_file
from polycell.formats.magics import (
    CELL_MAGICS,
    DIRECTIVES,
    HOST_MAGICS,
    INHERIT,
    JUPYSQL,
    SINGLE_PERCENT,
    binds_python_names,
    inputs,
    outputs,
)
from tests.formats.making import cell

# -- names of languages


@pytest.mark.parametrize(("spelling", "language"), sorted(ALIASES.items()))
def test_every_spelling_has_one_known_language(spelling: str, language: str) -> None:
    assert canonical(spelling) == canonical(spelling.upper()) == canonical(f" {spelling} ") == language
    assert is_known(language)
    assert canonical(language) == language


@pytest.mark.parametrize(
    ("spelling", "language"),
    [
        *[("Scala (2.12)", "scala"), ("Python 3 (ipykernel)", "python"), ("julia-1.10", "julia"), ("C++17", "cpp")],
        *[("T-SQL", "sql"), ("C#", "csharp"), ("IR", "r"), ("dotnet-interactive.fsharp", "fsharp")],
        *[("", ""), ("plaintext", ""), ("polyglot-notebook", ""), ("Brainfuck", "brainfuck"), ("3", "3")],
    ],
)
def test_spellings_that_no_table_can_list(spelling: str, language: str) -> None:
    assert canonical(spelling) == language


@pytest.mark.parametrize(
    ("file", "language"),
    [
        *[("a.py", "python"), ("b/c.SQL", "sql"), ("x.tar.gz", ""), ("noname", ""), (".bashrc", ""), ("a.rs", "rust")],
        *[
            ("a.txt", ""),
            ("Makefile", "makefile"),
            ("q.ddl", "sql"),
            ("data.csv", ""),
            ("r.R", "r"),
            ("a.b\\c.sh", "bash"),
        ],
    ],
)
def test_language_of_a_file(file: str, language: str) -> None:
    assert language_of_file(file) == language


# -- cell magics

_ARGUMENTS = {
    "script": ("bash", "bash"),
    "file": ("a.sql", "sql"),
    "writefile": ("b/a.py", "python"),
    "save_as": ("a.json", "json"),
    "overwrite": ("notes.txt", ""),
    "spark": ("-c sql", "sql"),
}


@pytest.mark.parametrize("name", sorted(CELL_MAGICS))
def test_every_cell_magic(name: str) -> None:
    spec = CELL_MAGICS[name]
    arguments, language = _ARGUMENTS.get(name, ("", spec.language))
    line = f"%%{name} {arguments}".rstrip() + "\n"
    for lead in ("", "\n  \n", "# a title\n\n", "-- one\n// two\r\n"):
        got = cell(lead + line + "BODY")
        assert got.language == ("python" if language == INHERIT else language)
        assert got.code == "BODY"
        assert got.magic is not None
        assert (got.magic.name, got.magic.arguments, got.magic.prefix) == (name, arguments, "%%")
        assert got.text.startswith(arguments, got.magic.arguments_start)
        assert name in got.why
        assert got.kind == ("markup" if language == "markdown" else "code")
        isolated = spec.place in ("isolated", "file")
        assert got.space.startswith("isolated:") if isolated else got.space == spec.place


@pytest.mark.parametrize(("host", "name"), [(host, name) for host in HOST_MAGICS for name in HOST_MAGICS[host]])
def test_every_magic_of_a_host(host: str, name: str) -> None:
    got = cell(f"%%{name}\nBODY", host=host)
    expected = HOST_MAGICS[host][name].language
    assert (got.language, got.code, got.space) == ("python" if expected == INHERIT else expected, "BODY", "")


@pytest.mark.parametrize("name", sorted(SINGLE_PERCENT))
def test_every_single_percent_of_databricks(name: str) -> None:
    for text in (f"%{name}\nBODY", f"%{name} BODY", f"# DBTITLE 1,It's here\n%{name}\nBODY"):
        got = cell(text, host="databricks")
        assert (got.language, got.code) == (SINGLE_PERCENT[name].language, "BODY")
        assert got.magic is not None
        assert got.magic.prefix == "%"
    assert cell(f"%{name} BODY").magic is None


def test_single_percent_is_a_line_magic_elsewhere() -> None:
    got = cell("%sql SELECT 1")
    assert (got.language, got.body, got.magic) == ("python", 0, None)


@pytest.mark.parametrize("name", ["run ../setup $x=1", "pip install wheel", "conda install x"])
@pytest.mark.parametrize("language", ["python", "sql", "scala"])
def test_databricks_lines_that_python_reads(name: str, language: str) -> None:
    got = cell(f"%{name}", host="databricks", language=language)
    assert (got.language, got.body, got.magic) == ("python", 0, None)


@pytest.mark.parametrize("text", ["%%frobnicate x\nfor for for", "%%frobnicate", "# why\n%%frobnicate\n)"])
def test_a_magic_that_nobody_knows_is_silent(text: str) -> None:
    got = cell(text)
    assert got.language == ""
    assert "nobody knows" in got.why
    assert binds_python_names(got.magic)


@pytest.mark.parametrize(
    "text", ["%%sql?", "%%time??", "%% not a magic", "x = 5 %%sql", "%", "%%", "a\n%%sql\nb", "%%\n"]
)
def test_no_magic(text: str) -> None:
    got = cell(text)
    assert (got.language, got.body, got.magic) == ("python", 0, None)


def test_a_percent_comment_is_no_magic() -> None:
    got = cell("%%heading\nx = 1;", language="octave")
    assert (got.language, got.magic) == ("octave", None)
    assert cell("%%python\nx = 1", language="octave").language == "python"


def test_magics_over_one_another() -> None:
    got = cell("%%time\n\n%%capture out\n%%sql\nSELECT 1")
    assert (got.language, got.code, got.result) == ("sql", "SELECT 1", "out")
    assert got.magic is not None
    assert got.magic.name == "sql"
    assert cell("%%time\nx = 1\n%%sql\n").language == "python"


@pytest.mark.parametrize(
    ("text", "language", "space"),
    [
        ("%%python\nx", "python", "isolated:c"),
        ("%%python3 --out a\nx", "python", "isolated:c"),
        ("%%script python\nx", "python", "isolated:c"),
        ("%%script /usr/bin/python3.11\nx", "python", "isolated:c"),
        ("%%script python2 -Qnew\nprint 1/3", "python2", "isolated:c"),
        ("%%script --bg --out o bash -c 'x'\nx", "bash", "isolated:c"),
        ("%%script ghc\nx", "", "isolated:c"),
        ("%%writefile pkg/mod.py\nx", "python", "isolated:file:pkg/mod.py"),
        ("%%writefile {folder}/mod.py\nx", "", "isolated:file:{folder}/mod.py"),
        ("%%local\nx", "python", "local"),
        ("%%spark\nval x = 1", "scala", "remote"),
        ("%%spark\nx = 1", "python", "remote"),
        ("%%spark -c sql -o d\nselect 1", "sql", "remote"),
        ("%%!\nls", "bash", ""),
    ],
)
def test_where_names_live(text: str, language: str, space: str) -> None:
    got = cell(text)
    assert (got.language, got.space) == (language, space)


@pytest.mark.parametrize(("host", "language"), [("almond", "scala"), ("jupyter", "scala"), ("synapse", "python")])
def test_python_is_no_process_of_its_own_where_the_kernel_is_another(host: str, language: str) -> None:
    got = cell("%%Python\nx", host=host, language=language)
    assert (got.language, got.space) == ("python", "")


def test_a_file_of_a_python_2_notebook_is_python_2() -> None:
    assert cell("%%file m.py\nprint 1", language="python2").language == "python2"
    assert cell("%%file m.py\nprint(1)").language == "python"


def test_what_is_appended_to_a_file_cannot_be_judged() -> None:
    assert (cell("%%writefile m.py\na = 1").language, cell("%%writefile -a m.py\na").language) == ("python", "")


@pytest.mark.parametrize(
    ("text", "body", "result"),
    [
        ("%%sql\nSELECT 1", "SELECT 1", ""),
        ("%%sql SELECT 1\nFROM t", "SELECT 1\nFROM t", ""),
        ("%%sql x << SELECT 1", "SELECT 1", "x"),
        ("%%sql x <<\nSELECT 1", "SELECT 1", "x"),
        ("%%sql x= <<\nSELECT 1", "SELECT 1", "x"),
        ("%%sql x<<SELECT 1", "SELECT 1", "x"),
        ("%%sql sqlite:///a.db\nSELECT 1", "SELECT 1", ""),
        ("%%sql sqlite:///a.db x << SELECT 1", "SELECT 1", "x"),
        ("%%sql user@host\nSELECT 1", "SELECT 1", ""),
        ("%%sql [section] SELECT 1", "SELECT 1", ""),
        ("%%sql $engine SELECT 1", "SELECT 1", ""),
        ("%%sql engine SELECT 1", "SELECT 1", ""),
        ("%%sql engine\nSELECT 1", "SELECT 1", ""),
        ("%%sql engine x <<\nSELECT 1", "SELECT 1", "x"),
        ("%%sql engine --save s -o d SELECT 1", "SELECT 1", "d"),
        ("%%sql sqlite:// -s dev\nSELECT 1", "SELECT 1", ""),
        ("%%sql sqlite:// --save s x << SELECT 1", "SELECT 1", "x"),
        ("%%sql engine -- words\nSELECT 1", "-- words\nSELECT 1", ""),
        ("%%sql --alias two SELECT 1", "SELECT 1", ""),
        ("%%sql -A two\nSELECT 1", "SELECT 1", ""),
        ("%%sql --save snippet --no-execute\nSELECT 1", "SELECT 1", ""),
        ("%%sql --with a --with b SELECT 1", "SELECT 1", ""),
        ("%%sql -n 5 SELECT 1", "SELECT 1", ""),
        ("%%sql --section=dev SELECT 1", "SELECT 1", ""),
        ("%%sql -o frame -q\nSELECT 1", "SELECT 1", "frame"),
        ("%%sql --output=frame SELECT 1", "SELECT 1", "frame"),
        ("%%sql -- a comment\nSELECT 1", "-- a comment\nSELECT 1", ""),
        ("%%sql (SELECT 1)", "(SELECT 1)", ""),
        ("%%sql FROM t", "FROM t", ""),
        ("%%sql   \r\nSELECT 1", "SELECT 1", ""),
        ("%%bigquery df --project p\nSELECT 1", "SELECT 1", "df"),
        ("%%bigquery --project p df\nSELECT 1", "SELECT 1", "df"),
        ("%%bigquery\nSELECT 1", "SELECT 1", ""),
        ("%%dql -o d -t df SELECT 1", "SELECT 1", "d"),
        ("%%duckdb -cn duckdb:///x SELECT 1", "SELECT 1", ""),
        ("%%sparksql -d d --view v\nSELECT 1", "SELECT 1", "d"),
        ("%%sparksql d\nSELECT 1", "SELECT 1", "d"),
        ("%%sm_sql --connection-name c -df d\nSELECT 1", "SELECT 1", "d"),
        ("%%tsql -artifact w -type Warehouse -bind d\nSELECT 1", "SELECT 1", "d"),
        ("%%kql k << T | take 1", "T | take 1", "k"),
        ("%%bash --out o --err e\nls", "ls", "o"),
        ("%%R -i a,b -o c\nx", "x", "c"),
        ("%%octave -s 5,5 -o y\nx", "x", "y"),
        ("%%gremlin -p v,e --store-to r\ng.V()", "g.V()", "r"),
        ("%%sql", "", ""),
    ],
)
def test_where_the_body_begins_and_what_it_yields(text: str, body: str, result: str) -> None:
    got = cell(text)
    assert (got.code, got.result) == (body, result)


@pytest.mark.parametrize("word", sorted(STATEMENT_WORDS))
def test_a_statement_on_the_magic_line_is_no_connection(word: str) -> None:
    assert cell(f"%%sql {word} x\ny").code == f"{word} x\ny"


def test_options_of_sparkmagic_where_it_is_the_host() -> None:
    got = cell("%%sql -o d -n 10 -m sample\nSELECT 1", host="sparkmagic")
    assert (got.code, got.result) == ("SELECT 1", "d")
    assert cell("%%sql -r d\nSELECT 1", host="snowflake").result == "d"


def test_names_on_the_line() -> None:
    got = cell("%%R -i a,b.c,d -i e -o f,g --units in\nx")
    assert got.magic is not None
    assert outputs(got.magic) == ("f", "g")
    assert [(n, got.text[at : at + len(n)]) for n, at in inputs(got.magic)] == [("a", "a"), ("d", "d"), ("e", "e")]
    both = cell("%%bash --out output --err error\nls")
    assert both.magic is not None
    assert outputs(both.magic) == ("output", "error")


def test_magics_whose_body_binds_names_of_python() -> None:
    assert binds_python_names(cell("%%cython\ndef f(): pass").magic)
    assert not binds_python_names(cell("%%bash\nls").magic)
    assert not binds_python_names(None)


# -- .NET Interactive


@pytest.mark.parametrize("name", sorted(DIRECTIVES))
def test_every_directive_leaves_the_kernel(name: str) -> None:
    got = cell(f"#!{name} --from x y\nBODY", host="dotnet", language="csharp")
    assert (got.language, got.code, got.magic) == ("csharp", "BODY", None)


def test_kernels_that_the_notebook_lists() -> None:
    items = [{"name": "shop", "languageName": "T-SQL", "aliases": ["Store"]}, "broken", {"name": 3}]
    notebook = {"polyglot_notebook": {"kernelInfo": {"items": items}}}
    for name in ("shop", "store", "sql-other"):
        got = cell(f"#!{name} --name orders\nSELECT 1", host="dotnet", language="csharp", notebook=notebook)
        assert (got.language, got.code, got.result) == ("sql", "SELECT 1", "orders")
    got = cell("#!share --from sql x\n#!set --name y --value @sql:z\ny", host="dotnet", language="python")
    assert (got.language, got.code) == ("python", "y")


# -- any line


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_argument_line_is_read(line: str) -> None:
    found = parse(line, JUPYSQL)
    for word in (*found.outputs, *found.inputs):
        assert line[word.span.start : word.span.end] == word.text
    assert found.body is None or 0 <= found.body <= len(line)


def test_a_long_argument_line_is_read() -> None:
    assert parse("c --q " * 20_000, JUPYSQL).connection == "c"
    assert parse("'" * 20_000, JUPYSQL).connection == ""
