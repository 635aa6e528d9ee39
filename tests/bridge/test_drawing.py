"""Pictures of charts by a real renderer: what it draws, and the doors that stay shut."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from polycell.bridge.drawing import Picture, draw
from polycell.bridge.drawing_worker import answer, without_images
from polycell.core.charts import Drawing, Refusal
from polycell.core.drawing import drawing
from polycell.tables.charts.files import with_files
from tests import dsl

pytest.importorskip("vl_convert", reason="pictures need the extra `preview`")

FRAME = """
# %%
import pandas as pd
df = pd.DataFrame({"region": ["north", "south", "north"], "price": [1.5, 2, 4]})
df.head()
"""
BARS = '"mark": "bar", "encoding": {"x": {"field": "region"}, "y": {"field": "price", "aggregate": "sum"}}'


def found(text: str) -> Drawing | Refusal | None:
    case = dsl.load(text)
    return drawing(case.snapshot, case.session.services, case.notebook.cells[-1].id, 0)


def rows_of(drawn: Drawing | Refusal | None) -> Any:
    assert isinstance(drawn, Drawing), drawn
    return drawn.content["data"].get("values")


def reason(drawn: Drawing | Refusal | None) -> str:
    assert isinstance(drawn, Refusal), drawn
    return drawn.reason


def test_a_chart_over_a_literal_is_drawn() -> None:
    drawn = found(f'{FRAME}# %% [vega-lite]\n{{"data": {{"name": "df"}}, {BARS}}}')
    assert [row["price"] for row in rows_of(drawn)] == [1.5, 2, 4]
    assert isinstance(drawn, Drawing)
    made = asyncio.run(draw(drawn))
    assert isinstance(made, Picture)
    assert made.png.startswith(b"\x89PNG")
    assert made.width > 20
    assert made.height > 200


def test_polynotes_expression_form_is_drawn() -> None:
    cell = 'data: {values: df.aggregate(["region"], [{price: "mean"}])}, mark: "bar"'
    drawn = found(f"host: polynote\n{FRAME.strip()}\n# %% [vega]\n{{{cell}}}")
    assert len(rows_of(drawn)) == 3
    assert isinstance(drawn, Drawing)
    mean = {"op": "mean", "field": "price", "as": "mean(price)"}
    assert drawn.content["transform"] == [{"aggregate": [mean], "groupby": ["region"]}]


@pytest.mark.parametrize(
    "between",
    [
        "df['price'] = 3", "df.loc[0, 'price'] = 3", "df.price *= 2", "df.drop(columns='price', inplace=True)",
        "change(df)", "df2 = df\ndf2['x'] = 1", "for d in [df]: d['x'] = 1", "df = df.head(1)", "del df['price']",
        "df.pop('price')", "df.columns = ['a', 'b']",
    ],
)  # fmt: skip
def test_rows_that_the_code_may_change_are_not_drawn(between: str) -> None:
    chart = f'# %% [vega-lite]\n{{"data": {{"name": "df"}}, {BARS}}}'
    assert "only when" in reason(found(f"{FRAME}{between}\n{chart}"))
    assert "only when" in reason(found(f"{FRAME}# %%\n{between}\n{chart}"))


def test_why_there_is_no_picture() -> None:
    assert "not made by a cell" in reason(found('# %% [vega-lite]\n{"data": {"name": "nobody"}, "mark": "bar"}'))
    text = f"{FRAME}# %% [sql] -> agg\nselect * from df\n# %% [vega-lite]\n"
    assert reason(found(text + '{"data": {"name": "agg"}, "mark": "bar"}')) == "`agg` has rows only when cell 2 is run."
    assert "syntax" in reason(found('# %% [vega-lite]\n{"mark": "bar" "data": 1}'))
    assert "Only a run" in reason(found("host: polynote\n# %% [vega]\n{data: {values: f(x)}, mark: 'bar'}"))
    assert found("# %%\nx = 1") is None


def test_files_of_the_workspace_only(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    (inside / "a.csv").write_text("region,price\nnorth,1\n", encoding="utf-8")
    (tmp_path / "out.csv").write_text("region,price\nnorth,1\n", encoding="utf-8")

    def filled(url: str) -> Drawing | Refusal:
        drawn = found(f'# %% [vega-lite]\n{{"data": {{"url": "{url}"}}, {BARS}}}')
        assert isinstance(drawn, Drawing)
        return with_files(drawn, [inside])

    assert rows_of(filled("a.csv")) == "region,price\nnorth,1\n"
    for url in ("../out.csv", f"{tmp_path}/out.csv", f"file://{tmp_path}/out.csv", "missing.csv"):
        assert "not in the workspace" in reason(filled(url))
    assert "network" in reason(filled("https://example.org/a.csv"))


def test_hostile_specifications_end(monkeypatch: pytest.MonkeyPatch) -> None:
    endless = {"data": {"sequence": {"start": 0, "stop": 1e9}}, "mark": "point"}
    with monkeypatch.context() as patched:
        patched.setattr("polycell.bridge.drawing.SECONDS", 2.0)
        made = asyncio.run(draw(Drawing("vega-lite", endless)))
    assert "takes more" in getattr(made, "reason", "")
    huge = {"data": {"values": [{}]}, "mark": "point", "width": 1e6}
    assert "too large" in getattr(asyncio.run(draw(Drawing("vega-lite", huge))), "reason", "")
    assert isinstance(asyncio.run(draw(Drawing("vega-lite", {"mark": "bar"}))), (Picture, Refusal))


def test_the_renderer_opens_neither_network_nor_files(tmp_path: Path) -> None:
    """Against the renderer itself: whoever updates it sees whether the doors are still shut."""
    secret = tmp_path / "secret.json"
    secret.write_text('[{"a": "SECRET"}]', encoding="utf-8")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.settimeout(0.2)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        image = {"mark": {"type": "image", "width": 9, "height": 9}, "encoding": {"url": {"field": "u"}}}
        for content in (
            {"data": {"url": f"{address}/a.json"}, "mark": "bar"},
            {"data": {"url": f"file://{secret}"}, "mark": "text", "encoding": {"text": {"field": "a"}}},
            {"data": {"values": [{"u": f"{address}/a.png"}]}, **image},
            {"data": {"values": [{"u": f"file://{secret}"}]}, **image},
        ):
            head, _ = answer({"library": "vega-lite", "version": 6, "content": content})
            assert head
        with pytest.raises(TimeoutError):
            listening.accept()


def test_images_are_taken_out() -> None:
    kept = '<image xlink:href="data:image/png;base64,AA" width="3"/>'
    svg = f'<svg>{kept}<image href=\'/etc/x\'/><image xlink:href="http://a/b.png" width="3"/></svg>'
    assert without_images(svg) == f'<svg>{kept}<image /><image  width="3"/></svg>'
    nested = '<image xlink:href="data:image/svg+xml;base64,AA"/>'
    assert "href" not in without_images(nested)
