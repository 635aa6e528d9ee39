"""Actions at imports and declarations: what they change, and that nothing else changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from polycell.core.actions import actions, apply, metadata_actions
from polycell.core.results import Action, MetadataChange
from polycell.core.text import Span
from polycell.formats.ipynb import metadata_path
from polycell.formats.json_edit import changed
from tests.dependencies.cases import case, polynote
from tests.dependencies.environments import install, make_environment


def offers(text: str, folder: Path, metadata: dict[str, Any] | None = None) -> tuple[dict[str, Action], dict[str, str]]:
    """Offers of this room at the cursor by their titles, and the cells' texts."""
    made = case(text, metadata, folder)
    at = Span(made.offset, made.offset)
    found = actions(made.snapshot, made.session.services, made.cell, at)
    words = ("Declare", "Pin", "Remove", "Move all", "Add `")
    return {a.title: a for a in found if a.title.startswith(words)}, {c.id: c.text for c in made.notebook.cells}


def edited(text: str, title: str, folder: Path, metadata: dict[str, Any] | None = None) -> list[str]:
    made, cells = offers(text, folder, metadata)
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
    assert made["Declare `pyyaml` in the notebook's metadata"].metadata == (MetadataChange(path, "pyyaml"),)


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
    offered = offers(f"# %%\n{text}\n# %%\nimport a", tmp_path)[0]
    assert [title for title in offered if title.startswith("Remove")] == []


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


@pytest.mark.parametrize(
    ("line", "stays"),
    [
        ("%pip install -r requirements.txt", True),
        ("%pip install a \\\n  b", True),
        ("%pip install a  # why", True),
        ("%pip install ./folder", True),
        ("%pip install {name}", True),
        ("!pip install a && ls", True),
        ("%pip install bad=1", True),
        ("pip install a", False),
        ("%pip install 'a>=1' \"b[c]\"", False),
    ],
)
def test_only_lines_of_nothing_but_names_move(tmp_path: Path, line: str, stays: bool) -> None:
    made, _ = offers(f"# %%\n{line}\nx<|> = 1", tmp_path)
    assert (not any(title.startswith("Move all") for title in made)) == stays


def test_moving_is_offered_where_a_line_stands(tmp_path: Path) -> None:
    made, _ = offers("# %%\n%pip install a\n# %%\nx<|> = 1", tmp_path)
    assert not [title for title in made if title.startswith("Move")]


def test_move_all_pip_lines_where_there_is_no_block(tmp_path: Path) -> None:
    text = "# %% [markdown]\nA text\n# %%\n%pip install a>=1\nimport a<|>\n# %%\n!pip install b a\nimport b"
    into_metadata, into_block = (
        "Move all `%pip install` lines into the notebook's metadata",
        "Move all `%pip install` lines into a script block",
    )
    made, _ = offers(text, tmp_path)
    path = ("polyglot", "dependencies", "python")
    assert made[into_metadata].metadata == (MetadataChange(path, "a>=1"), MetadataChange(path, "b"))
    assert edited(text, into_metadata, tmp_path) == ["A text", "import a", "import b"]
    block = '# /// script\n# dependencies = [\n#     "a>=1",\n#     "b",\n# ]\n# ///\n'
    assert edited(text, into_block, tmp_path) == ["A text", f"{block}import a", "import b"]
    again, _ = offers(f"# %%\n{block}import a<|>", tmp_path)
    assert not [title for title in again if title.startswith("Move")]


def test_move_all_pip_lines_into_the_list_that_the_notebook_has(tmp_path: Path) -> None:
    metadata = {"runt": {"uv": {"dependencies": ["a"]}}}
    made, _ = offers("%pip install a b==1\nx<|> = 1", tmp_path, metadata)
    (moved,) = [action for title, action in made.items() if title.startswith("Move")]
    assert moved.metadata == (MetadataChange(("runt", "uv", "dependencies"), "b==1"),)
    polynote_cell = "host: polynote\n# %% [python]\n%pip install b\nx<|> = 1"
    made, _ = offers(polynote_cell, tmp_path, polynote(["org::x:1"]))
    (moved,) = [action for title, action in made.items() if title.startswith("Move")]
    assert moved.metadata == (MetadataChange(("config", "dependencies", "python"), "b"),)


# -- entries of the metadata


