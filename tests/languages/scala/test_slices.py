"""What a cell's document holds of the cells above. The compiler is played by a table of types."""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from typing import Any

import pytest

from polycell.compose import default_services
from polycell.core.notebook import Notebook
from polycell.core.session import Session
from polycell.core.values import replace
from polycell.languages.scala.cells import Reader
from polycell.languages.scala.compilers import Compilers
from polycell.languages.scala.document import Made, document
from polycell.languages.scala.glue import short
from polycell.languages.scala.outline import outline
from polycell.languages.scala.questions import Question, Told, Typed
from polycell.languages.scala.slices import native
from tests.dsl import parse

SEQ = "_root_.scala.collection.immutable.Seq"
NAMES = [short(f"c{n}") for n in range(3)]


def inside(path: str) -> str:
    """A path in which numbers stand for cells, as a document has it."""
    return re.sub(r"(Given|Cell)(\d)", lambda found: found[1] + NAMES[int(found[2])], path)


SALE = inside("Notebook.Given0.Cell0.Sale")


class Types:
    """A source that knows the types of some names, wherever a document defines them; `asked` are the questions."""

    def __init__(self, types: Mapping[str, str]) -> None:
        self._types = types
        self.asked: set[Question] = set()

    def read(self, key: Hashable) -> Any:
        if not isinstance(key, Question):
            return None
        self.asked.add(key)
        found = re.finditer(r"\b(?:val|var|def) (\w+)", key.text)
        told = (Told(one.start(1), one[1], "T", self._types.get(one[1], "")) for one in found)
        return Typed((), tuple(told), key.text)


def made(text: str, **types: str) -> Made:
    """The document of the last cell."""
    notebook, *_ = parse(text)
    session = Session(default_services(compilers=Compilers([])), Types(types))
    snapshot = session.update(notebook)
    snapshot.analysis.settle()
    context = snapshot.analysis.context(len(notebook.cells) - 1)
    return document(context, Reader().units(notebook.cells, context.cell.space, context.host.last_expression))


def above(text: str, **types: str) -> list[str]:
    """Its lines that are not the last cell's own and not the objects around cells."""
    cut = made(text, **types).text.rpartition("object Cell")[0]
    return [line for line in cut.splitlines() if line and not re.match(r"object (?:Notebook|Given|Cell)", line)]


def test_a_name_of_known_type_is_declared_and_what_made_it_is_left_out() -> None:
    chain = "".join(f"# %%\nval v{n} = f(v{n - 1})\n" for n in range(1, 50))
    text = f"language: scala\n# %%\nimport a.b\ncase class Sale(id: Int)\nval v0 = f(1)\n{chain}# %%\nv49.head"
    lines = above(text, **{f"v{n}": f"{SEQ}[{SALE}]" for n in range(50)})
    assert lines == ["import a.b", "case class Sale(id: Int)", f"val v49: {SEQ}[Sale] = ???"]
    assert len([line for line in above(text) if line.startswith("val v")]) == 50


@pytest.mark.parametrize(
    ("cell", "use", "kept"),
    [
        ("val x: Seq[Int] = load(y)", "x", ["val x: Seq[Int] = ???"]),
        ("def f(a: Int): String = {\n  y + a\n}", "f(1)", ["def f(a: Int): String = ???"]),
        ("def f[T](a: T) = y", "f(1)", ["def f[T](a: T) : _root_.X = ???"]),
        ("def f() { y }", "f()", ["def f() : _root_.X = ???"]),
        ("implicit val x = y", "1", ["implicit val x: _root_.X = ???"]),
        ("var x = y", "x", ["var x: _root_.X = ???"]),
        ("val n = 3", "n", ["val n = 3"]),
        ("object O { val p = 1 }", "O.p", ["object O { val p = 1 }"]),
        ("println(1); val x = y; println(x)", "x", ["val x: _root_.X = ???"]),
        (
            "implicit class Rich(val s: String) { def up = s }",
            "1",
            ["implicit class Rich(val s: String) { def up = s }"],
        ),
        ("given Int = 1", "1", ["given Int = 1"]),
        ("inline def f(x: Int): Int = x", "f(1)", ["inline def f(x: Int): Int = x"]),
        ("enum Color:\n  case Red", "Color.Red", ["enum Color:", "  case Red"]),
    ],
)
def test_statements(cell: str, use: str, kept: list[str]) -> None:
    text = f"language: scala\n# %%\nval y = load()\n# %%\n{cell}\n# %%\n{use}"
    lines = [line for line in above(text, x="_root_.X", f="_root_.X") if not line.startswith("val y")]
    assert lines == kept


def test_a_type_that_cannot_be_written_is_not_cut() -> None:
    text = "language: scala\n# %%\nval a = make()\nval b = a.inner\n# %%\nb"
    assert above(text, a="_root_.A") == ["val a: _root_.A = ???", "val b = a.inner"]
    assert len(made(text, a="_root_.A").awaited) == 1


