"""`polycell check`: what it looks at, how it prints, how it leaves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from polycell.core.service import LanguageService, services
from tests.cli.notebooks import polycell, write

Capture = pytest.CaptureFixture[str]


def test_findings_name_cell_line_and_column_counted_as_people_count(tmp_path: Path, capsys: Capture) -> None:
    path = write(tmp_path / "a.ipynb", "#md # Title", "x = 1", "y = x\nprint(undefined_here)")
    code, out, _ = polycell(capsys, "check", path)
    first, summary = out.splitlines()
    assert first.startswith(f"{path}:cell 3:2:7 ")
    assert " undefined-name " in first
    assert summary.startswith("1 notebook checked: 1 ")
    assert code == 1


def test_nothing_found(tmp_path: Path, capsys: Capture) -> None:
    path = write(tmp_path / "a.ipynb", "x = 1", "x")
    assert polycell(capsys, "check", path) == (0, "1 notebook checked, nothing found\n", "")


def test_text_notebooks_are_reported_at_lines_of_the_file(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "a.py"
    path.write_text("# %%\nx = 1\n\n# %%\nprint(undefined_here)\n", encoding="utf-8")
    code, out, _ = polycell(capsys, "check", path)
    assert out.startswith(f"{path}:5:7 ")
    assert code == 1


def test_json_says_both_places(tmp_path: Path, capsys: Capture) -> None:
    script = tmp_path / "a.py"
    script.write_text("# %%\nx = 1\n\n# %%\nprint(undefined_here)\n", encoding="utf-8")
    notebook = write(tmp_path / "b.ipynb", "print(undefined_here)")
    code, out, _ = polycell(capsys, "check", "--format", "json", script, notebook)
    said = json.loads(out)
    assert code == 1
    assert (said["version"], said["files"], len(said["findings"])) == (1, 2, 2)
    first, second = said["findings"]
    assert first["code"] == second["code"] == "undefined-name"
    assert (first["cell"], first["line"], first["column"]) == (2, 1, 7)
    assert (first["document_line"], first["document_column"]) == (5, 7)
    assert (second["cell"], second["line"], second["end_column"]) == (1, 1, 21)
    assert second["document_line"] is None
    assert said["counts"][first["severity"]] == 2


@pytest.mark.parametrize("content", [b"{", b'{"cells": 3}', b"\xff\xfe\x00broken", b"\0" * 50, b"[]", b"null"])
def test_a_broken_file_is_one_finding_and_the_run_goes_on(tmp_path: Path, capsys: Capture, content: bytes) -> None:
    (tmp_path / "broken.ipynb").write_bytes(content)
    good = write(tmp_path / "good.ipynb", "print(undefined_here)")
    code, out, err = polycell(capsys, "check", tmp_path / "broken.ipynb", good)
    assert "Traceback" not in out + err
    assert f"{good}:cell 1:1:7" in out
    assert code == 2
    assert out.count("unreadable-notebook") == 1


def test_a_folder_is_searched_but_not_what_is_installed_or_hidden(tmp_path: Path, capsys: Capture) -> None:
    for place in ("a.ipynb", "deep/er/b.ipynb", "build/c.ipynb"):
        write(tmp_path / place, "print(undefined_here)")
    for place in (".ipynb_checkpoints", "node_modules/x", ".venv/lib", ".hidden", "env/lib"):
        write(tmp_path / place / "skipped.ipynb", "print(undefined_here)")
    (tmp_path / "env" / "pyvenv.cfg").touch()
    (tmp_path / "module.py").write_text("print(undefined_here)\n")
    (tmp_path / "data.json").write_text("{}")
    code, out, _ = polycell(capsys, "check", tmp_path)
    assert "skipped" not in out
    assert "module.py" not in out
    assert out.splitlines()[-1].startswith("3 notebooks checked: 3 ")
    assert code == 1


def test_what_a_project_builds_is_passed_over(tmp_path: Path, capsys: Capture) -> None:
    write(tmp_path / "build" / "a.ipynb", "print(undefined_here)")
    (tmp_path / "pyproject.toml").touch()
    assert polycell(capsys, "check", tmp_path)[:2] == (0, "0 notebooks checked, nothing found\n")


def test_patterns_are_expanded_where_the_shell_did_not(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a.ipynb", "x")
    write(tmp_path / "sub" / "b.ipynb", "x = 1")
    monkeypatch.chdir(tmp_path)
    assert polycell(capsys, "check", "**/*.ipynb")[1].endswith("2 notebooks checked: 1 warning\n")
    code, out, _ = polycell(capsys, "check", "*.nothing")
    assert code == 2
    assert "no notebook matches" in out


def test_a_file_named_twice_is_checked_once(tmp_path: Path, capsys: Capture) -> None:
    path = write(tmp_path / "a.ipynb", "x = 1")
    assert polycell(capsys, "check", path, tmp_path, path)[1] == "1 notebook checked, nothing found\n"


def test_a_missing_file_says_what_may_be_meant(tmp_path: Path, capsys: Capture) -> None:
    write(tmp_path / "report.ipynb", "x = 1")
    code, out, _ = polycell(capsys, "check", tmp_path / "Reprot.ipynb")
    assert code == 2
    assert f"no such file; did you mean {tmp_path / 'report.ipynb'}?" in out


def test_codes_can_be_selected_and_ignored(tmp_path: Path, capsys: Capture) -> None:
    path = write(tmp_path / "a.ipynb", "print(undefined_here)", "x = (")
    both = polycell(capsys, "check", path)[1]
    assert "undefined-name" in both
    assert "syntax-error" in both
    assert "undefined-name" not in polycell(capsys, "check", path, "--ignore", "undefined-name")[1]
    assert "syntax-error" not in polycell(capsys, "check", path, "--select", "undefined-name")[1]
    code, out, _ = polycell(capsys, "check", path, "--ignore", "undefined-name, syntax-error")
    assert (code, out) == (0, "1 notebook checked, nothing found\n")


def test_a_misspelt_code_is_wrong_usage(tmp_path: Path, capsys: Capture) -> None:
    path = write(tmp_path / "a.ipynb", "x = 1")
    code, _, err = polycell(capsys, "check", path, "--ignore", "undefined-nam")
    assert code == 2
    assert "undefined-name" in err


def test_severity_is_a_threshold(tmp_path: Path, capsys: Capture) -> None:
    path = write(tmp_path / "a.ipynb", "print(undefined_here)")
    assert polycell(capsys, "check", path, "--severity", "error")[0] == 0
    assert polycell(capsys, "check", path, "--severity", "hint")[0] == 1


@pytest.mark.parametrize(
    "arguments", [["check"], ["check", "--format", "xml", "."], ["chekc"], ["show"], ["show", "."]]
)
def test_wrong_usage_leaves_with_2(capsys: Capture, arguments: list[str]) -> None:
    code, out, err = polycell(capsys, *arguments)
    assert code == 2
    assert err
    assert "Traceback" not in out + err


class Failing(LanguageService):
    """A language whose author made a mistake."""

    languages = frozenset({"python"})

    def exports(self, context: object) -> object:  # type: ignore[override]
        raise ValueError("a mistake of ours")


def test_our_own_failure_is_one_finding_and_no_traceback(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("polycell.cli.loading.default_services", lambda **_: services([Failing()]))
    path = write(tmp_path / "a.ipynb", "x = 1", "y = 2")
    code, out, err = polycell(capsys, "check", path)
    assert code == 2
    assert out.count("internal-error") == 1
    assert "ValueError: a mistake of ours" in out
    assert "Traceback" not in out + err
    assert "Traceback" in polycell(capsys, "check", "--verbose", path)[2]


def test_a_failure_outside_of_any_file_is_one_line(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a mistake of ours")

    monkeypatch.setattr("polycell.cli.paths.walk", fail)
    code, _, err = polycell(capsys, "check", tmp_path)
    assert code == 2
    assert err == "polycell failed, please report it: KeyError: 'a mistake of ours' (--verbose shows where)\n"
    assert "Traceback" in polycell(capsys, "check", tmp_path, "--verbose")[2]


def test_a_file_that_may_not_be_read(tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("polycell.cli.loading.read_file", refuse)
    path = write(tmp_path / "a.ipynb", "x = 1")
    code, out, _ = polycell(capsys, "check", path)
    assert code == 2
    assert out.startswith(f"{path}: error unreadable-notebook Permission denied")


def test_a_link_to_itself_is_a_file_that_cannot_be_read(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "a.ipynb"
    path.symlink_to(path)
    code, out, _ = polycell(capsys, "check", tmp_path)
    assert code == 2
    assert "error unreadable-notebook The file cannot be read: Too many levels" in out
    assert "internal-error" not in out


def test_control_characters_cannot_steer_the_terminal(tmp_path: Path, capsys: Capture) -> None:
    path = write(tmp_path / "a.ipynb", "x = '\x1b[2J'\n)\x1b[31m")
    out = polycell(capsys, "check", path)[1] + polycell(capsys, "show", path)[1]
    assert "\x1b" not in out


def test_scala_that_cannot_be_compiled_here_is_said_once(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLYCELL_CACHE", str(tmp_path / "empty"))
    paths = [write(tmp_path / f"{name}.ipynb", "val x = List(1).head", language="scala") for name in "ab"]
    code, out, err = polycell(capsys, "check", *paths)
    assert (code, out) == (0, "2 notebooks checked, nothing found\n")
    assert len(err.splitlines()) == 1
    assert err.startswith("polycell: Scala ")


def test_notebooks_without_scala_need_no_compiler(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POLYCELL_CACHE", str(tmp_path / "empty"))
    assert polycell(capsys, "check", write(tmp_path / "a.ipynb", "x = 1", "x"))[2] == ""


def test_what_a_magic_hands_out_of_scala_is_defined(tmp_path: Path, capsys: Capture) -> None:
    cells = ["%load_ext sparkmagic.magics", "%%spark -o df\nval df = spark.range(3)", "df.head()\nprint(missing)"]
    out = polycell(capsys, "check", "--no-scala", write(tmp_path / "a.ipynb", *cells))[1]
    assert "`missing`" in out
    assert "`df`" not in out
