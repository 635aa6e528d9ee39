"""Attributes of the notebook's classes over its cells: references, highlights and rename, with ty running."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from polycell import compose
from polycell.core.attributes import attribute_at, highlighted
from polycell.core.renaming import rename_inner
from polycell.core.results import InnerName
from polycell.core.session import Session, Snapshot
from tests import dsl
from tests.languages.python.engines import Running, running

BOOK = """
    # %%
    from dataclasses import dataclass
    class Box:
        unit = "cm"
        def __init__(self, size):
            self.size = size
        def area(self):
            return self.size * self.size
    @dataclass
    class Point:
        x: int
        y: int = 1
    # %%
    box = Box(2)
    print(box.size, box.area(), Box.unit, box.unit)
    box.size += 3
    point = Point(x=1)
    # %%
    class Big(Box):
        def volume(self):
            return super().area() * self.size
    print(point.x, range(3).start, [b.size for b in [Big(1)]])
    """


@pytest.fixture(scope="module")
def ty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running("ty", tmp_path_factory.mktemp("attributes")) as made:
        yield made


def asked(ty: Running, text: str) -> tuple[Snapshot, str, InnerName | None]:
    notebook, cell, offset, _ = dsl.parse(text, ty.folder)
    session = Session(ty.services, compose.default_sources([ty.folder], services=ty.services))
    snapshot = session.update(notebook)
    snapshot.analysis.settle()
    return snapshot, cell, ty.run(attribute_at(snapshot, ty.services, cell, offset))


def cursor(text: str, after: str) -> str:
    at = text.index(after) + len(after)
    return f"{text[:at]}<|>{text[at:]}"


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("size", "self.si"),
        ("size", "b.si"),
        ("area", "def ar"),
        ("area", "super().ar"),
        ("unit", "Box.un"),
        ("x", "point."),
    ],
)
def test_a_rename_takes_all_that_it_is(ty: Running, name: str, start: str) -> None:
    snapshot, _, found = asked(ty, cursor(BOOK, start))
    assert found is not None
    assert not found.refusal
    made = rename_inner(snapshot, ty.services, found, "fresh")
    texts = {cell.id: cell.text for cell in snapshot.notebook.cells}
    for edit in sorted(made.edits, key=lambda e: e.span, reverse=True):
        texts[edit.cell] = texts[edit.cell][: edit.span.start] + edit.text + texts[edit.cell][edit.span.end :]
    # In this notebook each attribute is called like nothing else, but for the parameter `size`.
    wanted = {cell.id: re.sub(rf"\b{name}\b", "fresh", cell.text) for cell in snapshot.notebook.cells}
    kept = {"size": ("(self, fresh)", "(self, size)", "= fresh", "= size")}.get(name, ("", "", "", ""))
    wanted = {c: t.replace(kept[0], kept[1]).replace(kept[2], kept[3]) if kept[0] else t for c, t in wanted.items()}
    assert texts == wanted


def test_highlights_are_those_of_the_cell(ty: Running) -> None:
    snapshot, cell, found = asked(ty, cursor(BOOK, "print(box.si"))
    assert found is not None
    text = snapshot.notebook.cells[1].text
    shown = [(text[h.span.start - 4 : h.span.end], h.write) for h in highlighted(found, cell)]
    assert sorted(shown) == [("box.size", False), ("box.size", True)]


@pytest.mark.parametrize(
    ("text", "name", "refusal"),
    [
        ("class A:\n    def f(self): ...\nA().f<|>()\n# %%\ndef g(a):\n    return a.f", "x", "Cell 2 mentions `f`"),
        ("class A:\n    n = 1\nA.n<|>\n# %%\ngetattr(A, 'n')", "x", "Cell 2 names `n` in a string."),
        ("class A:\n    n = 1\n    m = 2\nA.n<|>", "m", "`m` is used already"),
        (
            "class A:\n    def f(self): ...\n# %%\nclass B(A):\n    def f(self): ...\nB().f<|>()",
            "x",
            "Cell 2 has a derived class with a `f` of its own.",
        ),
        ("import json\njson.dum<|>ps", "x", ""),
        ("'a'.upp<|>er()", "x", ""),
        ("def f(a):\n    return a.b<|>c", "x", ""),
    ],
)
def test_what_is_not_certain_is_not_renamed(ty: Running, text: str, name: str, refusal: str) -> None:
    snapshot, _, found = asked(ty, f"# %%\n{text}")
    if not refusal:
        assert found is None
    else:
        assert found is not None
        assert rename_inner(snapshot, ty.services, found, name).refusal.startswith(refusal)
