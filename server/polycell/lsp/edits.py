"""Edits of cells as the client applies them: to cells, to a script, to the JSON of a notebook.

In a document of many cells an edit can do harm that it cannot do in a cell: a line that needs a comment sign before it,
text that looks like a cell marker. So the edited document is read again, and an edit whose cells do not come out as
meant is not offered.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from lsprotocol import types

from polycell.core.actions import apply
from polycell.core.results import Edit, MetadataChange, NewCell
from polycell.core.text import Span
from polycell.core.values import replace
from polycell.lsp.frame import path_of
from polycell.lsp.state import Asked, Face, Group, State

_FENCED = (".qmd", ".rmd", ".rmarkdown", ".md", ".markdown", ".myst", ".mystnb", ".mnb")


def workspace_edit(state: State, asked: Asked, edits: Iterable[Edit]) -> types.WorkspaceEdit | None:
    """None when an edit has no place in what the client shows, or would not come out as meant."""
    by_face: dict[str, tuple[Face, list[Edit]]] = {}
    for edit in edits:
        face = asked.face if edit.cell in asked.face.cells else asked.group.home(edit.cell)
        if face is None or (state.client.jupyterlab and face is not asked.face):
            return None
        by_face.setdefault(face.uri, (face, []))[1].append(edit)
    made = []
    for face, own in by_face.values():
        placed = _sound(asked, face, own)
        if placed is None:
            return None
        made.append((face, placed))
    return _edit_of(state, made)


def text_edits(state: State, asked: Asked, edits: Sequence[Edit]) -> list[types.TextEdit] | None:
    """Edits of cells of the asked document, as edits of it; None when they would not come out as meant."""
    placed = _sound(asked, asked.face, edits)
    if placed is None:
        return None
    return [types.TextEdit(asked.face.range(e.span, state.client.encoding), e.text) for e in placed]


def _sound(asked: Asked, face: Face, edits: Sequence[Edit]) -> list[Edit] | None:
    """The same edits in the face's own text, where reading that anew gives the cells that they mean."""
    placed = _placed(face, edits)
    if placed is None or (face.map is not None and not _comes_out(asked, face, edits, placed)):
        return None
    return placed


def json_edit(
    state: State, asked: Asked, changes: Sequence[MetadataChange], edits: Sequence[Edit] = ()
) -> types.WorkspaceEdit | None:
    """Changes of the metadata in a notebook's JSON, and edits of its cells; None where one has no place in it."""
    from polycell.formats.json_edit import changed

    made = changed(asked.face.text, changes)
    placed = _sound(asked, asked.face, edits)
    if made is None or placed is None:
        return None
    return _edit_of(state, [(asked.face, [Edit("", *made), *placed])])


def inserted_cell(state: State, asked: Asked, new: NewCell) -> types.WorkspaceEdit | None:
    """The text edit that inserts a cell into a document; None where its format cannot say what the cell is."""
    face = asked.face
    if face.map is None or face.json or not face.rereads or new.after not in face.cells:
        return None
    end = _end_of(asked, face, new.after)
    if end is None:
        return None
    for written in _written(face, end, new):
        if _has_new_cell(asked, face, apply(face.text, [written]), new):
            return _edit_of(state, [(face, [written])])
    return None


def _edit_of(state: State, made: Sequence[tuple[Face, Sequence[Edit]]]) -> types.WorkspaceEdit | None:
    if not made:
        return None
    encoding = state.client.encoding
    texts = [(face, [types.TextEdit(face.range(e.span, encoding), e.text) for e in edits]) for face, edits in made]
    if not state.client.document_changes:
        return types.WorkspaceEdit(changes={face.uri: edits for face, edits in texts})
    return types.WorkspaceEdit(
        document_changes=[
            types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(face.uri, face.version), edits)
            for face, edits in texts
        ]
    )


def _placed(face: Face, edits: Iterable[Edit]) -> list[Edit] | None:
    """The same edits in the face's own text."""
    made = []
    for edit in edits:
        span = face.to_face(edit.cell, edit.span)
        if span is None:
            return None
        text = json.dumps(edit.text, ensure_ascii=False)[1:-1] if face.json else edit.text
        made.append(replace(edit, span=span, text=text))
    return made


def _read(face: Face, text: str, group: Group) -> list[tuple[str, str]]:
    """(language, text) of the cells that the face would have with another text."""
    from polycell.formats import read_document

    document = read_document(text, face.uri, path_of(face.uri), face.language)
    return [(cell.language, cell.text) for notebook in document.notebooks for cell in notebook.cells]


def _comes_out(asked: Asked, face: Face, edits: Sequence[Edit], placed: Sequence[Edit]) -> bool:
    if face.lost or not face.rereads:
        return True  # a document that the client made up out of cells: nobody reads it as a file
    wanted = []
    for snapshot in asked.snapshots:
        for cell in snapshot.notebook.cells:
            wanted.append(apply(cell.text, [e for e in edits if e.cell == cell.id]))
    return [text for _, text in _read(face, apply(face.text, placed), asked.group)] == wanted


def _has_new_cell(asked: Asked, face: Face, text: str, new: NewCell) -> bool:
    """Whether the document with that text has the same cells and the new one where it belongs."""
    wanted = []
    for snapshot in asked.snapshots:
        for cell in snapshot.notebook.cells:
            wanted.append((cell.language, cell.text.rstrip()))
            if cell.id == new.after:
                wanted.append((new.language, new.text.rstrip()))
    return [(language, text.rstrip()) for language, text in _read(face, text, asked.group)] == wanted


def _end_of(asked: Asked, face: Face, cell_id: str) -> int | None:
    for snapshot in asked.snapshots:
        for cell in snapshot.notebook.cells:
            if cell.id == cell_id:
                span = face.to_face(cell_id, Span(len(cell.text), len(cell.text)))
                return span.end if span is not None else None
    return None


def _written(face: Face, end: int, new: NewCell) -> Iterable[Edit]:
    """Ways to write the cell, the usual one of the document's kind first. Which of them holds is tried."""
    line = "\r\n" if "\r\n" in face.text else "\n"
    text = new.text.rstrip().replace("\r\n", "\n").replace("\n", line)
    if path_of(face.uri).lower().endswith(_FENCED) or face.language in ("quarto", "rmd", "markdown"):
        close = _line_end(face.text, face.text.find("\n", end) + 1)
        for head in (f"{{{new.language}}}", f"{{code-cell}} {new.language}"):
            yield Edit(new.after, Span(close, close), f"{line}{line}```{head}{line}{text}{line}```")
        return
    comment = "--" if path_of(face.uri).lower().endswith(".sql") else "#"
    if "# COMMAND ----------" in face.text:
        magic = line.join(f"# MAGIC {part}" for part in f"%{new.language}{line}{text}".split(line))
        yield Edit(new.after, Span(end, end), f"{line}{line}# COMMAND ----------{line}{line}{magic}")
    behind = "" if face.text[end : end + 1] in ("", "\n", "\r") else line
    # `# %% [python]` would be a way to say what goes without saying.
    yield Edit(new.after, Span(end, end), f"{line}{line}{comment} %%{line}{text}{behind}")
    yield Edit(new.after, Span(end, end), f"{line}{line}{comment} %% [{new.language}]{line}{text}{behind}")


def _line_end(text: str, start: int) -> int:
    found = text.find("\n", start)
    end = len(text) if found < 0 else found
    return end - 1 if end > start and text[end - 1] == "\r" else end
