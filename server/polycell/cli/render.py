"""How `polycell show` looks in a terminal: one block a cell, its head, some of its text, what it uses and gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from polycell.cli.inspection import CellView, NotebookView, Used
from polycell.cli.output import safe, words
from polycell.core.environment import Binding
from polycell.core.types import Column, Table, Type, describe

LINES_SHOWN = 6  # of a cell's text, in the overview
COLUMNS_SHOWN = 12  # of a table, in the overview
EXPORTS_SHOWN = 12  # of a cell, in the overview

_LANGUAGE_STYLES = {"python": "bold blue", "sql": "bold magenta", "scala": "bold red", "r": "bold cyan"}


def print_notebook(
    console: Console, view: NotebookView, shown: str, *, only: int | None = None, why: bool = False
) -> None:
    """Print all cells, or cell `only` in full. `why` adds the rule that decided each cell's language."""
    if console.is_terminal:
        _print(console, view, shown, only, why)
        return
    with console.capture() as captured:
        _print(console, view, shown, only, why)
    # rich fills lines with blanks, which a file or a diff should not have.
    console.file.write("".join(line.rstrip() + "\n" for line in captured.get().splitlines()))


def _print(console: Console, view: NotebookView, shown: str, only: int | None, why: bool) -> None:
    count = len(view.cells)
    head = Text(safe(shown), style="bold")
    head.append(words(f" · {view.notebook.host}, {count} cell{'' if count == 1 else 's'}"), style="not bold dim")
    console.print(head, soft_wrap=True)
    for cell in view.cells:
        if only is None or cell.number == only:
            console.print()
            console.print(_cell(cell, full=only is not None, why=why))


def _cell(view: CellView, *, full: bool, why: bool) -> RenderableType:
    parts: list[RenderableType] = [_head(view, why)]
    text = _text(view, full)
    if text is not None:
        parts.append(text)
    rows = _rows(view, full)
    if rows is not None:
        parts.append(rows)
    return Group(*parts)


def _head(view: CellView, why: bool) -> Text:
    cell = view.cell
    head = Text(f"{view.number:>3}  ", style="bold")
    kind = {"markup": cell.language or "markdown", "raw": "raw"}.get(cell.kind, cell.language or "no language")
    head.append(safe(kind), style=_LANGUAGE_STYLES.get(cell.language, "bold") if cell.kind == "code" else "dim")
    if cell.name:
        head.append(f' "{safe(cell.name)}"', style="dim")
    if cell.result:
        head.append(words(f" → {safe(cell.result)}"), style="bold green")
    if why and cell.why and cell.kind == "code":
        head.append(words(f"  – by {safe(cell.why)}"), style="dim italic")
    return head


def _text(view: CellView, full: bool) -> RenderableType | None:
    lines = view.cell.text.rstrip().replace("\r\n", "\n").replace("\r", "\n").split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    if not lines:
        return None
    limit = len(lines) if full else (LINES_SHOWN if view.cell.kind == "code" else 1)
    left = len(lines) - limit
    if left == 1:  # saying that one line is left out takes a line too
        limit, left = limit + 1, 0
    shown = [
        Text(safe(line), style="dim", no_wrap=True, overflow="fold" if full else "ellipsis") for line in lines[:limit]
    ]
    if left > 0 and view.cell.kind == "code":
        shown.append(Text(words(f"… {left} more lines"), style="dim italic"))
    grid = Grid.grid(padding=(0, 1))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    for line in shown:
        grid.add_row(words("│"), line)
    return Padding(grid, (0, 0, 0, 5))


