"""Actions at imports and declarations: what they change, and that nothing else changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from polycell.core.actions import actions, apply
from polycell.core.results import Action
from polycell.core.text import Span
from polycell.formats.json_edit import append_to
from tests.dependencies.cases import case, polynote
from tests.dependencies.environments import install, make_environment


def offers(text: str, folder: Path, metadata: dict[str, Any] | None = None) -> tuple[dict[str, Action], dict[str, str]]:
    """Offers of this room at the cursor by their titles, and the cells' texts."""
    made = case(text, metadata, folder)
    at = Span(made.offset, made.offset)
    found = actions(made.snapshot, made.session.services, made.cell, at)
    words = ("Declare", "Pin", "Remove", "Move all", "Add `")
    return {a.title: a for a in found if a.title.startswith(words)}, {c.id: c.text for c in made.notebook.cells}


def edited(text: str, title: str, folder: Path) -> list[str]:
    made, cells = offers(text, folder)
    return [apply(t, [e for e in made[title].edits if e.cell == c]) for c, t in cells.items()]


def test_declare_in_the_way_that_the_notebook_uses(tmp_path: Path) -> None:
    block = '# /// script\n# dependencies = [\n#   "pandas",\n# ]\n# ///\n'
    assert edited(f"# %%\n{block}# %%\nimport ya<|>ml", "Declare `pyyaml` in the script block", tmp_path) == [
        block.replace('"pandas",\n', '"pandas",\n#   "pyyaml",\n').rstrip("\n"),
        "import yaml",
    ]
    assert edited("%pip install a\nimport ya<|>ml", "Add `pyyaml` to `%pip install`", tmp_path) == [
        "%pip install a pyyaml\nimport yaml"
    ]
    assert edited("import ya<|>ml", "Declare `pyyaml` with `%pip install`", tmp_path) == [
        "%pip install pyyaml\nimport yaml"
    ]


@pytest.mark.parametrize(
    ("text", "metadata", "path"),
    [
        ("host: polynote\n# %% [python]\nimport ya<|>ml", polynote(), ("config", "dependencies", "python")),
        ("import ya<|>ml", {"polyglot": {"dependencies": {"python": ["a"]}}}, ("polyglot", "dependencies", "python")),
        ("import ya<|>ml", {"runt": {"uv": {"dependencies": ["a"]}}}, ("runt", "uv", "dependencies")),
        ("import ya<|>ml", {}, ("polyglot", "dependencies", "python")),
    ],
)
def test_declare_in_the_metadata(tmp_path: Path, text: str, metadata: dict[str, Any], path: tuple[str, ...]) -> None:
    made, _ = offers(text, tmp_path, metadata)
    change = made["Declare `pyyaml` in the notebook's metadata"].metadata
    assert change is not None
    assert (change.path, change.value) == (path, "pyyaml")


@pytest.mark.parametrize(
    "text", ["import o<|>s", "%pip install pyyaml\nimport ya<|>ml", "x = 1<|>", "from . import a<|>"]
)
def test_nothing_to_declare(tmp_path: Path, text: str) -> None:
    assert [title for title in offers(text, tmp_path)[0] if title.startswith(("Declare", "Add"))] == []


