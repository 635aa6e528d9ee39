"""What the declarations alone tell: malformed ones, ones that contradict each other, ones that mean any version."""

from __future__ import annotations

from collections.abc import Iterator

from polycell.core.facts import Severity
from polycell.core.results import Finding, Location, Related
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.dependencies.cells import said_by
from polycell.dependencies.checks.places import finding, first_line, here, is_head
from polycell.dependencies.gathering import DECLARED, needs
from polycell.dependencies.metadata import declared_by
from polycell.dependencies.model import Declaration, Requirement
from polycell.dependencies.requirement import contradict

# A line that is run one day, which a later one may mean to undo.
COMMANDS = frozenset({"pip", "conda"})


class MalformedDependency:
    """A requirement or coordinate that no tool will read, at the mistake."""

    code = "malformed-dependency"

    def check(self, context: Context) -> Iterator[Finding]:
        for declaration in here(context):
            if declaration.problem:
                made = Finding(self.code, declaration.span, declaration.problem, "error")
                yield finding(context, declaration, made)
        yield from _in_files(context)


def _in_files(context: Context) -> Iterator[Finding]:
    """Entries of the files that this cell installs from, and at the notebook's head of those that lie beside it."""
    files = said_by(context.cell, context.facts).files
    head = is_head(context)
    if not files and not head:
        return
    known = needs(context)
    for broken in known.project.broken:
        span = next((span for name, span in files if name == broken.file), None)
        if span is None and not (head and broken.file not in known.files):
            continue
        message = f"`{broken.file}`, line {broken.line}, `{broken.text}`: {broken.problem}"
        severity: Severity = "error" if span is not None else "warning"
        yield Finding("malformed-dependency", span or first_line(context), message, severity)


class ConflictingDependencies:
    """Two declarations of one thing that no version satisfies; reported at the later one."""

    code = "conflicting-dependencies"

    def check(self, context: Context) -> Iterator[Finding]:
        own = [d for d in here(context) if d.requirement.name and not d.problem]
        if not own:
            return
        alike: dict[tuple[str, str, bool], list[tuple[str, Requirement]]] = {}
        for cell, items in context.view.gathered(DECLARED):
            for one in items:
                if isinstance(one, Requirement):
                    alike.setdefault(_thing(one), []).append((cell, one))
        for declaration in own:
            mine = declaration.requirement
            others = [(c, r) for c, r in alike.get(_thing(mine), ()) if r != mine and _conflict(r, mine)]
            earlier = [(c, r) for c, r in others if not _is_later(context, c, declaration.path)]
            for cell, other in earlier[:1]:
                if not _stands_before(context, cell, other, declaration):
                    continue
                severity: Severity = "information" if {mine.style, other.style} <= COMMANDS else "warning"
                message = f"`{mine.text}` contradicts `{other.text}` in {other.where}: no version satisfies both."
                made = Finding(self.code, declaration.span, message, severity, _related(context, cell, other))
                yield finding(context, declaration, made)


class UnpinnedDependency:
    """A declaration that means another version tomorrow. Off unless somebody asks for it."""

    code = "unpinned-dependency"

    def check(self, context: Context) -> Iterator[Finding]:
        for declaration in here(context):
            mine = declaration.requirement
            if mine.name and not declaration.problem and not mine.pinned and mine.style != "uv.lock":
                message = f"`{mine.name}` is declared without one exact version: another run may get another."
                yield finding(context, declaration, Finding(self.code, declaration.span, message, "hint", opt_in=True))


def _is_later(context: Context, cell: str, path: object) -> bool:
    """Whether a declaration of that cell comes after those looked at; the metadata comes first of all."""
    if not cell:
        return False
    if path:
        return True
    index = context.notebook.index(cell)
    return index is None or index > context.index


def _thing(requirement: Requirement) -> tuple[str, str, bool]:
    """Equal for declarations of one thing."""
    return requirement.ecosystem, requirement.key, requirement.cross


def _conflict(left: Requirement, right: Requirement) -> bool:
    if left.ecosystem == "python":
        return contradict(left, right)
    if left.ecosystem == "maven":
        return left.pinned and right.pinned and left.constraint != right.constraint
    return False


def _stands_before(context: Context, cell: str, other: Requirement, mine: Declaration) -> bool:
    """Whether a declaration of an earlier cell, of this one or of the metadata comes before `mine`."""
    if mine.path:
        said = declared_by(context.notebook)
    elif cell == context.cell.id:
        said = said_by(context.cell, context.facts).declarations
    else:
        return True
    return any(
        d.requirement == other and (d.span.start, said.index(d)) < (mine.span.start, said.index(mine)) for d in said
    )


def _related(context: Context, cell: str, other: Requirement) -> tuple[Related, ...]:
    index = context.notebook.index(cell) if cell else None
    if index is None:
        return ()
    at = context.notebook.cells[index].text.find(other.text)
    span = Span(at, at + len(other.text)) if at >= 0 else Span(0, 0)
    return (Related(Location(span, cell), f"`{other.text}` is declared here"),)
