"""jedi answers where ty is not, from the same slices; and whoever is missing is told of once."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from polycell.bridge.server import Server
from polycell.languages.python.engine import specs
from tests.languages.python.engines import running

MATH = "# %%\nimport math\n# %%\n%time x = 1\nmath.<|>"


async def phase_of(server: Server, phase: str) -> None:
    for _ in range(5000):
        if server.status.phase == phase:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(server.status)


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_when_ty_dies_jedi_gives_the_next_answer(tmp_path: Path) -> None:
    with running("ty", tmp_path) as made:
        assert "sqrt" in made.labels(MATH)
        ty, jedi = next(iter(made.engine._running.values()))
        assert jedi.status.phase == "off"
        assert ty._child is not None
        os.kill(ty._child.pid, signal.SIGKILL)
        made.run(phase_of(jedi, "running"))  # before anybody asks it
        found = made.labels("# %%\nimport math, fractions\n# %%\nhalf = fractions.Fraction(1)\n# %%\nhalf.<|>")
        assert "numerator" in found
        assert jedi.status.phase == "running"
        assert made.define("# %%\ndef f(): ...\n# %%\ng = f\n# %%\nclass A:\n  h = f\nA.<|>h") == [("c2", "h")]
        assert len([note for note in made.notes if note.startswith("ty")]) == 1


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="nobody tells what a process does")
def test_when_ty_hangs_jedi_gives_the_same_answer(tmp_path: Path) -> None:
    with running("ty", tmp_path) as made:
        assert "sqrt" in made.labels(MATH)
        ty, jedi = next(iter(made.engine._running.values()))
        assert ty.pid is not None
        os.kill(ty.pid, signal.SIGSTOP)
        found = made.labels("# %%\nimport math, fractions\n# %%\nhalf = fractions.Fraction(1)\n# %%\nhalf.<|>")
        assert "numerator" in found
        assert (ty.status.phase, jedi.status.phase) == ("resting", "running")
        assert [note.partition(" for ")[0] for note in made.notes] == ["ty has slept over a question"]


def test_without_any_engine_there_are_our_own_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = {"argv": ("no-such-engine",), "find": None}
    for name in ("ty", "jedi"):
        spec = specs.SPECS[name]
        made = type(spec)(**{**{f: getattr(spec, f) for f in spec.__slots__}, **nothing})
        monkeypatch.setitem(specs.SPECS, name, made)  # type: ignore[arg-type]
    with running("ty", tmp_path) as made_:
        assert "head" in made_.labels("# %%\nimport pandas as pd\ndf = pd.DataFrame({'a': [1]})\n# %%\ndf.<|>")
        assert made_.hover("# %%\nx = 1\n# %%\nx<|>") != ""
        assert len(made_.notes) == 2
        assert "pip install ty" in made_.notes[0]
