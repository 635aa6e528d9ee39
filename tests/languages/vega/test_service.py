"""Charts in notebooks: what is offered, explained, found and linked."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.core import actions, features, renaming
from polycell.core.results import Completion
from polycell.core.text import LineIndex
from tests import dsl

ROOT = Path(__file__).resolve().parents[3]
FRAME = """
# %%
import pandas as pd
df = pd.DataFrame({"region": ["north"], "price": [1.5], "n b": [1], "a.b": [True]})
# %% [sql] -> agg
select region, sum(price) as total from df group by region
"""
POLYNOTE = "host: polynote\n" + FRAME.strip()


def items(cell: str, before: str = FRAME, language: str = "vega-lite") -> list[Completion]:
    found = dsl.complete(f"{before}\n# %% [{language}]\n{cell}").items
    return sorted(found, key=lambda i: (i.rank, i.label))


def best(cell: str, count: int = 0, **options: str) -> list[str]:
    """What the best items write: those of the best rank, or the first `count`."""
    found = items(cell, **options)
    chosen = found[:count] if count else [i for i in found if i.rank == found[0].rank]
    return [i.insert or i.label for i in chosen]


def accepted(cell: str, label: str, **options: str) -> str:
    """The cell's text after the item of that label was taken."""
    item = next(i for i in items(cell, **options) if i.label == label)
    text = cell.replace(dsl.CURSOR, "")
    return text[: item.replace.start] + (item.insert or item.label) + text[item.replace.end :]


# -- completion


def test_names_of_data() -> None:
    assert best('{"data": {"name": "<|>"}}') == ["agg", "df"]
    assert best('{"data": {"name": <|>}}') == ['"agg"', '"df"']
    assert best("{data: {values: <|>}}", before=POLYNOTE, language="vega") == ["agg", "df"]
    assert best('{"datasets": {"own": []}, "data": {"name": "<|>"}}') == ["own"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('{"data": {"name": "df"}, "encoding": {"x": {"field": "<|>"}}}', ["a\\\\.b", "n b", "price", "region"]),
        ('{"data": {"name": "agg"}, "encoding": {"x": {"field": "<|>"}}}', ["region", "total"]),
        ('{"data": {"name": "agg"}, "encoding": {"x": {"field": "<|>', ['region"', 'total"']),
        ('{"data": {"name": "agg"}, "encoding": {"x": {"field": <|>', ['"region"', '"total"']),
        ('{"data": {"name": "agg"}, "encoding": {"x": {"sort": {"field": "<|>"}}}}', ["region", "total"]),
        ('{"data": {"name": "agg"}, "encoding": {"tooltip": [{"field": "<|>"}]}}', ["region", "total"]),
        ('{"data": {"name": "agg"}, "transform": [{"fold": ["total", "<|>"]}]}', ["region"]),
        ('{"data": {"name": "agg"}, "transform": [{"aggregate": [], "groupby": ["<|>"]}]}', ["region", "total"]),
        ('{"data": {"name": "agg"}, "transform": [{"filter": {"field": "<|>"}}]}', ["region", "total"]),
        ('{"data": {"name": "agg"}, "repeat": ["<|>"]}', ["region", "total"]),
        ('{"data": {"name": "agg"}, "repeat": {"row": ["<|>"]}}', ["region", "total"]),
        ('{"data": {"name": "agg"}, "transform": [{"lookup": "<|>"}]}', ["region", "total"]),
        (
            '{"data": {"name": "df"}, "transform": '
            '[{"lookup": "region", "from": {"data": {"name": "agg"}, "key": "<|>"}}]}',
            ["region", "total"],
        ),
        (
            '{"data": {"name": "agg"}, "params": [{"select": {"type": "point", "fields": ["<|>"]}}]}',
            ["region", "total"],
        ),
        ('{"data": {"name": "agg"}, "transform": [{"filter": "datum.<|> > 3"}]}', ["region", "total"]),
        ('{"data": {"name": "agg"}, "transform": [{"filter": "datum[\'<|>\'] > 3"}]}', ["region", "total"]),
        (
            '{"data": {"name": "agg"}, "encoding": {"color": {"condition": {"test": "1 < datum.to<|>"}}}}',
            ["region", "total"],
        ),
        # Names that are given, not taken.
        ('{"data": {"name": "agg"}, "transform": [{"calculate": "1", "as": "<|>"}]}', []),
    ],
)
def test_fields(cell: str, expected: list[str]) -> None:
    got = [i for i in items(cell) if i.kind == "column"]
    assert [i.insert or i.label for i in got] == expected


