"""The Python engines: one spec each."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib.util import find_spec

from polycell.bridge.spec import ServerSpec, which

_PYTHON = frozenset({"python"})


def _ty() -> str | None:
    """Where the wheel put the program: beside the package, whatever environment is active."""
    if sys.prefix != sys.base_prefix:
        # The first place that the wheel's own search looks at, without what that reads of how Python was built.
        folder, program = ("Scripts", "ty.exe") if os.name == "nt" else ("bin", "ty")
        if os.path.isfile(beside := os.path.join(sys.prefix, folder, program)):
            return beside
    try:
        from ty._find_ty import find_ty_bin

        return str(find_ty_bin())
    except (ImportError, OSError):
        return which("ty")


def _jedi() -> str | None:
    return sys.executable if find_spec("jedi") is not None else None


TY = ServerSpec(
    "ty",
    ("ty", "server"),
    _PYTHON,
    "python",
    install="Run `pip install ty` where Polycell is installed.",
    trouble="`ty server` must start in a terminal; the log of Polycell has what it said.",
    # Names of modules that are not imported yet cost 120 ms at each letter and five seconds of indexing, which every
    # edit makes begin anew.
    initialization={"completions": {"autoImport": False}, "logLevel": "error"},
    find=_ty,
    computes=True,
)
JEDI = ServerSpec(
    "jedi",
    (sys.executable, "-m", "polycell.languages.python.engine.jedi_worker"),
    _PYTHON,
    "python",
    install='Run `pip install "polycell[jedi]"`.',
    trouble="`python -c 'import jedi'` must work where Polycell is installed.",
    find=_jedi,
    patience=60.0,  # the first look at pandas takes 20 s on a small machine
)
PYREFLY = ServerSpec(
    "pyrefly",
    ("pyrefly", "lsp"),
    _PYTHON,
    "python",
    install="Run `pip install pyrefly` where Polycell is installed.",
    settings={"python": {"pyrefly": {"displayTypeErrors": "force-off"}}},
    computes=True,
)
BASEDPYRIGHT = ServerSpec(
    "basedpyright",
    ("basedpyright-langserver", "--stdio"),
    _PYTHON,
    "python",
    install="Run `pip install basedpyright` where Polycell is installed.",
    # Its auto-imports come without the import, which is to be asked for item by item.
    settings={
        "basedpyright": {
            "analysis": {
                "diagnosticMode": "openFilesOnly",
                "typeCheckingMode": "off",
                "autoImportCompletions": False,
            }
        }
    },
)
PYLSP = ServerSpec(
    "pylsp",
    ("pylsp",),
    _PYTHON,
    "python",
    install="Run `pip install python-lsp-server` where Polycell is installed.",
)

SPECS: Mapping[str, ServerSpec] = {spec.name: spec for spec in (TY, JEDI, PYREFLY, BASEDPYRIGHT, PYLSP)}
FALLBACK = JEDI.name


def environment_options(name: str, prefix: str, python: str) -> tuple[dict[str, object], dict[str, object]]:
    """(initializationOptions, settings) that make an engine look into an environment."""
    if name == TY.name:
        return {"configuration": {"environment": {"python": prefix}}}, {}
    if name in (PYREFLY.name, BASEDPYRIGHT.name):
        return {"pythonPath": python}, {"python": {"pythonPath": python}}
    if name == PYLSP.name:
        return {}, {"pylsp": {"plugins": {"jedi": {"environment": python}}}}
    return {"python": python}, {}
