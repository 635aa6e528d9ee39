"""Which of the compiler's errors become findings."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pytest

from polycell.compose import default_services
from polycell.core.session import Session
from polycell.core.text import Span
from polycell.languages.scala.compilers import Compilers
from polycell.languages.scala.glue import short
from polycell.languages.scala.questions import Problem, Question, Typed
from tests.dsl import parse


class Answers:
    """Stands for a source: of each document the compiler says one thing, at the first place of a word."""

    def __init__(self, word: str, message: str) -> None:
        self.word, self.message = word, message

    def read(self, key: Hashable) -> Any:
        if not isinstance(key, Question):
            return None
        start = key.text.rindex(self.word)
        return Typed((Problem(Span(start, start + len(self.word)), self.message),), (), key.text)


def found(text: str, word: str, message: str) -> list[tuple[str, str]]:
    notebook, *_ = parse(text)
    session = Session(default_services(compilers=Compilers([])), Answers(word, message))
    snapshot = session.update(notebook)
    snapshot.analysis.settle()
    last = len(notebook.cells) - 1
    cell = notebook.cells[last]
    return [(f.span.of(cell.text), f.message) for f in snapshot.analysis.findings(last) if f.code == "scala-error"]


def test_an_error_is_told_on_one_line() -> None:
    message = "type mismatch;\n found   : String\n required: Int"
    assert found("language: scala\n# %%\nval x: Int = name", "name", message) == [
        ("name", "type mismatch; found: String, required: Int")
    ]


@pytest.mark.parametrize("version", ["2.11.12", "3.6.2", "4.0"])
def test_another_scala_is_not_judged(version: str) -> None:
    text = f"language: scala\n# %%\n//> using scala {version}\nval x = List(1).to[Vector]"
    assert found(text, "Vector", "type Vector takes type parameters") == []


@pytest.mark.parametrize(
    "message",
    [
        "reference to x is ambiguous;\nit is both defined in object Cell1 and imported subsequently by",
        "x is already defined as value x",
    ],
)
def test_what_the_nesting_of_cells_does_is_not_told(message: str) -> None:
    assert found("language: scala\n# %%\nval x = 1", "x", message) == []


@pytest.mark.parametrize("name", ["spark", "kernel", "display", "sc", "res7", "res3_1"])
def test_names_of_kernels_are_not_missing(name: str) -> None:
    assert found(f"language: scala\n# %%\n{name}.run()", name, f"not found: value {name}") == []


@pytest.mark.parametrize(("declared", "said"), [("org.apache.spark::spark-sql:3.5.0", True), ("a::b:1", False)])
def test_spark_that_almond_was_told_of_is_known(declared: str, said: bool) -> None:
    """What the notebook declares is all that there is of it, implicits and all."""
    text = f"host: almond\nlanguage: scala\n# %%\nimport $ivy.`{declared}`\n# %%\nval n: Int = spark.version"
    assert bool(found(text, "spark.version", "type mismatch")) is said


def test_errors_in_the_glue_are_nobodys() -> None:
    assert found("language: scala\n# %%\nval x = 1", f"object Cell{short('c0')}", "whatever") == []
