"""Tokens and outlines of Scala: what the text alone says."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polycell.languages.scala.lexer import tokens
from polycell.languages.scala.outline import outline


def names(text: str) -> list[tuple[str, str, str]]:
    return [(n.name, n.kind, n.declared or n.literal) for n in outline(text).names]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("val x = 1", [("x", "val", "Int")]),
        ("var x = 1L", [("x", "val", "Long")]),
        ("val x = -1.5", [("x", "val", "Double")]),
        ("val x = 2f", [("x", "val", "Float")]),
        ('val s = s"a ${b}"', [("s", "val", "String")]),
        ("val c = 'x'", [("c", "val", "Char")]),
        ("val x: Map[String, Int] = f(1)", [("x", "val", "Map[String, Int]")]),
        ("val a, b = true", [("a", "val", "Boolean"), ("b", "val", "Boolean")]),
        ("val (a, Some(b)) = f", [("a", "val", ""), ("b", "val", "")]),
        ("val head :: tail = xs", [("head", "val", ""), ("tail", "val", "")]),
        ("implicit lazy val x = f", [("x", "val", "")]),
        ("def f[T](x: Int)(y: T): Option[T] = None", [("f", "def", "Option[T]")]),
        ("def f = 1", [("f", "def", "")]),
        ("def +(o: Int) = 1", [("+", "def", "")]),
        ('@deprecated("x") private[this] final val x = 1', [("x", "val", "Int")]),
        ("case class A(x: Int)", [("A", "class", "")]),
        ("sealed trait T; object O extends T", [("T", "trait", ""), ("O", "object", "")]),
        ("type X = Int", [("X", "type", "")]),
        ("package object p { val x = 1 }", [("p", "object", "")]),
        ("val `a b` = 1", [("a b", "val", "Int")]),
        ("val xs = List(1,\n  2)\n  .map(f)\nval y = 1", [("xs", "val", ""), ("y", "val", "Int")]),
        ("if (a) {\n val x = 1\n}\nelse f", []),
        ("x = 1\nf { val y = 2 }", []),
    ],
)
def test_definitions(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert names(text) == expected


def test_fields_of_a_case_class() -> None:
    (found,) = outline("case class Sale[T](id: Long, tags: Seq[String] = Nil, m: Map[String, (Int, T)])").names
    assert found.fields == (("id", "Long"), ("tags", "Seq[String]"), ("m", "Map[String, (Int, T)]"))


@pytest.mark.parametrize(
    ("text", "bound", "star"),
    [
        ("import a.b.C", ("C",), False),
        ("import a.b._", (), True),
        ("import a.{B, C => D, _}", ("B", "D"), True),
        ("import a.B, c.d._", ("B",), True),
        ("import a.{B => _, C}", ("C",), False),
    ],
)
def test_imports(text: str, bound: tuple[str, ...], star: bool) -> None:
    (found,) = outline(text + "\nval x = 1").imports
    assert (found.names, found.star, found.text) == (bound, star, text)


@pytest.mark.parametrize("text", ["f(1", 'val s = "a', '"""a', "/* a /* b */", "x.", "val x =", "f(]", "}", "import"])
def test_a_text_that_cannot_be_complete(text: str) -> None:
    assert outline(text).broken is not None


@pytest.mark.parametrize(
    "text", ["", "f(1)", 's"${f("}")}"', "// (", "'('", "a match { case x => }", "def f: Int", "1 +: xs"]
)
def test_a_text_that_may_be_complete(text: str) -> None:
    assert outline(text).broken is None


def test_names_inside_of_strings_are_mentions() -> None:
    assert outline('s"$a ${b.c + f"$d%2.2f"} e"').mentioned >= {"a", "b", "d"}
    assert not outline('s"$a ${b.c}"').mentioned & {"c"}


def test_what_inner_scopes_bind_is_local() -> None:
    found = outline("xs.map(a => a + q); for (b <- xs) f(b); def g(c: Int) = { val d = c; d }; (e, f2) => e")
    assert found.local >= {"a", "b", "c", "d", "e", "f2"}
    assert "q" not in found.local


@given(st.text(alphabet="abV_$`\"'\\{}()[]=.,:;/*\n &\U0001f600é0 1valdefimportclasscase", max_size=60))
def test_any_text_is_read_without_loss(text: str) -> None:
    found = tokens(text)
    assert all(a.end <= b.start and a.start < a.end for a, b in itertools.pairwise(found))
    covered = set()
    for token in found:
        covered.update(range(token.start, token.end))
    assert all(text[at].isspace() for at in range(len(text)) if at not in covered)
    outline(text)
