"""Hover on imports and declarations, and completion inside of declarations, alike in cells of every language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from polycell.core.results import Completion, Completions, Hover
from polycell.core.service import Context, Topic
from polycell.core.text import Span
from polycell.dependencies.artifacts import Coordinates
from polycell.dependencies.cells import said_by
from polycell.dependencies.common import NAMES
from polycell.dependencies.gathering import IMPORTED, Needs, needs
from polycell.dependencies.listing import brings
from polycell.dependencies.model import Declaration, Requirement, normal
from polycell.dependencies.modules import candidates

# Versions of a distribution, newest first; asked only where a setting names an index.
Versions = Callable[[str], Sequence[str]]

_NAME_AND_COMPARISON = re.compile(
    r"(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*(?P<sign>===|==|~=|!=|>=|<=|<|>)\s*[\w.*]*$"
)
_INSTALLER = re.compile(r"(?:^|[!%\s])(?:pip[\d.]*|uv pip)\s+install\s+(?:.*\s)?[\"']?(?P<written>[^\s\"']*)$")
_STRING = re.compile(r"^#\s*(?:dependencies\s*=\s*\[.*)?[\"'](?P<written>[^\"']*)$")
_COORDINATE = re.compile(
    r"(?:import\s+\$(?:ivy|dep)\.(?:\{.*)?`|//>\s*using\s+(?:dep|lib)s?\s+\"?)(?P<written>[^`\"\s]*)$"
)


@dataclass(frozen=True, slots=True)
class Declarations(Topic):
    """`versions` may ask a package index, `coordinates` knows the artifacts of the local caches."""

    versions: Versions | None = None
    coordinates: Coordinates | None = None

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
        line = text[text.rfind("\n", 0, offset) + 1 : offset]
        found = _COORDINATE.search(line) if context.cell.language == "scala" else None
        if found is not None:
            return self._artifacts(found["written"], offset)
        written = _python_requirement(context, line)
        if written is None or written.startswith("-") or re.search(r"[/{}$@;]", written):
            return None
        return await self._distributions(context, written, offset)

    async def _distributions(self, context: Context, written: str, offset: int) -> Completions:
        installed = needs(context).installed
        distributions = installed.distributions if installed is not None else {}
        compared = _NAME_AND_COMPARISON.fullmatch(written)
        if compared is None:
            start = offset - len(re.split(r"[=<>~!\[,]", written)[-1])
            names = {normal(name): name for name in NAMES} | {key: found.name for key, found in distributions.items()}
            items = [
                Completion(
                    name,
                    "module",
                    Span(start, offset),
                    detail=f"{distributions[key].version} installed" if key in distributions else "",
                    documentation=distributions[key].summary if key in distributions else "",
                    rank=10 if key in distributions else 30,
                )
                for key, name in sorted(names.items())
            ]
            return Completions(tuple(items))
        key = normal(compared["name"])
        start = offset - len(written.rpartition(compared["sign"])[2].lstrip())
        known = [distributions[key].version] if key in distributions else []
        online = await _in_thread(self.versions, key) if self.versions is not None else ()
        items = [
            Completion(version, "value", Span(start, offset), detail="installed" if version in known else "", rank=rank)
            for rank, version in enumerate(dict.fromkeys((*known, *online)))
        ]
        return Completions(tuple(items))

    def _artifacts(self, written: str, offset: int) -> Completions:
        if self.coordinates is None:
            return Completions()
        start = offset - len(re.split(r":+", written)[-1])
        parts = self.coordinates.continuations(written)
        return Completions(
            tuple(Completion(part, "value", Span(start, offset), rank=rank) for rank, part in enumerate(parts))
        )

    def _told(self, context: Context, requirement: Requirement) -> str:
        known = needs(context)
        lines = [f"**{requirement.name}** `{requirement.constraint or 'any version'}`, declared in {requirement.where}"]
        if requirement.ecosystem == "maven" and self.coordinates is not None:
            cached = self.coordinates.cached(requirement)
            lines.append(f"Resolved on this machine: `{cached}`" if cached else "Not in this machine's caches.")
        if requirement.ecosystem in ("python", "conda"):
            lines += _installed(known, requirement.key)
            lines += _used(context, known, requirement)
        return "\n\n".join(lines)


def _python_requirement(context: Context, line: str) -> str | None:
    """What is written so far of a Python requirement at the end of a line, or None where none is being written."""
    cell = context.cell
    if cell.language in ("python", "bash", "sh", "shellscript", "") and (found := _INSTALLER.search(line)):
        return found["written"]
    if line.startswith("#") and (found := _STRING.search(line)) and _in_block(context):
        return found["written"]
    return None


def _in_block(context: Context) -> bool:
    return "# /// script" in context.cell.text


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


async def _in_thread(versions: Versions, name: str) -> Sequence[str]:
    import asyncio

    return await asyncio.to_thread(versions, name)


def declaration_at(context: Context, offset: int) -> Declaration | None:
    """The declaration under the cursor, in the cell's text."""
    said = said_by(context.cell, context.facts).declarations
    return next((d for d in said if d.span.touches(offset)), None)
