"""Which Python a notebook is believed to run in."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from polycell.dependencies.interpreter import Interpreter, Wanted, find_interpreter, site_packages
from tests.dependencies.environments import make_environment

NOBODY: dict[str, str] = {"JUPYTER_DATA_DIR": "", "XDG_DATA_HOME": "nowhere"}


def kernelspec(data: Path, name: str, python: str) -> None:
    folder = data / "kernels" / name
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(json.dumps({"argv": [python, "-m", "ipykernel_launcher"]}), encoding="utf-8")


def test_nothing_known(tmp_path: Path) -> None:
    assert find_interpreter(Wanted("python3", str(tmp_path)), NOBODY) is None


def test_the_setting_wins_and_is_alone(tmp_path: Path) -> None:
    make_environment(tmp_path / "a", runner="")
    make_environment(tmp_path / "nb/.venv")
    wanted = Wanted(folder=str(tmp_path / "nb"), chosen=str(tmp_path / "a/bin/python"))
    found = find_interpreter(wanted, NOBODY)
    assert found is not None
    assert found.prefix == str(tmp_path / "a")
    assert found.version == (3, 12)
    assert find_interpreter(Wanted(folder=str(tmp_path / "nb"), chosen=str(tmp_path / "gone")), NOBODY) is None


def test_a_kernelspec_of_a_name_of_its_own(tmp_path: Path) -> None:
    make_environment(tmp_path / "env", runner="")
    make_environment(tmp_path / "nb/.venv")
    kernelspec(tmp_path / "data", "project", str(tmp_path / "env/bin/python"))
    environ = {**NOBODY, "JUPYTER_DATA_DIR": str(tmp_path / "data")}
    found = find_interpreter(Wanted("project", str(tmp_path / "nb")), environ)
    assert found is not None
    assert (found.prefix, found.how) == (str(tmp_path / "env"), "the kernel `project`")


def test_a_generic_kernelspec_says_nothing(tmp_path: Path) -> None:
    make_environment(tmp_path / "env")
    kernelspec(tmp_path / "data", "python3", str(tmp_path / "env/bin/python"))
    environ = {**NOBODY, "JUPYTER_DATA_DIR": str(tmp_path / "data")}
    assert find_interpreter(Wanted("python3", str(tmp_path)), environ) is None
    native = Wanted("python3", str(tmp_path), native=str(tmp_path / "env/bin/python"))
    assert find_interpreter(native, environ) is not None


@pytest.mark.parametrize("spec", ["null", "[]", '{"argv": []}', '{"argv": [3]}', '{"argv": ["java"]}', "{", "\x00"])
def test_broken_kernelspecs(tmp_path: Path, spec: str) -> None:
    folder = tmp_path / "kernels/odd"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(spec, encoding="utf-8")
    assert find_interpreter(Wanted("odd", str(tmp_path)), {**NOBODY, "JUPYTER_PATH": str(tmp_path)}) is None


def test_beside_the_notebook_and_above_it_but_not_above_the_workspace(tmp_path: Path) -> None:
    make_environment(tmp_path / "project/.venv")
    deep = tmp_path / "project/a/b"
    deep.mkdir(parents=True)
    found = find_interpreter(Wanted(folder=str(deep), roots=(str(tmp_path / "project"),)), NOBODY)
    assert found is not None
    assert found.prefix == str(tmp_path / "project/.venv")
    assert find_interpreter(Wanted(folder=str(deep), roots=(str(deep),)), NOBODY) is None
    assert find_interpreter(Wanted(folder=str(deep)), NOBODY) is None


def test_the_active_environment_counts_if_it_runs_notebooks(tmp_path: Path) -> None:
    make_environment(tmp_path / "tool", runner="")
    make_environment(tmp_path / "work")
    conda = {**NOBODY, "CONDA_PREFIX": str(tmp_path / "work")}
    assert find_interpreter(Wanted(), {**NOBODY, "VIRTUAL_ENV": str(tmp_path / "tool")}) is None
    assert find_interpreter(Wanted(), {**conda, "VIRTUAL_ENV": str(tmp_path / "tool")}) is not None


def test_where_distributions_are(tmp_path: Path) -> None:
    site = make_environment(tmp_path / "env")
    assert site_packages(Interpreter("", str(tmp_path / "env"), (3, 12))) == (site,)
    assert site_packages(Interpreter("", str(tmp_path / "env"), (3, 11))) == ()
    assert site_packages(Interpreter("", str(tmp_path / "gone"))) == ()


def test_our_own_interpreter_is_found_as_it_is() -> None:
    """The oracle is the running Python."""
    found = find_interpreter(Wanted(chosen=sys.executable), NOBODY)
    assert found is not None
    assert found.version == sys.version_info[:2]
    assert found.prefix == sys.prefix
    assert {str(p) for p in site_packages(found)} & set(sys.path)
