/** The server's life: found, started, told of changes, started again when it dies, stopped. One at a time. */

import { homedir } from "node:os";
import * as vscode from "vscode";
import type { CodeAction, LanguageClient } from "vscode-languageclient/node";
import { Backoff } from "./backoff";
import type { Drawn } from "./charts";
import { needsRestart, readSettings, serverSettings, type Settings } from "./config";
import { connect } from "./connection";
import { Duplicates } from "./duplicates";
import type { Listing } from "./listing";
import { decideMode, type Decision } from "./mode";
import { selectedPython } from "./python";
import { findServer, thisMachine, type Found, type Missing } from "./server";
import type { Status } from "./status";

export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  /** The Python that is selected in this window. */
  private python: string | undefined;
  private found: Found | undefined;
  private missing: Missing | undefined;
  private settings: Settings = readSettings(section());
  private running: Promise<void> | undefined;
  private wanted = false;
  private announced = false;
  private timer: NodeJS.Timeout | undefined;
  private ended = false;
  private readonly backoff = new Backoff();
  private readonly duplicates = new Duplicates();

  constructor(
    private readonly status: Status,
    private readonly log: vscode.LogOutputChannel,
    private readonly quietFolder: vscode.Uri,
  ) {}

  /** Something to serve was opened: start, unless that has been done. One that was missing may be there by now. */
  async ensure(): Promise<void> {
    const { kind } = this.status.current;
    // Several documents open at once: the start that is under way is the start of all.
    if (kind === "idle") await (this.running ?? this.cycle());
    else if (kind === "missing") await this.lookAgain();
  }

  /** Stop and start. Many calls while one is under way are one more. */
  restart(): Promise<void> {
    this.backoff.reset();
    return this.cycle();
  }

  /** The environment may have Polycell now: look, and start (or start again) only if the answer is another one. */
  async lookAgain(): Promise<void> {
    if (this.status.current.kind === "idle") return;
    const before = this.python;
    const answer = await this.find();
    const now = answer.kind === "found" ? answer : undefined;
    if (JSON.stringify(now) !== JSON.stringify(this.found) || this.status.current.kind === "failed") {
      await this.restart();
    } else if (this.python !== before) {
      await this.settingsChanged(); // another environment for the notebooks, and the server stays
    }
  }

  /** The interpreter that an installation would go to. */
  get installTarget(): readonly string[] | undefined {
    return this.missing?.python;
  }

  get isReady(): boolean {
    return this.status.current.kind === "ready";
  }

  /** What the server says of a notebook's dependencies; `null` without a server, and for what it does not know. */
  async dependencies(notebook: vscode.Uri): Promise<Listing | null> {
    const client = this.client;
    if (!client?.isRunning()) return null;
    const uri = client.code2ProtocolConverter.asUri(notebook);
    return client.sendRequest<Listing | null>("polycell/dependencies", { textDocument: { uri } });
  }

  /** The chart at a place as a picture, or why there is none. */
  async draw(document: vscode.Uri, position: vscode.Position): Promise<Drawn | null> {
    const client = this.client;
    if (!client?.isRunning()) return { reason: "The server is not running." };
    const convert = client.code2ProtocolConverter;
    const asked = { uri: convert.asUri(document), position: convert.asPosition(position), show: false };
    const command = { command: "polycell.previewChart", arguments: [asked] };
    return client.sendRequest<Drawn | null>("workspace/executeCommand", command);
  }

  /** Make an action's edit, then run its command, as the editor does with one that it asked for itself. */
  async carryOut(action: CodeAction): Promise<void> {
    const made = await this.client?.protocol2CodeConverter.asCodeAction(action);
    if (!made) return;
    if (made.edit && !(await vscode.workspace.applyEdit(made.edit))) return;
    if (made.command)
      await vscode.commands.executeCommand(made.command.command, ...((made.command.arguments ?? []) as unknown[]));
  }

  async settingsChanged(): Promise<void> {
    const before = this.settings;
    this.settings = readSettings(section());
    if (this.status.current.kind === "idle") return;
    if (needsRestart(before, this.settings)) return this.restart();
    if (this.client?.isRunning()) {
      this.showReady();
      await this.client.sendNotification("workspace/didChangeConfiguration", {
        settings: { polycell: this.instructions() },
      });
    }
  }

  private cycle(): Promise<void> {
    clearTimeout(this.timer);
    this.wanted = true;
    this.running ??= this.run();
    return this.running;
  }

  private async run(): Promise<void> {
    try {
      while (this.takeWanted()) {
        await this.stop();
        await this.start();
      }
    } finally {
      this.running = undefined;
    }
  }

  private takeWanted(): boolean {
    const wanted = this.wanted && !this.ended;
    this.wanted = false;
    return wanted;
  }

  private async find(): Promise<Found | Missing> {
    await vscode.workspace.fs.createDirectory(this.quietFolder);
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const machine = thisMachine(homedir(), this.quietFolder.fsPath, folder?.fsPath);
    this.python = await selectedPython(folder);
    return findServer(this.settings, this.python, machine);
  }

  private async start(): Promise<void> {
    this.status.set({ kind: "starting" });
    const answer = await this.find();
    this.found = answer.kind === "found" ? answer : undefined;
    this.missing = answer.kind === "missing" ? answer : undefined;
    if (answer.kind === "missing") {
      this.log.warn(answer.reason);
      this.status.set(answer);
      return this.tellMissing(answer);
    }
    this.log.info(`Starting ${[answer.command, ...answer.args].join(" ")} (${answer.how})`);
    const client = connect({
      found: answer,
      env: this.settings.env,
      folder: this.quietFolder.fsPath,
      log: this.log,
      middleware: { handleDiagnostics: this.duplicates.handleDiagnostics },
      settings: () => this.instructions(),
      told: (message) => this.tell(message),
      died: () => {
        if (this.client === client) this.died();
      },
    });
    this.client = client;
    try {
      await client.start();
      if (this.client === client) this.showReady();
    } catch (problem) {
      // When the process ended, `died` has been told, and has said what happens next.
      if (this.client === client) {
        this.client = undefined;
        this.fail(`The server could not be started: ${problem instanceof Error ? problem.message : String(problem)}`);
      }
    }
  }

  private died(): void {
    this.client = undefined;
    const delay = this.backoff.next(Date.now());
    if (delay === undefined) {
      return this.fail(
        "The server stopped several times within a few minutes and is not started again. The log says why.",
      );
    }
    this.log.warn(`The server stopped; it is started again in ${delay / 1000} s.`);
    this.status.set({ kind: "starting" });
    this.timer = setTimeout(() => void this.cycle(), delay);
  }

  private fail(reason: string): void {
    this.log.error(reason);
    this.status.set({ kind: "failed", reason });
    void this.offer(vscode.window.showErrorMessage(`Polycell: ${reason}`, "Show Log", "Restart"), {
      "Show Log": "polycell.showLog",
      Restart: "polycell.restart",
    });
  }

  /** What the server wants the user to know. */
  private tell(message: string): void {
    this.status.note(message.replace(/^Polycell: /, ""));
    void this.offer(vscode.window.showInformationMessage(message, "Settings", "Show Log"), {
      Settings: "polycell.openSettings",
      "Show Log": "polycell.showLog",
    });
  }

  /** Once a window: after that the status bar says it. */
  private tellMissing({ reason, python }: Missing): void {
    if (this.announced) return;
    this.announced = true;
    const buttons = python ? ["Install…", "Settings"] : ["Settings"];
    void this.offer(vscode.window.showInformationMessage(reason, ...buttons), {
      "Install…": "polycell.install",
      Settings: "polycell.openSettings",
    });
  }

  private async offer(asked: Thenable<string | undefined>, commands: Record<string, string>): Promise<void> {
    const command = commands[(await asked) ?? ""];
    if (command) await vscode.commands.executeCommand(command);
  }

  private showReady(): void {
    if (!this.found) return;
    const { how, version } = this.found;
    const info = this.client?.initializeResult?.serverInfo?.version ?? version;
    this.status.set({ kind: "ready", how, ...(info ? { version: info } : {}), ...this.decision() });
  }

  private decision(): Decision {
    const all = vscode.workspace.getConfiguration();
    const isInstalled = (id: string): boolean => vscode.extensions.getExtension(id) !== undefined;
    return decideMode(this.settings.mode, isInstalled, (setting) => all.get(setting));
  }

  private instructions(): Record<string, unknown> {
    return serverSettings({ ...section() }, this.decision().mode, this.python);
  }

  private async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (!client?.isRunning()) return;
    try {
      await client.stop();
    } catch (problem) {
      this.log.warn(`The server did not stop in good order: ${String(problem)}`);
    }
  }

  /** Stop for good. */
  async end(): Promise<void> {
    this.ended = true;
    clearTimeout(this.timer);
    await this.running?.catch(() => undefined);
    await this.stop();
  }

  dispose(): void {
    this.ended = true;
    this.duplicates.dispose();
    void this.end();
  }
}

function section(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration("polycell");
}
