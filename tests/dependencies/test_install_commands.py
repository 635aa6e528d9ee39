"""`pip install` and its kin, as they are written in notebooks."""

from __future__ import annotations

import pytest

from polycell.dependencies.cells import Hides, said_by
from polycell.dependencies.install_commands import read_command
from tests.dependencies.cases import case


def pip(text: str) -> list[str]:
    asked = read_command(text, 0, len(text))
    return [d.span.of(text) for d in asked.declarations]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("pip install pandas", ["pandas"]),
        ("pip install jupysql duckdb duckdb-engine rich --quiet", ["jupysql", "duckdb", "duckdb-engine", "rich"]),
        ("pip3 install -q -U 'pandas>=2' \"numpy\"", ["pandas>=2", "numpy"]),
        ("pip install gosling[all]==0.2.2", ["gosling[all]==0.2.2"]),
        ("pip install --index-url https://host/simple a", ["a"]),
        ("pip install --index-url=https://host/simple a", ["a"]),
        ("python -m pip install a", ["a"]),
        ("python3.11 -m pip install a", ["a"]),
        ("{sys.executable} -m pip install a", ["a"]),
        ("sudo pip install a", ["a"]),
        ("uv pip install a", ["a"]),
        ("apt-get update && pip install a; pip install b", ["a", "b"]),
        ("pip install a > /dev/null 2>&1", ["a"]),
        ("pip install a 2>/dev/null | tail -1", ["a"]),
        ("pip install a \\\n   b", ["a", "b"]),
        ("pip install a  # for the plots", ["a"]),
        ("pip -q --proxy http://host install a", ["a"]),
        ("python -m pip --disable-pip-version-check install a", ["a"]),
        ("uv add --group dev a 'b>=1'", ["a", "b>=1"]),
        ("uv --quiet pip install a", ["a"]),
        ("pip list", []),
        ("pip uninstall a", []),
        ("echo pip install a", []),
        ("pip", []),
        ("", []),
    ],
)
def test_what_is_asked_for(text: str, names: list[str]) -> None:
    assert pip(text) == names
    assert not any(d.problem for d in read_command(text, 0, len(text)).declarations)


@pytest.mark.parametrize(
    "text",
    [
        "pip install .",
        "pip install -e .",
        "pip install git+https://host/x.git",
        "pip install {package}",
        "pip install $PACKAGE",
        "pip install dist/*.whl",
        "pip install -e.",
        "uv sync",
        "conda env update --file environment.yml",
    ],
)
def test_what_does_not_say_what_it_brings(text: str) -> None:
    asked = read_command(text, 0, len(text))
    assert asked.opaque
    assert not any(d.problem for d in asked.declarations)


def test_files() -> None:
    text = "pip install -r requirements.txt --requirement=more.txt -rlast.txt -c constraints.txt a"
    asked = read_command(text, 0, len(text))
    assert [(name, span.of(text)) for name, span in asked.files] == [
        ("requirements.txt", "requirements.txt"),
        ("more.txt", "more.txt"),
        ("last.txt", "last.txt"),
    ]
    assert [d.requirement.name for d in asked.declarations] == ["a"]


@pytest.mark.parametrize(
    ("text", "packages"),
    [
        ("conda install -c r r=3.5.1", [("r", "=3.5.1")]),
        ("conda install -y sos-notebook jupyterlab-sos -c conda-forge", [("sos-notebook", ""), ("jupyterlab-sos", "")]),
        ("mamba install 'numpy>=1.2' conda-forge::scipy=1.1=py_0", [("numpy", ">=1.2"), ("scipy", "=1.1=py_0")]),
        ("conda install --yes --prefix {sys.prefix} numpy", [("numpy", "")]),
        ("conda create -n x python", []),
    ],
)
def test_conda(text: str, packages: list[tuple[str, str]]) -> None:
    asked = read_command(text, 0, len(text))
    assert [(d.requirement.name, d.requirement.constraint) for d in asked.declarations] == packages
    assert {d.requirement.ecosystem for d in asked.declarations} <= {"conda"}


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("pip install pandas=2", "="),
        ("pip install ok 'numpy>=1.x' other", "1.x"),
        ("pip install ==2", "==2"),
        ("conda install '=='", "=="),
    ],
)
def test_malformed_at_its_own_place_and_nothing_else_lost(text: str, at: str) -> None:
    asked = read_command(text, 0, len(text))
    wrong = [d for d in asked.declarations if d.problem]
    assert [d.span.of(text) for d in wrong] == [at]
    assert {"ok", "other"} & set(text.split()) <= {d.requirement.name for d in asked.declarations}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("%%bash\npip install a \\\n  b==1\r\necho \\\nok\nconda install c", ["a", "b==1", "c"]),
        ("%%sh\npip install a \\", ["a"]),
        ("get_ipython().system('pip install -q a')", ["a"]),
        ("x = get_ipython().getoutput('pip install a')", ["a"]),
        ("get_ipython().run_line_magic('pip', 'install a b')", ["a", "b"]),
        ('get_ipython().run_line_magic("conda", "install -y a")', ["a"]),
        ("# get_ipython().system('pip install a')", []),
    ],
)
def test_in_a_cell(text: str, names: list[str]) -> None:
    made = case(text)
    (cell,) = made.notebook.cells
    said = said_by(cell, made.snapshot.analysis.facts(0))
    assert [d.span.of(cell.text) for d in said.declarations] == names
    assert not any(isinstance(remark, Hides) for remark in said.remarks)


PUT_TOGETHER = ["'pip install ' + name", "f'pip install {name}'", "command", "'pip install", '"a\\"b"']


@pytest.mark.parametrize("command", PUT_TOGETHER)
def test_a_command_that_is_put_together_says_nothing(command: str) -> None:
    made = case(f"get_ipython().system({command})")
    said = said_by(made.notebook.cells[0], made.snapshot.analysis.facts(0))
    assert any(isinstance(remark, Hides) and remark.installs for remark in said.remarks)
