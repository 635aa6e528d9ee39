"""The text that the compiler gets for a cell: what it needs of cells above, each in an object inside the one before.

    package polynote.runtime.python { … }     what Polynote's own library declares, where it is used
    object Notebook {
      <the host's own imports>
      object Given1f… {                       by the cell's name, whatever its number
        val df: … = ???                        values of other languages that the cell uses
        object Cell1f… {
          <what is needed of the cell>
          object Given2e… {
            object Cell2e… {
              <the cell itself>
      }}}}}

Nesting makes a name of a later cell hide an earlier one, imports reach the cells below, and implicit values are found.
What is needed is said by `slices`, so the length of the notebook does not count. A cell above that cannot be complete
Scala is left out: one open bracket would hide everything below it.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.virtual import Piece, SegmentMap, VirtualDocument, build
from polycell.languages.scala.cells import Unit, Units, unit
from polycell.languages.scala.foreign import PRELUDE, declaration
from polycell.languages.scala.lexer import tokens
from polycell.languages.scala.slices import Part, needed

_OPEN = "object Notebook {\n"
_SPARK = """import org.apache.spark.sql.{SparkSession, DataFrame, Dataset}
val spark: SparkSession = ???
import spark.implicits._
import org.apache.spark.sql.functions._
"""
_SPARK_CONTEXT = "def sc: org.apache.spark.SparkContext = spark.sparkContext\n"
# What Almond loads by itself beside Spark, in Spark's own package.
_ALMOND_SPARK = """package org.apache.spark.sql {
  object NotebookSparkSession {
    def builder(): SparkSession.Builder = ???
    def sync(session: SparkSession = ???): SparkSession = ???
  }
}
"""
_SPARK_HOSTS = frozenset({"polynote", "databricks", "synapse", "sparkmagic"})


class Made(Struct, frozen=True):
    """`doubtful`: names that the cell needs are given by a cell that was left out, so what it lacks proves nothing.
    `awaited`: ids of cells above whose types would make the document shorter."""

    document: VirtualDocument
    doubtful: bool = False
    awaited: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        return self.document.text

    @property
    def map(self) -> SegmentMap:
        return self.document.map


def document(context: Context, units: Units, *, own: Unit | None = None, spark: bool = False) -> Made:
    """For the cell of the context, or another text in its place (`own`), with everything above it that it needs, which
    is among `units`. `spark`: Spark is on the classpath."""
    own = own or unit(context.cell, context.index)
    if own.outline.package:
        return Made(build([Piece(own.text, own.cell.id, 0)]))
    found = needed(context, own, units)
    pieces: list[Piece] = []
    declared = {name: declaration(binding, context.view.lookup, spark=spark) for name, binding in found.foreign.items()}
    texts = (*declared.values(), *found.results.values(), *(t for part in found.parts for t in part.types()))
    if any("polynote.runtime.python" in text for text in texts):
        pieces.append(Piece(PRELUDE))
    if spark and context.host.name == "almond":
        pieces.append(Piece(_ALMOND_SPARK))
    packages = [part.unit for part in found.parts if part.unit.outline.package]
    for one in packages:
        pieces += _packaged(one)
    pieces.append(Piece(_OPEN))
    if spark and context.host.name in _SPARK_HOSTS:
        pieces.append(Piece(_SPARK))
        pieces.append(Piece(_SPARK_CONTEXT))
    pieces += [Piece(f"import _root_.{one.outline.package}._\n") for one in packages]
    told: set[str] = set()
    last = context.host.last_expression
    earlier = ""  # the result of the cell before, where that has a name of its own
    wrapped = [part for part in found.parts if not part.unit.outline.package]
    for part in (*wrapped, Part(own)):
        one = part.unit
        mine = one is own
        mentioned = own.outline.mentioned if mine else part.mentioned() | _of_result(one, found.results)
        used = mentioned & declared.keys() - told - {name.name for name in one.outline.names}
        told |= used
        lines = [f"{declared[name]}\n" for name in sorted(used) if declared[name]]
        if earlier:
            lines.append(f"val {last} = {earlier}\n")
        named = result_name(one, last) if last and (mine or one.index in found.results) and result_span(one) else ""
        earlier = named if named != last else ""
        # A scope of their own: the cell itself may bind one of these names anew.
        pieces.append(Piece(f"object Given{one.name} {{\n{''.join(lines)}"))
        pieces.append(Piece(f"object Cell{one.name} {{\n"))
        pieces += _body(one, last) if mine else part.pieces()
        if named and not mine:
            pieces += _result(one, named, found.results[one.index])
        pieces.append(Piece("\n"))
    pieces.append(Piece("}}" * (len(wrapped) + 1) + "}\n"))
    return Made(build(pieces), found.doubtful, found.awaited)


def _of_result(one: Unit, results: Mapping[int, str]) -> frozenset[str]:
    """What the last value of a cell mentions where that is copied."""
    span = result_span(one)
    if span is None or results.get(one.index, "-"):
        return frozenset()
    return frozenset(name for name, at in one.outline.mentions if span.start <= at.start < span.end)


def _result(one: Unit, name: str, type_: str) -> list[Piece]:
    """The last value of a cell above: by its type where that is known, else as it is made."""
    span = result_span(one)
    if type_ or span is None:
        return [Piece(f"val {name}: {type_} = ???\n")]
    return [Piece(f"val {name} = "), Piece(span.of(one.text), one.cell.id, span.start), Piece("\n")]


def result_span(one: Unit) -> Span | None:
    """The last statement where it is an expression whose value can be named."""
    last = one.outline.last
    if last is None or one.outline.broken is not None:
        return None
    return last if not _assigns(one.text, last) else None


def result_name(one: Unit, last: str) -> str:
    """What the definition of the last value is called: by a name of its own where the value is made of the result of a
    cell above, which the definition would hide."""
    return f"polycell{last}{one.name}" if last in one.outline.mentioned else last


def _assigns(text: str, span: Span) -> bool:
    depth = 0
    for token in tokens(text[: span.end], span.start):
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if (
            depth == 0
            and token.kind == "op"
            and token.text.endswith("=")
            and token.text not in ("==", "!=", "<=", ">=", "==")
        ):
            return True
    return False


def _body(one: Unit, last: str) -> list[Piece]:
    """The cell's text; where the host names a cell's last value, that becomes a definition."""
    span = result_span(one) if last else None
    if span is None or one.outline.named(last) is not None:
        return [Piece(one.text, one.cell.id, 0)]
    return [
        Piece(one.text[: span.start], one.cell.id, 0),
        Piece(f"val {result_name(one, last)} = "),
        Piece(one.text[span.start :], one.cell.id, span.start),
    ]


def _packaged(one: Unit) -> list[Piece]:
    """A cell that is a package: its clause becomes a block, so that what follows is not in it."""
    clause = one.text.index("package")
    end = one.text.find("\n", clause)
    end = len(one.text) if end < 0 else end
    return [
        Piece(f"package {one.outline.package} {{"),
        Piece(one.text[end:], one.cell.id, end),
        Piece("\n}\n"),
    ]
