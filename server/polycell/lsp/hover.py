"""Hover: what is known of the place under the mouse, as plain JSON, so that nobody waits for the protocol library."""

from __future__ import annotations

from functools import partial

from polycell.core import hovering
from polycell.core.results import Hover
from polycell.core.values import replace
from polycell.lsp import answers, companion
from polycell.lsp.arrivals import with_what_comes
from polycell.lsp.asked import guarded, target_of, unchanged, value_at
from polycell.lsp.convert import Json, Position
from polycell.lsp.scheduler import LARGE, settle
from polycell.lsp.state import State, Target


async def hover(state: State, position: Position) -> Json | None:
    """textDocument/hover."""
    found = target_of(state, position)
    if found is None:
        return await _of_value(state, position)
    asked, target = found
    snapshot, services = target.snapshot, state.session.services
    small = len(snapshot.notebook.cells[target.index].text) < LARGE  # any other is read in a thread
    answer: Hover | None = None
    if small and state.settings.python != "companion" and snapshot.analysis.is_new(target.index):
        answer = await hovering.hover_early(snapshot, services, target.cell, target.offset)
    if answer is None:
        answer, _ = await with_what_comes(state, asked, target, partial(_with_all_above, state), lambda answer: True)
    if answer is not None and state.settings.python == "companion":
        await settle(target.snapshot, target.index)
        answer = companion.hover(target, state.session.services, answer)
    if answer is None or not unchanged(state, asked):
        return None
    if answer.draws:
        from polycell.lsp import preview

        shown = await preview.in_hover(state, target)
        answer = replace(answer, markdown=f"{answer.markdown}\n\n{shown}" if shown else answer.markdown)
        if not unchanged(state, asked):
            return None
    made: Json = {"contents": answers.markup_json(answer.markdown, state.client.markdown)}
    span = asked.face.to_face(target.cell, answer.span)
    # jupyterlab-lsp holds the range against the position that it sent: without one it takes the word at the mouse.
    if span is not None and not asked.face.lost and not asked.moved:
        made["range"] = asked.face.range_json(span, state.client.encoding)
    return made


async def _with_all_above(state: State, target: Target) -> Hover | None:
    await settle(target.snapshot, target.index - 1)  # what the cell itself gives to others can wait
    asking = hovering.hover(target.snapshot, state.session.services, target.cell, target.offset)
    return await guarded("hover", target, asking, None)


async def _of_value(state: State, position: Position) -> Json | None:
    """Of a text of a notebook's metadata, in its JSON."""
    place = value_at(state, position)
    if place is None:
        return None
    asked, path, span, _ = place
    await settle(asked.snapshots[0])
    found = await hovering.hover_value(asked.snapshots[0], state.session.services, path)
    if found is None or not unchanged(state, asked):
        return None
    contents = answers.markup_json(found.markdown, state.client.markdown)
    return {"contents": contents, "range": asked.face.range_json(span, state.client.encoding)}
