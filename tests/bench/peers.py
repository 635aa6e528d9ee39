"""`python -m tests.bench.peers`: the probes asked of Polycell and its peers in one run, as a Markdown table.

Peers are what is installed (`pip install -e ".[bench]"`); what is not is listed as absent. The language servers get the
cells as one notebook document, in a folder with the data file; typedframes gets them as one file, magics left out;
DuckDB's own completion gets the SQL alone, with the tables made.
"""

from __future__ import annotations

import json
import os
import platform
import queue
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.client import Client
from tests.bench.probes import FILES, PROBES, Probe

PATIENCE = 10.0  # seconds that an answer may take
QUIET = 2.0  # seconds without a message after which diagnostics are taken to be complete
WARMING = 120.0  # seconds that the very first answer of a server may take, which is not counted
SERVERS = {
    "Polycell": [sys.executable, "-m", "polycell", "serve"],
    "ty": ["ty", "server"],
    "pyrefly": ["pyrefly", "lsp"],
    "pylsp": ["pylsp"],
}


@dataclass
class Score:
    right: dict[str, int] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    wrong: int = 0
    alarms: int = 0
    times: list[float] = field(default_factory=list)

    def add(self, probe: Probe, right: bool) -> None:
        self.asked[probe.topic] = self.asked.get(probe.topic, 0) + 1
        self.right[probe.topic] = self.right.get(probe.topic, 0) + right


def executable(name: str) -> str | None:
    if Path(name).is_absolute():
        return name
    if name == "ty":  # its wheel knows where its program is, beside a shared environment too
        with suppress(Exception):
            from ty import find_ty_bin

            return str(find_ty_bin())
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else shutil.which(name)


# -- language servers


def ask_server(command: list[str], folder: Path) -> Score:
    score = Score()
    client = Client([executable(command[0]) or command[0], *command[1:]], root=folder.as_uri())
    try:
        client.initialize()
        client.gather(QUIET)
        _ask(client, WARM, f"{folder.as_uri()}/warm.ipynb", Score(), WARMING)
        for number, probe in enumerate(PROBES):
            _ask(client, probe, f"{folder.as_uri()}/n{number}.ipynb", score)
    finally:
        client.close()
    return score


# Each server starts what it needs at its first question.
WARM = Probe("start", "complete", ("import pandas as pd\ndf = pd.DataFrame({'a': [1]})", "df.<|>"))


def _ask(client: Client, probe: Probe, uri: str, score: Score, patience: float = PATIENCE) -> None:
    cells = [text.replace("<|>", "") for text in probe.cells]
    uris = [f"{uri.replace('file:', 'vscode-notebook-cell:')}#c{i}" for i in range(len(cells))]
    client.notify(
        "notebookDocument/didOpen",
        {
            "notebookDocument": {
                "uri": uri, "notebookType": "jupyter-notebook", "version": 1,
                "metadata": {"kernelspec": {"name": "python3", "language": "python"}},
                "cells": [{"kind": 2, "document": u} for u in uris],
            },
            "cellTextDocuments": [
                {"uri": u, "languageId": "python", "version": 1, "text": t} for u, t in zip(uris, cells, strict=True)
            ],
        },
    )  # fmt: skip
    messages = client.gather(QUIET)
    if probe.kind != "complete":
        published: dict[str, list[Any]] = {}
        for message in messages:
            about = message.get("params", {}).get("uri") if "method" in message else None
            if message.get("method") == "textDocument/publishDiagnostics" and about in uris:
                published[message["params"]["uri"]] = message["params"]["diagnostics"]
        _judge_reports(probe, [(u, d.get("message", "")) for u, ds in published.items() for d in ds], uris[-1], score)
        return
    before = probe.cells[-1].split("<|>")[0]
    line, column = before.count("\n"), len(before) - (before.rfind("\n") + 1)
    where = {"textDocument": {"uri": uris[-1]}, "position": {"line": line, "character": column}}
    began = time.perf_counter()
    try:
        answer = client.request("textDocument/completion", where, patience)
    except (RuntimeError, queue.Empty):
        answer = None
    score.times.append(time.perf_counter() - began)
    items = answer.get("items", []) if isinstance(answer, dict) else answer or []
    _judge_offers(probe, {str(item["label"]).strip("\"' ") for item in items}, score)


def _judge_offers(probe: Probe, offered: set[str], score: Score) -> None:
    wrong = bool(offered & set(probe.others))
    score.wrong += wrong
    score.add(probe, set(probe.names) <= offered and not wrong)


def _judge_reports(probe: Probe, reports: list[tuple[str, str]], last: str, score: Score) -> None:
    if probe.kind == "clean":
        score.alarms += bool(reports)
        score.add(probe, not reports)
        return
    named = [r for r in reports if r[0] == last and re.search(rf"\b{re.escape(probe.names[0])}\b", r[1])]
    score.alarms += len(reports) > len(named)
    score.add(probe, bool(named))


# -- the others


