"""`use-before-definition` and `undefined-name`."""

from __future__ import annotations

import pytest

from polycell.compose import default_services
from polycell.core import features
from polycell.core.session import Session
from polycell.formats import read_document, read_file
from tests.dsl import check_findings
from tests.shared import SHARED, needs_shared


def test_used_above_its_definition() -> None:
    check_findings("""
        # %%
        print(total)
              ^^^^^ use-before-definition: only in a cell below
        # %%
        total = 1
    """)


def test_used_before_it_in_its_own_cell() -> None:
    check_findings("""
        # %%
        a = b
            ^ use-before-definition: further down in this cell
        b = 1
    """)


def test_defined_nowhere() -> None:
    check_findings("""
        # %%
        values = [1]
        # %%
        np.sum(values)
        ^^ undefined-name: `import numpy as np`
        valeus
        ^^^^^^ undefined-name: Did you mean `values`?
    """)


@pytest.mark.parametrize("meant", ["abc", "abcd", "Abcde"])
def test_any_name_one_letter_apart_is_meant(meant: str) -> None:
    others = [meant[:n] + "x" * more + meant[n + less :] for n in range(len(meant)) for more, less in ((1, 0), (1, 1))]
    others += [meant[:n] + meant[n + 1 :] for n in range(len(meant))] + [meant.swapcase()[0] + meant[1:], meant + "x"]
    others += [meant[:n] + meant[n + 1] + meant[n] + meant[n + 2 :] for n in range(len(meant) - 1)]
    for written in others:
        if len(written) >= 3:
            check_findings(f"""
                # %%
                {meant} = 1
                # %%
                {written}
                {"^" * len(written)} undefined-name: Did you mean `{meant}`?
            """)


def test_a_body_that_runs_later_may_use_what_any_cell_defines() -> None:
    check_findings("""
        # %%
        def mean(values):
            return np.mean(values) + offset
                   ^^ undefined-name: `import numpy as np`
        # %%
        offset = 1
    """)


def test_what_stands_behind_a_return_never_runs() -> None:
    check_findings("""
        # %%
        def first(values):
            if not values:
                return None
                print(nothing)
            return values[0]
            return head
        first([]) or other
                     ^^^^^ undefined-name: not defined
    """)


def test_the_annotation_of_a_local_variable_is_never_evaluated() -> None:
    check_findings("""
        # %%
        def counted(values: Sequence[int]):
                            ^^^^^^^^ undefined-name: not defined
            made: Dict[str, int] = {}
            return made
    """)


def test_what_follows_from_a_broken_statement_is_not_said() -> None:
    check_findings("""
        # %%
        def read():
            rows = # TODO
                 ^ syntax-error
            return rows + nowhere
                          ^^^^^^^ undefined-name
    """)


def test_a_name_is_reported_once_a_cell() -> None:
    check_findings("""
        # %%
        nowhere
        ^^^^^^^ undefined-name
        def f(): return nowhere
    """)


