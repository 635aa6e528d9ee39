"""What the compiler's errors are worth in a notebook: only what is certainly wrong is reported.

A notebook's classpath is never known for certain. An import that does not resolve (a library that the kernel has and
the notebook does not declare) makes every name behind it unknown, so then only the grammar is judged. Names that hosts
and kernels give are not known to the compiler either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from polycell.core.facts import Facts
from polycell.core.results import Finding
from polycell.core.service import Context
from polycell.core.virtual import VirtualDocument
from polycell.languages.scala.compilers import Problem, Typed

CODE = "scala-error"

# What Scala's parser says; everything else needs names.
_GRAMMAR = re.compile(
    r"(?:'?.{1,20}'? expected|expected .* but|illegal |unclosed |unmatched |identifier expected|Missing closing brace"
    r"|eof expected|end of statement|.* but .* found)"
)
_IMPORT = re.compile(r"object .+ is not a member of|not found: object |value .+ is not a member of (?:package|object)")
_NAME = re.compile(r"not found: (?:value|type|object) (\S+)")
# Of kernels and hosts whose names no cell shows.
_AMBIENT = frozenset(
    {
        *("spark", "sc", "sqlContext", "kernel", "interp", "repl", "display", "displayHTML", "dbutils", "z", "table"),
        *("sql", "udf", "publish", "almond", "Html", "Image", "Javascript", "Latex", "Markdown", "Text", "polynote"),
        *("mssparkutils", "notebookutils", "jvmRepr", "Predef", "pinned", "ReprsOf"),
    }
)
# The nesting of cells makes an outer name and an inner import of it meet where in a kernel the later one wins.
_GLUE = re.compile(r"is ambiguous|is already defined as|dead code|is defined in")


def findings(typed: Typed, document: VirtualDocument, context: Context) -> Iterator[Finding]:
    blind = _is_blind(typed, document, context.facts)
    opens = bool(context.view.opens())
    ambient = _AMBIENT | context.host.ambient.get(context.cell.language, frozenset())
    seen = set()
    for problem in typed.problems:
        placed = document.map.span_to_cell(problem.span)
        if placed is None or placed[0] != context.cell.id or _GLUE.search(problem.message):
            continue
        grammar = bool(_GRAMMAR.match(problem.message))
        name = _NAME.match(problem.message)
        if not grammar and (blind or (name is not None and (opens or name[1] in ambient))):
            continue
        if placed[1] not in seen:
            seen.add(placed[1])
            yield Finding(CODE, placed[1], _said(problem), "error")


def _is_blind(typed: Typed, document: VirtualDocument, facts: Facts) -> bool:
    """Whether something is missing that the code expects on the classpath."""
    lines = document.text
    for problem in typed.problems:
        if _IMPORT.search(problem.message) or (_NAME.match(problem.message) and _in_import(lines, problem)):
            return True
    return False


def _in_import(text: str, problem: Problem) -> bool:
    start = text.rfind("\n", 0, problem.span.start) + 1
    return text[start : problem.span.start].lstrip().startswith("import ")


def _said(problem: Problem) -> str:
    """On one line, as findings are: `type mismatch; found: String("a"), required: Int`."""
    first, *rest = (" ".join(line.split()) for line in problem.message.split("\n"))
    told = ", ".join(line.replace(" :", ":") for line in rest if line)
    return f"{first.rstrip(';')}; {told}" if told else first


__all__: Sequence[str] = ("CODE", "findings")
