"""Names by Python's scoping rules."""

from __future__ import annotations

import pytest

from tests.languages.python.reading import defined, facts, needed


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("x = x + 1", ["x"]),
        ("x += 1", ["x"]),
        ("print_(x); x = 1", ["print_", "x"]),
        ("[i for i in xs if j]", ["xs", "j"]),
        ("any(k for k in ks if z)", ["any", "ks", "z"]),
        ("g = (l for l in ls if m)", ["ls"]),
        ("f = lambda q, d=e: q + r", ["e"]),
        ("def f(a, b=c):\n    return a + g", ["c"]),
        ("class A(B):\n    v = 1\n    w = v + u", ["B", "u"]),
        ("@deco\ndef f(): ...", ["deco"]),
        ("if (w := a) > w: w", ["a"]),
        ("del x\nx", ["x", "x"]),
        ("try:\n    n\nexcept NameError:\n    n = 1\nn", ["NameError"]),
        ("if 'z' not in globals():\n    z = 1", []),
        ("try: a = 1\nexcept E as e: e\ne", ["E", "e"]),
        ("def f(x: Later) -> Later: ...", []),
        ("for i in r:\n    if i: p\n    p = i", ["r"]),
        ("for i in r:\n    t = t + i", ["r", "t"]),
        ("f'{a} {b:>{c}}'", ["a", "b", "c"]),
        ("match x:\n    case [a, *b] | {'k': a, **b}: a, b", ["x"]),
        ("if cond:\n    x = 1\nx", ["cond"]),
        ("if version_info < (3,): unicode(a)\nelse: b", ["version_info"]),
        ("c = unicode(a) if six.PY2 else str(b)", ["six"]),
        ("six.PY2 and unicode(a)", ["six"]),
        ("raise E\nlater", ["E"]),
        ("for i in r:\n    if i:\n        continue\n        a\n    b", ["r", "b"]),
    ],
)
def test_names_that_must_come_from_elsewhere(text: str, names: list[str]) -> None:
    assert needed(text) == names


def test_a_function_may_use_what_the_cell_binds_below_it() -> None:
    assert [u.name for u in facts("def f(): return g() + h()\ndef g(): ...").uses] == ["h"]


def test_definitions_have_the_span_of_their_name() -> None:
    text = "import a.b as c, d.e\nfrom m import n as o\nasync def def_(): ...\nclass K:\n    def m(self): ..."
    found = [(d.name, d.kind, d.span.of(text), d.container) for d in facts(text).definitions]
    assert found == [
        ("c", "import", "c", ""),
        ("d", "import", "d", ""),
        ("o", "import", "o", ""),
        ("def_", "function", "def_", ""),
        ("K", "class", "K", ""),
        ("m", "method", "m", "K"),
    ]


def test_references_inside_formatted_strings_stand_where_the_text_has_them() -> None:
    text = "x = f'''\n{a} {a.b}\n''' f'{a}é{a}'"
    assert [r.span.of(text) for r in facts(text).references if r.name == "a"] == ["a"] * 4


@pytest.mark.parametrize(
    "text",
    [
        "from m import *",
        "exec(code)",
        "globals().update(d)",
        "globals()[k] = 1",
        "get_ipython().run_line_magic('run', 'x')",
        "%run other.ipynb",
        "ip = get_ipython()\nip.push(d)",
    ],
)
def test_code_that_binds_unseen_names_opens(text: str) -> None:
    assert facts(text).opens


@pytest.mark.parametrize(
    "text", ["exec(code, {})", "print(globals())", "get_ipython().run_line_magic('matplotlib', 'inline')", "x.push(1)"]
)
def test_code_that_binds_nothing_does_not(text: str) -> None:
    assert facts(text).opens == ()


def test_global_binds_in_the_notebook() -> None:
    assert defined("def f():\n    global g\n    g = 1") == ["f", "g"]
