"""What was found, cell by cell, and what of it the client has been told.

Findings are kept relative to their cell, with the text they were found in. A set is sent only when it differs from the
one sent last, and emptied when its document goes away. Between an edit and the next full look, what was found before is
kept where the edit did not touch it, shifted; so nothing flickers while somebody types.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from polycell.core.facts import Facts
from polycell.core.notebook import Cell
from polycell.core.results import Finding, Related
from polycell.core.text import Span, common_end, common_start
from polycell.core.values import replace
from polycell.lsp import companion
from polycell.lsp.convert import Json
from polycell.lsp.projects import page_uri
from polycell.lsp.state import Face, Group, State, key_of

SOURCE = "polycell"


class Kept(Struct, frozen=True):
    """Findings of one cell; `syntax` come from its text alone and are known first. `of`: the analysis' own tuple that
    they were made from, None while they are only carried over.

    `held` are not shown yet, since they are at the place `typed`, where somebody may be in the middle of a word.
    `gone`: codes of what was found at that place before.
    """

    cell: Cell
    syntax: tuple[Finding, ...] = ()
    rest: tuple[Finding, ...] = ()
    of: Sequence[Finding] | None = None
    held: tuple[Finding, ...] = ()
    typed: Span | None = None
    gone: frozenset[str] = frozenset()

    @property
    def all(self) -> tuple[Finding, ...]:
        return tuple(sorted((*self.syntax, *self.rest), key=lambda f: (f.span.start, f.span.end, f.code, f.message)))


class Diagnostics:
    """`send` takes the parameters of textDocument/publishDiagnostics."""

    def __init__(self, state: State, send: Callable[[Json], None]) -> None:
        self._state = state
        self._send = send
        self._cells: dict[str, dict[str, Kept]] = {}  # by key of the group, by cell
        self._documents: dict[str, tuple[Finding, ...]] = {}
        self._sent: dict[str, tuple[object, ...]] = {}  # sets that are not empty

    def lacking(
        self, group: str, cells: Sequence[Cell], standing: Mapping[str, Sequence[Finding]]
    ) -> Iterator[tuple[int, Cell]]:
        """The cells, with their indices, whose `standing` findings have not been noted, those very ones.

        Each pass goes over all cells here, so nothing is called for one that is as it was."""
        kept = self._cells.get(group, {})
        for index, cell in enumerate(cells):
            if cell.id in kept and cell.id in standing:
                known = kept[cell.id]
                if known.cell is cell and known.of is standing[cell.id] and not known.held:
                    continue
            yield index, cell

    def note_syntax(self, group: str, cell: Cell, facts: Facts) -> None:
        """Phase one: what the text alone says; the rest is carried over from before the edit."""
        cells = self._cells.setdefault(group, {})
        old = cells.get(cell.id)
        if old is None:
            cells[cell.id] = Kept(cell, _syntax(facts))
            return
        rest = shifted(old.rest, old.cell.text, cell.text)
        gone: set[str] = set()
        if len(rest) < len(old.rest):
            gone |= {f.code for f in old.rest if not shifted((f,), old.cell.text, cell.text)}
        if old.of is None:  # nobody has looked since the edit before this one
            gone |= old.gone
        typed = _typed(old.cell.text, cell.text)
        cells[cell.id] = Kept(cell, _syntax(facts), rest, typed=typed, gone=frozenset(gone))

    def note_all(
        self, group: str, cell: Cell, facts: Facts, findings: Sequence[Finding], *, typing: bool = False
    ) -> None:
        """Everything. `findings` hold the syntax problems too. With `typing`, what is new at the place of the last
        keystroke is held back, so that nothing flickers while a word is typed."""
        syntax = _syntax(facts)
        left = list(syntax)
        rest = []
        for finding in findings:
            if finding in left:
                left.remove(finding)
            else:
                rest.append(finding)
        cells = self._cells.setdefault(group, {})
        old = cells.get(cell.id)
        typed = old.typed if old is not None and old.cell is cell and typing else None
        if old is None or typed is None:
            cells[cell.id] = Kept(cell, syntax, tuple(rest), findings)
            return
        held = tuple(f for f in rest if f.code not in old.gone and _meet(f.span, typed))
        shown = tuple(f for f in rest if f not in held)
        cells[cell.id] = Kept(cell, syntax, shown, findings, held, typed, old.gone)

    def note_document(self, face: Face, findings: Iterable[Finding]) -> None:
        """Problems of a document itself; spans are offsets into the face."""
        self._documents[key_of(face.uri)] = tuple(findings)

    def forget(self, group: str, cells: Iterable[str]) -> None:
        kept = self._cells.get(group, {})
        for cell in cells:
            kept.pop(cell, None)
        if not kept:
            self._cells.pop(group, None)

    def publish(self, group: Group, cells: Collection[str] | None = None) -> None:
        """Tell the client about the faces of `cells`, or all of the group's, where something changed."""
        if cells is None:
            kept = self._cells.get(key_of(group.uri), {})
            speaking = {group.homes.get(cell) for cell, known in kept.items() if known.syntax or known.rest}
            # Of the others nothing was said and nothing is to be said: nearly all of a large notebook.
            keys: Iterable[str] = [
                key for key in group.faces if key in speaking or key in self._sent or key in self._documents
            ]
        else:
            keys = dict.fromkeys(group.homes[cell] for cell in cells if cell in group.homes)
        for key in keys:
            face = group.faces.get(key)
            if face is not None:
                self._publish(group, key, face)

    def clear(self, face: Face) -> None:
        """The document is gone: whatever was said about it is withdrawn. Always sent, for clients forget nothing."""
        key = key_of(face.uri)
        self._documents.pop(key, None)
        self._sent.pop(key, None)
        self._send({"uri": face.uri, "diagnostics": []})

    def clear_all(self) -> None:
        """Forget what was sent, so that the next look sends everything again (a new client window listens)."""
        self._sent.clear()

    def _publish(self, group: Group, key: str, face: Face) -> None:
        found: list[tuple[Span, Finding]] = []
        if not group.unsure and (self._state.settings.scripts or not group.quiet):
            noted = self._cells.get(key_of(group.uri), {})
            found += [(f.span, f) for f in self._documents.get(key, ())]
            for cell in face.cells:
                kept = noted.get(cell)
                if kept is None or group.homes.get(cell) != key:
                    continue
                theirs = self._state.settings.python == "companion"
                for finding in companion.findings(kept.cell, kept.all) if theirs else kept.all:
                    span = _written(face, finding) or face.to_face(cell, finding.span)
                    if span is not None:
                        found.append((span, finding))
        made = []
        for span, finding in found:
            severity = self._state.severity_of(finding, group)
            if severity is not None:
                made.append((span, severity, finding))
        now = (face.text if made else "", tuple(made))
        before = self._sent.get(key, ("", ()))
        if made:
            self._sent[key] = now
        else:
            self._sent.pop(key, None)
        if now[1] == before[1] and (not made or _same_places(before, now)):
            return
        said: Json = {"uri": face.uri, "diagnostics": [self._diagnostic(group, face, *entry) for entry in made]}
        if face.version is not None and self._state.client.diagnostic_versions:
            said["version"] = face.version
        self._send(said)

    def _diagnostic(self, group: Group, face: Face, span: Span, severity: int, finding: Finding) -> Json:
        made: Json = {
            "range": face.range_json(span, self._state.client.encoding),
            "message": finding.message,
            "severity": severity,
            "code": finding.code,
            "source": SOURCE,
        }
        if finding.related and self._state.client.related_information:
            related = [place for item in finding.related if (place := self._related(group, item)) is not None]
            made.update({"relatedInformation": related} if related else {})
        if self._state.client.code_descriptions and (page := page_uri(finding.code)):
            made["codeDescription"] = {"href": page}
        return made

    def _related(self, group: Group, item: Related) -> Json | None:
        where, start = item.location, {"line": 0, "character": 0}
        if where.uri:
            return {"location": {"uri": where.uri, "range": {"start": start, "end": start}}, "message": item.message}
        face = group.home(where.cell)
        placed = face.to_face(where.cell, where.span) if face is not None else None
        if face is None or placed is None:
            return None
        span = face.range_json(placed, self._state.client.encoding)
        return {"location": {"uri": face.uri, "range": span}, "message": item.message}


