"""Magics that people use, in our own words: what each does and which options it takes. Data, no code.

A row is `%name`, `%%name` or `%,%%name` with a sentence; the rows below it, indented, are its options with the value
that they take, if any. Sources: IPython's, JupySQL's, DuckDB's, sparkmagic's and BigQuery's own documentation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_TEXT = """
%,%%time  Run a statement or the cell once and tell how long it took.
%,%%timeit  Run a statement or the cell many times and tell how long it takes. Names that it binds are lost.
  -n N  how often in one round
  -r R  how many rounds
  -t  measure wall-clock time
  -c  measure CPU time
  -p P  digits that are shown
  -q  print nothing
  -o  give the result as a value
%,%%prun  Run a statement or the cell under the profiler.
  -s KEY  sort by this column
  -l LIMIT  show only so many rows, or functions of this name
  -D FILE  write the statistics to a file
  -T FILE  write the report to a file
  -r  give the statistics as a value
  -q  show no report
%%capture  Run the cell and keep what it prints and shows in a name.
  --no-stderr  leave standard error
  --no-stdout  leave standard output
  --no-display  leave what is displayed
%%writefile  Write the cell into a file instead of running it.
  -a  append
%,%%debug  Enter the debugger, after an error or for a statement.
  -b LINE  stop at this place
%%bash  Run the cell in bash.
  --out NAME  what it prints goes into this name
  --err NAME  its errors go into this name
  --bg  do not wait for it
  --no-raise-error  go on when it fails
%%sh  Run the cell in sh.
  --out NAME  what it prints goes into this name
  --err NAME  its errors go into this name
  --bg  do not wait for it
%%script  Run the cell in the program that the line names.
  --out NAME  what it prints goes into this name
  --err NAME  its errors go into this name
  --bg  do not wait for it
%%python  Run the cell in a Python process of its own: it sees no name of the notebook.
%%html  Show the cell as HTML.
  --isolated  in a frame of its own
%%javascript  Run the cell in the browser.
%%latex  Show the cell as LaTeX.
%%markdown  Show the cell as Markdown.
%%svg  Show the cell as SVG.
%%ruby  Run the cell in Ruby.
%%perl  Run the cell in Perl.
%alias  Give a shell command a name.
%autoawait  Whether `await` works outside of functions, and with which loop.
%automagic  Whether line magics may be written without the percent sign.
%bookmark  Remember a folder under a name for `%cd`.
  -l  list all
  -d  delete one
  -r  delete all
%cd  Change the folder in which the notebook works.
  -q  do not print it
  -b  a bookmark
%conda  Run conda for the environment of the kernel.
%config  Show or set an option of IPython: `%config InlineBackend.figure_format = "retina"`.
%env  Show or set environment variables.
%history  Show what was run.
  -n  with numbers
  -o  with what came out
  -g PATTERN  only what matches
  -l N  the last N lines
  -f FILE  into a file
%load  Put a file's text into this cell.
  -r LINES  these lines only
  -s NAMES  these functions and classes only
  -y  do not ask when it is long
%load_ext  Load an extension, which brings magics of its own.
%lsmagic  List all magics.
%macro  Give lines of the history a name.
%mamba  Run mamba for the environment of the kernel.
%matplotlib  How figures are shown: `inline`, `widget`, `qt`, …
  -l  list what there is
%pdb  Whether the debugger starts at every error.
%pinfo  What is known of a name, as `name?`.
%pinfo2  The same with its source, as `name??`.
%pip  Run pip for the environment of the kernel.
%psource  Show the source of an object.
%pwd  The folder in which the notebook works.
%pylab  Import NumPy and Matplotlib into the notebook's names. Better: import what you need.
  --no-import-all  leave the notebook's names alone
%reload_ext  Load an extension again.
%reset  Forget all names.
  -f  without asking
  -s  keep the history
%run  Run a script or a notebook; its names become the notebook's.
  -n  as if it were imported: not as `__main__`
  -i  with the notebook's names in sight
  -t  tell how long it took
  -d  under the debugger
  -p  under the profiler
  -m MODULE  run a module