def test_fields_behind_two_transforms() -> None:
    cell = """{"data": {"name": "df"}, "transform": [
  {"aggregate": [{"op": "sum", "field": "price", "as": "total"}], "groupby": ["region"]},
  {"calculate": "datum.total / 2", "as": "half"}
 ], "mark": "bar", "encoding": {"x": {"field": "<|>"}}}"""
    assert best(cell) == ["half", "region", "total"]
    assert best(cell.replace("datum.total", "datum.<|>").replace('"<|>"}}', '""}}')) == ["region", "total"]


def test_a_field_that_is_no_identifier_replaces_the_dot() -> None:
    text = accepted('{"data": {"name": "df"}, "transform": [{"filter": "datum.n<|> > 1"}]}', "n b")
    assert "\"datum['n b'] > 1\"" in text


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('"field": "region", "type": "<|>"', "nominal"),
        ('"field": "price", "type": "<|>"', "quantitative"),
        ('"field": "region", "aggregate": "count", "type": "<|>"', "quantitative"),
        ('"field": "region", "timeUnit": "year", "type": "<|>"', "temporal"),
    ],
)
def test_the_type_is_proposed_from_the_column(cell: str, expected: str) -> None:
    assert best(f'{{"data": {{"name": "df"}}, "mark": "bar", "encoding": {{"x": {{{cell}}}}}}}') == [expected]


def test_type_in_one_go() -> None:
    cell = '{"data": {"name": "df"}, "mark": "bar", "encoding": {"x": {"field": "price", <|>}}}'
    assert '{"field": "price", "type": "quantitative"}' in accepted(cell, "type: quantitative")


def test_keys_and_values_of_the_schema() -> None:
    labels = [i.label for i in items("{<|>}")]
    assert len(labels) >= 24
    assert {"mark", "layer", "hconcat", "repeat", "facet"} <= set(labels)
    assert "mark" not in [i.label for i in items('{"mark": "bar", <|>}')]
    marks = {i.label for i in items('{"mark": "<|>"}')}
    assert {"bar", "line", "boxplot", "errorband"} <= marks
    assert {"mean", "count", "q3"} <= {
        i.label for i in items('{"mark": "bar", "encoding": {"x": {"aggregate": "<|>"}}}')
    }
    units = {i.label for i in items('{"mark": "bar", "encoding": {"x": {"timeUnit": "<|>"}}}')}
    assert {"year", "yearmonth", "utcyear"} <= units
    assert "category10" in {
        i.label for i in items('{"mark": "bar", "encoding": {"color": {"scale": {"scheme": "<|>"}}}}')
    }
    assert "steelblue" in {i.label for i in items('{"mark": {"type": "bar", "color": "<|>"}}')}
    assert "calculate" in {i.label for i in items('{"transform": [{<|>}]}')}
    assert next(i.label for i in items('{"$schema": "<|>"}')) == "https://vega.github.io/schema/vega-lite/v6.json"


@pytest.mark.parametrize(
    ("cell", "label", "expected"),
    [
        ('{<|>}', "mark", '{"mark": }'),
        ('{"ma<|>}', "mark", '{"mark": }'),
        ('{"ma<|>"}', "mark", '{"mark": }'),
        ('{"ma<|>": "bar"}', "mark", '{"mark": "bar"}'),
        ('{ma<|>}', "mark", '{"mark": }'),
        ("{width: 3, ma<|>}", "mark", "{width: 3, mark: }"),
        ("{'width': 3, ma<|>}", "mark", "{'width': 3, 'mark': }"),
        ('{"mark": "b<|>"}', "bar", '{"mark": "bar"}'),
        ('{"mark": b<|>}', "bar", '{"mark": "bar"}'),
        ('{"mark": "b<|>\n}', "bar", '{"mark": "bar"\n}'),
        ('{"mark": <|>\n "width": 3}', "bar", '{"mark": "bar",\n "width": 3}'),
        ('{"mark": "<|>"\n "width": 3}', "bar", '{"mark": "bar",\n "width": 3}'),
        ('{"mark": {"type": "bar", "clip": <|>}}', "true", '{"mark": {"type": "bar", "clip": true}}'),
    ],
)  # fmt: skip
def test_marks_colons_and_commas(cell: str, label: str, expected: str) -> None:
    assert accepted(cell, label) == expected


