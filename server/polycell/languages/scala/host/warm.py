"""The questions that a compiler is asked before anybody asks one, so that whoever does finds it awake: what a JVM has
never run it must first load and translate, which takes seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from polycell.languages.scala.host.engines import Answering

if TYPE_CHECKING:
    from polycell.languages.scala.host.interop import Source

_PLAIN = """object Warm {
case class Sale(id: Long, city: String, price: Option[Double])
val sales = List(Sale(1, "a", Some(2.5)))
def kept(sale: Sale) = sale.price.exists(_ > 1)
val counted = for { sale <- sales if kept(sale) } yield sale.city -> sale.copy(id = 2)
val shown = s"${counted.size} of them"
"""
_SPARK = """val spark: org.apache.spark.sql.SparkSession = ???
import spark.implicits._
import org.apache.spark.sql.functions._
val frame = sales.toDF("id", "city", "price").groupBy($"city").agg(sum($"price").as("total"))
"""


def text(classpath: Sequence[str]) -> str:
    """What is asked about: complete Scala of every version, with Spark where that is on the classpath."""
    spark = any(Path(jar).name.startswith("spark-sql_") for jar in classpath)
    return f"{_PLAIN}{_SPARK if spark else ''}}}\n"


def up(compiler: Answering, source: Callable[[str], Source], classpath: Sequence[str], busy: Callable[[], bool]) -> int:
    """Ask one after the other, until somebody wants something (`busy`); how many were asked. Raises what the compiler
    does."""
    asked = 0
    for ask in _questions(compiler, source, text(classpath)):
        if busy():
            break
        ask()
        asked += 1
    return asked


def _questions(compiler: Answering, source: Callable[[str], Source], whole: str) -> Iterator[Callable[[], object]]:
    from polycell.languages.scala.host.compiler import Token

    end = whole.rindex("}")

    def typed(more: str) -> tuple[Source, int]:
        made = source(f"{whole[:end]}{more}\n{whole[end:]}")
        return made, end + len(more)

    value = "frame." if "val frame" in whole else "sales."
    yield lambda: compiler.complete(*typed("sales."), Token())
    yield lambda: compiler.hover(source(whole), whole.index("counted"), Token())
    if value != "sales.":
        yield lambda: compiler.complete(*typed(value), Token())
    yield lambda: compiler.complete(*typed("val it = Li"), Token())
    yield lambda: compiler.signature(*typed("kept("), Token())
    yield lambda: compiler.definition(source(whole), whole.index("kept(sale)"), Token())
