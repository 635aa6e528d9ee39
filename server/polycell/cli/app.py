"""The commands that people type: `show` and `check`. (`serve` is listed here and lives in `polycell.cli.serve`.)"""

from __future__ import annotations

import functools
import sys
import traceback
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from polycell import __version__
from polycell.cli.output import hush_broken_pipe, tolerate

if TYPE_CHECKING:
    from polycell.cli.loading import Databases

Command = TypeVar("Command", bound=Callable[..., Any])

app = typer.Typer(
    name="polycell",
    help="Types flow between the cells and languages of a notebook, before anything runs.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class OutputFormat(str, Enum):
    text = "text"
    json = "json"
    github = "github"
    sarif = "sarif"


class ListFormat(str, Enum):
    table = "table"
    requirements = "requirements"
    pyproject = "pyproject"
    conda = "conda"
    json = "json"


class Threshold(str, Enum):
    error = "error"
    warning = "warning"
    information = "information"
    hint = "hint"


Named = Annotated[
    list[str] | None,
    typer.Option("--database", metavar="NAME=URL", help="Read this database; ${VARIABLE} is the environment's."),
]
Connect = Annotated[
    bool, typer.Option("--connect", help="Read the databases that notebooks and JupySQL's connection file name.")
]


def run(arguments: Sequence[str]) -> int:
    """Run `show` or `check`; the exit code."""
    tolerate(sys.stdout)
    tolerate(sys.stderr)
    try:
        app(args=list(arguments), prog_name="polycell")
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    return 0


def quiet(command: Command) -> Command:
    """Ctrl-C and a reader that went away end a command without a word; a defect of ours with one line.

    What goes wrong with one file is reported by the commands themselves; this is for everything around that.
    """

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            result = command(*args, **kwargs)
            sys.stdout.flush()
        except KeyboardInterrupt:
            raise typer.Exit(130) from None
        except BrokenPipeError:
            hush_broken_pipe()
            raise typer.Exit(141) from None
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except Exception as problem:
            if kwargs.get("verbose"):
                traceback.print_exc()
            message = f"polycell failed, please report it: {type(problem).__name__}: {problem}"
            typer.echo(message + ("" if kwargs.get("verbose") else " (--verbose shows where)"), err=True)
            raise typer.Exit(2) from None
        return result

    return wrapped  # type: ignore[return-value]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"polycell {__version__}")
        raise typer.Exit


CompileScala = Annotated[
    bool, typer.Option("--scala/--no-scala", help="Compile Scala cells, where Java and the compiler are here.")
]


@app.callback()
def polycell(
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Types flow between the cells and languages of a notebook, before anything runs."""


@app.command()
@quiet
def show(
    notebook: Annotated[
        str, typer.Argument(metavar="NOTEBOOK", help="The notebook to look at.", show_default=False)
    ] = "",
    cell: Annotated[
        int | None, typer.Option("--cell", "-c", min=1, help="Only this cell, in full; counted from 1.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say what decided each cell's language.")] = False,
    example: Annotated[bool, typer.Option("--example", help="Show the notebook that ships with Polycell.")] = False,
    pictures: Annotated[
        str, typer.Option("--pictures", metavar="FOLDER", help="Draw the charts into this folder.", show_default=False)
    ] = "",
    database: Named = None,
    connect: Connect = False,
    compile_scala: CompileScala = True,
) -> None:
    """Show for each cell its language, what it uses from which cell, and what it gives, tables with their columns."""
    from polycell.cli.showing import show_notebook

    folder = Path(pictures) if pictures else None
    path = _notebook(notebook, example)
    databases = _databases(database, connect)
    raise typer.Exit(
        show_notebook(
            path,
            cell=cell,
            as_json=as_json,
            verbose=verbose,
            pictures=folder,
            databases=databases,
            compile_scala=compile_scala,
        )
    )


@app.command()
@quiet
def check(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH…", help="Notebooks, folders and glob patterns.", show_default=False),
    ] = None,
    output: Annotated[OutputFormat, typer.Option("--format", help="How to print what is found.")] = OutputFormat.text,
    severity: Annotated[
        Threshold | None,
        typer.Option("--severity", help="Report what is at least this serious.", show_default="warning"),
    ] = None,
    select: Annotated[
        list[str] | None, typer.Option("--select", metavar="CODES", help="Report these codes only; comma-separated.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="CODES", help="Do not report these codes; comma-separated.")
    ] = None,
    baseline: Annotated[
        str,
        typer.Option(
            "--baseline",
            metavar="FILE",
            help="Do not report what stands in this file, which --format json printed.",
            show_default=False,
        ),
    ] = "",
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show where Polycell itself failed.")] = False,
    example: Annotated[bool, typer.Option("--example", help="Check the notebook that ships with Polycell.")] = False,
    database: Named = None,
    connect: Connect = False,
    compile_scala: CompileScala = True,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, metavar="N", help="Processes; else as many as are worth it."),
    ] = None,
    stdin_filename: Annotated[
        str,
        typer.Option(
            "--stdin-filename", metavar="FILE", help="The notebook that is read from `-`.", show_default=False
        ),
    ] = "",
) -> None:
    """Report what is certainly wrong. Exit code 0: nothing found, 1: something, 2: a file could not be checked.

    The table [tool.polycell.check] of pyproject.toml may say severity, select, ignore, exclude,
    known-names and per-file-ignores."""
    from polycell.cli.baseline import read_baseline
    from polycell.cli.checking import Wanted, check_paths
    from polycell.rules.codes import misspelt
    from polycell.rules.project import read_project

    named = list(paths or ())
    if example:
        from polycell.cli.loading import example as shipped

        named.append(str(shipped()))
    if not named:
        raise typer.BadParameter("name at least one notebook, folder or pattern (or use --example)")
    if "-" in named and not stdin_filename:
        raise typer.BadParameter("say with --stdin-filename which notebook it is that comes from `-`")
    wrong = misspelt(_codes(select) | _codes(ignore))
    if wrong:
        raise typer.BadParameter(wrong)
    try:
        project = read_project(Path.cwd())
    except ValueError as problem:
        raise typer.BadParameter(str(problem)) from None
    try:
        known = read_baseline(Path(baseline)) if baseline else None
    except (OSError, ValueError) as problem:
        raise typer.BadParameter(f"the baseline {baseline} cannot be read: {problem}") from None
    wanted = Wanted(
        severity.value if severity is not None else project.severity or "warning",
        _codes(select) or project.select,
        _codes(ignore) | project.ignore,
        project,
        known,
    )
    raise typer.Exit(
        check_paths(
            named,
            wanted,
            output=output.value,
            verbose=verbose,
            databases=_databases(database, connect),
            compile_scala=compile_scala,
            jobs=jobs,
            typed=stdin_filename,
        )
    )


@app.command()
@quiet
def explain(
    code: Annotated[
        str, typer.Argument(metavar="[CODE]", help="The code, such as undefined-name.", show_default=False)
    ] = "",
) -> None:
    """Tell what a code means, with an example and how to silence it; without a code, list all."""
    from polycell.cli.explaining import explain as tell

    raise typer.Exit(tell(code))


@app.command()
@quiet
def deps(
    notebook: Annotated[
        str, typer.Argument(metavar="NOTEBOOK", help="The notebook to look at.", show_default=False)
    ] = "",
    output: Annotated[ListFormat, typer.Option("--format", help="How to print them.")] = ListFormat.table,
    example: Annotated[bool, typer.Option("--example", help="Use the notebook that ships with Polycell.")] = False,
) -> None:
    """List what a notebook declares and imports. Exit code 0: all is there, 1: something is missing, 2: unreadable."""
    from polycell.cli.dependencies import show_dependencies

    raise typer.Exit(show_dependencies(_notebook(notebook, example), output.value))


@app.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
    help="Run the language server for an editor (`polycell serve --help` tells more).",
)
def serve(context: typer.Context) -> None:
    from polycell.cli.serve import serve as start

    raise typer.Exit(start(context.args))


scala = typer.Typer(help="The compiler behind Scala cells.", no_args_is_help=True)
app.add_typer(scala, name="scala")


@scala.command()
@quiet
def fetch(
    notebook: Annotated[
        Path | None,
        typer.Argument(metavar="[NOTEBOOK]", help="Fetch what this notebook declares, too.", show_default=False),
    ] = None,
    metals: Annotated[bool, typer.Option("--metals", help="Fetch Metals, too.")] = False,
) -> None:
    """Fetch the Scala compiler from Maven Central, once; after that it works offline."""
    from polycell.cli.scala import fetch_compiler

    raise typer.Exit(fetch_compiler(notebook, metals=metals))


def _notebook(named: str, example: bool) -> Path:
    if example:
        from polycell.cli.loading import example as shipped

        return shipped()
    if not named:
        raise typer.BadParameter("name a notebook (or use --example)")
    return Path(named)


def _databases(named: list[str] | None, connect: bool) -> Databases:
    from polycell.cli.loading import Databases

    urls: dict[str, str] = {}
    for entry in named or ():
        name, separator, url = entry.partition("=")
        if not separator or not name or not url:
            raise typer.BadParameter("--database takes NAME=URL, such as shop=postgresql://localhost/shop")
        urls[name] = url
    return Databases(urls, connect)


def _codes(given: list[str] | None) -> frozenset[str]:
    return frozenset(code.strip() for entry in given or () for code in entry.split(",") if code.strip())
