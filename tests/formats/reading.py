"""What every text format must keep: the map round trips, whatever stands in the file."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st

from polycell.core.notebook import Cell
from polycell.formats.model import Document, Format

# What somebody may type into any of the formats at any place.
TYPED = [
    *('"""', "```", "~~~", "# %%", "# %% [sql] -> x", "\n", "\r\n", "\r", "{", "}", "|", "[", "(", "'", '"', ":", "\\"),
    *(
        "# MAGIC %sql",
        "# COMMAND ----------",
        "---",
        "#!",
        "#!csharp\n",
        "```{python}\n",
        "+++",
        "#| eval: ",
        " ",
        "\t",
    ),
    *("\x00", "\ud800", "\ufeff", "é", "\u2028", "😀", "@app.cell\n", "def _(", "return", "&a ", "*a", "%%sql", "!ls"),
]


def check_map(document: Document, text: str, *, whole: bool = True, folded: bool = False) -> None:
    """Each kept character stands where the map says, and there and back is the same place.

    `whole`: nothing of a cell's text may be unmapped. `folded`: a blank may stand for a line end.
    """
    ids = [cell.id for notebook in document.notebooks for cell in notebook.cells]
    assert len(ids) == len(set(ids))
    for notebook in document.notebooks:
        for cell in notebook.cells:
            _check_cell(document, cell, text, whole=whole, folded=folded)
    for problem in document.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(text)


def _check_cell(document: Document, cell: Cell, text: str, *, whole: bool, folded: bool) -> None:
    covered = 0
    for segment in document.map.segments:
        if segment.cell != cell.id:
            continue
        covered += segment.cell_length
        there = text[segment.document : segment.document + segment.document_length]
        assert len(there) == segment.document_length
        if segment.is_atom:
            continue
        here = cell.text[segment.start : segment.start + segment.cell_length]
        if folded:
            here, there = " ".join(here.split()), " ".join(there.split())
        assert here == there
        for offset in {segment.start, segment.start + segment.cell_length // 2}:
            place = document.map.to_document(cell.id, offset)
            assert place is not None
            if segment.cell_length:
                back = document.map.to_cell(place)
                assert back is not None
                assert (back.cell, back.offset) == (cell.id, offset)
    if whole:
        assert covered == len(cell.text)


@st.composite
def edited(draw: st.DrawFn, text: str) -> str:
    """`text`, or a part of it, after a few edits that make no sense."""
    start = draw(st.integers(0, max(len(text) - 200, 0)))
    text = text[start : start + draw(st.integers(0, 3000))]
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(text)))
        kind = draw(st.sampled_from(["characters", "line", "type"]))
        if kind == "characters":
            text = text[:at] + text[at + draw(st.integers(1, 30)) :]
        elif kind == "line":
            end = text.find("\n", at)
            text = text[:at] + (text[end + 1 :] if end >= 0 else "")
        else:
            text = text[:at] + draw(st.sampled_from(TYPED)) + text[at:]
    return text


def cells(format_: Format, text: str, path: str) -> tuple[Cell, ...]:
    """The cells of the only notebook of `text`, its map checked."""
    document = format_.read(text, f"file:///{path}", path)
    check_map(document, text)
    (notebook,) = document.notebooks
    return notebook.cells


def shape(format_: Format, text: str, path: str) -> list[tuple[str, str, str]]:
    """(kind, language, text) of each cell."""
    return [(c.kind, c.language, c.text) for c in cells(format_, text, path)]


def file_text(path: Path) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        return file.read()