def ask_typedframes(folder: Path) -> Score:
    """Its checker only: it completes nothing."""
    score = Score()
    command = executable("typedframes") or "typedframes"
    for number, probe in enumerate(PROBES):
        if probe.kind == "complete":
            score.add(probe, False)
            continue
        file = folder / f"p{number}.py"
        text = "\n".join(c for c in probe.cells if not c.startswith(("%", "!")))
        file.write_text(text + "\n", encoding="utf-8")
        began = time.perf_counter()
        made = subprocess.run([command, "check", str(file)], capture_output=True, text=True, cwd=folder, timeout=60)
        score.times.append(time.perf_counter() - began)
        lines = [line for line in (made.stdout + made.stderr).splitlines() if f"{file.name}:" in line]
        _judge_reports(probe, [("", line) for line in lines], "", score)
    return score


def ask_duckdb(folder: Path) -> Score:
    """`sql_auto_complete` of DuckDB's own program (its Python wheel has it not), which takes the text before the
    cursor, beside tables that have the columns of the frames above. It is asked for SQL: that is all it completes."""
    score = Score()
    with _Shell(folder) as shell:
        shell.ask("select * from sql_auto_complete('sel')")
        for probe in PROBES:
            found = re.search(r'duckdb\.sql\("(.*<\|>.*)"\)', probe.cells[-1])
            if probe.topic != "sql" or found is None:
                continue
            for name, columns in _frames(probe).items():
                shell.ask(f"create or replace table {name} ({', '.join(f'{column} varchar' for column in columns)})")
            before = found[1].split("<|>")[0].replace("'", "''")
            began = time.perf_counter()
            rows = shell.ask(f"select suggestion from sql_auto_complete('{before}')")
            score.times.append(time.perf_counter() - began)
            _judge_offers(probe, {str(row["suggestion"]).strip('" ') for row in rows}, score)
            for name in _frames(probe):
                shell.ask(f"drop table {name}")
    return score


class _Shell:
    """DuckDB's program on pipes: one statement at a time."""

    def __init__(self, folder: Path) -> None:
        command = [executable("duckdb") or "duckdb", "-json"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder
        )

    def __enter__(self) -> _Shell:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def ask(self, statement: str) -> list[dict[str, Any]]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{statement};\n.print --\n")
        self._process.stdin.flush()
        lines = list(iter(self._process.stdout.readline, "--\n"))
        said = "".join(lines).strip()
        if said and not said.startswith("["):
            raise RuntimeError(said)
        return json.loads(said) if said else []


def _frames(probe: Probe) -> dict[str, list[str]]:
    """The tables that the cells above make, with their columns, as the library says."""
    space: dict[str, Any] = {}
    for text in probe.cells[:-1]:
        exec(compile(text, "cell", "exec", dont_inherit=True), space)
    return {name: list(value.columns) for name, value in space.items() if type(value).__name__ == "DataFrame"}


def _tell_of_libraries(folder: Path) -> None:
    """Checkers that look for libraries themselves are told where those of this Python are."""
    places = [str(p) for p in map(Path, sys.path) if p.name == "site-packages"]
    listed = ", ".join(f'"{place}"' for place in places)
    (folder / "ty.toml").write_text(f"[environment]\nextra-paths = [{listed}]\n")
    (folder / "pyrefly.toml").write_text(f"site-package-path = [{listed}]\n")


def run(only: set[str]) -> str:
    os.environ["VIRTUAL_ENV"] = sys.prefix
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    topics = list(dict.fromkeys(p.topic for p in PROBES))
    rows = [
        f"| | {' | '.join(topics)} | all | wrong columns | false alarms | median ms |",
        f"|---|{'---|' * (len(topics) + 4)}",
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        for file, text in FILES.items():
            (folder / file).write_text(text, encoding="utf-8")
        _tell_of_libraries(folder)
        asked: dict[str, Callable[[], Score]] = {
            **{tool: lambda command=command: ask_server(command, folder) for tool, command in SERVERS.items()},
            "typedframes": lambda: ask_typedframes(folder),
            "DuckDB": lambda: ask_duckdb(folder),
        }
        for tool, ask in asked.items():
            if only and tool not in only:
                continue
            command = SERVERS.get(tool, [tool.lower()])[0]
            if executable(command) is None:
                rows.append(f"| {tool} | {'– | ' * (len(topics) + 3)}absent |")
                continue
            try:
                rows.append(_row(tool, ask(), topics))
            except Exception as problem:
                reason = str(problem).split("\n")[0][:80].replace("|", "/")
                rows.append(f"| {tool} | {'– | ' * (len(topics) + 3)}not asked: {reason} |")
    return "\n".join(rows)


def _row(tool: str, score: Score, topics: list[str]) -> str:
    parts = [f"{score.right[t]}/{score.asked[t]}" if t in score.asked else "–" for t in topics]
    total = f"{sum(score.right.values())}/{sum(score.asked.values())}"
    median = f"{statistics.median(score.times) * 1000:.0f}" if score.times else "–"
    return f"| {tool} | {' | '.join(parts)} | {total} | {score.wrong} | {score.alarms} | {median} |"


if __name__ == "__main__":
    print(f"Python {platform.python_version()}, {platform.machine()}, {time.strftime('%Y-%m-%d')}\n")
    print(run(set(sys.argv[1:])))
