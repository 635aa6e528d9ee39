"""The one place where languages, rules and sources are put together."""

from __future__ import annotations

from polycell.core.service import Services, services
from polycell.languages.python import PythonService
from polycell.languages.sql import SqlService


def default_services() -> Services:
    """Everything that Polycell ships."""
    return services([PythonService(), SqlService()])
