"""What the workspace's projects say of findings, so that an editor shows what `polycell check` reports.

Only the pyproject.toml of a workspace folder itself is read: a check that runs there reads the same, and nothing
outside of the workspace is looked at. The user's own setting for a code goes before.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from polycell.core.results import Finding
from polycell.lsp.answers import SEVERITIES
from polycell.rules.codes import page_of
from polycell.rules.project import EVERYTHING, Project, read_project_file


class Projects(Struct, frozen=True):
    """`wrong`: a sentence for the user about each file that cannot be heeded."""

    found: tuple[Project, ...] = ()
    wrong: tuple[str, ...] = ()

    @property
    def known(self) -> tuple[str, ...]:
        """Names that every Python cell has; the session serves all folders."""
        return tuple(dict.fromkeys(name for project in self.found for name in project.known))

    def of(self, path: str) -> Project:
        """The innermost project that a file lies in."""
        inside = [p for p in self.found if path and p.root is not None and Path(path).is_relative_to(p.root)]
        return max(inside, key=lambda project: len(str(project.root)), default=EVERYTHING)


def read_projects(folders: Iterable[str]) -> Projects:
    """Of the workspace's folders, given as paths."""
    found, wrong = [], []
    for folder in folders:
        try:
            project = read_project_file(Path(folder) / "pyproject.toml")
        except ValueError as problem:
            wrong.append(f"{problem}. Nothing of it is heeded.")
        else:
            found += [project] if project is not None else []
    return Projects(tuple(found), tuple(wrong))


def severity_of(finding: Finding, chosen: Mapping[str, str], project: Project, path: str) -> int | None:
    """The severity to report with in the file at `path`; None where the user or the project do not want it, or nobody
    asked for what is only told then."""
    if finding.code in chosen:
        return SEVERITIES.get(chosen[finding.code])
    if project.hides(finding.code, finding.severity, path):
        return None
    if finding.opt_in and finding.code not in project.select:
        return None
    return SEVERITIES.get(finding.severity)


@functools.cache
def page_uri(code: str) -> str:
    """Of the page that explains a code; empty where it is not here."""
    page = page_of(code)
    return page.as_uri() if page is not None else ""
