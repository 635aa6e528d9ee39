"""The script block: its dependencies where they stand, in any state, and additions that change nothing else."""

from __future__ import annotations

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polycell.dependencies.pep723 import find_block, insertion, new_block, read_block

BLOCK = """\
#!/usr/bin/env python
# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "altair==6.0.0",   # charts
#     'polars[pyarrow]==1.24.0',
# ]
# [tool.uv]
# dependencies = ["not this"]
# ///

import altair
"""


def texts(text: str) -> list[str]:
    return [d.span.of(text) for d in read_block(text)]


def reference(text: str) -> str | None:
    """The block's content as the specification's own regular expression reads it."""
    pattern = r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$"
    found = [m for m in re.finditer(pattern, text) if m["type"] == "script"]
    if len(found) != 1:
        return None
    return "".join(
        line[2:] if line.startswith("# ") else line[1:] for line in found[0]["content"].splitlines(keepends=True)
    )


def test_what_it_declares_and_where() -> None:
    assert texts(BLOCK) == ["altair==6.0.0", "polars[pyarrow]==1.24.0"]
    assert not any(d.problem for d in read_block(BLOCK))


def test_line_ends_of_windows() -> None:
    assert texts(BLOCK.replace("\n", "\r\n")) == texts(BLOCK)


def test_the_specification_agrees_on_the_content() -> None:
    block = find_block(BLOCK)
    assert block is not None
    assert block.content == (reference(BLOCK) or "").rstrip("\n")


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        ('# /// script\n# dependencies = ["pandas=1"]\n# ///\n', "=", "write `==`"),
        ('# /// script\n# dependencies = ["ok", "pandas]\n# ///\n', "pandas]", "not closed"),
        ('# /// script\n# dependencies = ["ok", "x y"]\nimport a\n', "# /// script", "`# ///`"),
        ('# /// script\n# dependencies = ["ok", ""]\n# ///\n', "", "empty"),
    ],
)
def test_malformed_at_its_own_place(text: str, at: str, said: str) -> None:
    wrong = [d for d in read_block(text) if d.problem]
    assert said in wrong[0].problem
    assert wrong[0].span.of(text) == at


@pytest.mark.parametrize("text", ["", "# ///", "# /// script", "# /// other\n# ///", "import a", "x = '# /// script'"])
def test_no_block_no_dependencies(text: str) -> None:
    assert [d for d in read_block(text) if d.requirement.name] == []


ADDED = [
    BLOCK,
    BLOCK.replace("\n", "\r\n"),
    '# /// script\n# dependencies = ["a"]\n# ///\n',
    "# /// script\n# dependencies = []\n# ///\n",
    "# /// script\n# dependencies = [\n# ]\n# ///\n",
    '# /// script\n# dependencies = [\n#   "a"\n# ]\n# ///\n',
    '# /// script\n# dependencies = [\n#   "a",\n#   "b"  # why\n# ]\n# ///\n',
    '# /// script\n# requires-python = ">=3"\n# ///\nx = 1\n',
    "# /// script\n# ///\n",
]


@pytest.mark.parametrize("text", ADDED)
def test_an_addition_is_read_back_and_nothing_else_changes(text: str) -> None:
    made = insertion(text, "pyyaml>=6")
    if made is None:
        assert "# why" in text  # a comment behind the last entry, where a comma would have to go before it
        return
    span, added = made
    changed = text[: span.start] + added + text[span.end :]
    assert span.start == span.end
    assert texts(changed) == [*texts(text), "pyyaml>=6"]
    assert not any(d.problem for d in read_block(changed))
    assert reference(changed.replace("\r\n", "\n")) is not None
    assert find_block(changed) is not None


def test_a_new_block_is_one() -> None:
    assert texts(new_block("pandas")) == ["pandas"]
    assert reference(new_block("pandas")) is not None


@given(st.text(alphabet='# /script"[]=,dependencies\n\r a', max_size=200))
def test_total_and_inside_the_text(tail: str) -> None:
    text = "# /// script\n# dependencies = [" + tail
    for declaration in read_block(text):
        assert 0 <= declaration.span.start <= declaration.span.end <= len(text)
    insertion(text, "a")


@pytest.mark.skipif(sys.version_info < (3, 11), reason="needs tomllib")
@pytest.mark.parametrize("value", ['"a"', "1", "[1]", '["a", 2]', "{}", '[["a"]]', "true"])
def test_dependencies_that_are_no_list_of_texts(value: str) -> None:
    text = f"# /// script\n# dependencies = {value}\n# ///\n"
    (broken,) = [d for d in read_block(text) if d.problem]
    assert broken.span.of(text) == "dependencies"
    assert "list of texts" in broken.problem


@pytest.mark.parametrize(
    "content", ['dependencies = ["a"]', "dependencies = []", "[tool.x]\n# dependencies = 1", "dependencies = ["]
)
def test_other_blocks_are_no_business_of_that(content: str) -> None:
    text = f"# /// script\n# {content}\n# ///\n"
    assert not [d for d in read_block(text) if "list of texts" in d.problem]