def shifted(findings: Iterable[Finding], old: str, new: str) -> tuple[Finding, ...]:
    """Findings in the text after an edit: those before and behind it, the latter moved; those touched are dropped."""
    if old == new:
        return tuple(findings)
    head, tail = _same_ends(old, new)
    by = len(new) - len(old)
    made = []
    for finding in findings:
        if finding.span.end < head:
            made.append(finding)
        elif finding.span.start > len(old) - tail:
            made.append(replace(finding, span=finding.span.shift(by)))
    return tuple(made)


def _typed(old: str, new: str) -> Span | None:
    """Where a single keystroke changed a text; None for any other edit."""
    head, tail = _same_ends(old, new)
    removed, inserted = len(old) - tail - head, len(new) - tail - head
    return Span(head, head + inserted) if removed <= 1 and inserted <= 1 and old != new else None


def _same_ends(old: str, new: str) -> tuple[int, int]:
    """How many characters at the start, and how many at the end, are the same."""
    head = common_start(old, new)
    return head, min(common_end(old, new), len(old) - head, len(new) - head)


def _meet(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end


def _syntax(facts: Facts) -> tuple[Finding, ...]:
    return tuple(Finding(p.code, p.span, p.message, p.severity) for p in facts.problems)


def _written(face: Face, finding: Finding) -> Span | None:
    """Where the value of the metadata that a finding is about stands, if the client shows the notebook's JSON."""
    if not finding.path or not face.json:
        return None
    from polycell.formats.ipynb import metadata_span

    return metadata_span(face.text, finding.path)


def _same_places(before: tuple[object, ...], now: tuple[object, ...]) -> bool:
    """Equal offsets are equal positions only in equal texts (a line end may have been typed before them)."""
    return before[0] == now[0]