@pytest.mark.parametrize(
    "begun", ['{"<|>"\n    "x": {"field": "region"}}', '{\n    "<|>"\n    "x": 1}', '{"<|>"}', '{"x": 1, "<|>"}']
)
def test_keys_where_the_editor_has_closed_the_marks(begun: str) -> None:
    """A mark brings its second one along in most editors, so that a key begins as an empty one."""
    assert any("color" in inserted for inserted in best('{"mark": "bar", "encoding": BEGUN}'.replace("BEGUN", begun)))


def test_nothing_is_offered_where_nothing_can_stand() -> None:
    assert items('{"mark": "bar" <|>}') == []
    assert items('{"mark": "bar"} <|>') == []
    assert items('{ // ma<|>\n"mark": "bar"}') == []
    assert items('{"data": {"values": [{"a<|>": 1}]}}') == []
    assert "type" in [item.label for item in items('{"marks": [{"<|>"}]}', language="vega")]


def test_block_yaml() -> None:
    start = f"{FRAME}# %%\n%%vegalite df\nmark: bar\nencoding:\n"
    fields = [i.insert or i.label for i in dsl.complete(f"{start}  x:\n    field: <|>").items if i.kind == "column"]
    assert sorted(fields) == sorted(["region", "price", "n b", '"a\\\\.b"'])
    keys = dsl.labels(f"{start}  x:\n    field: price\n    <|>\n  y: {{}}")
    assert keys[0] == "type: quantitative"
    assert "xOffset" in dsl.labels(f"{start}  x: {{field: price}}\n  <|>")
    assert "transform" in dsl.labels(f"{start}  x: {{field: price}}\n<|>")
    assert "bar" in dsl.labels(f"{FRAME}# %%\n%%vegalite df\nmark: <|>")


# -- findings


def test_findings_in_a_notebook() -> None:
    dsl.check_findings(
        """
        # %%
        import pandas as pd
        df = pd.DataFrame({"region": ["north"], "price": [1.5]})
        # %% [vega-lite]
        {
          "data": {"name": "df"},
          "mark": "bar",
          "encoding": {
            "x": {"field": "regoin", "type": "nominal"},
                            ^^^^^^ vega-unknown-field: `regoin` is no field of `df` here. Did you mean `region`?
            "y": {"field": "region", "type": "quantitative"},
                                              ^^^^^^^^^^^^ vega-type-mismatch: Did you mean `nominal`?
            "color": {"field": "region", "aggregate": "count", "type": "quantitative"},
            "size": {"feild": "price"}
                     ^^^^^^^ vega-unknown-key: `feild` is no property of `size`. Did you mean `field`?
          }
        }
        """
    )


def test_fields_missing_in_transforms() -> None:
    dsl.check_findings(
        """
        # %%
        import pandas as pd
        df = pd.DataFrame({"region": ["north"], "price": [1.5]})
        # %% [vega-lite]
        {
          "data": {"name": "df"},
          "transform": [
            {"aggregate": [{"op": "sum", "field": "prize", "as": "total"}], "groupby": ["region"]},
                                                   ^^^^^ vega-unknown-field: Did you mean `price`?
            {"window": [{"op": "rank", "as": "r"}], "sort": [{"field": "price"}]},
                                                                        ^^^^^ vega-unknown-field: There are
            {"filter": {"field": "totl", "gt": 1}},
                                  ^^^^ vega-unknown-field: Did you mean `total`?
            {"lookup": "region", "from": {"data": {"name": "df"}, "key": "reg", "fields": ["prices"]}}
                                                                          ^^^ vega-unknown-field: Did you mean `region`?
                                                                                            ^^^^^^ vega-unknown-field
          ],
          "mark": "bar",
          "encoding": {"x": {"field": "r"}, "y": {"field": "total"}}
        }
        """
    )


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "{}",
        '{"$schema": "https://vega.github.io/schema/vega-lite/v6.json"}',
        # Versions that nobody here can judge.
        '{"$schema": "https://vega.github.io/schema/vega-lite/v4.json", "mark": "barr"}',
        '{"$schema": "https://vega.github.io/schema/vega-lite/v6.99.json", "mark": "barr"}',
        '{"$schema": "https://vega.github.io/schema/vega-lite/v9.json", "mark": "barr"}',
        '{"$schema": "https://vega.github.io/schema/vega/v5.json", "marks": [], "mark": "barr"}',
        # Data that are not, or not all, known.
        '{"mark": "bar", "encoding": {"x": {"field": "any"}}}',
        '{"data": {"name": "nobody"}, "mark": "bar", "encoding": {"x": {"field": "any"}}}',
        '{"data": {"name": "df"}, "transform": [{"pivot": "region", "value": "price"}], "mark": "bar", '
        '"encoding": {"x": {"field": "north"}}}',
        # Names that Vega-Lite makes, and ways into a column.
        '{"data": {"name": "df"}, "mark": "bar", "encoding": {"x": {"field": "mean_price"}, "y": {"field": "o.p"}}}',
        '{"data": {"name": "df"}, "mark": "bar", '
        '"encoding": {"x": {"field": "a\\\\.b"}, "y": {"field": {"repeat": "row"}}}}',
        # JSON5 is somebody's dialect.
        "{data: {name: 'df'}, mark: 'bar', /* so */}",
    ],
)
def test_silence(cell: str) -> None:
    assert dsl.findings(dsl.load(f"{FRAME}# %% [vega-lite]\n{cell}")) == []


