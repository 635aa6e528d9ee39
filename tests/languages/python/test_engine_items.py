"""What engines offer, in our words; answers as ty 0.0.108 and basedpyright 1.40 gave them."""

from __future__ import annotations

from typing import Any

import pytest

from polycell.core.text import Span
from polycell.languages.python.engine.completion import _as_names, place_of_imports
from polycell.languages.python.engine.items import as_members, entries, explained, importing, markdown, short
from polycell.languages.python.engine.slices import slice_of
from polycell.languages.python.flow.at_cursor import Place
from polycell.languages.python.known.usual import ANY, FOREMOST, _by_owner, foremost
from tests import dsl


def item(label: str, text: str, told: str = "") -> dict[str, Any]:
    zero = {"line": 0, "character": 0}
    edit = {"newText": text, "range": {"start": zero, "end": zero}}
    return {"label": label, "kind": 7, "labelDetails": {"detail": told}, "additionalTextEdits": [edit]}


def test_an_import_goes_into_the_cell_that_needs_it() -> None:
    found = entries(
        {
            "items": [
                item("OrderedDict", "from typing_extensions import OrderedDict\n"),
                item("OrderedDict", "from collections import OrderedDict\n"),
                item("OrderedSet", ", OrderedSet", " (import sqlalchemy.util)"),
                item("OrderedHidden", "from a._b import OrderedHidden\n"),
                item("Odd", "nothing that imports"),
            ]
        }
    )
    case = dsl.load("# %%\nimport os\n# %%\n%%time\n# first\nx = 1\nOrdered")
    start = len("%%time\n# first\nx = 1\n")
    place = Place(case.snapshot.analysis.context(1), start + 7)
    made = list(_as_names(place, found, set()))
    assert [(c.label, c.edits[0].text) for c in made] == [
        ("OrderedDict", "from collections import OrderedDict\n"),
        ("OrderedSet", "from sqlalchemy.util import OrderedSet\n"),
        ("OrderedDict", "from typing_extensions import OrderedDict\n"),
    ]
    assert {(e.cell, e.span.start) for c in made for e in c.edits} == {("c1", len("%%time\n# first\n"))}
    assert list(_as_names(Place(place.context, start + 2), found, set())) == []
    known = _as_names(place, found, {"OrderedDict"})
    assert [c.label for c in known] == ["OrderedSet"]


@pytest.mark.parametrize(
    ("text", "line"),
    [("x", 0), ("%%time\nx", 1), ("# a\n\nx = 1\ny", 2), ("x = (\n  y", 0), ("", 0)],
)
def test_the_line_of_the_first_statement(text: str, line: int) -> None:
    case = dsl.load(f"# %%\n{text}")
    context = case.snapshot.analysis.context(0)
    assert text[: place_of_imports(context)].count("\n") == line


@pytest.mark.parametrize(
    ("detail", "shown"),
    [
        ("bound method Foo.bar(x: int) -> int", "(x: int) -> int"),
        ("def display(*objs) -> Unknown", "(*objs)"),
        ("Overload[(a) -> b, (c) -> d]", "(…)"),
        ("Unknown", ""),
        ("<module 'x'>", ""),
        ("int", "int"),
        ("bound method A.f(" + "very_long: int, " * 9 + ") -> str", "(…) -> str"),
        ("x" * 60, "x" * 47 + "…"),
    ],
)
def test_types_in_a_few_words(detail: str, shown: str) -> None:
    assert short(detail) == shown


def test_documentation_shows_what_the_item_does_not() -> None:
    assert explained("int", "Doc.") == "Doc."
    assert explained("bound method A.a(x) -> B", "Doc.") == "```python\nbound method A.a(x) -> B\n```\n\nDoc."


def test_every_form_of_documentation() -> None:
    assert markdown("a") == "a"
    assert markdown({"language": "python", "value": "x"}) == "```python\nx\n```"
    assert markdown(["a", {"kind": "markdown", "value": "b"}]) == "a\n\nb"
    assert markdown({"kind": "plaintext", "value": "a\nb"}) == "a  \nb"
    assert (
        markdown("to [A](file:///x/_polycell_0f.py#L1,2) | [int](file:///int.pyi)") == "to A | [int](file:///int.pyi)"
    )
    assert markdown(None) == markdown({"value": 3}) == ""
    assert markdown("class _polycell_DataFrame_1 of _polycell_m_pandas.DataFrame") == "class DataFrame of DataFrame"


def test_answers_of_any_shape_are_read() -> None:
    for answer in (None, 3, [], {}, {"items": None}, {"items": [3, {"label": 3}, {}]}):
        assert entries(answer) == []
    assert importing([], "x", 3) == []


def test_a_name_that_nothing_binds_may_come_with_all_of_a_module() -> None:
    case = dsl.load("# %%\nfrom helper import *\n# %%\nTool\n# %%\nx = 1\nx + len([])")
    case.snapshot.analysis.settle()
    texts = [slice_of(case.snapshot.analysis.context(index)).text for index in (1, 2)]
    assert "from helper import *\n" in texts[0]
    assert "helper" not in texts[1]


def test_what_people_use_of_a_module_comes_first_then_the_alphabet() -> None:
    names = ["abs", "DataFrame", "read_csv", "_inner", "concat", "zzz"]
    found = entries({"items": [{"label": name, "kind": 3} for name in names]})

    def offered(typed: str, owner: str) -> list[str]:
        made = as_members(found, Span(0, 0), typed, set(), set(), owner)
        return [item.label for item in sorted(made, key=lambda item: (item.rank, item.label))]

    assert offered("", "pandas") == ["read_csv", "DataFrame", "concat", "abs", "zzz", "_inner"]
    assert offered("", "nothing.that.is.known") == ["DataFrame", "abs", "concat", "read_csv", "zzz", "_inner"]
    assert offered("c", "pandas") == ["concat", "DataFrame", "abs", "read_csv", "zzz", "_inner"]


def test_of_very_many_usual_names_only_the_foremost_leave_the_alphabet() -> None:
    assert list(foremost(["mean", "columns", "no such name", "head"], ANY)) == ["head", "columns", "mean"]
    assert len(foremost(_by_owner()[ANY], ANY)) == FOREMOST
