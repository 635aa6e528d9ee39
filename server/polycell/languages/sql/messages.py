"""What findings in SQL say."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from polycell.languages.sql.relations import Visible


def no_column(name: str, seen: Sequence[Visible], qualifier: str) -> str:
    """That `seen` (or the one table called `qualifier`) has no column `name`, and what it may be meant for."""
    columns = list(dict.fromkeys(c.name for v in seen for c in v.table.columns))
    near = difflib.get_close_matches(name.casefold(), [c.casefold() for c in columns], 3, 0.6)
    hints = [c for n in near for c in columns if c.casefold() == n][:3]
    where = f"`{qualifier}`" if qualifier else ", ".join(f"`{v.name}`" for v in seen)
    text = f"No column `{name}` in {where}." if where else f"No column `{name}`."
    if hints:
        return f"{text} Did you mean {' or '.join(f'`{h}`' for h in hints)}?"
    return f"{text} There are: {', '.join(columns[:8])}{', …' if len(columns) > 8 else ''}." if columns else text
