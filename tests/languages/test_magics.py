"""Magics: names, options and documentation; the oracle for names is IPython."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap

import pytest
from IPython import version_info

from polycell.languages.magics.catalogue import ENTRIES
from tests import dsl

ELSEWHERE = {
    *("sql", "sqlcmd", "sqlplot", "sqlrender", "dql", "bigquery", "R"),
    *("spark", "local", "send_to_spark", "configure", "info", "logs", "cleanup", "delete"),
}
EXTENSIONS = {"store", "autoreload", "aimport"}
ALIASES = {"file", "js"}  # of magics, whose code IPython does not show


def test_every_magic_of_ours_is_one_of_ipythons() -> None:
    from IPython.core.interactiveshell import InteractiveShell

    known = InteractiveShell.instance().magics_manager.magics
    for name, entry in ENTRIES.items():
        if name not in ELSEWHERE | EXTENSIONS:
            assert (name, entry.line and name not in known["line"]) == (name, False)
            assert (name, entry.cell and name not in known["cell"]) == (name, False)


def options_of(magic: object) -> dict[str, bool]:
    """Option → whether a value follows it, as IPython's own parser of the magic has them."""
    magic = getattr(magic, "__func__", magic)
    parser = getattr(magic, "parser", None)
    if parser is not None:
        return {name: action.nargs != 0 for action in parser._actions for name in action.option_strings}
    found: dict[str, bool] = {}
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(magic)))):  # type: ignore[arg-type]
        if not isinstance(node, ast.Call) or getattr(node.func, "attr", "") != "parse_options":
            continue
        short, *long = [a.value for a in node.args[1:] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        found.update((f"-{letter}", bool(colon)) for letter, colon in re.findall(r"(\w)(:?)", short))
        found.update((f"--{name.rstrip('=')}", name.endswith("=")) for name in long)
    return found


def test_options_are_those_that_ipython_parses() -> None:
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    for extension in ("storemagic", "autoreload"):
        shell.extension_manager.load_extension(extension)
    known = shell.magics_manager.magics
    for name, entry in ENTRIES.items():
        made: dict[str, bool] = {}
        for kind in ("line", "cell"):
            if name in known[kind] and name not in ELSEWHERE | ALIASES:
                made.update(options_of(known[kind][name]))
        if made or name not in ELSEWHERE | ALIASES:
            ours = {option.name: bool(option.value) for option in entry.options}
            both = made.keys() & ours.keys()
            assert {option: ours[option] for option in both} == {option: made[option] for option in both}, name
            if version_info[:2] == (9, 18):  # others have a few more, or fewer
                assert ours.keys() == made.keys(), name


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


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("%sqlcmd <|>", ["columns", "connect", "explore", "profile", "snippets", "tables", "test"]),
        ("%sqlcmd columns --table <|>", ["df", "s"]),
        ("%sqlcmd profile -t d<|>", ["df", "s"]),
        ("%sqlcmd test --table df --column <|>", ["id", "price"]),
        ("%sqlplot <|>", ["bar", "box", "boxplot", "hist", "histogram", "pie"]),
        ("x = %sqlplot histogram --table df --column pr<|>", ["id", "price"]),
        ("%sqlplot histogram --table s --with <|>", ["s"]),
        ("%sqlplot histogram --bins <|>", []),
        ("%sqlrender <|>", ["s"]),
    ],
)
def test_what_magics_of_tables_take(line: str, expected: list[str]) -> None:
    above = "# %%\nimport pandas as pd\ndf = pd.DataFrame({'id': [1], 'price': [1.5]})\n"
    saved = "# %%\n%%sql duckdb:// --save s\nselect id from df\n# %%\n"
    assert dsl.labels(f"{above}{saved}{line}") == expected


@pytest.mark.parametrize(
    ("line", "first"),
    [
        ("%matplotlib <|>", "inline"),
        ("%matplotlib in<|>", "inline"),
        ("x = 1\n%load_ext au<|>", "autoreload"),
        ("%autoreload <|>", "2"),
        ("%config InlineBackend.<|>", "InlineBackend.figure_format"),
        ("%%script <|>", "bash"),
    ],
)
def test_words_that_follow_a_magic(line: str, first: str) -> None:
    assert dsl.labels(f"# %%\n{line}")[0] == first


def test_no_words_follow_any_other_word() -> None:
    assert "inline" not in dsl.labels("# %%\n%matplotlib inline <|>")
    assert "inline" not in dsl.labels("# %%\nx = 1\nmatplotlib <|>")
