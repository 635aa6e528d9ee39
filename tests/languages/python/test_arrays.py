"""What may be an array though the stubs of numpy say `Any`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from polycell.languages.python.engine.arrays import alike
from tests.languages.python.engines import Running, running

ABOVE = "import numpy as np\nX = load()\nXc = X - X.mean(0)\ny = np.sqrt(Xc)\ntext = 'a' % X\n"


@pytest.fixture(scope="module")
def ty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running("ty", tmp_path_factory.mktemp("notebooks")) as made:
        yield made


@pytest.mark.parametrize(
    ("receiver", "first"),
    [
        ("Xc", ["X", "X.mean(0)"]), ("-Xc", ["Xc", "X"]), ("y", ["Xc", "np.asarray(0)", "X"]), ("Xc[0]", ["Xc", "X"]),
        ("(Xc > 0)", ["Xc", "X"]), ("Xc.copy()", ["Xc", "X"]), ("Xc.T", ["Xc"]), ("1 + Xc", ["Xc"]),
        ("np.load(Xc)", []), ("Xc.name", []), ("other", []), ("Xc.mean", []), ("1 +", []), ("f(Xc)", []),
    ],
)  # fmt: skip
def test_what_an_expression_is_like(receiver: str, first: list[str]) -> None:
    assert list(alike(ABOVE, receiver))[: len(first) or 1] == first


def test_names_that_mean_each_other_end() -> None:
    assert list(alike("a = b + 1\nb = a + 1\n", "a")) == ["b"]
    assert list(alike("a = (", "a")) == []


@pytest.mark.parametrize("receiver", ["Xc", "y", "np.exp(Xc)", "(Xc > 0)", "Xc[1:]"])
def test_members_of_what_is_computed_with_arrays(ty: Running, receiver: str) -> None:
    above = "# %%\nimport numpy as np\nX = np.random.random((10, 3))\n# %%\nXc = X - X.mean(0)\ny = np.sqrt(Xc)\n# %%\n"
    assert "reshape" in ty.labels(f"{above}{receiver}.<|>")


@pytest.mark.parametrize("value", ["unknown()", "object()", "json.loads('1')", "unknown() - 1"])
def test_nothing_is_taken_for_an_array_without_a_reason(ty: Running, value: str) -> None:
    assert "reshape" not in ty.labels(f"# %%\nimport json\nimport numpy as np\nx = {value}\n# %%\nx.<|>")
