"""All `%pip install` lines of a notebook moved into one declaration: its script block, or a list in its metadata; where
there is neither, a new one. Lines that say more than names (options, files, other commands) stay."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from polycell.core.actions import apply
from polycell.core.notebook import Cell
from polycell.core.patterns import pattern
from polycell.core.results import Action, Edit, MetadataChange
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.dependencies import pep723
from polycell.dependencies.install_commands import read_command
from polycell.dependencies.metadata import declared_by
from polycell.dependencies.model import Requirement

PORTABLE = ("polyglot", "dependencies", "python")
PIP_LINE = pattern(r"^(?:[%!][ \t]*|)pip[ \t]+install[ \t][^\r\n#;|&]*", re.MULTILINE)
_OPTIONS = pattern(r"(?:^|\s)-")
_MOVE = "Move all `%pip install` lines into"


def move_installs(context: Context, listed: tuple[str, ...] | None) -> Iterator[Action]:
    """What can be offered; `listed` is the list of the metadata that the notebook uses, None where it uses none."""
    cells = context.notebook.cells
    lines = [(cell, line, asked) for cell in cells for line, asked in _plain_lines(cell)]
    home = next((cell for cell in cells if pep723.find_block(cell.text) is not None), None)
    if not any(cell.id == context.cell.id for cell, _, _ in lines):
        return
    edits = [Edit(cell.id, _whole(cell.text, line), "") for cell, line, _ in lines]
    wanted = [requirement for _, _, asked in lines for requirement in asked]
    if home is not None:
        have = (d.requirement for d in pep723.read_block(home.text))
        added = _into_block(home, _new(wanted, have))
        if added is not None:
            yield Action(f"{_MOVE} the script block", "refactor.rewrite", (*edits, *added))
        return
    into = listed or (PORTABLE if context.host.name == "jupyter" else None)
    if into is not None:
        entries = (d.requirement for d in declared_by(context.notebook) if d.path[:-1] == into)
        changes = tuple(MetadataChange(into, requirement.text) for requirement in _new(wanted, entries))
        yield Action(f"{_MOVE} the notebook's metadata", "refactor.rewrite", tuple(edits), metadata=changes)
    first = next((c for c in cells if c.kind == "code" and c.language == "python" and c.magic is None), None)
    if listed is None and first is not None and context.host.name in ("jupyter", "percent"):
        yield Action(f"{_MOVE} a script block", "refactor.rewrite", tuple(_with_block(first, edits, wanted)))


def _plain_lines(cell: Cell) -> Iterator[tuple[re.Match[str], list[Requirement]]]:
    """The lines that consist of names and versions, with what they ask for."""
    if cell.kind != "code" or cell.language != "python":
        return
    for line in PIP_LINE.finditer(cell.text):
        rest = line[0].partition("install")[2]
        following = cell.text[line.end() : line.end() + 1]
        if _OPTIONS.search(rest) or rest.rstrip().endswith("\\") or following not in ("", "\n", "\r"):
            continue
        asked = read_command(cell.text, line.end() - len(rest) - len("install"), line.end(), tool="pip")
        if asked.opaque or asked.files or any(d.problem or not d.requirement.name for d in asked.declarations):
            continue
        if asked.declarations:
            yield line, [d.requirement for d in asked.declarations]


def _whole(text: str, line: re.Match[str]) -> Span:
    """The line with its end."""
    end = line.end() + (2 if text.startswith("\r\n", line.end()) else 1)
    return Span(line.start(), min(end, len(text)))


def _new(wanted: Iterable[Requirement], have: Iterable[Requirement]) -> list[Requirement]:
    """Each that is not there yet, once."""
    known = {requirement.key for requirement in have}
    found: dict[str, Requirement] = {}
    for requirement in wanted:
        if requirement.key not in known:
            found.setdefault(requirement.key, requirement)
    return list(found.values())


def _into_block(home: Cell, wanted: Iterable[Requirement]) -> list[Edit] | None:
    """The edit of the block, None where it has no place for them."""
    text = home.text
    for requirement in wanted:
        made = pep723.insertion(text, requirement.text)
        if made is None:
            return None
        text = text[: made[0].start] + made[1] + text[made[0].end :]
    old, new = pep723.find_block(home.text), pep723.find_block(text)
    if old is None or new is None:
        return None
    return [Edit(home.id, old.span, new.span.of(text))] if text != home.text else []


def _with_block(first: Cell, edits: list[Edit], wanted: Iterable[Requirement]) -> Iterator[Edit]:
    """The edits, with a block at the head of a cell; what goes away there goes in the same edit."""
    newline = "\r\n" if "\r\n" in first.text else "\n"
    texts = [requirement.text for requirement in _new(wanted, ())]
    block = pep723.new_block(*texts, newline=newline)
    own = [edit for edit in edits if edit.cell == first.id]
    yield from (edit for edit in edits if edit.cell != first.id)
    end = max((edit.span.end for edit in own), default=0)
    yield Edit(first.id, Span(0, end), block + apply(first.text[:end], own))
