"""The environment that a notebook runs in, switched while the engine runs: what it has, and what comes into it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from polycell import compose
from polycell.core import features
from polycell.core.session import Session
from polycell.core.values import replace
from polycell.languages.python.engine import engine as engines
from polycell.languages.python.engine.engine import Engine
from tests import dsl

TEXT = "# %%\nimport {0}\n# %%\n{0}.ma<|>de(1)"


def put(environment: Path, package: str) -> None:
    """Install a package as far as anybody looks."""
    (folder,) = environment.glob("lib/python3.*/site-packages")
    (folder / package).mkdir()
    (folder / package / "__init__.py").write_text(f'def made(a: int) -> str:\n    """From {package}."""\n')


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Environments with a kernel each: `one` has alpha, `other` has beta."""
    made = {name: tmp_path / name for name in ("one", "other")}
    for (name, environment), package in zip(made.items(), ("alpha", "beta"), strict=True):
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
        put(environment, package)
        kernel = tmp_path / "jupyter" / "kernels" / name
        kernel.mkdir(parents=True)
        argv = [str(environment / "bin" / "python"), "-m", "ipykernel_launcher"]
        (kernel / "kernel.json").write_text(json.dumps({"argv": argv, "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    return made


def _kernel(name: str) -> Mapping[str, Any]:
    return {"kernelspec": {"name": name, "language": "python"}}


async def shown(engine: Engine, folder: Path, kernel: str, package: str) -> bool:
    """Whether a package is known where the kernel of that name runs."""
    services = compose.default_services(engine)
    notebook, cell, offset, _ = dsl.parse(TEXT.format(package), folder)
    snapshot = Session(services).update(replace(notebook, metadata=_kernel(kernel)))
    found = await features.hover(snapshot, services, cell, offset)
    return found is not None and f"From {package}." in found.markdown


@pytest.mark.skipif(sys.platform == "win32", reason="environments lie otherwise there")
def test_it_follows_the_kernel_and_what_is_installed(
    two: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        engine = compose.python_engine("ty", [str(tmp_path)])
        for kernel, found in (("one", (True, False)), ("other", (False, True)), ("one", (True, False))):
            assert (
                await shown(engine, tmp_path, kernel, "alpha"),
                await shown(engine, tmp_path, kernel, "beta"),
            ) == found
        for kernel in two:
            await engine.start(replace(dsl.parse("# %%\nx", tmp_path)[0], metadata=_kernel(kernel)))
        put(two["one"], "beta")  # which nobody tells of
        monkeypatch.setattr(engines, "REMEMBERED", 0.0)
        for _ in range(2000):
            if await shown(engine, tmp_path, "one", "beta"):
                break
            await asyncio.sleep(0.05)
        assert await shown(engine, tmp_path, "one", "beta")
        monkeypatch.setattr(engines, "REMEMBERED", 300.0)
        put(two["other"], "alpha")
        assert not await shown(engine, tmp_path, "other", "alpha")
        engine.files_changed({str(two["other"] / "alpha-1.dist-info" / "RECORD"): "created"})
        assert await shown(engine, tmp_path, "other", "alpha")
        await engine.close()

    asyncio.run(asyncio.wait_for(test(), 300))
