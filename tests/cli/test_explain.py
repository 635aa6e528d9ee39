"""`polycell explain`: what a finding means, without a browser."""

from __future__ import annotations

import pytest

from polycell.rules.codes import CODES
from tests.cli.notebooks import polycell
from tests.house.test_codes import PAGES

Capture = pytest.CaptureFixture[str]


def test_a_code_is_explained_by_its_page(capsys: Capture) -> None:
    code, out, err = polycell(capsys, "explain", "undefined-name")
    assert (code, err) == (0, "")
    assert out == (PAGES / "undefined-name.md").read_text(encoding="utf-8")


def test_without_a_code_all_are_listed(capsys: Capture) -> None:
    code, out, _ = polycell(capsys, "explain")
    assert code == 0
    assert [line.split(" ")[0] for line in out.splitlines()] == sorted(CODES)


def test_a_misspelt_code_says_what_may_be_meant(capsys: Capture) -> None:
    code, out, err = polycell(capsys, "explain", "undefind-name")
    assert (code, out) == (2, "")
    assert "did you mean undefined-name?" in err
