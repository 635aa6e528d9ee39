"""Cell ids that survive edits of a text document."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.formats.identity import keep_ids, match_ids
from polycell.formats.model import Document
from polycell.formats.percent import read
from tests.formats.reading import check_map
from tests.shared import examples


def script(*texts: str) -> Document:
    return read("".join(f"# %%\n{text}\n" for text in texts), "file:///nb.py", "nb.py")


def ids(old: Document, new: Document) -> tuple[str, ...]:
    return match_ids(old.notebooks[0].cells, new.notebooks[0].cells)


def test_the_same_text_keeps_its_ids() -> None:
    assert ids(script("a", "b"), script("a", "b")) == ("c0", "c1")


def test_typing_into_a_cell_keeps_all_ids() -> None:
    assert ids(script("a", "b", "c"), script("a", "bb", "c")) == ("c0", "c1", "c2")


def test_a_cell_inserted_above_renames_none_below() -> None:
    assert ids(script("a", "b", "c"), script("new", "a", "b", "c")) == ("c3", "c0", "c1", "c2")


def test_a_deleted_cell_renames_none() -> None:
    assert ids(script("a", "b", "c"), script("b", "c")) == ("c1", "c2")


def test_a_moved_cell_takes_its_id_along() -> None:
    assert ids(script("a", "b", "c", "d"), script("c", "a", "b", "d")) == ("c2", "c0", "c1", "c3")


def test_an_edit_beside_an_insertion_is_told_by_likeness() -> None:
    old = script("import pandas as pd", "df = pd.read_csv('a.csv')", "df.head()")
    new = script("import pandas as pd", "# new", "df = pd.read_csv('ab.csv')", "df.head()")
    assert ids(old, new) == ("c0", "c3", "c1", "c2")


def test_equal_cells_are_different_cells() -> None:
    found = ids(script("a", "a", "a"), script("a", "a", "a", "a"))
    assert len(set(found)) == 4
    assert set(found) >= {"c0", "c1", "c2"}


def test_splitting_a_cell_keeps_the_first_part() -> None:
    old = script("x = 1\ny = 2", "z")
    new = read("# %%\nx = 1\n# %%\ny = 2\n# %%\nz\n", "file:///nb.py", "nb.py")
    assert ids(old, new) == ("c0", "c2", "c1")


def test_the_map_is_renamed_with_the_cells() -> None:
    text = "# %%\nnew\n# %%\na\n"
    kept = keep_ids(script("a"), read(text, "file:///nb.py", "nb.py"))
    check_map(kept, text)
    place = kept.map.to_cell(text.index("a\n"))
    assert place is not None
    assert place.cell == "c0"
    assert [c.id for c in kept.notebooks[0].cells] == ["c1", "c0"]


def test_a_first_reading_is_left_alone() -> None:
    new = script("a")
    assert keep_ids(None, new) is new
    assert keep_ids(new, new) is new


def test_ids_of_the_document_itself_are_kept() -> None:
    from polycell.formats import deepnote

    project = "project:\n  notebooks:\n    - blocks:\n        - {id: x1y, type: code, content: a}\n"
    old = deepnote.read(project, "file:///p", "p.deepnote")
    new = deepnote.read(project.replace("x1y", "z"), "file:///p", "p.deepnote")
    assert keep_ids(old, new) is new


TEXTS = st.lists(st.sampled_from(["a", "b", "c = 1", "c = 12", "", "d\ne"]), max_size=8)


@settings(max_examples=examples(200), deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_any_sequence_of_readings(first: list[str], second: list[str], third: list[str]) -> None:
    document = script(*first)
    for texts in (second, third):
        text = "".join(f"# %%\n{t}\n" for t in texts)
        before = {c.id for c in document.notebooks[0].cells}
        document = keep_ids(document, read(text, "file:///nb.py", "nb.py"))
        check_map(document, text)
        found = [c.id for c in document.notebooks[0].cells]
        # As many ids go on as can: nothing is renamed that need not be.
        assert len(before & set(found)) == min(len(before), len(found))
