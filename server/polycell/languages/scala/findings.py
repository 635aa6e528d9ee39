"""What the compiler's errors are worth in a notebook: only what is certainly wrong is reported.

A notebook's classpath is never known for certain. An import that does not resolve (a library that the kernel has and
the notebook does not declare) makes every name behind it unknown, so then only the grammar is judged. Names that hosts
and kernels give are not known to the compiler either.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from polycell.core.patterns import pattern
from polycell.core.results import Finding
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.languages.scala.document import Made
from polycell.languages.scala.questions import Problem, Typed

CODE = "scala-error"

# What Scala's parser says; everything else needs names.
_GRAMMAR = pattern(
    r"(?i:'?.{1,20}'? expected|expected .* but|illegal |unclosed |unmatched |identifier expected|Missing closing brace"
    r"|eof expected|end of statement|.* but .* found)"
)
_IMPORT = pattern(r"object .+ is not a member of|not found: object |value .+ is not a member of (?:package|object)")
_NAME = pattern(r"(?i)not found: (?:(?:value|type|object) )?(\S+)")
# Of kernels and hosts whose names no cell shows.
_AMBIENT = frozenset(
    {
        *("spark", "sc", "sqlContext", "kernel", "interp", "repl", "display", "displayHTML", "dbutils", "z", "table"),
        *("sql", "udf", "publish", "almond", "Html", "Image", "Javascript", "Latex", "Markdown", "Text", "polynote"),
        *("mssparkutils", "notebookutils", "jvmRepr", "Predef", "pinned", "ReprsOf"),
        *("NotebookSparkSession", "AmmoniteSparkSession"),
    }
)
# Results of cells that ran, numbered by the kernel as they came.
_RESULT = pattern(r"res\d+(?:_\d+)?")
# Where Spark is the kernel's and not on our classpath, its implicits may give any value any method.
_SPARK = pattern(r"\b(?:spark|sc|sqlContext|toDF|toDS|DataFrame|Dataset|RDD)\b|\$\"")
# The nesting of cells makes an outer name and an inner import of it meet where in a kernel the later one wins.
_GLUE = pattern(r"is ambiguous|is already defined as|is defined in|does not take type parameters")


def findings(typed: Typed, document: Made, context: Context, *, spark: bool = False) -> Iterator[Finding]:
    """`spark`: the notebook declares Spark."""
    blind = document.doubtful or _is_blind(typed, document)
    # Almond has no Spark but what the notebook declares and imports.
    whole = "val spark: SparkSession" in document.text or (spark and context.host.name == "almond")
    if not whole and _SPARK.search(document.text):
        blind = True
    opens = bool(context.view.opens())
    ambient = _AMBIENT | context.host.ambient.get(context.cell.language, frozenset())
    seen = set()
    for problem in typed.problems:
        grammar = bool(_GRAMMAR.match(problem.message))
        inside = document.map.span_to_cell(problem.span)
        placed = inside or (_at_end(problem, document, context) if grammar else None)
        if placed is None or placed[0] != context.cell.id or _GLUE.search(problem.message):
            continue
        name = _NAME.match(problem.message)
        if not grammar and (
            blind or (name is not None and (opens or name[1] in ambient or _RESULT.fullmatch(name[1])))
        ):
            continue
        if placed[1] not in seen:
            seen.add(placed[1])
            yield Finding(CODE, placed[1], _said(problem, inside is None), "error")


def _at_end(problem: Problem, document: Made, context: Context) -> tuple[str, Span] | None:
    """The cell's last word, for what the parser misses there and finds in the glue behind."""
    cell = context.cell
    end = document.map.to_document(cell.id, len(cell.text))
    text = cell.text.rstrip()
    if end is None or problem.span.start < end or len(text) <= cell.body:
        return None
    start = len(text) - len(re.search(r"\w+$|.$", text)[0])  # type: ignore[index]
    return cell.id, Span(start, len(text))


def _is_blind(typed: Typed, document: Made) -> bool:
    """Whether something is missing that the code expects on the classpath."""
    lines = document.text
    return any(_IMPORT.search(problem.message) or _in_import(lines, problem) for problem in typed.problems)


def _in_import(text: str, problem: Problem) -> bool:
    start = text.rfind("\n", 0, problem.span.start) + 1
    return text[start : problem.span.start].lstrip().startswith("import ")


def _said(problem: Problem, at_end: bool) -> str:
    """On one line, as findings are: `type mismatch; found: String("a"), required: Int`."""
    message = problem.message.replace("but '}' found", "but the cell ends") if at_end else problem.message
    first, *rest = (" ".join(line.split()) for line in message.split("\n"))
    # Behind an empty line Scala 3 explains at length.
    told = ", ".join(line.replace(" :", ":") for line in itertools.takewhile(bool, rest))
    return f"{first.rstrip(';')}; {told}" if told else first
