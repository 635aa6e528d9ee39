"""How a Jupyter server finds us: the entry point `jupyter_lsp_spec_v1`. Installing the package is all it takes."""

from __future__ import annotations

import sys
from typing import Any


def spec(manager: Any = None) -> dict[str, dict[str, Any]]:
    """The specification of jupyter-lsp, version 2. One server for all languages, so that all documents of a notebook
    come on one connection and types can cross. JupyterLab takes one server a language, so only languages are named
    here for which something is known. `requires_documents_on_disk` off: no shadow files are written."""
    return {
        "polycell": {
            "version": 2,
            "argv": [sys.executable, "-m", "polycell", "serve"],
            "languages": ["python", "sql", "scala"],
            "mime_types": [
                *("text/x-python", "text/x-ipython", "text/python"),
                *("text/x-sql", "application/sql"),
                "text/x-scala",
            ],
            "display_name": "polycell",
            "urls": {"home": "https://github.com/polycell/polycell"},
            "install": {"pip": "pip install polycell"},
            "requires_documents_on_disk": False,
        }
    }
