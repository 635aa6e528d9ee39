/**
 * Where the language server is. In this order: the settings, the Python environment that is selected in this window,
 * `polycell` on the PATH, and a Python on the PATH that has Polycell. Nothing is started but interpreters, to ask them.
 */

import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import * as path from "node:path";
import type { Settings } from "./config";

/** How to run an interpreter: usually one word, on Windows perhaps `py -3`. */
export type Interpreter = readonly string[];

export interface Found {
  readonly kind: "found";
  readonly command: string;
  readonly args: readonly string[];
  /** For people: where this server was found. */
  readonly how: string;
  readonly version?: string;
}

export interface Missing {
  readonly kind: "missing";
  /** For people: what is wrong and what to do. */
  readonly reason: string;
  /** The interpreter to install into, where one is known. */
  readonly python?: Interpreter;
}

/** The machine, as far as the search looks at it. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly workspaceFolder?: string;
  readonly isProgram: (file: string) => Promise<boolean>;
  /** The version of Polycell that an interpreter has; `undefined` without Polycell, Python 3.10 or the interpreter. */
  readonly probe: (interpreter: Interpreter) => Promise<string | undefined>;
}

export async function findServer(
  settings: Settings,
  selectedPython: string | undefined,
  machine: Machine,
): Promise<Found | Missing> {
  const [program, ...rest] = settings.command.map((word) => expand(word, machine));
  if (program) return { kind: "found", command: program, args: rest, how: "the setting polycell.server.command" };
  if (settings.path) return byPath(settings, machine);
  const serve = ["serve", "--log-level", settings.logLevel, ...settings.args];
  const pythons: [Interpreter, string][] = selectedPython
    ? [[[selectedPython], "the selected Python environment"]]
    : [];
  const inEnvironment = await firstWithPolycell(pythons, serve, machine);
  if (inEnvironment) return inEnvironment;
  const installed = await onPath("polycell", machine);
  if (installed) return { kind: "found", command: installed, args: serve, how: "polycell on the PATH" };
  const global: Interpreter[] = machine.platform === "win32" ? [["py", "-3"], ["python"]] : [["python3"], ["python"]];
  const onThePath = await firstWithPolycell(
    global.map((words) => [words, `${words.join(" ")} on the PATH`]),
    serve,
    machine,
  );
  if (onThePath) return onThePath;
  const python = selectedPython ? [selectedPython] : global[0];
  return {
    kind: "missing",
    reason: selectedPython
      ? `Polycell is not installed in the selected Python environment (${selectedPython}), nor on the PATH.`
      : "Polycell is not installed: no Python environment is selected, and there is no polycell on the PATH.",
    ...(python ? { python } : {}),
  };
}

async function byPath(settings: Settings, machine: Machine): Promise<Found | Missing> {
  const file = expand(settings.path, machine);
  const program = path.isAbsolute(file)
    ? (await machine.isProgram(file))
      ? file
      : undefined
    : await onPath(file, machine);
  if (!program) {
    return {
      kind: "missing",
      reason: `The setting polycell.server.path names ${file}, which is not a program that can be run. Correct or clear it.`,
    };
  }
  const module = /^(python|pypy)[\d.]*(\.exe)?$/i.test(path.basename(program)) ? ["-m", "polycell"] : [];
  return {
    kind: "found",
    command: program,
    args: [...module, "serve", "--log-level", settings.logLevel, ...settings.args],
    how: "the setting polycell.server.path",
  };
}

async function firstWithPolycell(
  interpreters: readonly (readonly [Interpreter, string])[],
  serve: readonly string[],
  machine: Machine,
): Promise<Found | undefined> {
  for (const [words, how] of interpreters) {
    const version = await machine.probe(words);
    const [command, ...args] = words;
    if (version && command)
      return { kind: "found", command, args: [...args, "-m", "polycell", ...serve], how, version };
  }
  return undefined;
}

/** `~`, `${workspaceFolder}`, `${userHome}` and `${env:NAME}`, as in VS Code's own settings. */
export function expand(word: string, machine: Pick<Machine, "env" | "home" | "workspaceFolder">): string {
  return word
    .replace(/^~(?=$|[\\/])/, () => machine.home)
    .replace(/\$\{(workspaceFolder|userHome|env:([^}]+))\}/g, (all: string, name: string, variable?: string) => {
      if (variable !== undefined) return machine.env[variable] ?? "";
      return (name === "userHome" ? machine.home : machine.workspaceFolder) ?? all;
    });
}

async function onPath(name: string, machine: Machine): Promise<string | undefined> {
  const windows = machine.platform === "win32";
  const variable = windows ? Object.keys(machine.env).find((key) => key.toUpperCase() === "PATH") : "PATH";
  const folders = (machine.env[variable ?? "PATH"] ?? "").split(windows ? ";" : ":");
  const endings = windows ? ["", ".exe", ".cmd", ".bat"] : [""];
  const paths = windows ? path.win32 : path.posix;
  // An empty or relative entry means the folder one is in: that may be the user's workspace, which is never run.
  for (const folder of folders.filter((entry) => paths.isAbsolute(entry))) {
    for (const ending of endings) {
      const file = paths.join(folder, name + ending);
      if (await machine.isProgram(file)) return file;
    }
  }
  return undefined;
}

const PROBE = [
  "import sys",
  "if sys.version_info < (3, 10): sys.exit(3)",
  "from importlib.metadata import version",
  "print(version('polycell'))",
].join("\n");

/**
 * This machine. Interpreters are asked from inside `quietFolder`, an empty folder of ours: Python puts the current
 * folder first on its path, and a folder named `polycell` in somebody's workspace must not be imported.
 */
export function thisMachine(home: string, quietFolder: string, workspaceFolder: string | undefined): Machine {
  return {
    platform: process.platform,
    env: process.env,
    home,
    ...(workspaceFolder === undefined ? {} : { workspaceFolder }),
    async isProgram(file) {
      try {
        await access(file, constants.X_OK);
        return (await stat(file)).isFile();
      } catch {
        return false;
      }
    },
    probe: ([command, ...args]) =>
      new Promise((resolve) => {
        if (!command) return resolve(undefined);
        execFile(
          command,
          [...args, "-c", PROBE],
          { cwd: quietFolder, timeout: 15_000, windowsHide: true },
          (error, stdout) => resolve(error ? undefined : stdout.trim() || undefined),
        );
      }),
  };
}
