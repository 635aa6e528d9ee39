"""The tolerant reader: the union of JSON, JSON5 and JavaScript objects, and paths in damaged text."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polycell.languages.vega.cursor import locate
from polycell.languages.vega.data import plain
from polycell.languages.vega.reader import LONG_DATA, read
from polycell.languages.vega.tree import Node, Path, walk
from polycell.languages.vega.yaml_reader import read_block
from tests.shared import FULL, SHARED, examples, needs_shared

EXAMPLES = SHARED / "vega-examples"
CURSOR = "<|>"


def value(text: str, **options: Any) -> Any:
    tree = read(text, **options)
    assert tree.root is not None
    return plain(tree.root)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{a: 1, 'b': \"c\", $d: true, }", {"a": 1, "b": "c", "$d": True}),
        ("{ // to the end\n a: [1, 2, /* two */ 3,],\n}", {"a": [1, 2, 3]}),
        ("{a: -1.5e3, b: 0x10, c: .5, d: +2, e: null}", {"a": -1500.0, "b": 16, "c": 0.5, "d": 2, "e": None}),
        (r'{"a": "\u00e9\n\"\/", "b": "\x41"}', {"a": 'é\n"/', "b": "A"}),
        ("var spec = {a: 1};", {"a": 1}),
        ("({a: {b: []}})", {"a": {"b": []}}),
        ("# a comment of YAML\n{a: 1}", {"a": 1}),
        ('{"a": 1, "a": 2}', {"a": 2}),
        ("{'it\\'s': 'a \"word\"'}", {"it's": 'a "word"'}),
    ],
)
def test_dialects(text: str, expected: Any) -> None:
    assert value(text) == expected
    assert read(text).mistakes == ()


@pytest.mark.parametrize(
    "expression",
    [
        "df",
        'df.aggregate(["a"], [{"b": "mean"}])',
        "x => ({a: 1, b: [2]})",
        "function (d) { return d.x > 1; }",
        "[1, 2].map(f)",
        '"a" + b',
        "a ? b : c",
        "`a ${b} c`",
        "df\n  .select('a')\n  .sample(0.1)",
        "new Date(2020, 1)",
    ],
)
def test_expressions_are_kept_whole(expression: str) -> None:
    tree = read(f"{{data: {{values: {expression}}}, mark: 'bar'}}", 0, "javascript")
    assert tree.mistakes == ()
    assert tree.root is not None
    data = tree.root.get("data")
    assert data is not None
    node = data.get("values")
    assert node is not None
    assert (node.kind, node.value) == ("expression", expression)
    assert tree.text[node.start : node.end] == expression
    assert tree.root.text("mark") == "bar"


def test_shorthand_of_javascript() -> None:
    tree = read("{data, mark}", 0, "javascript")
    assert tree.mistakes == ()
    assert [n.value for _, n in walk(tree.root) if n.kind == "expression"] == ["data", "mark"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        ('{"a": 1 "b": 2}', "A comma is missing behind this.", 6),
        ('{"a" 1}', "`a` needs a `:` and a value.", 1),
        ('{"a": }', "The value of `a` is missing.", 1),
        ('{"a": , "b": 1}', "The value of `a` is missing.", 1),
        ('{"a": [1, 2}', "This `[` is never closed.", 6),
        ('{"a": {"b": 1}', "This `{` is never closed.", 0),
        ('{"a": "b}', 'This string is never closed: a `"` is missing.', 6),
        ('{"a": 1]}', "Nothing is open here for `]` to close.", 7),
        ('{\n  "x": {\n    "a": 1\n  "y": 2\n}', "This `{` is never closed.", 9),
        ('{"a": 1,, "b": 2}', "There is nothing before this comma.", 8),
    ],
)
def test_first_mistake(text: str, message: str, at: int) -> None:
    first = read(text).mistakes[0]
    assert (first.message, first.span.start) == (message, at)


@pytest.mark.parametrize(
    ("text", "path", "role", "word"),
    [
        ('{"a": {"b": "c<|>', ("a", "b"), "value", "c"),
        ('{"a": {"b": <|>', ("a", "b"), "value", ""),
        ('{"a": {"b": 1, <|>', ("a",), "key", ""),
        ('{"a": {"b<|>', ("a",), "key", "b"),
        ('{"a": {"b<|>"}}', ("a",), "key", "b"),
        ('{"a": {b<|>}}', ("a",), "key", "b"),
        ('{"a": [{"b": 1}, {"b": "<|>"}]}', ("a", 1, "b"), "value", ""),
        ('{"a": ["x", "<|>"]}', ("a", 1), "value", ""),
        ('{"a": ["x", <|>]}', ("a", 1), "value", ""),
        ('{"a": [<|>]}', ("a", 0), "value", ""),
        ('{\n  "x": {\n    "f": "a",\n    <|>\n  "y": {"f": "b"}\n}', ("x",), "key", ""),
        ('{\n  "x": {"f": "pri<|>\n  "y": {"f": "b"}\n}', ("x", "f"), "value", "pri"),
        ('{\n  "x": {"f": <|>\n  "y": {"f": "b"}\n}', ("x", "f"), "value", ""),
        ("{data: {values: d<|>}, mark: 'bar'}", ("data", "values"), "value", "d"),
        ("{data: {values: df.<|>}}", ("data", "values"), "value", "df."),
        ('{"a": 1}<|>', None, "", ""),
        ('{"a": 1 <|>}', None, "", ""),
        ("{ // no <|>\n}", None, "", ""),
    ],
)
def test_cursor(text: str, path: Path | None, role: str, word: str) -> None:
    offset = text.index(CURSOR)
    clean = text.replace(CURSOR, "")
    cursor = locate(read(clean), offset)
    if path is None:
        assert cursor is None
        return
    assert cursor is not None
    assert (cursor.path, cursor.role, cursor.word.of(clean)) == (path, role, word)


def _strings(root: Node) -> list[tuple[Path, Node]]:
    return [(path, node) for path, node in walk(root) if node.kind == "string" and node.value]


@needs_shared
def test_examples_are_read_as_json_reads_them() -> None:
    files = sorted(EXAMPLES.glob("*.json"))
    assert len(files) > 600
    for file in files if FULL else files[::3]:
        text = file.read_text(encoding="utf-8")
        tree = read(text)
        assert tree.mistakes == (), file.name
        assert value(text) == json.loads(text), file.name


@needs_shared
@pytest.mark.parametrize(
    ("mode", "least"),
    [
        ("intact", 1.0),
        ("truncated", 0.99),
        ("rest of the line cut", 0.99),
        ("a character below", 1.0),
        ("a bracket above", 0.95),
    ],
)
def test_paths_in_damaged_examples(mode: str, least: float) -> None:
    pick = random.Random(f"reader {mode}")
    right = total = 0
    for file in pick.sample(sorted(EXAMPLES.glob("*.json")), 150 if FULL else 60):
        text = file.read_text(encoding="utf-8")
        root = read(text).root
        assert root is not None
        for path, node in pick.sample(_strings(root), 2):
            offset = node.start + 1 + len(node.value) // 2
            damaged = _damage(text, offset, node, mode, pick)
            if damaged is not None:
                cursor = locate(read(damaged[0]), damaged[1])
                total += 1
                right += cursor is not None and cursor.path == path
    assert total > 60
    assert right >= least * total, f"{right} of {total}"


def _damage(text: str, offset: int, node: Node, mode: str, pick: random.Random) -> tuple[str, int] | None:
    if mode == "intact":
        return text, offset
    if mode == "truncated":
        return text[:offset], offset
    if mode == "rest of the line cut":
        end = text.find("\n", offset)
        return text[:offset] + text[end if end >= 0 else len(text) :], offset
    if mode == "a character below":
        at = pick.randrange(node.end, len(text))
        return text[:at] + text[at + 1 :], offset
    above = [i for i in range(1, node.start) if text[i] in "}]" and text[i - 1] in " \n}]0123456789"]
    if not above:
        return None
    at = pick.choice(above)
    return text[:at] + text[at + 1 :], offset - 1


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(max_size=6), _json, max_size=4), st.sampled_from([None, 2]))
@settings(max_examples=examples(60), deadline=None)
def test_any_json_is_read_as_it_is(content: dict[str, Any], indent: int | None) -> None:
    text = json.dumps(content, indent=indent)
    tree = read(text)
    assert tree.mistakes == ()
    assert value(text) == _without_nameless(content)


def _without_nameless(content: Any) -> Any:
    """`plain` leaves nameless keys out, which the reader also makes for what has no key."""
    if isinstance(content, dict):
        return {k: _without_nameless(v) for k, v in content.items() if k}
    return [_without_nameless(v) for v in content] if isinstance(content, list) else content


_PIECES = st.lists(
    st.sampled_from(
        [*"{}[]():,.\"'`/\\#-\n\r \t", "a", "é", "\0", "\ud800", "true", "1.5", "df.x(", "//", "/*", "=>", "key: "]
    ),
    max_size=60,
).map("".join)


_BRACKETS = st.text(alphabet='{}[]",:a \n', max_size=40).map("{".__add__)


@given(_PIECES | _BRACKETS | st.text(max_size=60), st.integers(0, 70))
@settings(max_examples=examples(200), deadline=None)
def test_no_text_raises_and_positions_stay_inside(text: str, offset: int) -> None:
    for tree in (read(text), read(text, 0, "javascript"), read(text, 0, "yaml"), read_block(text)):
        locate(tree, min(offset, len(text)))
        if tree.root is not None:
            for _, node in walk(tree.root):
                assert -1 <= node.start <= node.end <= len(text)
        for mistake in tree.mistakes:
            assert 0 <= mistake.span.start < mistake.span.end <= len(text) + 1


def test_long_data_is_read_in_one_go() -> None:
    rows = [{"a": i, "b": "x"} for i in range(20_000)]
    text = f'{{"data": {{"values": {json.dumps(rows)}}}, "mark": "bar"}}'
    assert len(text) > LONG_DATA
    tree = read(text)
    assert tree.root is not None
    assert tree.mistakes == ()
    assert sum(1 for _ in walk(tree.root)) == 4
    assert value(text)["data"]["values"] == rows


@pytest.mark.parametrize(
    "piece",
    [
        '"',
        "{",
        "[",
        "(",
        "`",
        "/*",
        "}",
        "[}",
        "]}",
        ":",
        ",",
        "x: (\n",
        "(\n",
        "{b:\n",
        '"a" ',
        '"b, "c: "',
        "=>",
        "- ",
        "\\",
    ],
)
def test_hostile_repetition_is_read_in_time_that_grows_with_it(piece: str) -> None:
    for start in ("{", '{"a": ', "{a: [", "a:\n  "):
        text = start + piece * 1200  # deeper than Python's own limit
        assert read(text, 0, "javascript").text is text
        assert read_block(text).text is text


def test_a_text_that_nobody_writes_by_hand_is_left_alone() -> None:
    tree = read("{" + "a: {b: [1, 2, 3]},\n" * 20_000)
    assert (tree.root, tree.mistakes) == (None, ())


def test_deep_nesting_is_cut_off() -> None:
    text = '{"a": ' + "[" * 5000
    assert locate(read(text), len(text)) is not None or read(text).mistakes


def test_cells_start_behind_their_magic() -> None:
    text = '%%vegalite df\n{"mark": "bar"}'
    tree = read(text, 14)
    assert tree.root is not None
    mark = tree.root.get("mark")
    assert mark is not None
    assert text[mark.start : mark.end] == '"bar"'
