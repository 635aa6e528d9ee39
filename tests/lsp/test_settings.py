"""Settings: good values are taken, bad ones are explained."""

from __future__ import annotations

from typing import Any

import pytest

from polycell.lsp.settings import Settings, parse


@pytest.mark.parametrize(
    "value",
    [
        {"python": "companion", "severity": {"undefined-name": "off"}, "logLevel": "debug"},
        {"polycell": {"python": "companion", "severity": {"undefined-name": "off"}, "logLevel": "debug"}},
        {"polycell.python": "companion", "polycell.severity": {"undefined-name": "off"}, "polycell.logLevel": "debug"},
    ],
    ids=["plain", "section", "dotted"],
)
def test_the_three_spellings_of_clients(value: Any) -> None:
    made, problems = parse(value)
    assert problems == ()
    assert (made.python, dict(made.severity), made.log_level) == ("companion", {"undefined-name": "off"}, "debug")


@pytest.mark.parametrize("value", [None, {}, {"other": 1}, {"polycell": {}}, {"python": None}])
def test_nothing_said_is_nothing_changed(value: Any) -> None:
    base = Settings(python="companion")
    assert parse(value, base) == (base, ())


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"python": "both"}, ["polycell.python", "'both'", "full, companion"]),
        ({"logLevel": 3}, ["polycell.logLevel", "debug"]),
        ({"filesOutsideWorkspace": "yes"}, ["polycell.filesOutsideWorkspace", "true nor false"]),
        ({"severity": {"undefined-name": "fatal"}}, ["undefined-name", "'fatal'", "off"]),
        ({"severity": ["undefined-name"]}, ["polycell.severity", "object"]),
        ({"interpreter": 3}, ["polycell.interpreter", "no text"]),
        ({"scalaMemory": True}, ["polycell.scalaMemory", "MiB"]),
        ({"metalsCommand": ["metals", 3]}, ["polycell.metalsCommand", "'metals', 3", "list of texts"]),
        ({"packageIndex": "ftp://x"}, ["polycell.packageIndex", "http"]),
        ({"mavenRepository": "file:/x"}, ["polycell.mavenRepository", "http"]),
        ([1, 2], ["object"]),
    ],
)
def test_a_bad_value_is_explained_and_the_rest_is_taken(value: Any, said: list[str]) -> None:
    if isinstance(value, dict):
        value = {**value, "diagnosePlainScripts": True}
    made, problems = parse(value)
    assert len(problems) == 1
    assert all(word in problems[0] for word in said), problems
    assert made == Settings(scripts=isinstance(value, dict), severity=made.severity)


def test_good_severities_beside_a_bad_one_are_kept() -> None:
    made, problems = parse({"severity": {"a": "off", "b": 7}})
    assert dict(made.severity) == {"a": "off"}
    assert len(problems) == 1


@pytest.mark.parametrize("value", ["metals", ["metals"], ["metals", ""]])
def test_a_command_is_a_program_and_its_arguments(value: Any) -> None:
    assert parse({"metalsCommand": value})[0].metals_command == ("metals",)
