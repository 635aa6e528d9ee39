"""Magics: names, options and documentation; the oracle for names is IPython."""

from __future__ import annotations

import pytest

from polycell.languages.magics.catalogue import ENTRIES
from tests import dsl

ELSEWHERE = {"sql", "sqlcmd", "sqlplot", "dql", "bigquery", "spark", "local", "send_to_spark", "configure", "R"}
EXTENSIONS = {"store", "autoreload"}


def test_every_magic_of_ours_is_one_of_ipythons() -> None:
    from IPython.core.interactiveshell import InteractiveShell

    known = InteractiveShell.instance().magics_manager.magics
    for name, entry in ENTRIES.items():
        if name not in ELSEWHERE | EXTENSIONS:
            assert (name, entry.line and name not in known["line"]) == (name, False)
            assert (name, entry.cell and name not in known["cell"]) == (name, False)


@pytest.mark.parametrize(
    ("cell", "there", "not_there"),
    [
        ("%ti<|>", {"%time", "%timeit", "%%timeit"}, {"%%capture_"}),
        ("%%ti<|>", {"%%time", "%%timeit", "%%bash"}, {"%time", "%cd"}),
        ("x = 1\n%<|>", {"%time", "%cd"}, {"%%time"}),
        ("x = %ti<|>", {"%timeit"}, set()),
        ("for a in b:\n    %ti<|>", {"%timeit"}, {"%%time"}),
        ("%timeit -<|>", {"-n", "-r"}, {"--save"}),
        ("%%sql --s<|>\nselect 1", {"--save", "--section"}, set()),
        ("%%bash --o<|>\nls", {"--out"}, set()),
    ],
)
def test_names_and_options(cell: str, there: set[str], not_there: set[str]) -> None:
    found = set(dsl.labels(f"# %%\n{cell}"))
    assert there <= found
    assert not found & not_there


@pytest.mark.parametrize("cell", ["x %ti<|>", "'%ti<|>'", "x = 5 % -<|>", "print('a %d' % <|>)", "# 5 %<|>"])
def test_a_percent_sign_elsewhere_is_none(cell: str) -> None:
    assert not [label for label in dsl.labels(f"# %%\n{cell}") if label.startswith(("%", "-"))]


def test_what_is_written_is_replaced_with_its_sign() -> None:
    item = next(i for i in dsl.complete("# %%\nx = 1\n%tim<|>eit").items if i.label == "%timeit")
    assert (item.insert, item.replace.start, item.replace.end) == ("%timeit", 6, 13)


def test_hover() -> None:
    shown = dsl.hover("# %%\nx = %time<|>it -o 1")
    assert shown is not None
    assert "many times" in shown.markdown
    assert "`-n N`" in shown.markdown
    assert dsl.hover("# %%\n%%ba<|>sh\nls") is not None
    assert dsl.hover("host: sos\n# %%\n%ti<|>me 1") is None
