"""The test language: a notebook is a string.

    # %% [sql] -> orders        starts a cell; `-> name` names its result
    <|>                         the cursor (one)
    ^^^^ code: text             under a line: a finding expected at exactly these columns, matched one to one
    host: polynote              header lines before the first cell
    file sales.csv: id,price    a data file beside the notebook (rows may follow, separated by `;`)

Text before the first `# %%` that is no header line is a first Python cell.
"""

from __future__ import annotations

import asyncio
import re
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

from polycell.compose import default_services, default_sources
from polycell.core import features
from polycell.core.environment import Sources
from polycell.core.notebook import Notebook
from polycell.core.results import Completions, Finding, Hover, Location
from polycell.core.session import Session, Snapshot
from polycell.core.text import LineIndex
from polycell.core.values import replace
from polycell.formats.cells import make_cell
from polycell.formats.model import CellSource

CURSOR = "<|>"
_MARKER = re.compile(r"^# %%(?: \[(?P<language>[\w-]+)\])?(?: -> (?P<result>\w+))?(?P<rest>.*)$")
_CARETS = re.compile(r"^(?P<indent>[ #-]*?)(?P<carets>\^+) (?P<code>[\w-]+)(?:: (?P<text>.*))?$")


@dataclass
class Expected:
    cell: int
    line: int
    start: int
    end: int
    code: str
    text: str


@dataclass
class Case:
    notebook: Notebook
    snapshot: Snapshot
    session: Session
    cell: str = ""
    offset: int = 0
    expected: list[Expected] = field(default_factory=list)


def parse(text: str, folder: Path | None = None) -> tuple[Notebook, str, int, list[Expected]]:
    """The notebook, the cursor's cell id and offset ("" when there is none), and the findings expected."""
    host, language = "jupyter", "python"
    cells: list[tuple[str, str, list[str]]] = []
    expected: list[Expected] = []
    for line in textwrap.dedent(text).strip("\n").split("\n"):
        marker = _MARKER.match(line)
        if marker:
            cells.append((marker["language"] or "", marker["result"] or "", []))
            continue
        if not cells:
            if line.startswith("host: "):
                host = line[6:].strip()
                continue
            if line.startswith("language: "):
                language = line[10:].strip()
                continue
            if line.startswith("file "):
                name, _, content = line[5:].partition(": ")
                if folder is not None:
                    (folder / name).parent.mkdir(parents=True, exist_ok=True)
                    (folder / name).write_text(content.replace(";", "\n") + "\n", encoding="utf-8")
                continue
            if not line.strip():
                continue
            cells.append(("", "", []))
        carets = _CARETS.match(line)
        if carets and cells[-1][2]:
            at = len(carets["indent"])
            width = len(carets["carets"])
            expected.append(
                Expected(len(cells) - 1, len(cells[-1][2]) - 1, at, at + width, carets["code"], carets["text"] or "")
            )
            continue
        cells[-1][2].append(line)
    path = str(folder / "notebook.ipynb") if folder else ""
    notebook = Notebook(uri="test:notebook", host=host, language=language, path=path)
    cursor_cell, offset = "", 0
    made = []
    for index, (cell_language, result, lines) in enumerate(cells):
        while lines and not lines[-1].strip():
            lines.pop()
        source = "\n".join(lines)
        if CURSOR in source:
            cursor_cell, offset = f"c{index}", source.index(CURSOR)
            source = source.replace(CURSOR, "")
        kind = "markup" if cell_language == "markdown" else "raw" if cell_language == "raw" else "code"
        made.append(make_cell(CellSource(f"c{index}", source, kind, declared=cell_language, result=result), notebook))
    return replace(notebook, cells=tuple(made)), cursor_cell, offset, expected


def load(text: str, folder: Path | None = None, sources: Sources | None = None, listener=None) -> Case:  # type: ignore[no-untyped-def]
    notebook, cell, offset, expected = parse(text, folder)
    services = default_services()
    if sources is None and folder is not None:
        sources = default_sources((folder,), services=services)
    session = Session(services, sources, listener)
    snapshot = session.update(notebook)
    return Case(notebook, snapshot, session, cell, offset, expected)


def complete(text: str, folder: Path | None = None) -> Completions:
    case = load(text, folder)
    return asyncio.run(features.complete(case.snapshot, case.session.services, case.cell, case.offset))


def labels(text: str, folder: Path | None = None) -> list[str]:
    """Labels offered at the cursor, best first."""
    items = sorted(complete(text, folder).items, key=lambda i: (i.rank, i.label))
    return [i.label for i in items]


def check_complete(text: str, expected: str, folder: Path | None = None) -> None:
    """Each line of `expected` is `label  detail` (two spaces); exactly these are offered, in this order."""
    items = sorted(complete(text, folder).items, key=lambda i: (i.rank, i.label))
    got = "\n".join(f"{i.label}  {i.detail}".rstrip() for i in items)
    assert got == textwrap.dedent(expected).strip()


def hover(text: str, folder: Path | None = None) -> Hover | None:
    case = load(text, folder)
    return asyncio.run(features.hover(case.snapshot, case.session.services, case.cell, case.offset))


def definition(text: str, folder: Path | None = None) -> tuple[Location, ...]:
    case = load(text, folder)
    found = asyncio.run(features.definition(case.snapshot, case.session.services, case.cell, case.offset))
    return tuple(found)


def findings(case: Case) -> list[tuple[int, Finding]]:
    return [
        (index, finding)
        for index in range(len(case.notebook.cells))
        for finding in features.findings(case.snapshot, index)
    ]


def check_findings(text: str, folder: Path | None = None) -> None:
    """The findings are exactly those that carets in the text announce."""
    case = load(text, folder)
    got = []
    for index, finding in findings(case):
        lines = LineIndex(case.notebook.cells[index].text)
        start, end = lines.position(finding.span.start), lines.position(finding.span.end)
        width_end = end.column if end.line == start.line else len(lines.line_span(start.line)) + start.column
        got.append((index, start.line, start.column, width_end, finding.code, finding.message))
    want = [(e.cell, e.line, e.start, e.end, e.code, e.text) for e in case.expected]
    unmatched = list(got)
    missing = []
    for entry in want:
        for candidate in unmatched:
            if candidate[:5] == entry[:5] and entry[5] in candidate[5]:
                unmatched.remove(candidate)
                break
        else:
            missing.append(entry)
    assert (missing, unmatched) == ([], []), f"missing: {missing}\nunexpected: {unmatched}"
