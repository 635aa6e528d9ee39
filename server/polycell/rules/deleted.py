"""Names that cells delete: a function that runs in between has them, though no cell gives them at its end."""

from __future__ import annotations

from collections.abc import Hashable

from polycell.core.facts import Facts
from polycell.core.hosts import Host
from polycell.core.notebook import Cell, Notebook

DELETED = "names that cells delete"


class Deleted:
    """Per cell the names that it deletes, sorted; see `core.service.Gatherer`."""

    name = DELETED

    def of_cell(self, cell: Cell, facts: Facts, host: Host) -> tuple[Hashable, ...]:
        if cell.language != "python" or "del" not in cell.text:
            return ()
        written = {r.span: r.name for r in facts.references if r.write}
        for definition in facts.definitions:
            written.pop(definition.span, None)
        return tuple(sorted(set(written.values())))

    def of_notebook(self, notebook: Notebook) -> tuple[Hashable, ...]:
        return ()
