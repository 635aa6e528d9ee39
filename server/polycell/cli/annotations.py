"""What `polycell check` finds, in the forms that code hosts read: GitHub's workflow commands, and SARIF 2.1.0."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from polycell import __version__
from polycell.cli.findings import Report
from polycell.rules.codes import CODES

_GITHUB = {"error": "error", "warning": "warning", "information": "notice", "hint": "notice"}
_SARIF = {"error": "error", "warning": "warning", "information": "note", "hint": "note"}


def github(report: Report) -> str:
    """A line that makes an annotation.
    (docs.github.com/actions: "Workflow commands for GitHub Actions")"""
    said = {"file": Path(report.path).as_posix(), "line": report.file_line, "col": report.file_column}
    said["title"] = f"polycell {report.code}"
    told = ",".join(f"{name}={_property(str(value))}" for name, value in said.items() if value is not None)
    return f"::{_GITHUB[report.severity]} {told}::{_escaped(_message(report))}"


def sarif(reports: Iterable[Report]) -> str:
    """A log with one run. Lines and columns are those of the file, the JSON of an .ipynb included; the cell is named in
    the message. (docs.oasis-open.org/sarif/sarif/v2.1.0)"""
    rules = [{"id": code, "shortDescription": {"text": said}} for code, said in CODES.items()]
    run = {
        "tool": {"driver": {"name": "Polycell", "semanticVersion": __version__, "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(report) for report in reports],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return json.dumps({"$schema": schema, "version": "2.1.0", "runs": [run]}, indent=2)


def _result(report: Report) -> dict[str, Any]:
    path = Path(report.path)
    place: dict[str, Any] = {
        "artifactLocation": {"uri": path.as_uri() if path.is_absolute() else quote(path.as_posix())}
    }
    if report.file_line is not None:
        place["region"] = {"startLine": report.file_line, "startColumn": report.file_column}
    location: dict[str, Any] = {"physicalLocation": place}
    if report.cell is not None:
        location["logicalLocations"] = [{"name": f"cell {report.cell}"}]
    # The same finding keeps this while the cells above it change.
    same = hashlib.sha256("\0".join((path.as_posix(), report.code, report.message)).encode("utf-8", "replace"))
    return {
        "ruleId": report.code,
        "level": _SARIF[report.severity],
        "message": {"text": _message(report)},
        "locations": [location],
        "partialFingerprints": {"polycell/1": same.hexdigest()[:32]},
    }


def _message(report: Report) -> str:
    """With the cell, where the file's lines are not those that people see."""
    hidden = report.cell is not None and report.document_line is None
    return f"cell {report.cell}:{report.line}:{report.column} {report.message}" if hidden else report.message


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
