"""What an editor offers at imports and declarations: declare, pin to what is installed, remove, move together.

An import is declared in the way that the notebook already uses: Polynote's configuration, a script block, a list in its
metadata, `%pip install`; where there is none yet, in a line of its own or in our portable key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from polycell.core.notebook import Cell
from polycell.core.patterns import pattern
from polycell.core.results import Action, Edit, MetadataChange
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.dependencies import pep723
from polycell.dependencies.cells import Said, said_by
from polycell.dependencies.gathering import DECLARED, needs
from polycell.dependencies.metadata import declared_by
from polycell.dependencies.model import Declaration, Path, Requirement, normal
from polycell.dependencies.modules import look_up
from polycell.dependencies.moving import PIP_LINE, PORTABLE, move_installs
from polycell.dependencies.topic import declaration_at

POLYNOTE = ("config", "dependencies", "python")
_LISTS = {
    "polynote": POLYNOTE,
    "polyglot": PORTABLE,
    "runt": ("runt", "uv", "dependencies"),
    "uv": ("uv", "dependencies"),
}
_OPTIONS = pattern(r"(?:^|\s)-")


def dependency_actions(context: Context, span: Span) -> Sequence[Action]:
    """An offer of `core.service.Offer`: everything that can be done about dependencies at a place."""
    made = [*_declare(context, span.start)]
    declaration = declaration_at(context, span.start)
    if declaration is not None:
        made += entry_actions(context, declaration)
    made += move_installs(context, own_list(context))
    return made


def _declare(context: Context, offset: int) -> Iterator[Action]:
    cell = context.cell
    found = next((i for i in context.facts.imports if i.span.touches(offset) and not i.level), None)
    if cell.language != "python" or found is None:
        return
    module = look_up(found.module, needs(context), context.host.name)
    if module.state in ("standard", "local", "declared", "host"):
        return
    name = module.distributions[0] if module.distributions else normal(module.top)
    preferred = bool(module.distributions)
    listed = own_list(context)
    if listed is not None:
        change = MetadataChange(listed, name)
        yield Action(f"Declare `{name}` in the notebook's metadata", "quickfix", metadata=(change,))
        return
    for other in context.notebook.cells:
        if "# /// script" in other.text and (edit := pep723.insertion(other.text, name)) is not None:
            yield Action(
                f"Declare `{name}` in the script block", "quickfix", (Edit(other.id, *edit),), preferred=preferred
            )
            return
    if context.host.name not in ("jupyter", "percent", "colab", "databricks", "synapse"):
        return
    here = PIP_LINE.search(cell.text)
    if here is not None and here.start() < found.span.start:
        end = here.start() + len(here[0].rstrip())
        yield Action(f"Add `{name}` to `%pip install`", "quickfix", (Edit(cell.id, Span(end, end), f" {name}"),))
    elif cell.magic is None:
        end_of_line = "\r\n" if "\r\n" in cell.text else "\n"
        line = f"%pip install {name}{end_of_line}"
        yield Action(f"Declare `{name}` with `%pip install`", "quickfix", (Edit(cell.id, Span(0, 0), line),))
    if context.host.name == "jupyter":
        change = MetadataChange(PORTABLE, name)
        yield Action(f"Declare `{name}` in the notebook's metadata", "quickfix", metadata=(change,))


def metadata_path(context: Context) -> tuple[str, ...] | None:
    """The list of the notebook's metadata in which a Python dependency is declared; None for hosts that read none."""
    listed = own_list(context)
    return listed if listed is not None else PORTABLE if context.host.name in ("jupyter", "colab") else None


def own_list(context: Context) -> tuple[str, ...] | None:
    """The list that the notebook has, or that its host reads."""
    used = _styles(context)
    if context.host.name == "polynote":
        return POLYNOTE
    return next((path for style, path in _LISTS.items() if style in used), None)


def _styles(context: Context) -> set[str]:
    return {r.style for _, items in context.view.gathered(DECLARED) for r in items if isinstance(r, Requirement)}


