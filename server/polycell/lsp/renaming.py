"""textDocument/prepareRename and textDocument/rename: all cells and languages at once, or a sentence why not."""

from __future__ import annotations

import re
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from polycell.core import renaming
from polycell.core.results import Edit
from polycell.lsp.asked import BOUND, unchanged
from polycell.lsp.convert import to_offset
from polycell.lsp.edits import workspace_edit
from polycell.lsp.protocol import REQUEST_FAILED
from polycell.lsp.requests import attribute_of
from polycell.lsp.scheduler import in_slices, settle
from polycell.lsp.state import Asked, State, Target


class Refused(JsonRpcException):
    """The request was right and cannot be fulfilled; editors show the message."""

    CODE = REQUEST_FAILED
    MESSAGE = "refused"

    def __init__(self, message: str) -> None:
        super().__init__(message=message, code=REQUEST_FAILED)


async def prepare_rename(state: State, params: types.PrepareRenameParams) -> Any:
    """The range and the present name; null where nothing can be renamed."""
    asked = BOUND.get()
    target = _target(state, asked, params.position)
    if asked is None or target is None:
        return None
    await settle(target.snapshot)
    services = state.session.services
    found = await in_slices(renaming.prepare_steps(target.snapshot, services, target.cell, target.offset))
    attribute = await attribute_of(state, target) if found is None else None
    if attribute is not None:
        found = renaming.renameable(attribute, target.cell, target.offset)
    if found is None or not unchanged(state, asked):
        return None
    if found.refusal:
        if _is_theirs(state, target) and not found.column:
            return None
        raise Refused(found.refusal)
    span = asked.face.to_face(target.cell, found.span)
    if span is None:
        return None
    # The name without the quotes that may stand around it.
    return types.PrepareRenamePlaceholder(asked.face.range(span, state.client.encoding), found.name)


async def rename(state: State, params: types.RenameParams) -> types.WorkspaceEdit | None:
    """Raises `Refused` with a sentence for the user."""
    asked = BOUND.get()
    target = _target(state, asked, params.position)
    if asked is None or target is None:
        return None
    await settle(target.snapshot)
    name = _unquoted(params.new_name.strip())
    services = state.session.services
    made = await in_slices(renaming.rename_steps(target.snapshot, services, target.cell, target.offset, name))
    attribute = await attribute_of(state, target) if made is None else None
    if attribute is not None:
        made = renaming.rename_inner(target.snapshot, services, attribute, name)
    if made is None or not unchanged(state, asked, {edit.cell for edit in made.edits}):
        return None
    cells = {cell.id: cell for cell in target.snapshot.notebook.cells}
    if (
        _is_theirs(state, target)
        and not made.column
        and all(cells[edit.cell].language == "python" for edit in made.edits)
    ):
        return None  # the other server renames what lies in Python cells alone, or says why not
    if made.refusal:
        raise Refused(made.refusal)
    if not made.edits:
        return types.WorkspaceEdit()
    answer = workspace_edit(state, asked, made.edits)
    if answer is None:
        raise Refused(_unplaced(state, asked, made.edits))
    return answer


def _target(state: State, asked: Asked | None, position: types.Position) -> Target | None:
    if asked is None:
        return None
    return asked.target(to_offset(asked.face.lines, position, state.client.encoding))


def _is_theirs(state: State, target: Target) -> bool:
    cell = target.snapshot.notebook.cells[target.index]
    return state.settings.python == "companion" and cell.language == "python"


def _unplaced(state: State, asked: Asked, edits: tuple[Edit, ...]) -> str:
    if state.client.jupyterlab and any(edit.cell not in asked.face.cells for edit in edits):
        return "The name is used in cells of another language, and JupyterLab cannot rename there."
    return "The renamed text could not be read back as the same cells, so nothing was changed."


def _unquoted(name: str) -> str:
    found = re.fullmatch(r'"([^"]+)"|`([^`]+)`|\[([^\]]+)\]', name)
    return next(filter(None, found.groups()), name) if found else name
