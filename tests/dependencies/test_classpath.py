"""What a notebook's declarations mean for the JVM."""

from __future__ import annotations

import pytest

from polycell.core.notebook import Cell, Notebook
from polycell.dependencies.classpath import Classpath, classpath_of


def notebook(*texts: str, config: object = None) -> Notebook:
    cells = tuple(Cell(str(i), "scala", text) for i, text in enumerate(texts))
    return Notebook("n", cells, metadata={"config": config} if config is not None else {})


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (notebook(), Classpath()),
        (
            notebook(
                config={"dependencies": {"scala": ["org.typelevel:cats-core_2.12:2.10.0", "file:///x/lib.jar?nocache"]}}
            ),
            Classpath(modules=("org.typelevel:cats-core_2.12:2.10.0",)),
        ),
        (
            notebook(
                config={
                    "scalaVersion": "2.12",
                    "exclusions": ["a:b"],
                    "repositories": [{"maven": {"base": "https://r/m"}}],
                }
            ),
            Classpath("2.12", (), ("a:b",), ("https://r/m",)),
        ),
        (
            notebook("import $ivy.`org.typelevel::cats-core:2.10.0`, $ivy.`a:b:1`"),
            Classpath(modules=("org.typelevel:cats-core_2.13:2.10.0", "a:b:1")),
        ),
        (notebook("import $ivy.{`a::b:1`, `c:d:2`}"), Classpath(modules=("a:b_2.13:1", "c:d:2"))),
        (
            notebook('//> using scala "2.13.10"\n//> using dep com.lihaoyi::upickle:3.1.0'),
            Classpath("2.13.10", ("com.lihaoyi:upickle_2.13:3.1.0",)),
        ),
        (notebook("import $ivy.`sh.almond::almond-spark:_`"), Classpath()),
        (notebook(config="nonsense"), Classpath()),
        (notebook(config={"dependencies": [1], "exclusions": {}, "repositories": [1, {"maven": 2}]}), Classpath()),
    ],
)
def test_what_the_jvm_needs(found: Notebook, expected: Classpath) -> None:
    assert classpath_of(found) == expected
