"""textDocument/codeAction: quick fixes and what else can be done at a place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lsprotocol import types

from polycell.core import actions
from polycell.core.guard import answered
from polycell.core.notebook import Cell
from polycell.core.results import Action, Finding
from polycell.core.text import Span
from polycell.formats.ipynb import metadata_path
from polycell.lsp import companion
from polycell.lsp.asked import BOUND, unchanged
from polycell.lsp.convert import to_offset
from polycell.lsp.diagnostics import SOURCE
from polycell.lsp.edits import inserted_cell, json_edit, workspace_edit
from polycell.lsp.requests import left_to_another
from polycell.lsp.scheduler import settle
from polycell.lsp.state import Asked, Group, State

# Commands of a client that can change a notebook's structure, which no edit of ours can. Such a client names them in
# `initializationOptions.commands`.
INSERT_CELL = "polycell.insertCell"
MOVE_CELL = "polycell.moveCell"
CHANGE_METADATA = "polycell.changeMetadata"


async def code_action(state: State, params: types.CodeActionParams) -> list[types.CodeAction]:
    """Empty for clients that know commands only (before LSP 3.8)."""
    asked = BOUND.get()
    if asked is None or not state.client.code_actions:
        return []
    lines, encoding = asked.face.lines, state.client.encoding
    start = to_offset(lines, params.range.start, encoding)
    end = max(start, to_offset(lines, params.range.end, encoding))
    target = asked.target(start)
    if target is None:
        return await _in_metadata(state, asked, start, params.context.only)
    last = asked.face.to_cell(end)
    inside = last.offset if last is not None and last.cell == target.cell else target.offset
    await settle(target.snapshot)
    cell = target.snapshot.notebook.cells[target.index]
    span = Span(target.offset, max(target.offset, inside))
    made = []
    found = [
        *actions.actions(
            target.snapshot,
            state.session.services,
            target.cell,
            span,
            lambda finding: _is_reported(state, asked.group, cell, finding),
        )
    ]
    if _wants_source(params.context.only) and not left_to_another(state, cell) and cell.kind == "code":
        nothing: Sequence[Action] = ()
        service, context = state.session.services.of(cell.language), target.snapshot.analysis.context(target.index)
        found += await answered("source actions", cell, nothing, service.source_actions(context))
    for action in found:
        if _is_wanted(action, params.context.only):
            answer = as_code_action(state, asked, action)
            if answer is not None:
                made.append(answer)
    return made if made and unchanged(state, asked, (cell.id,)) else []


async def _in_metadata(state: State, asked: Asked, offset: int, only: Any) -> list[types.CodeAction]:
    """What can be done about a value of a notebook's metadata, in the notebook's JSON."""
    path = metadata_path(asked.face.text, offset) if asked.face.json and len(asked.snapshots) == 1 else None
    if path is None:
        return []
    (snapshot,) = asked.snapshots
    await settle(snapshot)
    found = actions.metadata_actions(snapshot, state.session.services, path)
    made = [as_code_action(state, asked, action) for action in found if _is_wanted(action, only)]
    return [action for action in made if action is not None] if unchanged(state, asked) else []


def _wants_source(only: Any) -> bool:
    """Whether just that is asked for: it takes longer than what is offered at every place of the cursor."""
    return only is not None and any(str(getattr(kind, "value", kind)).startswith("source") for kind in only)


def _is_reported(state: State, group: Group, cell: Cell, finding: Finding) -> bool:
    if state.settings.python == "companion" and not companion.findings(cell, (finding,)):
        return False
    return state.severity_of(finding, group) is not None


def _is_wanted(action: Action, only: Any) -> bool:
    """A kind asks for itself and for everything below it; "" for all."""
    if only is None:
        return True
    return any(
        kind == "" or action.kind == kind or action.kind.startswith(f"{kind}.")
        for kind in (str(getattr(k, "value", k)) for k in only)
    )


def as_code_action(state: State, asked: Asked, action: Action) -> types.CodeAction | None:
    """An action as the client can carry it out in the document that was asked about; None where it cannot."""
    made = types.CodeAction(action.title, kind=types.CodeActionKind(action.kind))
    if action.preferred and state.client.preferred_actions:
        made.is_preferred = True
    if action.finding is not None:
        diagnostic = _diagnostic(state, asked, action.finding, action)
        made.diagnostics = [diagnostic] if diagnostic is not None else None
    if action.metadata and asked.face.json:
        made.edit = json_edit(state, asked, action.metadata, action.edits)
        return made if made.edit is not None else None
    if action.metadata and asked.face.map is not None:
        return None
    if action.edits:
        made.edit = workspace_edit(state, asked, action.edits)
        if made.edit is None or not action.metadata:
            return made if made.edit is not None else None
    if action.metadata:
        changes = [{"path": list(c.path), "value": c.value, "old": c.old} for c in action.metadata]
        return _commanded(state, made, CHANGE_METADATA, {"notebook": asked.group.uri, "changes": changes})
    if action.insert_cell is not None:
        new = action.insert_cell
        if asked.face.map is not None:
            made.edit = inserted_cell(state, asked, new)
            return made if made.edit is not None else None
        said = {"notebook": asked.group.uri, "after": new.after, "language": new.language, "text": new.text}
        return _commanded(state, made, INSERT_CELL, said)
    if action.move is not None and asked.face.map is None:
        said = {"notebook": asked.group.uri, "cell": action.move.cell, "before": action.move.before}
        return _commanded(state, made, MOVE_CELL, said)
    return None


def _commanded(state: State, made: types.CodeAction, command: str, said: dict[str, Any]) -> types.CodeAction | None:
    if command not in state.client.commands:
        return None
    made.command = types.Command(made.title, command, arguments=[said])
    return made


def _diagnostic(state: State, asked: Asked, finding: Finding, action: Action) -> types.Diagnostic | None:
    """The finding as it was published; editors match it by its range and message."""
    cell = next((e.cell for e in action.edits), None) or (action.move.before if action.move is not None else "")
    span = asked.face.to_face(cell, finding.span)
    severity = state.severity_of(finding, asked.group)
    if span is None or severity is None:
        return None
    where = asked.face.range(span, state.client.encoding)
    level = types.DiagnosticSeverity(severity)
    return types.Diagnostic(where, finding.message, level, code=finding.code, source=SOURCE)
