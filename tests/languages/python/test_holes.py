"""Completion inside the fields of formatted strings, which are code; the text around them is not."""

from __future__ import annotations

import pytest

from tests.dsl import labels

FRAME = "# %%\nimport pandas as pd\ndf = pd.DataFrame({'price': [1], 'id': [2]})\nname = 'x'\nwidth = 3\n# %%\n"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("f'{na<|>'", "name"),
        ("f'{na<|>}'", "name"),
        ('print(f"a {{ {na<|>} b")', "name"),
        ('f"{df[\'<|>"', "price"),
        ("f\"{df['<|>']}\"", "price"),
        ("f'{df.pri<|>}'", "price"),
        ("f'{name!r} {wid<|>}'", "width"),
        ("f'{name:{wid<|>}}'", "width"),
        ('f"{max(1, wid<|>)}"', "width"),
        ("rf'''{name}\n{wid<|>}'''", "width"),
        ("f'{name != wid<|>}'", "width"),
        ("f'{ {1: wid<|>} }'", "width"),
    ],
)
def test_a_field_is_code(text: str, first: str) -> None:
    assert labels(FRAME + text)[0] == first


@pytest.mark.parametrize(
    "text", ["f'na<|>'", "f'{name} wid<|>'", "f'{{na<|>'", "f'{name:wid<|>}'", "f'{name!<|>}'", "'{na<|>}'"]
)
def test_its_text_and_formats_are_not(text: str) -> None:
    assert labels(FRAME + text) == []