def test_a_version_that_is_not_named_is_judged_by_all() -> None:
    # Version 6 knows what only it has: `tooltip` of a channel.
    cell = '{"data": {"name": "df"}, "mark": "bar", "encoding": {"x": {"field": "price", "tooltip": false}}}'
    assert dsl.findings(dsl.load(f"{FRAME}# %% [vega-lite]\n{cell}")) == []
    said = cell.replace("{", '{"$schema": "https://vega.github.io/schema/vega-lite/v5.json", ', 1)
    ((_, finding),) = dsl.findings(dsl.load(f"{FRAME}# %% [vega-lite]\n{said}"))
    assert finding.code == "vega-unknown-key"


def test_polynote() -> None:
    data = 'data: {values: df.aggregate(["region"], [{price: "mean"}])}'
    clean = f'{{{data}, mark: "bar", encoding: {{x: {{field: "mean(price)"}}}}}}'
    assert dsl.findings(dsl.load(f"{POLYNOTE}\n# %% [vega]\n{clean}")) == []
    ((_, finding),) = dsl.findings(dsl.load(f"{POLYNOTE}\n# %% [vega]\n{clean.replace('mean(', 'sum(')}"))
    assert (finding.code, "`mean(price)`" in finding.message) == ("vega-unknown-field", True)
    ((_, finding),) = dsl.findings(dsl.load(f'{POLYNOTE}\n# %% [vega]\n{{mark: "bar"}}'))
    assert finding.code == "vega-missing-key"
    assert dsl.findings(dsl.load(f'{POLYNOTE}\n# %% [viz]\n{{"type": "plot", "value": "df"}}')) == []


def test_the_first_syntax_mistake_only() -> None:
    dsl.check_findings(
        """
        # %% [vega-lite]
        {
          "data": {"name": "df"}
                               ^ vega-syntax: A comma is missing behind this.
          "mark": "barr",
          "encoding": {"x" {}}
        }
        """
    )


@pytest.mark.parametrize(
    ("wrong", "right", "preferred"),
    [
        ('"mark": "barr"', '"mark": "bar"', True),
        ("mark: 'barr'", "mark: 'bar'", True),
        ('"mark": "bar", "encodng": {}', '"mark": "bar", "encoding": {}', True),
        ('"mark": "bar", encodng: {}', '"mark": "bar", encoding: {}', True),
        *(
            (
                f'"mark": "bar", "encoding": {{"x": {{"field": {a}}}}}',
                f'"mark": "bar", "encoding": {{"x": {{"field": {b}}}}}',
                sure,
            )
            for a, b, sure in (('"regoin"', '"region"', False), ('"Price"', '"price"', True), ('"n.b"', '"n.b"', False))
        ),
        (
            '"mark": "bar", "encoding": {"x": {"field": "region", "type": "quantitative"}}',
            '"mark": "bar", "encoding": {"x": {"field": "region", "type": "nominal"}}',
            False,
        ),
    ],
)
def test_fixes(wrong: str, right: str, preferred: bool) -> None:
    case = dsl.load(f'{FRAME}# %% [vega-lite]\n{{"data": {{"name": "df"}}, {wrong}}}')
    text = case.notebook.cells[-1].text
    for _, finding in dsl.findings(case):
        (fix,) = finding.fixes
        (edit,) = fix.edits
        assert fix.preferred == preferred
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    assert text == f'{{"data": {{"name": "df"}}, {right}}}'


# -- hover, definition, references


