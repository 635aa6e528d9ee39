"""`%run`: the names that another notebook or script leaves."""

from __future__ import annotations

import re
from collections.abc import Iterable

from polycell.core.facts import Magic
from polycell.core.hosts import Host
from polycell.core.included import Included, IncludedRequest
from polycell.core.patterns import pattern
from polycell.core.types import Function
from polycell.core.values import replace
from polycell.languages.python.flow.interpreter import Interpreter

# IPython's own options; what stands behind the file's name are arguments of the script.
_LINE = pattern(r"""(?:-[nitpGe]\s+|-N\s*\d+\s+)*(?P<file>"[^"]*"|'[^']*'|[^\s"']\S*)""")
_SPACE = "catalog"
# Hosts whose `%run` is IPython's own: the file gets a name space of its own, which is then poured into the notebook's.
_APART = frozenset({"jupyter", "percent", "colab"})


def run_file(magic: Magic) -> str:
    """The file as the line names it; "" for a module (`-m`), a variable, and what IPython would not read as a file."""
    found = _LINE.match(magic.arguments.strip())
    file = found["file"].strip("\"'") if found is not None else ""
    return "" if file.startswith("-") or re.search(r"[{}$*?]", file) else file


def follow_run(run: Interpreter, magic: Magic, host: Host) -> None:
    """Bind what holds at the end of the file; nothing where it is not known."""
    file = run_file(magic)
    found = run.view.read(IncludedRequest(file, run.folder)) if file and run.folder else None
    if not isinstance(found, Included):
        return
    if _shares(magic, host):
        _reached(run, found.reads)
    for binding in found.bindings:
        if binding.space == _SPACE:
            run.catalog[binding.name] = binding
            continue
        run.bind(binding.name, binding.type, span=magic.span, kind=binding.kind)
        slot = run.state.names[binding.name]
        run.state.names[binding.name] = replace(
            slot, origin=binding.origin or slot.origin, source=f"%run {file}", maybe=binding.maybe
        )
    if not found.opens:
        run.followed.add(f"%run {magic.arguments}".strip())


def _reached(run: Interpreter, reads: Iterable[str]) -> None:
    """The file runs in the notebook's own name space: what it takes from there it may change, and so may functions of
    the notebook that it calls."""
    for name in reads:
        slot = run.slot(name)
        if slot is None:
            continue
        type_ = run.object(slot.address)
        if isinstance(type_, Function):
            if type_.changes is None:
                run.open_everything()
                return
            for changed in filter(None, map(run.slot, type_.changes)):
                run.open_up(changed.address)
        run.open_up(slot.address)


def _shares(magic: Magic, host: Host) -> bool:
    """Whether the file runs in the notebook's own name space, where it may change what is there already."""
    return host.name not in _APART or bool(re.match(r"(?:-[ntp]\s+)*-i\b", magic.arguments.strip()))