def _rows(view: CellView, full: bool) -> RenderableType | None:
    rows: list[tuple[str, RenderableType]] = []
    known = [u for u in view.uses if u.cell is not None or u.type is not None]
    unknown = [u for u in view.uses if u.cell is None and u.type is None]
    rows += [("uses", part) for part in _used(known)]
    for below, said in ((True, "given only by a cell below"), (False, "not from this notebook")):
        names = [safe(u.name) for u in unknown if u.below is below]
        if names:
            line = Text(", ".join(names))
            line.append(words(f" – {said}"), style="dim")
            rows.append(("uses", line))
    exports = list(view.exports) if full else list(view.exports[:EXPORTS_SHOWN])
    rows += [("gives", part) for part in _given(exports, view, full)]
    if len(view.exports) > len(exports):
        left = len(view.exports) - len(exports)
        rows.append(("gives", Text(words(f"… {left} more (--cell {view.number} shows all)"), style="dim italic")))
    if view.opens:
        rows.append(("and", Text(words(f"perhaps more names: {safe(', '.join(view.opens))}"), style="yellow")))
    if not rows:
        return None
    grid = Grid.grid(padding=(0, 2))
    grid.add_column(width=5, style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    before = ""
    for label, part in rows:
        grid.add_row("" if label == before else label, part)
        before = label
    return Padding(grid, (0, 0, 0, 5))


def _used(used: Sequence[Used]) -> Iterable[RenderableType]:
    """Names of one cell that are of little interest by themselves (modules) share a line."""
    if not used:
        return
    grid = Grid.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="bold")
    grid.add_column(no_wrap=True, style="cyan")
    grid.add_column(overflow="fold")
    for use in used:
        grid.add_row(safe(use.name), f"from cell {use.cell}" if use.cell else "from outside", _summary(use.type))
    yield grid


def _given(exports: Sequence[Binding], view: CellView, full: bool) -> Iterable[RenderableType]:
    """Names with their types, aligned; the columns of a table below it."""
    usual = {view.cell.language, "python", ""}
    width = max((len(b.name) for b in exports), default=0)
    for binding in exports:
        line = Text(safe(binding.name).ljust(min(width, 24)), style="bold green")
        line.append("  ")
        line.append(
            binding.kind if binding.kind == "deleted" else _summary(binding.type) or "type unknown", "not bold default"
        )
        if binding.maybe:
            line.append(", on some paths only", style="not bold yellow")
        if binding.space not in usual:
            line.append(f" (in {safe(binding.space)})", style="not bold dim default")
        if binding.source and binding.kind != "import":
            line.append(words(f"  · {safe(_one_line(binding.source))}"), style="not bold dim default")
        line.no_wrap, line.overflow = not full, "ellipsis"
        yield line
        if isinstance(binding.type, Table) and (binding.type.columns or binding.type.index):
            yield _columns(binding.type, full)


def _summary(type_: Type | None) -> str:
    return safe(_one_line(describe(type_)))


def _columns(table: Table, full: bool) -> RenderableType:
    columns = [*((c, True) for c in table.index if c.name), *((c, False) for c in table.columns)]
    shown = columns if full or len(columns) <= COLUMNS_SHOWN + 1 else columns[:COLUMNS_SHOWN]
    grid = Grid.grid(padding=(0, 2))
    # The widths of names and types are fixed, so that a narrow terminal takes from the last column.
    names = max((len(c.name) for c, _ in shown), default=0)
    types = max((len(str(c.type)) for c, _ in shown if c.type), default=1)
    grid.add_column(overflow="fold", width=min(max(names, 9), 28))
    grid.add_column(overflow="fold", style="blue", width=min(types, 22))
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(style="dim")  # its cells are cut, and not the column: one that may not wrap takes from all others
    for column, is_index in shown:
        grid.add_row(
            safe(column.name) or "(no name)",
            str(column.type) if column.type else "?",
            belief(column),
            Text(
                safe(_one_line(column.source)) + (" (index)" if is_index else ""),
                no_wrap=not full,
                overflow="fold" if full else "ellipsis",
            ),
        )
    left = len(columns) - len(shown)
    below: list[RenderableType] = [grid]
    if left:
        below.append(Text(words(f"… {left} more columns"), style="dim italic"))
    return Padding(Group(*below), (0, 0, 0, 2))


def belief(column: Column) -> str:
    """Why and how much a column is believed: `file`, `derived, likely`. What is certain is not said."""
    said = column.evidence.value
    if column.certainty.name != "CERTAIN":
        said += f", {column.certainty.name.lower()}"
    return said + (", maybe" if column.maybe else "")


def _one_line(text: str) -> str:
    return " ".join(text.split())
