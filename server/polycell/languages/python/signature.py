"""The call around the cursor: functions and classes that the notebook defines."""

from __future__ import annotations

from polycell.core.results import Signatures
from polycell.core.service import Context
from polycell.core.signatures import signatures
from polycell.core.types import Class, Function, Type
from polycell.languages.python.flow.at_cursor import Place
from polycell.languages.python.keyword_words import plot_form
from polycell.languages.python.syntax.cursor import Bracket, site
from polycell.languages.python.syntax.source import PythonSource

LONGEST = 200  # characters of a word around the cursor


def signature(context: Context, offset: int, *, methods: bool = False) -> Signatures | None:
    """None where the innermost call is of something that the notebook does not define. `methods`: what is called on a
    value whose type we know counts too."""
    source = context.facts.analysis
    # What does not parse is blanked in the source, and a call that is being written does not parse.
    code = context.cell.text
    if isinstance(source, PythonSource) and not source.broken and source.tree is not None:
        code = source.code
    first = max(0, offset - LONGEST)
    while offset > first and (code[offset - 1].isalnum() or code[offset - 1] in "_."):
        offset -= 1  # in a number nothing is known of what is around it
    found = site(code, offset)
    if found.comment:
        return None
    call = next((b for b in reversed(found.brackets) if b.kind == "(" and b.receiver), None)
    if call is None or not (methods or call.receiver.isidentifier()) or _is_header(code, call):
        return None
    known = _type_of(context, call)
    if methods and (form := plot_form(Place(context, offset), call)):
        return signatures(form, call.argument, call.keyword)
    if not isinstance(known, (Function, Class)) or not known.signature.startswith("("):
        return None
    return signatures(
        f"{call.receiver.rpartition('.')[2]}{known.signature}", call.argument, call.keyword, known.documentation
    )


def _type_of(context: Context, call: Bracket) -> Type | None:
    from polycell.languages.python.flow.exports import scope_at

    if not call.receiver.isidentifier():
        return Place(context, call.start).type_of(call.receiver)
    own = scope_at(context, call.start).get(call.receiver)
    binding = own or context.view.lookup(call.receiver)
    return binding.type if binding is not None and binding.kind != "deleted" else None


def _is_header(code: str, call: Bracket) -> bool:
    """Whether the parenthesis belongs to `def name(` or `class name(`."""
    before = code[: call.start].rstrip().removesuffix(call.receiver).rstrip()
    line = before[before.rfind("\n") + 1 :].split()
    return bool(line) and line[-1] in ("def", "class")
