"""Our build server with a compiler that needs no Java: `!!` is an error, `val x` defines an `Int`. A text that holds
`wait` is compiled as soon as the folder has a file `go`."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from typing import Any

from polycell.bridge.positions import range_of
from polycell.core.text import LineIndex, Span
from polycell.languages.scala.bsp import compiling, server
from polycell.languages.scala.bsp.layout import Layout
from polycell.languages.scala.host.stdio import alone


def compiled(self: compiling.Compiling, path: Path, text: str) -> dict[str, Any]:
    if "crash" in text:
        raise compiling.NotCompiledError("it crashed")
    while "wait" in text and not (path.parent.parent / "go").exists():
        time.sleep(0.01)
    lines = LineIndex(text)
    errors = [Span(found.start(), found.end()) for found in re.finditer("!!", text)]
    diagnostics = [{"range": range_of(lines, at, "utf-16"), "severity": 1, "message": "not found"} for at in errors]
    defined = [{"offset": found.start(1), "name": found[1], "type": "Int"} for found in re.finditer(r"val (\w+)", text)]
    return {"diagnostics": diagnostics, "definitions": defined}


if __name__ == "__main__":
    out = alone()
    compiling.Compiling._compile = compiled  # type: ignore[method-assign]
    server.BuildServer(out, Layout(Path(sys.argv[1]))).run(sys.stdin.buffer)