def test_of_a_name_given_anew_the_nearest_counts() -> None:
    text = 'language: scala\n# %%\nval x = f()\nval y = x\n# %%\nval x = "s"\n# %%\nprintln(y, x)'
    assert above(text, y="_root_.Y") == ["val y: _root_.Y = ???", 'val x = "s"']
    assert above(text, x="_root_.X") == ["val x = f()", "val y = x", 'val x = "s"']


def test_the_result_of_a_cell() -> None:
    text = "host: polynote\n# %% [scala]\nval a = f()\na + 1\n# %% [scala]\nOut"
    assert above(text, Out="_root_.scala.Long") == ["val Out: _root_.scala.Long = ???"]
    assert above(text, a="_root_.A") == ["val a: _root_.A = ???", "val Out = a + 1"]


def test_a_cut_name_is_at_its_place() -> None:
    document = made("language: scala\n# %%\nval x = f()\n# %%\nx", x="_root_.X")
    at = document.text.index("x: _root_")
    place = document.map.to_cell(at)
    assert place is not None
    assert place.offset == len("val ")


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("_root_.a.B[Notebook.Given0.Cell0.Given1.Cell1.X]", "_root_.a.B[X]"),
        ("Notebook.Given0.Cell0.X", ""),  # the cell at 1 gives that name anew
        ("Notebook.Given0.Cell0.Given1.Cell1.O.Inner", "O.Inner"),
        ("Notebook.Given0.Cell0.Given1.Python$u0020Shop", ""),
    ],
)
def test_classes_of_the_notebook_in_types(written: str, found: str) -> None:
    notebook, *_ = parse("language: scala\n# %%\nclass X\n# %%\nclass X\nobject O { class Inner }\n# %%\n1")
    assert native(inside(written), Reader().units(notebook.cells, "", ""), 2) == found


def test_an_indented_block_belongs_to_what_stands_before() -> None:
    found = outline("def f(x: Int) =\n  val y = x\n  y + 1\nval z = f(1)\nz")
    assert [[name.name for name in statement.names] for statement in found.statements] == [["f"], ["z"]]
    assert [statement.plain for statement in found.statements] == [False, True]


def judged(session: Session, notebook: Notebook) -> None:
    """Every cell is typed and checked."""
    snapshot = session.update(notebook)
    snapshot.analysis.settle()
    for index in range(len(notebook.cells)):
        snapshot.analysis.findings(index)


def asked_anew(before: list[str], after: Mapping[str, str]) -> list[str]:
    """The cells whose documents differ after a change, which is seen to be all that a new session would ask for.
    `before` are called c0, c1, …"""
    types = {"a": "_root_.A", **{f"v{n}": "_root_.V" for n in range(9)}}
    notebook, *_ = parse("language: scala\n" + "".join(f"# %%\n{text}\n" for text in before))
    cells = {cell.id: cell for cell in notebook.cells}
    changed = replace(
        notebook,
        cells=tuple(replace(cells.get(name, notebook.cells[0]), id=name, text=text) for name, text in after.items()),
    )
    source, fresh = Types(types), Types(types)
    session = Session(default_services(compilers=Compilers([])), source)
    judged(session, notebook)
    known = set(source.asked)
    judged(session, changed)
    judged(Session(default_services(compilers=Compilers([])), fresh), changed)
    assert fresh.asked <= source.asked
    return sorted(question.cell for question in source.asked - known)


CHAIN = ["val a = load(1)", *(f"val v{n} = a.f({n})" for n in range(4))]
BY_NAME = {f"c{n}": text for n, text in enumerate(CHAIN)}


@pytest.mark.parametrize(
    ("after", "anew"),
    [
        ({"c0": CHAIN[0], "new": "val other = 1", **BY_NAME}, ["new"]),
        ({name: BY_NAME[name] for name in ("c0", "c3", "c1", "c2", "c4")}, []),
        ({name: BY_NAME[name] for name in ("c0", "c2", "c3", "c4")}, []),
        ({**BY_NAME, "c1": "val v0 = a.g"}, ["c1"]),
        # What every cell below gets.
        ({"c0": CHAIN[0], "new": "import x.y._", **BY_NAME}, ["c1", "c2", "c3", "c4", "new"]),
        ({"c0": CHAIN[0], "c1": CHAIN[1], "new": "implicit def i: Int = 1", **BY_NAME}, ["c2", "c3", "c4", "new"]),
        ({"c0": CHAIN[0], "new": "val a = load(2)", **BY_NAME}, ["c1", "c2", "c3", "c4", "new"]),
    ],
)
def test_a_change_asks_for_what_depends_on_it(after: dict[str, str], anew: list[str]) -> None:
    assert asked_anew(CHAIN, after) == anew


def test_what_a_class_has_in_it_is_asked_about_anew() -> None:
    texts = ["class A { def f = 1 }", "val n = (new A).f", "val m = n + 1", "val v0 = 1"]
    after = {f"c{n}": text for n, text in enumerate(texts)}
    assert asked_anew(texts, {**after, "c0": 'class A { def f = "s" }'}) == ["c0", "c1", "c2"]


def test_imports_far_above_count_too() -> None:
    texts = ["import a._", "import b._", "val x = f()"]
    assert asked_anew(texts, {"c0": "import z._", "c1": "import b._", "c2": texts[2]}) == ["c0", "c1", "c2"]
