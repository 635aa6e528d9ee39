"""What lies in the repository, and how: top level, sizes, docstrings, nothing of anybody's machine."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOP = {
    ".ci",
    ".gitignore",
    ".pre-commit-hooks.yaml",
    "LICENSE",
    "README.md",
    "pyproject.toml",
    "server",
    "tests",
    "vscode-extension",
}
MAX_LINES = 600

# Written in pieces, so that this file does not find itself.
_MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:" + "|".join(("work", "root", "opt/wheels", "tmp/" + "lab")) + r")/")
_HOME_PATHS = re.compile(r"(?<![\w.])/(?:home|Users)/(?!user/|me/|you/|ada/|someone/|jovyan/)[\w.-]+/")
_SAYS = re.compile(r'(?:#.*\n|\s)*"""\s*[^\s"]')  # a docstring
_URLS = re.compile(r"https?://[^\s\"'<>)\]}`\\]+")
_PRIVATE_HOST = re.compile(
    r"(?i)\.(?:internal|local|lan|corp|intranet)$|^(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.[\d.]+$"
)


def tracked() -> list[Path]:
    run = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if run.returncode:
        pytest.skip("this is no git checkout")
    return [path for name in run.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def texts() -> list[tuple[str, str]]:
    found = []
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data:
            found.append((str(path.relative_to(ROOT)), data.decode("utf-8", "replace")))
    return found


def test_the_top_level_is_tidy() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in tracked()} <= TOP


def test_no_path_of_a_machine() -> None:
    found = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts()
        if _MACHINE_PATHS.search(text) or _HOME_PATHS.search(text)
        for number, line in enumerate(text.splitlines(), 1)
        if _MACHINE_PATHS.search(line) or _HOME_PATHS.search(line)
    ]
    assert found == []


def test_no_private_host() -> None:
    found = []
    for name, text in texts():
        for url in _URLS.findall(text):
            try:
                host = urlsplit(url).hostname or ""
            except ValueError:
                continue
            if _PRIVATE_HOST.search(host):
                found.append(f"{name}: {url}")
    assert found == []


def test_lock_files_name_no_registry() -> None:
    """So that whoever installs uses the registry that is configured there."""
    found = []
    for path in tracked():
        if path.name == "package-lock.json":
            packages = json.loads(path.read_text(encoding="utf-8")).get("packages", {})
            found += [
                f"{path.relative_to(ROOT)}: {name}" for name, package in packages.items() if "resolved" in package
            ]
    assert found == []


def test_modules_are_small() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked()
        if path.suffix in (".py", ".ts") and (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }
    assert long == {}


def test_public_modules_say_what_they_hold() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.suffix == ".py"
        and (ROOT / "server") in path.parents
        and not (path.name.startswith("_") and path.name not in ("__init__.py", "__main__.py"))
        and path.stat().st_size
        and not _SAYS.match(path.read_text(encoding="utf-8"))
    ]
    assert silent == []


def test_documents_link_to_what_is_there() -> None:
    broken = []
    for path in tracked():
        if path.suffix != ".md":
            continue
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert broken == []