def test_hover() -> None:
    cell = '{"data": {"name": "agg"}, "mark": "bar", "encoding": {"x": {"field": "total"}}}'

    def at(word: str) -> str:
        found = dsl.hover(f"{FRAME}# %% [vega-lite]\n{cell.replace(word, word + dsl.CURSOR, 1)}")
        assert found is not None
        return found.markdown

    assert at('"mark').startswith("**mark**\n\nA string describing the mark type")
    assert at('"ba').startswith("**mark: bar**")
    assert at('"agg').startswith("**agg** · ")
    assert "| total | `double` | quantitative |" in re.sub(" +", " ", at('"agg'))
    told, _, made_of = at('"total').partition("\n\nLineage: ")
    assert told == "**total** `double` · quantitative\n\nfield of `agg`, cell 2\n\nfrom `sum(price)`"
    assert made_of.startswith("cell 2, SQL: `sum(price)` ← cell 1, Python: ")


def test_hover_in_an_expression_and_on_the_magic() -> None:
    cell = '{"data": {"name": "df"}, "transform": [{"filter": "datum.pri<|>ce > 1"}]}'
    found = dsl.hover(f"{FRAME}# %% [vega-lite]\n{cell}")
    assert found is not None
    assert found.markdown.startswith("**price** `double` · quantitative")
    found = dsl.hover(f"{FRAME}# %%\n%%vegalite d<|>f\nmark: bar")
    assert found is not None
    assert found.markdown.startswith("**df** · pandas table, 4 columns")


@pytest.mark.parametrize(
    ("cell", "before", "language", "word"),
    [
        ('{"data": {"name": "d<|>f"}}', FRAME, "vega-lite", "df"),
        ("{data: {values: d<|>f.select('a')}}", POLYNOTE, "vega", "df"),
        ("%%vegalite d<|>f\nmark: bar", FRAME, "", "df"),
        ('{"data": {"name": "df"}, "encoding": {"x": {"field": "pri<|>ce"}}}', FRAME, "vega-lite", "price"),
        ('{"data": {"name": "agg"}, "encoding": {"x": {"field": "tot<|>al"}}}', FRAME, "vega-lite", "total"),
        ('{"data": {"name": "agg"}, "transform": [{"filter": "datum.tot<|>al"}]}', FRAME, "vega-lite", "total"),
        ('{"type": "plot", "value": "d<|>f"}', POLYNOTE, "viz", "df"),
    ],
)
def test_definition(cell: str, before: str, language: str, word: str) -> None:
    text = f"{before}\n# %%{f' [{language}]' if language else ''}\n{cell}"
    (location,) = dsl.definition(text)
    case = dsl.load(text)
    index = case.notebook.index(location.cell)
    assert index is not None
    assert location.span.of(case.notebook.cells[index].text) == word
    assert index < 2


def test_references_reach_into_charts() -> None:
    case = dsl.load(
        f'{FRAME.replace("df =", "d<|>f =")}\n# %% [vega-lite]\n{{"data": {{"name": "df"}}}}\n# %%\n%%vegalite df\n'
    )
    found = features.references(case.snapshot, case.session.services, case.cell, case.offset)
    assert {location.cell for location in found} == {"c0", "c1", "c2", "c3"}


# -- totality


@given(st.text(max_size=40), st.integers(0, 60), st.sampled_from(["vega-lite", "vega", "viz"]))
@settings(max_examples=60, deadline=None)
def test_no_text_raises(text: str, offset: int, language: str) -> None:
    from polycell.core.notebook import Notebook
    from polycell.formats.cells import make_cell
    from polycell.formats.model import CellSource
    from polycell.languages.vega.service import VegaService

    for content in (text, f'{{"data": {{"name": "{text}', f'{{"mark": {text}, "encoding": {{"x": {text}}}}}'):
        notebook = Notebook("n")
        cell = make_cell(CellSource("a", content, declared=language), notebook)
        case = dsl.load("")
        session = case.session
        snapshot = session.update(Notebook("n", cells=(cell,)))
        context = features.context_of(snapshot, "a")
        assert context is not None
        service = VegaService()
        at = min(offset, len(content))
        asyncio.run(service.complete(context, at))
        asyncio.run(service.hover(context, at))
        asyncio.run(service.define(context, at))
        service.diagnose(context)


# -- documentation

_EXAMPLE = re.compile(r"```(python|json)\n(.*?)```", re.DOTALL)
_FINDING = re.compile(r"^    cell (\d+):(\d+):(\d+) (\w+) ([\w-]+) (.*)$", re.MULTILINE)


