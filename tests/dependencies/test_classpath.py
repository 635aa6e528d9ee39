"""What a notebook's declarations mean for the JVM."""

from __future__ import annotations

import pytest

from polycell.core.notebook import Cell, Notebook
from polycell.dependencies.classpath import Classpath, classpath_of


def notebook(*texts: str, config: object = None, language: str = "scala") -> Notebook:
    cells = tuple(Cell(str(i), language, text) for i, text in enumerate(texts))
    return Notebook("n", cells, metadata={"config": config} if config is not None else {})


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (notebook(), Classpath()),
        (
            notebook(
                config={"dependencies": {"scala": ["org.typelevel:cats-core_2.12:2.10.0", "file:///x/lib.jar?nocache"]}}
            ),
            Classpath("2.12", ("org.typelevel:cats-core_2.12:2.10.0",)),  # the Scala that its artifacts are for
        ),
        (notebook("%AddDeps a b_2.12 1\n%AddDeps c d_2.13 1"), Classpath("", ("a:b_2.12:1", "c:d_2.13:1"))),
        (notebook("%AddDeps a b_2.12.18 1\n%AddDeps c d 1"), Classpath("2.12", ("a:b_2.12.18:1", "c:d:1"))),
        (
            notebook("import $plugin.$ivy.`a:::b:1`, $ivy.`c:::d:2`"),
            Classpath(modules=("c:d_{scala}:2",), plugins=("a:b_{scala}:1",)),
        ),
        (
            notebook("//> using plugin a::b:1\n//> using dep c::d:2"),
            Classpath("", ("c:d_2.13:2",), (), (), ("a:b_2.13:1",)),
        ),
        (
            notebook('val s = SparkSession.builder().config("spark.jars.packages", "a:b_2.12:1,c:d:2").getOrCreate()'),
            Classpath("2.12", ("a:b_2.12:1", "c:d:2")),
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


@pytest.mark.parametrize(
    ("text", "modules"),
    [
        ('SparkSession.builder.config("spark.jars.packages", "a:b:1,c:d:2").getOrCreate()', ("a:b:1", "c:d:2")),
        ("(SparkSession.builder\n .config('spark.jars.packages',\n   'a:b:1,'\n   'c:d:2')\n)", ("a:b:1", "c:d:2")),
        ('conf.set("spark.jars.packages", "a:b:1, " + "c:d:2")', ("a:b:1", "c:d:2")),
        ('conf = {"spark.jars.packages": "a:b:1", "spark.x": "y"}', ("a:b:1",)),
        # Computed, half a coordinate each, unfinished, or said in a comment.
        ('x.config("spark.jars.packages", f"a:b:{v}")', ()),
        ('x.config("spark.jars.packages", "a:b:{}".format(v))', ()),
        ('x.config("spark.jars.packages", "a:b:" + version)', ()),
        ('x.config("spark.jars.packages", "a:b:" "1")', ()),
        ('x.config("spark.jars.packages", "a:b:1', ()),
        ('# x.config("spark.jars.packages", "a:b:1")', ()),
        ('x.config("spark.jars.packages", packages)', ()),
    ],
)
def test_packages_of_a_session(text: str, modules: tuple[str, ...]) -> None:
    assert classpath_of(notebook(text, language="python")).modules == modules
