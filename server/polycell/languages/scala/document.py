"""The text that the compiler gets for a cell: the cells above that matter, each in an object inside the one before.

    package polynote.runtime.python { … }     what Polynote's own library declares, where it is used
    object Notebook {
      <the host's own imports>
      object Cell1 {
        val df: … = ???                        values of other languages that the cell uses
        <cell 1>
        object Cell2 {
          <cell 2>
      }}}

Nesting makes a name of a later cell hide an earlier one, imports reach the cells below, and implicit values are found.
Only cells that matter are there: those whose names are used, directly or by others, those that import, and those with
implicit values; so the length of the notebook does not count. A cell above that cannot be complete Scala is left out:
one open bracket would hide everything below it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from polycell.core.environment import Binding
from polycell.core.notebook import Cell
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.core.virtual import Piece, SegmentMap, VirtualDocument, build
from polycell.languages.scala.foreign import PRELUDE, declaration
from polycell.languages.scala.lexer import tokens
from polycell.languages.scala.outline import Outline, outline
from polycell.languages.scala.text import scala_text

MOST_CELLS = 200
MOST_CHARACTERS = 200_000

_OPEN = "object Notebook {\n"
_SPARK = """import org.apache.spark.sql.{SparkSession, DataFrame, Dataset}
val spark: SparkSession = ???
import spark.implicits._
import org.apache.spark.sql.functions._
"""
_SPARK_CONTEXT = "def sc: org.apache.spark.SparkContext = spark.sparkContext\n"
_SPARK_HOSTS = frozenset({"polynote", "databricks", "synapse", "sparkmagic"})


@dataclass(frozen=True, slots=True)
class Unit:
    """A Scala cell with what it says by itself."""

    cell: Cell
    index: int
    text: str
    outline: Outline


def unit(cell: Cell, index: int) -> Unit:
    text = scala_text(cell)
    return Unit(cell, index, text, outline(text))


@dataclass(frozen=True, slots=True)
class Made:
    """`doubtful`: names that the cell needs are given by a cell that was left out, so what it lacks proves nothing."""

    document: VirtualDocument
    doubtful: bool = False

    @property
    def text(self) -> str:
        return self.document.text

    @property
    def map(self) -> SegmentMap:
        return self.document.map


def document(context: Context, *, spark: bool = False) -> Made:
    """For the cell of the context, with everything above it that it needs. `spark`: Spark is on the classpath."""
    own = unit(context.cell, context.index)
    above, foreign, doubtful = _needed(context, own)
    if own.outline.package:
        return Made(build([Piece(own.text, own.cell.id, 0)]))
    pieces: list[Piece] = []
    declared = {name: declaration(binding, context.view.lookup, spark=spark) for name, binding in foreign.items()}
    if any("polynote.runtime.python" in text for text in declared.values()):
        pieces.append(Piece(PRELUDE))
    packages = [one for one in above if one.outline.package]
    for one in packages:
        pieces += _packaged(one)
    pieces.append(Piece(_OPEN))
    if spark and context.host.name in _SPARK_HOSTS:
        pieces.append(Piece(_SPARK))
        pieces.append(Piece(_SPARK_CONTEXT))
    pieces += [Piece(f"import _root_.{one.outline.package}._\n") for one in packages]
    told: set[str] = set()
    wrapped = [one for one in above if not one.outline.package] + [own]
    for one in wrapped:
        mine = {n.name for n in one.outline.names}
        lines = [
            declared[name] + "\n"
            for name in sorted(one.outline.mentioned & declared.keys() - mine - told)
            if declared[name]
        ]
        if lines:
            # A scope of their own: the cell itself may bind one of these names anew.
            pieces.append(Piece(f"object Given{one.index} {{\n{''.join(lines)}"))
            told |= one.outline.mentioned & declared.keys() - mine
        else:
            pieces.append(Piece(f"object Given{one.index} {{\n"))
        pieces.append(Piece(f"object Cell{one.index} {{\n"))
        pieces += _body(one, context.host.last_expression)
        pieces.append(Piece("\n"))
    pieces.append(Piece("}}" * len(wrapped) + "}\n"))
    return Made(build(pieces), doubtful)


def result_span(one: Unit) -> Span | None:
    """The last statement where it is an expression whose value can be named."""
    last = one.outline.last
    if last is None or one.outline.broken is not None:
        return None
    return last if not _assigns(one.text, last) else None


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
        Piece(f"val {last} = "),
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


def _needed(context: Context, own: Unit) -> tuple[list[Unit], dict[str, Binding], bool]:
    """The Scala cells above that matter, in order; the values of other languages that they use; whether some cell that
    matters cannot be read."""
    cells = context.notebook.cells
    space = context.cell.space
    giving: dict[str, list[int]] = {}
    units: dict[int, Unit] = {}
    always: list[int] = []
    for index in range(context.index):
        cell = cells[index]
        if cell.kind != "code" or cell.language != own.cell.language or cell.space != space:
            continue
        one = units[index] = unit(cell, index)
        for name in one.outline.names:
            giving.setdefault(name.name, []).append(index)
        if context.host.last_expression and one.outline.last is not None:
            giving.setdefault(context.host.last_expression, []).append(index)
        if one.outline.broken is None and (
            one.outline.imports or one.outline.package or any(name.implicit for name in one.outline.names)
        ):
            always.append(index)
    chosen: dict[int, Unit] = {}
    foreign: dict[str, Binding] = {}
    doubtful = False
    queue: list[Unit] = [own]
    length = len(own.text)
    for index in reversed(always):
        if len(chosen) < MOST_CELLS and length + len(units[index].text) <= MOST_CHARACTERS:
            chosen[index] = units[index]
            queue.append(units[index])
            length += len(units[index].text)
    while queue:
        one = queue.pop()
        for mentioned in one.outline.mentioned:
            if _is_foreign(context, own.cell.language, mentioned, foreign):
                continue
            nearest = _before(giving.get(mentioned, ()), one.index)
            if nearest is None or nearest in chosen:
                continue
            found = units[nearest]
            if found.outline.broken is not None:
                doubtful = True
                continue
            if len(chosen) < MOST_CELLS and length + len(found.text) <= MOST_CHARACTERS:
                chosen[nearest] = found
                queue.append(found)
                length += len(found.text)
            else:
                doubtful = True
    return [chosen[index] for index in sorted(chosen)], foreign, doubtful


def _is_foreign(context: Context, language: str, name: str, foreign: dict[str, Binding]) -> bool:
    if name in foreign:
        return True
    binding = context.view.lookup(name)
    if binding is None or binding.space == (context.cell.space or language) or binding.space == "catalog":
        return False
    foreign[name] = binding
    return True


def _before(indices: Sequence[int], index: int) -> int | None:
    return max((i for i in indices if i < index), default=None)