@pytest.mark.parametrize(
    "text",
    [
        "# %%\nfrom m import *\n# %%\nx",
        "# %%\n%run other.ipynb\n# %%\nx",
        "# %%\ndef f(): return x\n# %%\nx = 1",
        "# %%\ndef f(): return x\n# %%\nfrom m import *",
        "# %%\ndef f(): return x\n# %%\nif input():\n    x = 1",
        "# %%\ndef f():\n    global x\n    x = 1\nf()\nx",
        "# %%\ndef f(): return x\n# %%\nx = 1\nf()\ndel x",
        "# %%\ntry:\n    x\nexcept NameError:\n    pass",
        "# %%\n_ + _10 + len(Out) + len(_ih)",
        "# %%\nget_ipython(), display, __name__, __builtin__",
        "# %%\nspark.sql('select 1'), sc, dbutils",
        "host: sos\nlanguage: sos\n# %%\nsh('ls'), expand_pattern, __captured",
        "# %%\nmagic = get_ipython().run_line_magic\nmagic('config', '--store-to x')\nx",
        "# %%\n%config SqlMagic.column_local_vars = True\n%sql select 1 as one\n# %%\none",
        "host: sparkmagic\n# %% [python]\n%%local\na = 1\n# %%\n%%send_to_spark -i a -t str -n b\n# %%\nb",
        "host: sparkmagic\n# %% [python]\n%%local\na = 1\n# %%\n%%send_to_spark -i a\n# %%\na",
        "host: databricks\nlanguage: sql\n# %%\n%python import time; time.sleep(60)\ntime.time()",
        "# %%\ntype Word = str\ntype Pair[T] = tuple[T, T]\n# %%\ndef f(w: Word) -> Pair[Word]: ...\nWord, Pair",
        "# %%\n(a, b) = f'{\"\\n\"}', 2\n# %%\na + b",
        '# %%\n%%bash -s "$a" b --out x\nls\n# %%\nx',
        "host: databricks\n# %%\ndef setup(): return current_user",
        "host: snowflake\n# %%\nget_active_session()",
        "# %%\n%%bash --out x\nls\n# %%\nx",
        "# %%\n%%cython\ncdef f(): ...\n# %%\nf()",
        "# %%\n%%writefile $profile/startup/imports.py\nimport sys\n# %%\nsys",
        "# %%\n%%writefile ~/.ipython/profile_default/startup/a.py\nimport sys\n# %%\nsys",
        "# %%\n%%nobody_knows\nx\n# %%\nf()",
        "# %%\nls",
        "host: polynote\n# %% [scala]\nval x = 1\n# %% [python]\nx",
        "host: marimo\n# %%\nx\n# %%\nx = 1",
    ],
)
def test_silent_where_in_doubt(text: str) -> None:
    check_findings(text)


def test_a_deleted_name_is_not_defined() -> None:
    check_findings("""
        # %%
        x = 1
        # %%
        del x
        # %%
        x
        ^ undefined-name: `x` is not defined
    """)


@pytest.mark.parametrize(
    ("path", "said"),
    [("docs/_chart.qmd", 0), ("docs/_code/chart.qmd", 0), ("_docs/sales/chart.qmd", 1), ("docs/_chart.py", 1)],
)
def test_a_part_of_a_document_uses_what_the_others_define(path: str, said: int) -> None:
    text = "```{python}\nprint(sales)\n```\n" if path.endswith(".qmd") else "# %%\nprint(sales)\n"
    (notebook,) = read_document(text, f"file:///{path}", f"/{path}").notebooks
    snapshot = Session(default_services()).update(notebook)
    found = [f.code for index in range(len(notebook.cells)) for f in features.findings(snapshot, index)]
    assert found == ["undefined-name"] * said


def test_a_cell_in_a_process_of_its_own_has_its_own_names() -> None:
    check_findings("""
        # %%
        x = 1
        # %%
        %%python
        print(x)
              ^ undefined-name: in this cell, which runs in a process of its own
        print(y)
              ^ use-before-definition
        y = 2
        print(y)
        # %%
        print(y)
              ^ undefined-name
        # %%
        %%writefile a.py
        print(y)
    """)


# Every finding of both rules in the real notebooks, and why it is true.
_TRUE = {
    ("Magics_and_rpy2.ipynb", "x"),  # used in `%%python`: "x is not defined in this scope, should be underlined"
    ("Foreign extractors.ipynb", "valid"),  # likewise
    ("Magics_and_rpy2.ipynb", "y"),  # bound in `%%python` and `%%timeit` only: "y is not defined in this scope"
    ("Magics_and_rpy2.ipynb", "this_is_undefined_but_wont_be_highlighted"),
    ("test4plus.ipynb", "future_output"),  # a file made to test nbformat; nothing defines it
    ("python_101.ipynb", "hello"),  # a lesson on NameError, with the error in its saved output
}


@needs_shared
def test_no_false_alarm_in_real_notebooks() -> None:
    found = set()
    for path in sorted((SHARED / "notebooks").rglob("*")):
        if not path.is_file() or path.name == "SOURCES.md":
            continue
        for notebook in read_file(path).notebooks:
            snapshot = Session(default_services()).update(notebook)
            for index, cell in enumerate(notebook.cells):
                for finding in features.findings(snapshot, index):
                    if finding.code in ("undefined-name", "use-before-definition"):
                        found.add((path.name, finding.span.of(cell.text)))
    assert found == _TRUE
