"""jedi's worker in this process."""

from __future__ import annotations

from pathlib import Path

import pytest

from polycell.languages.python.engine.jedi_worker import Worker, _answer

jedi = pytest.importorskip("jedi")


def test_half_a_tree_that_another_process_left_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import parso.cache

    monkeypatch.setattr(jedi.settings, "cache_directory", str(tmp_path / "trees"))
    (tmp_path / "helper.py").write_text("def area(w, h):\n    return w * h\n", encoding="utf-8")
    text, uri = "import helper\nhelper.", (tmp_path / "cell.py").as_uri()
    asked = {
        "method": "textDocument/completion",
        "params": {"textDocument": {"uri": uri}, "position": {"line": 1, "character": 7}},
    }

    def labels() -> set[str]:
        for trees in parso.cache.parser_cache.values():
            trees.clear()  # as in a new process
        worker = Worker()
        worker.opened({"textDocument": {"uri": uri, "text": text}})
        answer = _answer(worker.complete, asked)
        return {item["label"] for item in answer.get("result", {}).get("items", ())}

    assert "area" in labels()
    kept = list((tmp_path / "trees").rglob("*.pkl"))
    assert kept
    for file in kept:
        file.write_bytes(b"")
    assert "area" in labels()
