"""From a column of a file to its word in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from polycell.core.text import Position
from polycell.tables.anchors import place_in_file
from tests import dsl


@pytest.mark.parametrize(
    ("name", "text", "read", "line", "column"),
    [
        ("a.csv", "id,price\n1,2\n", 'pd.read_csv("a.csv")', 0, 3),
        ("a.csv", "\ufeffprice,id\n1,2\n", 'pd.read_csv("a.csv")', 0, 0),
        ("a.csv", "# the price\n\nid;unit price;price\n1;2;3\n", 'pd.read_csv("a.csv", skiprows=1, sep=";")', 2, 14),
        ("a.csv", 'id,"price"\n1,2\n', 'pd.read_csv("a.csv")', 0, 4),
        ("a.tsv", "id\tprice\n1\t2\n", 'pd.read_csv("a.tsv", sep="\\t")', 0, 3),
        ("a.json", '[{"id": 1,\n "price": 2}]', 'pd.read_json("a.json")', 1, 2),
    ],
)  # fmt: skip
def test_the_word_of_the_header(name: str, text: str, read: str, line: int, column: int, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    (found,) = dsl.definition(f'import pandas as pd\ndf = {read}\ndf["price<|>"]', tmp_path)
    assert found.anchor is not None
    place = place_in_file(found.anchor)
    assert place is not None
    lines, span = place
    assert (lines.position(span.start), span.of(lines.text)) == (Position(line, column), "price")


def test_what_shows_no_text_has_no_place(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({"price": [1]}), tmp_path / "a.parquet")
    (found,) = dsl.definition('import pandas as pd\ndf = pd.read_parquet("a.parquet")\ndf["price<|>"]', tmp_path)
    assert found.anchor is not None
    assert found.uri.endswith("/a.parquet")
    assert place_in_file(found.anchor) is None


def test_a_file_that_went_away_has_no_place(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("price\n1\n", encoding="utf-8")
    (found,) = dsl.definition('import pandas as pd\ndf = pd.read_csv("a.csv")\ndf["price<|>"]', tmp_path)
    (tmp_path / "a.csv").unlink()
    assert found.anchor is not None
    assert place_in_file(found.anchor) is None
