"""`polycell check` for machines: annotations of code hosts, a baseline, and what the project says."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from polycell.cli.jobs import Look, _apart
from polycell.cli.paths import Found
from tests.cli.notebooks import polycell, write

Capture = pytest.CaptureFixture[str]
TABLE = "[tool.polycell.check]\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with two notebooks that have a finding each."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "a, b.ipynb", "x = 1", "x\nprint(nobody)")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "s.py").write_text("# %%\nprint(nobody)\n# %%\nx = (1,)\nx[0] = 2\n", encoding="utf-8")
    return tmp_path


def test_annotations_of_github_stand_at_lines_of_the_file(project: Path, capsys: Capture) -> None:
    code, out, _ = polycell(capsys, "check", "--format", "github", ".")
    book, name, item, summary = out.splitlines()
    assert code == 1
    head, _, message = book.removeprefix("::").partition("::")
    kind, _, told = head.partition(" ")
    said = dict(part.split("=") for part in told.split(","))
    assert kind == "warning"
    assert message.startswith("cell 2:2:7 `nobody` is not defined")
    assert (said["file"], said["title"]) == ("a%2C b.ipynb", "polycell undefined-name")
    line = (project / "a, b.ipynb").read_text(encoding="utf-8").split("\n")[int(said["line"]) - 1]
    assert line[int(said["col"]) - 1 :].startswith("nobody")
    assert name.startswith("::warning file=old/s.py,line=2,col=7,title=polycell undefined-name::`nobody` is not")
    assert "immutable-item" in item
    assert summary.startswith("2 notebooks checked: ")


def test_sarif_has_a_rule_for_each_result_and_a_place_in_the_file(project: Path, capsys: Capture) -> None:
    code, out, _ = polycell(capsys, "check", "--format", "sarif", ".", "gone.ipynb")
    assert code == 2
    log = json.loads(out)
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert {r["ruleId"] for r in run["results"]} <= {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    book, script, _, gone = run["results"]
    (location,) = book["locations"]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": "a%2C%20b.ipynb"}
    assert location["logicalLocations"] == [{"name": "cell 2"}]
    assert script["locations"][0]["physicalLocation"]["region"] == {"startLine": 2, "startColumn": 7}
    assert (gone["level"], "region" in gone["locations"][0]["physicalLocation"]) == ("error", False)
    assert len({r["partialFingerprints"]["polycell/1"] for r in run["results"]}) == 4


def test_a_baseline_hides_what_was_there_and_no_more(project: Path, capsys: Capture) -> None:
    _, before, _ = polycell(capsys, "check", "--format", "json", ".")
    (project / "known.json").write_text(before, encoding="utf-8")
    code, out, _ = polycell(capsys, "check", "--baseline", "known.json", "./old", "a, b.ipynb")
    assert (code, out) == (0, "2 notebooks checked (3 known from the baseline), nothing found\n")
    write(project / "a, b.ipynb", "above = 1", "x = 1", "print(nobody)", "print(nobody)")
    code, out, _ = polycell(capsys, "check", "--baseline", "known.json", ".")
    assert code == 1
    assert out.count("nobody") == 1


def test_what_an_editor_or_hook_holds_is_checked_in_place_of_the_file(
    project: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def check(text: str, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode("utf-8"))))
        return polycell(capsys, "check", "-", *arguments)

    written = (project / "a, b.ipynb").read_text(encoding="utf-8")
    found = check(written.replace("nobody", "somebody"), "--stdin-filename", "a, b.ipynb", "--format", "json")
    (report,) = json.loads(found[1])["findings"]
    assert (found[0], report["path"], report["cell"], report["line"]) == (1, "a, b.ipynb", 2, 2)
    assert "somebody" in report["message"]
    assert written.splitlines()[report["file_line"] - 1][report["file_column"] - 1 :].startswith("nobody")
    (project / "t.csv").write_text("a\n1\n", encoding="utf-8")  # beside the file that is not written yet
    script = "# %%\nimport pandas as pd\npd.read_csv('t.csv')['b']\n"
    assert "old" not in check(script, "--stdin-filename", "new.py", "old")[1].splitlines()[0]
    assert "unknown-column" in check(script, "--stdin-filename", "new.py")[1]
    (project / "pyproject.toml").write_text(TABLE + 'exclude = ["new.py"]', encoding="utf-8")
    assert check(script, "--stdin-filename", "new.py")[0] == 0
    code, _, err = check(script)
    assert code == 2
    assert "--stdin-filename" in err


def test_several_processes_say_the_same_in_the_same_order(project: Path, capsys: Capture) -> None:
    write(project / "old" / "s.ipynb", "val n = 1", "print(nobody)", language="scala")
    (project / "broken.ipynb").write_text("{", encoding="utf-8")
    command = ("check", "--format", "json", "--no-scala", ".", "gone.ipynb")
    alone = polycell(capsys, *command)
    assert polycell(capsys, *command, "--jobs", "2") == alone
    assert (alone[0], json.loads(alone[1])["files"]) == (2, 4)


def test_a_file_with_scala_is_left_to_the_process_that_has_the_compiler(
    project: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(project / "s.ipynb", "val n = 1", language="scala")
    assert _apart(Look(compile_scala=True), Found(path)) is None
    assert _apart(Look(compile_scala=True), Found(project / "new.ipynb", text=path.read_text(encoding="utf-8"))) is None
    assert _apart(Look(), Found(path)) == []
    assert [r.code for r in _apart(Look(compile_scala=True), Found(project / "old" / "s.py")) or ()] != []


@pytest.mark.parametrize("content", [None, "{", "[]", '{"findings": [1]}', '{"findings": 3}'])
def test_a_baseline_that_is_none_is_said(project: Path, capsys: Capture, content: str | None) -> None:
    if content is not None:
        (project / "known.json").write_text(content, encoding="utf-8")
    code, _, err = polycell(capsys, "check", "--baseline", "known.json", ".")
    assert code == 2
    assert "the baseline known.json" in err


def test_the_project_says_what_is_checked(project: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def found(table: str, *arguments: str) -> list[str]:
        (project / "pyproject.toml").write_text(TABLE + table, encoding="utf-8")
        return [line.split(" ")[-0] for line in polycell(capsys, "check", *arguments)[1].splitlines()[:-1]]

    assert len(found("", ".")) == 3
    assert found('exclude = ["old"]', ".", "old/s.py") == ["a,"]
    assert found('exclude = ["*.ipynb"]\nselect = ["undefined-name"]', ".") == ["old/s.py:2:7"]
    assert found('ignore = ["undefined-name"]', ".") == ["old/s.py:5:1"]
    assert found('severity = "error"', ".") == []
    assert found('known-names = ["nobody"]', ".") == ["old/s.py:5:1"]
    assert len(found('severity = "error"', "--severity", "warning", ".")) == 3
    assert found('per-file-ignores = {"old/*" = ["undefined-name"], "a*" = ["undefined-name"]}', ".") == [
        "old/s.py:5:1"
    ]
    monkeypatch.chdir(project / "old")  # of the nearest file above
    assert found('per-file-ignores = {"old" = ["undefined-name"]}', "s.py") == ["s.py:5:1"]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('excludes = ["a"]', "did you mean exclude?"),
        ('ignore = ["undefind-name"]', "did you mean undefined-name?"),
        ('per-file-ignores = {"a" = ["x"]}', "there is no code 'x'"),
        ('ignore = "undefined-name"', "ignore is a list"),
        ('severity = "loud"', "severity is one of error"),
        ("per-file-ignores = 3", "per-file-ignores is a table"),
        ("= 3", "cannot be read"),
    ],
)
def test_what_the_project_says_wrongly_is_told(project: Path, capsys: Capture, table: str, said: str) -> None:
    (project / "pyproject.toml").write_text(TABLE + table, encoding="utf-8")
    code, out, err = polycell(capsys, "check", ".")
    told = " ".join(err.replace("│", " ").split())
    assert (code, out) == (2, "")
    assert said in told
    assert "pyproject.toml" in told.replace(" ", "")
