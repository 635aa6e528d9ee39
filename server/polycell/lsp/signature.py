"""textDocument/signatureHelp."""

from __future__ import annotations

from lsprotocol import types

from polycell.core import features
from polycell.core.results import Signature
from polycell.core.text import Span
from polycell.lsp import answers
from polycell.lsp.asked import BOUND
from polycell.lsp.convert import to_offset, units
from polycell.lsp.scheduler import settle
from polycell.lsp.state import State, Target


async def signature_help(state: State, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
    asked = BOUND.get()
    if asked is None:
        return None
    target = asked.target(to_offset(asked.face.lines, params.position, state.client.encoding))
    if target is None:
        return None
    cell = target.snapshot.notebook.cells[target.index]
    if state.settings.python == "companion" and cell.language == "python" and not _has_fragments(target):
        return None
    await settle(target.snapshot, target.index)
    found = await features.signature(target.snapshot, state.session.services, target.cell, target.offset)
    if found is None:
        return None
    made = [_information(state, one) for one in found.signatures]
    return types.SignatureHelp(made, found.active, found.parameter)


def _has_fragments(target: Target) -> bool:
    """Whether text of another language is in the cell, about which no Python server knows anything."""
    return bool(target.snapshot.analysis.facts(target.index).fragments)


def _information(state: State, one: Signature) -> types.SignatureInformation:
    parameters = [types.ParameterInformation(_place(state, one.label, span)) for span in one.parameters]
    documentation = answers.markup(one.documentation, state.client.markdown) if one.documentation else None
    return types.SignatureInformation(one.label, documentation, parameters)


def _place(state: State, label: str, span: Span) -> str | tuple[int, int]:
    """Offsets where the client understands them: two parameters may have one text."""
    if not state.client.label_offsets:
        return span.of(label)
    # Always UTF-16, whatever was agreed on for documents.
    return units(label[: span.start], "utf-16"), units(label[: span.end], "utf-16")
