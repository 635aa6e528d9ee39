/** Whether another language server already speaks Python in this window. Then Polycell keeps to what only it knows. */

import type { Mode } from "./config";

/** A Python language server: its extension, and the setting that switches its language services off. */
interface Peer {
  readonly extension: string;
  readonly name: string;
  readonly off: (get: (setting: string) => unknown) => boolean;
}

const languageServer = (get: (setting: string) => unknown): unknown => get("python.languageServer");

const PEERS: readonly Peer[] = [
  {
    extension: "ms-python.vscode-pylance",
    name: "Pylance",
    off: (get) => ["None", "Jedi"].includes(String(languageServer(get))),
  },
  // The Python extension brings jedi, and starts it when asked to, or where there is no Pylance ("Default").
  { extension: "ms-python.python", name: "Jedi", off: (get) => languageServer(get) === "None" },
  {
    extension: "detachhead.basedpyright",
    name: "basedpyright",
    off: (get) => get("basedpyright.disableLanguageServices") === true,
  },
  { extension: "ms-pyright.pyright", name: "Pyright", off: (get) => get("pyright.disableLanguageServices") === true },
  { extension: "astral-sh.ty", name: "ty", off: (get) => get("ty.disableLanguageServices") === true },
  {
    extension: "meta.pyrefly",
    name: "Pyrefly",
    off: (get) => get("python.pyrefly.disableLanguageServices") === true,
  },
];

export interface Decision {
  readonly mode: Exclude<Mode, "auto">;
  /** For people: what decided. */
  readonly why: string;
}

export function decideMode(
  wanted: Mode,
  isInstalled: (extension: string) => boolean,
  get: (setting: string) => unknown,
): Decision {
  if (wanted !== "auto") return { mode: wanted, why: "the setting polycell.python" };
  const peer = PEERS.find(({ extension, off }) => isInstalled(extension) && !off(get));
  return peer
    ? { mode: "companion", why: `${peer.name} serves Python here` }
    : { mode: "full", why: "no other Python language server is active" };
}