def _pin(context: Context, declaration: Declaration) -> Iterator[Action]:
    mine = declaration.requirement
    installed = needs(context).installed
    found = installed.distributions.get(mine.key) if installed is not None else None
    if found is None or mine.ecosystem not in ("python", "conda") or mine.constraint.startswith("@"):
        return
    extras = f"[{','.join(mine.extras)}]" if mine.extras else ""
    marker = f"; {mine.marker}" if mine.marker else ""
    sign = "==" if mine.ecosystem == "python" else "="
    text = f"{mine.name}{extras}{sign}{found.version}{marker}"
    title = f"Pin `{mine.name}` to {found.version}, which is installed"
    if declaration.path:
        if text != mine.text and isinstance(declaration.path[-1], int):
            change = MetadataChange(declaration.path, text, mine.text)
            yield Action(title, "refactor.rewrite", metadata=(change,))
    elif text != declaration.span.of(context.cell.text):
        yield Action(title, "refactor.rewrite", (Edit(context.cell.id, declaration.span, text),))


def _remove(context: Context, declaration: Declaration) -> Iterator[Action]:
    """Offered where no cell imports what the declaration brings."""
    from polycell.dependencies.gathering import IMPORTED
    from polycell.dependencies.listing import brings

    mine = declaration.requirement
    listed = bool(declaration.path) and isinstance(declaration.path[-1], int)
    if mine.ecosystem not in ("python", "conda") or not (listed or mine.style in ("pip", "conda", "pep723")):
        return
    known = needs(context)
    modules = {str(m) for _, items in context.view.gathered(IMPORTED) for m in items}
    if any(brings(mine, module, known) for module in modules):
        return
    title = f"Remove `{mine.name}`, which no cell imports"
    if listed:
        yield Action(title, "refactor.rewrite", metadata=(MetadataChange(declaration.path, None, mine.text),))
        return
    span = _extent(context.cell, said_by(context.cell, context.facts), declaration)
    yield Action(title, "refactor.rewrite", (Edit(context.cell.id, span, ""),))


def _extent(cell: Cell, said: Said, declaration: Declaration) -> Span:
    """What goes with a declaration: its quotes, the blank or comma at its side, its line where it is alone."""
    text, span = cell.text, declaration.span
    start, end = span.start, span.end
    if text[start - 1 : start] in ("'", '"') and text[end : end + 1] == text[start - 1 : start]:
        start, end = start - 1, end + 1
    line = text.rfind("\n", 0, start) + 1
    after = text.find("\n", end)
    line_end = len(text) if after < 0 else after + 1
    others = [d for d in said.declarations if d is not declaration and line <= d.span.start < line_end]
    if declaration.requirement.style == "pep723":
        comma = re.match(r"[ \t]*,[ \t]*", text[end:])
        if not others and re.fullmatch(r"#[ \t]*", text[line:start]):
            return Span(line, line_end)
        before = re.search(r",[ \t]*$", text[line:start])
        if comma is None and before is not None:
            return Span(line + before.start(), end)
        return Span(start, end + (comma.end() if comma else 0))
    if not others and not _OPTIONS.search(text[line:start].partition("install")[2]):
        return Span(line, line_end)
    blank = re.search(r"[ \t]+$", text[line:start])
    return Span(line + blank.start() if blank else start, end)


def metadata_actions(context: Context, path: Path) -> Sequence[Action]:
    """An offer of `core.service.MetadataOffer`: pin or remove what the metadata declares at a path."""
    found = next((d for d in declared_by(context.notebook) if d.path == path), None)
    return entry_actions(context, found) if found is not None else ()


def entry_actions(context: Context, declaration: Declaration) -> Sequence[Action]:
    """Pin or remove one declaration, whether it stands in the context's cell or in the metadata."""
    if declaration.problem or not declaration.requirement.name:
        return ()
    return (*_pin(context, declaration), *_remove(context, declaration))
