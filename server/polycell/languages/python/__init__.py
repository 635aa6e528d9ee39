"""Python cells."""

from polycell.languages.python.service import PythonService

__all__ = ["PythonService"]
