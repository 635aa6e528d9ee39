"""Hover on imports and declarations, and completion inside of declarations, alike in cells of every language."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from msgspec import Struct, field

from polycell.core.results import Completions, Hover
from polycell.core.service import Context, Topic
from polycell.dependencies.cells import said_by
from polycell.dependencies.completing import Catalogue, continued, shifted
from polycell.dependencies.gathering import IMPORTED, Needs, needs
from polycell.dependencies.listing import brings
from polycell.dependencies.metadata import declared_by
from polycell.dependencies.model import NOWHERE, Declaration, Path, Requirement, normal
from polycell.dependencies.modules import candidates
from polycell.dependencies.writing import Writing, being_written, value_being_written


class Declarations(Topic, Struct, frozen=True):
    """`catalogue` knows what can be declared."""

    catalogue: Catalogue = field(default_factory=Catalogue)

    def concerns(self, context: Context, offset: int) -> bool:
        return declaration_at(context, offset) is not None or (
            context.cell.language == "python" and any(i.span.touches(offset) for i in context.facts.imports)
        )

    async def hover(self, context: Context, offset: int) -> Hover | None:
        for declaration in said_by(context.cell, context.facts).declarations:
            if declaration.span.touches(offset) and not declaration.problem and declaration.requirement.name:
                return Hover(self._told(context, declaration.requirement), declaration.span)
        return _imported(context, offset)

    async def complete(self, context: Context, offset: int) -> Completions | None:
        text = context.cell.text
        found = being_written(context.cell, text[text.rfind("\n", 0, offset) + 1 : offset])
        if found is None:
            return None
        answer = await self._continued(context, found)
        return shifted(answer, offset - len(found.text)) if answer is not None else None

    async def complete_value(self, context: Context, path: Path, before: str) -> Completions | None:
        found = value_being_written(path, before)
        if found is None:
            return None
        answer = await self._continued(context, found)
        return shifted(answer, len(before) - len(found.text)) if answer is not None else None

    async def hover_value(self, context: Context, path: Path) -> Hover | None:
        for declaration in declared_by(context.notebook):
            if declaration.path == path and not declaration.problem and declaration.requirement.name:
                return Hover(self._told(context, declaration.requirement), NOWHERE)
        return None

    async def _continued(self, context: Context, found: Writing) -> Completions | None:
        installed = needs(context).installed
        # Folders are read and servers are asked.
        return await asyncio.to_thread(
            continued, found, installed.distributions if installed is not None else {}, self.catalogue
        )

    def _told(self, context: Context, requirement: Requirement) -> str:
        known = needs(context)
        lines = [f"**{requirement.name}** `{requirement.constraint or 'any version'}`, declared in {requirement.where}"]
        if requirement.ecosystem == "maven":
            cached = self.catalogue.coordinates.cached(requirement)
            lines.append(f"Resolved on this machine: `{cached}`" if cached else "Not in this machine's caches.")
        if requirement.ecosystem in ("python", "conda"):
            lines += _installed(known, requirement.key)
            lines += _used(context, known, requirement)
        return "\n\n".join(lines)


def _imported(context: Context, offset: int) -> Hover | None:
    """The distribution behind an imported module: what declares it, and what is installed."""
    if context.cell.language != "python":
        return None
    for found in context.facts.imports:
        if found.level or not found.span.touches(offset):
            continue
        known = needs(context)
        names = candidates(found.module, known)
        declared = next((r for r in known.python if r.name and brings(r, found.module, known)), None)
        if known.installed is None:
            named = dict.fromkeys((*names, normal(found.module.partition(".")[0])))
            names = tuple(name for name in named if name in known.saved)
        if declared is None and not names:
            return None
        key = declared.key if declared is not None else names[0]
        title = declared.name if declared is not None else key
        where = f"`{declared.text}` in {declared.where}" if declared is not None else "not declared"
        return Hover("\n\n".join([f"**{title}**: {where}", *_installed(known, key)]), found.span)
    return None


def _installed(known: Needs, key: str) -> Iterator[str]:
    if known.installed is None:
        if (saved := known.saved.get(key)) is not None and saved.constraint:
            yield f"{saved.constraint.removeprefix('==')}, from {saved.where}"
        return
    found = known.installed.distributions.get(key)
    if found is None:
        yield f"Not installed in {known.installed.interpreter.how}."
        return
    licence = f", {found.licence}" if found.licence else ""
    yield f"{found.version} is installed{licence}"
    if found.summary:
        yield found.summary


def _used(context: Context, known: Needs, requirement: Requirement) -> Iterator[str]:
    cells = {
        cell
        for cell, modules in context.view.gathered(IMPORTED)
        for module in modules
        if brings(requirement, str(module), known)
    }
    numbers = [str(n) for n, cell in enumerate(context.notebook.cells, 1) if cell.id in cells]
    if numbers:
        yield f"Imported in cell{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}."
    else:
        yield "No cell imports it."


def declaration_at(context: Context, offset: int) -> Declaration | None:
    """The declaration under the cursor, in the cell's text."""
    said = said_by(context.cell, context.facts).declarations
    return next((d for d in said if d.span.touches(offset)), None)
