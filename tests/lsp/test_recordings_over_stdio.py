"""The recordings of real editors, sent to a real server process over its streams."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.lsp.test_process import EXIT, TIME, everything, frame, message
from tests.lsp.test_recordings import NAMES, Model, messages
from tests.shared import FULL, needs_shared

# All of them are replayed in this process by `test_recordings`; what a process of its own adds, three can tell.
SOME = [name for name in NAMES if FULL or name in ("jupyterlab-4.6-sample", "neovim-0.10", "vscode-1.139-more")]


@needs_shared
@pytest.mark.parametrize("name", SOME)
def test_a_process_answers_every_request_once_and_well(name: str) -> None:
    said = [m for m in messages(name) if m.get("method") not in ("shutdown", "exit")]
    asked = [m["id"] for m in said if "method" in m and "id" in m]
    last = message("shutdown", None, 987654)
    run = subprocess.run(
        [sys.executable, "-m", "polycell", "serve"],
        input=b"".join(map(frame, [*said, last, EXIT])),
        capture_output=True,
        timeout=TIME,
        check=False,
    )
    assert run.returncode == 0
    assert b"Traceback" not in run.stderr
    answers = [m for m in everything(run.stdout) if "method" not in m]
    # The client leaves at once: what still waits for another process (Scala's compiler) is cancelled.
    assert [m for m in answers if m.get("error", {}).get("code") not in (None, -32800)] == []
    assert sorted(str(m["id"]) for m in answers) == sorted(map(str, [*asked, 987654]))

    model = Model("utf-16")
    shown: dict[str, int] = {}
    for m in everything(run.stdout):
        if m.get("method") == "textDocument/publishDiagnostics":
            shown[m["params"]["uri"]] = len(m["params"]["diagnostics"])
    if name.startswith("vscode"):
        for m in said:
            if "method" in m:
                model.see(m["method"], m.get("params") or {})
        open_cells = {cell for cells in model.notebooks.values() for cell in cells}
        assert {uri: count for uri, count in shown.items() if count and uri in model.closed - open_cells} == {}
