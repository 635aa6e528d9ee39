"""What findings in SQL say, and the names that they propose."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from polycell.core.results import Edit, Finding, Fix
from polycell.core.text import Span
from polycell.languages.sql.relations.columns import Visible

WIDEST = 500  # names among which a near one is looked for


def no_column(span: Span, name: str, seen: Sequence[Visible], qualifier: str) -> Finding:
    """That `seen` (or the one table called `qualifier`) has no column `name`, and what it may be meant for."""
    columns = list(dict.fromkeys(c.name for v in seen for c in v.table.columns))
    names = [qualifier] if qualifier else [v.name or (v.source.file.value if v.source.file else "") for v in seen]
    where = ", ".join(f"`{n}`" for n in dict.fromkeys(names) if n)
    text = f"No column `{name}` in {where}." if where else f"No column `{name}`."
    near = nearest(name, columns)
    said = f"{text} {question(near, columns)}".rstrip()
    return Finding("sql-unknown-column", span, said, "error", fixes=changes_to(near, span))


def nearest(name: str, names: Iterable[str]) -> list[str]:
    """Up to three names that may be meant, best first."""
    folded: dict[str, str] = {}
    for known in list(names)[:WIDEST]:
        folded.setdefault(known.casefold(), known)
    return [folded[near] for near in difflib.get_close_matches(name.casefold(), folded, 3, 0.6)]


def question(near: Sequence[str], names: Sequence[str]) -> str:
    """`Did you mean …?`, or some of what there is; "" where there is nothing."""
    if near:
        return f"Did you mean {' or '.join(f'`{n}`' for n in near)}?"
    return f"There are: {', '.join(names[:8])}{', …' if len(names) > 8 else ''}." if names else ""


def changes_to(near: Sequence[str], span: Span) -> tuple[Fix, ...]:
    """One fix a name; its edit has no cell yet and the name without quotes, which `spelled` gives them."""
    return tuple(Fix(f"Change to `{name}`", (Edit("", span, name),)) for name in near)


def no_source(span: Span, name: str, known: Sequence[str]) -> Finding:
    """That the query's FROM names no table `name`; `known` are those it does name."""
    there = f" There are: {', '.join(f'`{n}`' for n in known)}." if known else ""
    text = f"No table `{name}` in this query's FROM.{there}"
    return Finding("sql-unknown-table", span, text, "error", fixes=changes_to(nearest(name, known), span))