%save  Write lines of the history into a file.
%set_env  Set an environment variable.
%store  Keep a name between sessions.
  -r  bring back
  -d  forget one
  -z  forget all
%sx  Run a shell command and give what it prints as a list of lines.
%unload_ext  Unload an extension.
%uv  Run uv for the environment of the kernel.
%who  List the notebook's names.
%whos  List the notebook's names with their types and values.
%xmode  How much a traceback shows: `Plain`, `Context`, `Verbose`, `Minimal`.
%autoreload  Whether changed modules are imported again before a cell runs: 0, 1, 2 or 3. Needs `%load_ext autoreload`.
%,%%sql  Run SQL (JupySQL); its result is the cell's, or goes into a name: `%%sql name <<`.
  --save NAME  keep the query under a name, for others to use
  --with NAMES  the saved queries that this one uses
  --no-execute  only keep it
  --persist NAME  write a frame into a table
  --persist-replace NAME  the same, over a table that is there
  --append NAME  add a frame's rows to a table
  --alias NAME  a short name for the connection
  --connections  list the connections
  --close NAME  close a connection
  --section NAME  connect as a section of the configuration file says
  --interact NAMES  with widgets for these names
%sqlcmd  About the connected database (JupySQL): `tables`, `columns`, `profile`, `explore`, `snippets`, `test`.
  --table NAME  the table
  --schema NAME  its schema
  --column NAME  the column
%sqlplot  Draw a column of a table without loading it (JupySQL): `histogram`, `boxplot`, `bar`, `pie`.
  --table NAME  the table
  --column NAME  the column
  --bins N  how many bins
  --with NAME  a saved query instead of a table
%,%%dql  Run SQL in DuckDB (magic_duckdb).
  -co NAME  the connection
  -t TYPE  what the result is: `df`, `arrow`, `pl`, `show`, …
  -o NAME  the name that gets the result
%%bigquery  Run a query in BigQuery; the first word of the line is the name that gets the result.
  --project NAME  the project that pays
  --params NAMES  values for the query's parameters
  --use_bqstorage_api  fetch faster
  --use_legacy_sql  in the old dialect
  --dry_run  only tell what it would read
  --max_results N  at most so many rows
  --destination_table NAME  write the result there
  --location NAME  where it runs
%%spark  Run the cell in the remote session (sparkmagic).
  -o NAME  bring this frame here
  -m METHOD  how rows are chosen: `take` or `sample`
  -n N  at most so many rows
  -r FRACTION  the fraction that is sampled
  -c KIND  what is run: `sql` or `spark`
  -q  show nothing
%%local  Run the cell here, not in the remote session (sparkmagic).
%%send_to_spark  Bring a value of this side to the remote session (sparkmagic).
  -i NAME  the value
  -t TYPE  `str` or `df`
  -n NAME  its name there
%%configure  Settings of the remote session, as JSON (sparkmagic).
  -f  start the session anew
%%R  Run the cell in R (rpy2).
  -i NAMES  names that R gets
  -o NAMES  names that it gives back
  -w N  width of figures
  -h N  height of figures
"""


@dataclass(frozen=True, slots=True)
class Option:
    """`value` names what follows it; empty for a flag."""

    name: str
    value: str
    summary: str


@dataclass(frozen=True, slots=True)
class Entry:
    name: str
    line: bool
    cell: bool
    summary: str
    options: tuple[Option, ...] = ()


def _read() -> Mapping[str, Entry]:
    made: dict[str, Entry] = {}
    options: dict[str, list[Option]] = {}
    name = ""
    for row in _TEXT.strip("\n").split("\n"):
        head, _, summary = row.strip().partition("  ")
        if row.startswith(" "):
            option, _, value = head.partition(" ")
            options[name].append(Option(option, value, summary))
            continue
        name = head.lstrip("%,")
        signs = head[: -len(name)].split(",")
        made[name] = Entry(name, "%" in signs, "%%" in signs, summary)
        options[name] = []
    return {n: Entry(e.name, e.line, e.cell, e.summary, tuple(options[n])) for n, e in made.items()}


ENTRIES = _read()
