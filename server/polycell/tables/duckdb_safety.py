"""What each DuckDB connection of ours is opened with: nothing is installed or loaded, no variable is a table."""

from __future__ import annotations

from typing import Any

SAFE: dict[str, Any] = {
    "threads": "1",
    "memory_limit": "256MB",
    "python_enable_replacements": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}
