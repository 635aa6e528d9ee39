"""`missing-dependency` and `undeclared-dependency`: imported modules that nothing provides, or nothing declares."""

from __future__ import annotations

from collections.abc import Iterator

from polycell.core.results import Finding
from polycell.core.service import Context
from polycell.core.text import Span
from polycell.dependencies.gathering import Needs, needs
from polycell.dependencies.modules import Module, look_up
from polycell.dependencies.stdlib import REMOVED


class MissingDependency:
    """Certain only: an interpreter is known and does not have the module, or a list that claims to be complete and of
    which everything is known does not bring it."""

    code = "missing-dependency"

    def check(self, context: Context) -> Iterator[Finding]:
        for module, span, known in imported(context):
            if module.state == "missing":
                yield Finding(self.code, span, _missing(module, known))


class UndeclaredDependency:
    """The notebook's own list claims to be complete and does not name the distribution; it comes along, if at all."""

    code = "undeclared-dependency"

    def check(self, context: Context) -> Iterator[Finding]:
        for module, span, known in imported(context):
            if module.state == "undeclared" or (module.state == "along" and known.complete):
                along = f" It comes along with `{module.by.name}`." if module.by is not None else ""
                message = f"`{module.distributions[0]}` is imported and not among the declared dependencies.{along}"
                yield Finding(self.code, span, message, "hint")


def imported(context: Context) -> Iterator[tuple[Module, Span, Needs]]:
    """The modules that a cell certainly imports: once each, where nothing guards them and no condition decides."""
    cell = context.cell
    if cell.language != "python" or cell.kind != "code" or cell.space not in ("", "python"):
        return
    places = [(i.module, i.span) for i in context.facts.imports if not (i.level or i.guarded or i.conditional)]
    for magic in context.facts.magics:
        if magic.name == "load_ext" and magic.arguments.isascii() and magic.arguments.replace(".", "").isidentifier():
            places.append((magic.arguments, Span(magic.arguments_start, magic.arguments_start + len(magic.arguments))))
    if not places:
        return
    known = needs(context)
    seen: set[str] = set()
    for name, span in places:
        top = name.partition(".")[0]
        if top and top not in seen:
            seen.add(top)
            yield look_up(name, known, context.host.name), span, known


def _missing(module: Module, known: Needs) -> str:
    if known.installed is None:
        named = f" (distribution `{module.distributions[0]}`)" if module.distributions else ""
        return f"None of the declared dependencies brings `{module.top}`{named}: declare it."
    interpreter = known.installed.interpreter
    python = f"Python {interpreter.version[0]}.{interpreter.version[1]}" if interpreter.version else "Python"
    where = f"{interpreter.how} ({python})" if interpreter.how else python
    removed = REMOVED.get(module.top)
    if removed is not None:
        since = f"since Python {removed[0]}.{removed[1]}"
        return f"`{module.top}` is not in the standard library {since}; the notebook runs in {where}."
    named = f" Its distribution is called `{module.distributions[0]}`." if module.distributions else ""
    return f"`{module.top}` is not installed in {where}, and nothing declares it.{named}"