@pytest.mark.parametrize(
    ("metadata", "path"),
    [
        ({"polyglot": {"dependencies": {"python": ["x", "pandas[excel]>=2"]}}}, "polyglot dependencies python"),
        ({"runt": {"uv": {"dependencies": ["x", "pandas[excel]>=2"]}}}, "runt uv dependencies"),
        ({"uv": {"dependencies": ["x", "pandas[excel]>=2"]}}, "uv dependencies"),
        (polynote([], ["x", "pandas[excel]>=2"]), "config dependencies python"),
        ({"deepnote_settings": {"requirements": ["x", "pandas[excel]>=2"]}}, "deepnote_settings requirements"),
    ],
)
def test_pin_and_remove_in_the_metadata(tmp_path: Path, metadata: dict[str, Any], path: str) -> None:
    install(make_environment(tmp_path / ".venv"), "pandas", "2.2.3")
    host = "host: polynote\n# %% [python]\n" if "config" in metadata else ""
    entry = (*path.split(), 1)

    def found(code: str) -> dict[str, tuple[MetadataChange, ...]]:
        made = case(f"{host}{code}<|>", metadata, tmp_path)
        offered = metadata_actions(made.snapshot, made.session.services, entry)
        return {action.title: action.metadata for action in offered}

    pin = {
        "Pin `pandas` to 2.2.3, which is installed": (
            MetadataChange(entry, "pandas[excel]==2.2.3", "pandas[excel]>=2"),
        )
    }
    remove = {"Remove `pandas`, which no cell imports": (MetadataChange(entry, None, "pandas[excel]>=2"),)}
    assert found("x = 1") == {**pin, **remove}
    assert found("import pandas") == pin


def test_nothing_to_do_at_other_places_of_the_metadata(tmp_path: Path) -> None:
    metadata = {"polyglot": {"dependencies": {"python": ["bad=1", 3], "maven": ["org:name:1"]}}, "kernelspec": {}}
    made = case("x = 1<|>", metadata, tmp_path)
    listed = ("polyglot", "dependencies", "python")
    for path in ((), ("kernelspec",), listed, (*listed, 0), (*listed, 1), (*listed, 9), (*listed[:2], "maven", 0)):
        assert metadata_actions(made.snapshot, made.session.services, path) == ()


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
    made = changed(text, [MetadataChange(path, "pyyaml>=6")])
    assert made is not None
    span, added = made
    assert not span.of(text).strip(), "nothing but blank space goes away"
    now = text[: span.start] + added + text[span.end :]
    before, after = json.loads(text), json.loads(now)
    had = before["metadata"].get("config", {}).get("dependencies", {}).get("python", [])
    assert after["metadata"]["config"]["dependencies"]["python"] == [*had, "pyyaml>=6"]
    if "\r\n" in text:
        assert "\n" not in now.replace("\r\n", "")


@pytest.mark.parametrize(
    "text", ["", "[]", '{"metadata": {"config": 3}}', '{"metadata": {"config": {"dependencies": []', "null"]
)
def test_no_place_no_edit(text: str) -> None:
    assert changed(text, [MetadataChange(("config", "dependencies", "python"), "a")]) is None


def test_it_is_written_as_the_list_is() -> None:
    made = changed(POLYNOTE, [MetadataChange(("config", "dependencies", "python"), "yaml")])
    assert made is not None
    assert made[1] == ',\n          "yaml"'


LISTS = [
    '{"metadata": {"l": ["a", "b", "c"]}, "cells": []}',
    '{"metadata":{"l":["a","b","c"]},"cells":[]}',
    json.dumps({"cells": [], "metadata": {"l": ["a", "b", "c"], "m": 1}}, indent=2),
    json.dumps({"cells": [], "metadata": {"l": ["a", "b", "c"]}}, indent="\t").replace("\n", "\r\n"),
    '{"metadata": {"l": [\n"a" ,\n"b"\n,"c"\n]}, "cells": []}',
]


@pytest.mark.parametrize("text", LISTS)
@pytest.mark.parametrize("entry", [0, 1, 2])
@pytest.mark.parametrize("value", [None, "é>=1"])
def test_an_entry_is_replaced_or_taken_out(text: str, entry: int, value: str | None) -> None:
    old = "abc"[entry]
    made = changed(text, [MetadataChange(("l", entry), value, old)])
    assert made is not None
    now = text[: made[0].start] + made[1] + text[made[0].end :]
    wanted = ["a", "b", "c"]
    wanted[entry : entry + 1] = [] if value is None else [value]
    assert json.loads(now) == {**json.loads(text), "metadata": {**json.loads(text)["metadata"], "l": wanted}}
    if value is None and "\n  " in text:  # a list of a line for each entry has one line less
        assert now.count("\n") == text.count("\n") - 1
    assert changed(text, [MetadataChange(("l", entry), value, "other")]) is None


def test_all_changes_are_one_edit() -> None:
    text = LISTS[2]
    changes = [MetadataChange(("l", n), None, name) for n, name in ((2, "c"), (1, "b"), (0, "a"))]
    made = changed(text, [*changes, MetadataChange(("l",), "d"), MetadataChange(("new", "list"), "e")])
    assert made is not None
    now = text[: made[0].start] + made[1] + text[made[0].end :]
    assert json.loads(now)["metadata"] == {"l": ["d"], "m": 1, "new": {"list": ["e"]}}
    assert changed(text, [changes[0], MetadataChange(("m",), "no list")]) is None


@pytest.mark.parametrize("text", LISTS)
def test_the_path_of_a_place(text: str) -> None:
    assert metadata_path(text, text.index('"b"') + 1) == ("l", 1)
    assert metadata_path(text, text.index('"a"')) == ("l", 0)
    assert metadata_path(text, 0) is None
    assert metadata_path(text, text.index('"l"') + 1) is None
