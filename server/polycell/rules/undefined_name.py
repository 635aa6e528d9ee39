"""`undefined-name`: no cell defines a name, and nothing in the notebook could have brought it.

A name in a body that runs later may come from any cell, so all of them must be known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from polycell.core.facts import Use
from polycell.core.results import Edit, Finding, Fix
from polycell.core.service import Context
from polycell.rules.imports import USUAL_IMPORTS, add_import
from polycell.rules.missing import alone, missing_names, never_defined


class UndefinedName:
    code = "undefined-name"

    def check(self, context: Context) -> Iterator[Finding]:
        said: set[str] = set()
        for missing in missing_names(context):
            if not missing.own and not context.view.defined_later(missing.use.name):
                said.add(missing.use.name)
                yield self._finding(context, missing.use)
        for use in never_defined(context):
            if use.name not in said:
                yield self._finding(context, use)

    def _finding(self, context: Context, use: Use) -> Finding:
        name = use.name
        fix = add_import(context, name)
        advice = f" Is `{USUAL_IMPORTS[name]}` missing?" if name in USUAL_IMPORTS else ""
        if not advice:
            meant = _meant(context, name)
            if meant:
                advice = f" Did you mean `{meant}`?"
                fix = Fix(f"Change to `{meant}`", (Edit(context.cell.id, use.span, meant),), preferred=True)
        where = "in any cell" if context.host.order == "any" else "in this notebook"
        if alone(context.cell):
            where = "in this cell, which runs in a process of its own"
        message = f"`{name}` is not defined {where}.{advice}"
        return Finding(self.code, use.span, message, fixes=(fix,) if fix is not None else ())


def _meant(context: Context, name: str) -> str:
    """A name within reach that differs by one letter, or by two letters swapped."""
    if len(name) < 3:
        return ""
    own = (d.name for d in context.facts.definitions if not d.container and d.span.start < context.cell.body)
    # Where the letter that differs is in one half, the other is the same: few of a thousand names are compared.
    half = (len(name) - 1) // 2
    near = (*context.view.bindings(name[:half]), *context.view.bindings(suffix=name[-half:]))
    for candidate in _close(name, (*own, *(b.name for b in near))):
        # Asked again so that the answer is recorded: when that name goes, the advice goes.
        if context.view.lookup(candidate) is not None:
            return candidate
    return ""


def _close(name: str, candidates: Iterable[str]) -> list[str]:
    return sorted({c for c in candidates if c != name and _one_apart(name, c)})


def _one_apart(a: str, b: str) -> bool:
    if abs(len(a) - len(b)) > 1:
        return False
    at = 0
    while at < min(len(a), len(b)) and a[at] == b[at]:
        at += 1
    if len(a) == len(b):
        swapped = a[at : at + 2] == b[at : at + 2][::-1] and a[at + 2 :] == b[at + 2 :]
        return a[at + 1 :] == b[at + 1 :] or swapped
    longer, shorter = (a, b) if len(a) > len(b) else (b, a)
    return longer[at + 1 :] == shorter[at:]