def test_pin(tmp_path: Path) -> None:
    site = make_environment(tmp_path / ".venv")
    install(site, "pandas", "2.2.3")
    title = "Pin `pandas` to 2.2.3, which is installed"
    assert edited("%pip install -q pan<|>das[excel]>=2 b", title, tmp_path) == [
        "%pip install -q pandas[excel]==2.2.3 b"
    ]
    assert edited("# /// script\n# dependencies = ['pan<|>das']\n# ///", title, tmp_path) == [
        "# /// script\n# dependencies = ['pandas==2.2.3']\n# ///"
    ]
    assert title not in offers("%pip install pan<|>das==2.2.3", tmp_path)[0]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("%pip install a<|> b\nx = 1", "%pip install b\nx = 1"),
        ("%pip install b 'a<|>>=1'\nx = 1", "%pip install b\nx = 1"),
        ("y = 0\n%pip install a<|>\nx = 1", "y = 0\nx = 1"),
        (
            "# /// script\n# dependencies = [\n#   'a<|>',\n#   'b',\n# ]\n# ///",
            "# /// script\n# dependencies = [\n#   'b',\n# ]\n# ///",
        ),
        ("# /// script\n# dependencies = ['a<|>', 'b']\n# ///", "# /// script\n# dependencies = ['b']\n# ///"),
        ("# /// script\n# dependencies = ['b', 'a<|>']\n# ///", "# /// script\n# dependencies = ['b']\n# ///"),
    ],
)
def test_remove_what_no_cell_imports(tmp_path: Path, text: str, left: str) -> None:
    assert edited(text, "Remove `a`, which no cell imports", tmp_path) == [left]
    assert offers(f"# %%\n{text}\n# %%\nimport a", tmp_path)[0] == {}


def test_move_all_pip_lines_into_the_block(tmp_path: Path) -> None:
    text = """
        # %%
        # /// script
        # dependencies = ["a==1"]
        # ///
        # %%
        %pip install b>=2 a
        import b<|>
        # %%
        %pip install -q c
        !pip install d
    """
    assert edited(text, "Move all `%pip install` lines into the script block", tmp_path) == [
        '# /// script\n# dependencies = ["a==1", "b>=2", "d"]\n# ///',
        "import b",
        "%pip install -q c\n",
    ]


# -- the JSON of a notebook, byte for byte

JUPYTER = """{
 "cells": [
  {"cell_type": "code", "source": ["import yaml\\r\\n"],   "metadata": {}}
 ],
 "metadata": {
  "kernelspec": {
   "name": "python3"
  }
 },
 "nbformat": 4
}
"""
POLYNOTE = """{
  "metadata" : {
    "config" : {
      "dependencies" : {
        "python" : [
          "pandas",
          "caf\\u00e9"
        ]
      },
      "exclusions" : [
      ]
    }
  },
  "cells" : [
  ]
}
"""


@pytest.mark.parametrize(
    "text",
    [
        JUPYTER,
        JUPYTER.replace("\n", "\r\n"),
        POLYNOTE,
        POLYNOTE.replace('"python"', '"scala"'),
        json.dumps(json.loads(POLYNOTE)),
        json.dumps(json.loads(POLYNOTE), separators=(",", ":")),
        json.dumps(json.loads(JUPYTER), indent="\t"),
        '{"metadata": {}, "cells": []}',
        '{"metadata": {"config": {"dependencies": {"python": []}}}, "cells": []}',
        '{"cells": [], "metadata": {"config": {"dependencies": {"python": [\n]}}}}',
    ],
)
def test_an_addition_changes_nothing_else(text: str) -> None:
    path = ("config", "dependencies", "python")
    made = append_to(text, path, "pyyaml>=6")
    assert made is not None
    span, added = made
    assert not span.of(text).strip(), "nothing but blank space goes away"
    changed = text[: span.start] + added + text[span.end :]
    before, after = json.loads(text), json.loads(changed)
    had = before["metadata"].get("config", {}).get("dependencies", {}).get("python", [])
    assert after["metadata"]["config"]["dependencies"]["python"] == [*had, "pyyaml>=6"]
    if "\r\n" in text:
        assert "\n" not in changed.replace("\r\n", "")


@pytest.mark.parametrize(
    "text", ["", "[]", '{"metadata": {"config": 3}}', '{"metadata": {"config": {"dependencies": []', "null"]
)
def test_no_place_no_edit(text: str) -> None:
    assert append_to(text, ("config", "dependencies", "python"), "a") is None


def test_it_is_written_as_the_list_is() -> None:
    made = append_to(POLYNOTE, ("config", "dependencies", "python"), "yaml")
    assert made is not None
    assert made[1] == ',\n          "yaml"'
