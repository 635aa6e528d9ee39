"""JupyterLab with jupyterlab-lsp and Polycell beside it. Run with `pytest -m editor tests/e2e/test_jupyterlab.py`."""

from __future__ import annotations

import pytest

from tests.e2e.node import HERE, run

pytestmark = pytest.mark.editor


def test_as_a_user_with_mouse_and_keyboard() -> None:
    """Nothing is configured: the package's entry point is all there is. Pictures are kept in the cache."""
    assert "FAILED" not in run(["node", str(HERE / "jupyterlab" / "user.mjs")], HERE)