@pytest.mark.parametrize("page", sorted((ROOT / "server/docs/codes").glob("vega-*.md")), ids=lambda p: p.stem)
def test_the_examples_of_the_pages_give_what_they_say(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    cells = _EXAMPLE.findall(text)
    if all(language == "json" for language, _ in cells):
        cells.insert(0, ("python", 'sales = pd.DataFrame({"region": ["north"], "price": [1.5]})\n'))
    marks = {"python": "# %%\nimport pandas as pd\n", "json": "# %% [vega-lite]\n"}
    case = dsl.load("\n".join(marks[language] + body for language, body in cells))
    ((index, finding),) = dsl.findings(case)
    said = _FINDING.search(text)
    assert said is not None
    place = LineIndex(case.notebook.cells[index].text).position(finding.span.start)
    got = (str(index + 1), str(place.line + 1), str(place.column + 1), finding.severity, finding.code, finding.message)
    assert got == said.groups()


# -- folding


def test_folds() -> None:
    case = dsl.load('# %% [vega-lite]\n{\n  "mark": {"type": "bar"},\n  "encoding": {\n    "x": {}\n  }\n}')
    context = features.context_of(case.snapshot, "c0")
    assert context is not None
    text = context.cell.text
    assert [fold.span.of(text) for fold in case.session.services.of("vega-lite").folds(context)] == [
        '{\n  "mark": {"type": "bar"},\n  "encoding": {\n    "x": {}\n  }',
        '{\n    "x": {}',
    ]


# -- renaming


def renamed(text: str, name: str) -> list[str]:
    """The texts of all cells after the name at the cursor became another one."""
    case = dsl.load(text)
    answer = renaming.rename(case.snapshot, case.session.services, case.cell, case.offset, name)
    assert answer is not None
    assert answer.refusal == ""
    return [actions.apply(c.text, [e for e in answer.edits if e.cell == c.id]) for c in case.notebook.cells]


def test_a_frame_is_renamed_in_charts_too() -> None:
    text = """# %%
import pandas as pd
col<|>or = pd.DataFrame({"a": [1]})
# %% [vega-lite]
{"data": {"name": "color"}, "mark": "bar", "encoding": {"color": {"field": "a"}}}
# %%
%%vegalite color
mark: bar
"""
    _, chart, magic = renamed(text, "tints")
    assert chart == '{"data": {"name": "tints"}, "mark": "bar", "encoding": {"color": {"field": "a"}}}'
    assert magic == "%%vegalite tints\nmark: bar"


def test_a_value_is_renamed_in_polynotes_expressions() -> None:
    text = """host: polynote
# %%
import pandas as pd
df = pd.DataFrame({"a": [1]})
# %% [vega]
{data: {values: d<|>f.aggregate(["a"], [{"a": "sum"}])}, mark: "bar"}
# %% [viz]
{"type": "table", "value": "df"}
"""
    frame, chart, viz = renamed(text, "rows")
    assert frame.startswith("import pandas as pd\nrows = ")
    assert chart.startswith("{data: {values: rows.aggregate(")
    assert viz == '{"type": "table", "value": "rows"}'


OPEN = """
# %%
import pandas as pd
df = pd.read_csv(path)
# %% [vega-lite]
{"data": {"name": "df"}, "transform": [{"calculate": "datum.a * 2", "as": "twice"}, {"filter": "datum.twice > 1"}],
 "mark": "bar", "encoding": {"x": {"field": "tw<|>ice"}, "y": {"field": "a"}}}
"""


def test_a_field_that_the_chart_makes_is_renamed_over_any_data() -> None:
    _, chart = renamed(OPEN, "double")
    assert chart.count("double") == 3
    assert "twice" not in chart


@pytest.mark.parametrize(
    ("text", "name", "why"),
    [
        (OPEN, "a", "There is a column `a` beside `twice` already (Cell 2)."),
        (
            OPEN.replace("tw<|>ice", "twice").replace('"field": "a"', '"field": "<|>a"'),
            "z",
            "It is not known which column `a` is: the fields of the data are not all known.",
        ),
        (
            OPEN.replace('"transform": [', '"transform": [{"filter": "datum.twice > 0"}, '),
            "z",
            'Cell 2 may mean the column `twice` in `…ter": "datum.twice > 0"}, {"cal…`: '
            "the fields of the data are not all known.",
        ),
    ],
)
def test_a_field_that_nobody_knows_is_not_renamed(text: str, name: str, why: str) -> None:
    case = dsl.load(text)
    answer = renaming.rename(case.snapshot, case.session.services, case.cell, case.offset, name)
    assert answer is not None
    assert answer.refusal == why
