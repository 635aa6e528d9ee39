"""Altair's charts as what a renderer draws: read from the code, with the rows that stand in it; nothing is run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from polycell.core.charts import Drawing, Refusal
from polycell.core.drawing import drawing
from tests import dsl

CELL = """# %%
import altair as alt
import pandas as pd
df = pd.DataFrame({"region": ["north", "south"], "price": [1.5, 2.5]})
"""
ROWS = [{"region": "north", "price": 1.5}, {"region": "south", "price": 2.5}]


def drawn(text: str, folder: Path | None = None) -> Drawing | Refusal | None:
    case = dsl.load(text, folder)
    return drawing(case.snapshot, case.session.services, case.cell, case.offset)


def content(text: str) -> dict[str, Any]:
    found = drawn(text)
    assert isinstance(found, Drawing), found
    assert found.gaps == ()
    return dict(found.content)


@pytest.mark.parametrize("between", ["", "# %%\n"])
def test_a_chart_of_a_literal(between: str) -> None:
    made = content(f'{CELL}{between}alt.Chart(df).mark_b<|>ar().encode(x="region", y="mean(price)")')
    assert made == {
        "data": {"name": "df", "values": ROWS},
        "mark": "bar",
        "encoding": {
            "x": {"field": "region", "type": "nominal"},
            "y": {"aggregate": "mean", "field": "price", "type": "quantitative"},
        },
    }


def test_a_chart_of_charts_with_names() -> None:
    made = content(f"""{CELL}# %%
base = alt.Chart(df).encode(alt.X("region"))
text = base.mark_text()
(base.mark_b<|>ar() + text | alt.Chart(df).mark_tick()).properties(title="all")
""")
    assert made["data"]["values"] == ROWS
    assert made["title"] == "all"
    assert [view["mark"] for view in made["hconcat"][0]["layer"]] == ["bar", "text"]


def test_the_last_chart_is_the_cells() -> None:
    made = content(f"{CELL}# %%\nalt.Chart(df).mark_bar()\nchart = alt.Chart(df).mark_line()\nchart.save('a.html')<|>")
    assert made["mark"] == "line"


def test_rows_of_a_file_are_left_to_be_read(tmp_path: Path) -> None:
    code = "import altair as alt, pandas as pd\nd = pd.read_csv('a.csv')\nalt.Chart(d).mark_b<|>ar()"
    found = drawn(f"file a.csv: x;1\n# %%\n{code}", tmp_path)
    assert isinstance(found, Drawing)
    assert [gap.file.path for gap in found.gaps if gap.file is not None] == ["a.csv"]
    assert found.folder == str(tmp_path)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("df['n'] = 1\nalt.Chart(df).mark_b<|>ar()", "rows only when"),
        ("alt.Chart(df).mark_b<|>ar()\ndf['n'] = 1", "change"),
        ("alt.Chart(df).mark_b<|>ar().encode(x=column)", "Only a run"),
        ("alt.Chart(url).mark_b<|>ar()", "`url`"),
    ],
)
def test_what_only_a_run_can_tell_is_not_drawn(code: str, says: str) -> None:
    found = drawn(f"{CELL}# %%\n{code}")
    assert isinstance(found, Refusal)
    assert says in found.reason


def test_other_code_is_no_chart() -> None:
    assert drawn(f"{CELL}# %%\nprint(d<|>f)") is None
    assert drawn("# %%\nclass Chart: pass\nChart().mark_b<|>ar()") is None


def test_hovers_say_where_a_picture_belongs() -> None:
    for place in ("alt.Ch<|>art(df).mark_bar()", "alt.Chart(df).mark_b<|>ar()"):
        told = dsl.hover(f"{CELL}# %%\n{place}")
        assert told is not None
        assert told.draws
    told = dsl.hover(f"{CELL}# %%\nalt.Chart(d<|>f).mark_bar()")
    assert told is not None
    assert not told.draws
