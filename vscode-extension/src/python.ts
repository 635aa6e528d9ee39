/** The Python extension, as far as it is needed: which interpreter is selected. */

import * as vscode from "vscode";

const EXTENSION = "ms-python.python";

/** The part of the Python extension's published API that is used. */
interface PythonApi {
  readonly environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { readonly path: string };
    resolveEnvironment(environment: {
      readonly path: string;
    }): Promise<{ readonly executable: { readonly uri?: vscode.Uri } } | undefined>;
    readonly onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

async function api(): Promise<PythonApi | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>(EXTENSION);
  if (!extension) return undefined;
  try {
    return extension.isActive ? extension.exports : await extension.activate();
  } catch {
    return undefined; // it reports its own failures
  }
}

/** The interpreter of the selected environment; `undefined` without the Python extension or a selection. */
export async function selectedPython(resource: vscode.Uri | undefined): Promise<string | undefined> {
  const environments = (await api())?.environments;
  if (!environments) return undefined;
  try {
    const resolved = await environments.resolveEnvironment(environments.getActiveEnvironmentPath(resource));
    return resolved?.executable.uri?.fsPath;
  } catch {
    return undefined;
  }
}

export async function onDidSelectPython(listener: () => void): Promise<vscode.Disposable | undefined> {
  return (await api())?.environments.onDidChangeActiveEnvironmentPath(() => listener());
}
