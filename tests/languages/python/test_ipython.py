"""IPython's syntax made Python of the same length; IPython's own transformer is the oracle."""

from __future__ import annotations

import ast
import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.core.hosts import host
from polycell.formats import read_file
from polycell.languages.python.facts import python_facts
from polycell.languages.python.syntax.shapes import bound_in
from tests.languages.python.reading import defined, facts, needed, problems, source
from tests.shared import SHARED, examples, needs_shared


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("!ls\nx", "0  \nx"),
        ("x = !ls *.c", 'x = [""]   '),
        ("%time x = f()", "     \fx = f()"),
        ("if a:\n    %time b\n", "if a:\n     \f    b\n"),
        ("(a\n % b)\nc != 3", "(a\n % b)\nc != 3"),
        ("  x = 1\n  y = 2", " \fx = 1\n \fy = 2"),
        (">>> x = 1\n>>> y", "   \fx = 1\n   \fy"),
        ("x = f(\n   ...:     1)", "x = f(\n       \f    1)"),
        ("x = (y[\n   ...])", "x = (y[\n   ...])"),
        ("obj?", "pass"),
        ("*int*?", "pass  "),
        ("pip install x", "pass         "),
        ("ls *.c *.h", "pass      "),
    ],
)
def test_the_text_becomes_python_of_the_same_length(text: str, code: str) -> None:
    assert source(text).code == code
    assert source(text).tree is not None


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("files = !ls", ["files"]),
        ("PROJECT=!(gcloud config get-value project)", ["PROJECT"]),
        ("%time x = f()", ["x"]),
        ("%timeit x = f()", []),
        ("t = %timeit -o f()", ["t"]),
        ("%%timeit y = 1\nx = y", []),
        ("%%time\nx = 1", ["x"]),
        ("%%capture out\nx = 1", ["out", "x"]),
        ("%store -r a b", ["a", "b"]),
        ("%sql r << select 1", ["r"]),
        ("%get x y --from R", ["x", "y"]),
        ("%R -o model lm()", ["model"]),
    ],
)
def test_magics_bind_names(text: str, names: list[str]) -> None:
    assert sorted(defined(text)) == names


def test_sql_on_a_line_is_a_fragment() -> None:
    text = "x = %sql duckdb:// select * from t"
    (fragment,) = facts(text).fragments
    assert (fragment.language, fragment.span.of(text), fragment.result) == ("sql", "select * from t", "x")


def test_python_behind_a_magic_is_analysed_where_it_stands() -> None:
    assert [(u.name, u.span.start) for u in facts("%timeit -n 10 f(x)").uses] == [("f", 14), ("x", 16)]
    assert needed("%%timeit\ny = x") == ["x"]


def test_a_line_magic_takes_the_lines_of_its_open_bracket() -> None:
    assert problems("%timeit np.fromiter((a for a in b),\n        dtype=int)") == []


def test_shell_expressions_are_uses_that_may_miss() -> None:
    assert {(u.name, u.guarded) for u in facts("!echo {a.b} $c").uses} == {("a", True), ("c", True)}


def test_automagic_needs_a_cell_of_one_line() -> None:
    assert problems("pip install x") == []
    ((at, message),) = problems("import a\npip install x")
    assert at == "pip"
    assert "%pip" in message


def test_a_magic_nobody_knows_opens_the_cell() -> None:
    assert facts("%somebodys_magic x").opens == ("%somebodys_magic",)
    assert facts("%matplotlib inline").opens == ()


def test_what_quarto_puts_in_is_not_known() -> None:
    found = facts("{{< include setup.py >}}\nfirst = second\nif first:\n    {{< meta x >}} \n")
    assert found.opens == ("{{< include setup.py >}}", "{{< meta x >}}")
    assert [d.name for d in found.definitions] == ["first"]
    assert not found.problems


def test_what_a_cell_in_its_own_process_imports_is_not_of_the_notebook() -> None:
    assert defined("%%python\nx = y\nimport torch") == ["x", "torch"]
    assert needed("%%python\nx = y\nimport torch") == ["y"]
    assert facts("%%python\nimport torch").imports == ()


# IPython runs these through automagic, after its static transformer, or ran them in older versions only.
_OURS_ONLY = {
    "rm -rf *.o *.c *.so Cargo.* src target",
    "ls *.c *.h *.o",
    "ls *.o *.c",
    "%timeit np.fromiter((xi + yi for xi, yi in zip(x, y)),\n                    dtype=x.dtype, count=len(x))",
}


@needs_shared
def test_what_ipython_parses_we_parse_with_the_same_names() -> None:
    transformer = pytest.importorskip("IPython.core.inputtransformer2").TransformerManager
    ours_only = set()
    for path in sorted((SHARED / "notebooks").rglob("*")):
        if not path.is_file() or path.name == "SOURCES.md":
            continue
        for notebook in read_file(path).notebooks:
            for cell in notebook.cells:
                if cell.kind != "code" or cell.language != "python":
                    continue
                found = python_facts(cell, host(notebook.host))
                made = found.analysis
                theirs = _parse(transformer().transform_cell(cell.text))
                if theirs is None:
                    if not found.problems:
                        ours_only.add(cell.text)
                    continue
                assert not found.problems, (path.name, cell.text, found.problems)
                if "run_cell_magic" in transformer().transform_cell(cell.text):
                    continue  # IPython hides the body in a string
                known = bound_in(made.tree.body)[0]
                named = {name.name for name in made.names}
                assert known | named >= bound_in(theirs.body)[0], (path.name, cell.text)
                # What we know beyond IPython's text is what magics bind (`%R -o x`, `%Rpull x`, a named cell).
                assert known - named <= bound_in(theirs.body)[0], (path.name, cell.text)
    assert ours_only == _OURS_ONLY


def _parse(text: str) -> ast.Module | None:
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return compile(text, "cell", "exec", flags)
    except SyntaxError:
        return None


_PIECES = st.sampled_from(
    [
        *(
            "x",
            " = ",
            "%time ",
            "!ls",
            "%%timeit ",
            "?",
            "\n",
            "\r\n",
            "    ",
            "(",
            ")",
            "'",
            '"""',
            "def f():",
            "if a:",
        ),
        *("\\", "f'{", "}'", "\0", "\ud800", "é", "😀", "\f", "\t", "%sql select 1", ">>> ", "lambda:", "#", ";", "@"),
        "match x:",
    ]
)


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(_PIECES, max_size=14).map("".join) | st.text(max_size=40))
def test_any_text_keeps_its_length_and_line_ends(text: str) -> None:
    code = source(text).code
    assert len(code) == len(text)
    assert [(i, c) for i, c in enumerate(code) if c in "\r\n"] == [(i, c) for i, c in enumerate(text) if c in "\r\n"]
    for problem in facts(text).problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text)
