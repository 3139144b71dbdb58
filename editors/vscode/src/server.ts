// The language server `agentflow lsp`: started, restarted, and shown in the language status.

import * as vscode from 'vscode';
import {
  LanguageClient,
  RevealOutputChannelOn,
  State,
  type LanguageClientOptions,
  type ServerOptions,
} from 'vscode-languageclient/node';
import { configuration, type Program } from './program';

/** Scripts that come with the program (`std`) are read with this scheme; the server answers `agentflow/text` with their text. */
export const STANDARD = 'agentflow-std';

export const SELECTOR = [
  { language: 'agentflow', scheme: 'file' },
  { language: 'agentflow', scheme: 'untitled' },
  { language: 'agentflow', scheme: STANDARD },
];

export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private readonly status = vscode.languages.createLanguageStatusItem('agentflow.server', SELECTOR);
  private readonly started = new vscode.EventEmitter<void>();
  private turn: Promise<void> = Promise.resolve();
  /** Fires when a server has become ready. */
  readonly onStart = this.started.event;

  constructor(
    private readonly program: Program,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.status.name = 'AgentFlow';
    this.status.command = { title: 'Show output', command: 'agentflow.showOutput' };
  }

  /** The client, while it is connected. */
  get running(): LanguageClient | undefined {
    return this.client?.state === State.Running ? this.client : undefined;
  }

  restart(): Promise<void> {
    this.turn = this.turn.then(() => this.stop()).then(() => this.start());
    return this.turn;
  }

  private async start(): Promise<void> {
    this.say('starting', vscode.LanguageStatusSeverity.Information, true);
    const found = await this.program.find();
    if (found.kind === 'missing') {
      this.say('not found', vscode.LanguageStatusSeverity.Error);
      void this.program.complain(found.message);
      return;
    }
    const version = await this.version(found.path);
    if (!(await this.hasServer(found.path))) {
      this.say(`${version} has no language server`, vscode.LanguageStatusSeverity.Error);
      this.log.error(`${found.path} (from ${found.from}) is ${version} and has no language server: it is older than this extension.`);
      void vscode.window.showWarningMessage(
        `The program ${found.path} is ${version} and has no language server yet. Install a newer one; until then scripts are coloured, run and tested, not checked while you type.`,
      );
      return;
    }
    this.log.info(`${version}: ${found.path} (from ${found.from})`);
    await this.connect(found.path, version);
  }

  private async connect(path: string, version: string): Promise<void> {
    const args = ['lsp', ...configuration().get<string[]>('server.arguments', [])];
    const run = { command: path, args, options: { env: this.program.environment() } };
    const server: ServerOptions = { run, debug: run };
    const options: LanguageClientOptions = {
      documentSelector: SELECTOR,
      outputChannel: this.log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      synchronize: {
        fileEvents: vscode.workspace.createFileSystemWatcher('**/{*.agentflow,agentflow.toml,prompts/**}'),
      },
      markdown: { supportHtml: false },
    };
    const client = new LanguageClient('agentflow', 'AgentFlow', server, options);
    client.onDidChangeState(({ newState }) => {
      if (this.client === client && newState === State.Stopped) {
        this.say('stopped', vscode.LanguageStatusSeverity.Warning);
      } else if (newState === State.Running) {
        this.say(version, vscode.LanguageStatusSeverity.Information);
      }
    });
    this.client = client;
    try {
      await client.start();
      this.started.fire();
    } catch (error) {
      this.say('does not start', vscode.LanguageStatusSeverity.Error);
      this.log.error(`The language server does not start: ${String(error)}`);
      void vscode.window.showErrorMessage('The AgentFlow language server does not start; the output "AgentFlow" says why.');
    }
  }

  private async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client?.needsStop()) {
      await client.stop(2000).catch((error: unknown) => this.log.warn(`The server did not stop: ${String(error)}`));
    }
    await client?.dispose().catch(() => undefined);
  }

  private async version(path: string): Promise<string> {
    const output = await this.program.run(path, ['--version'], process.cwd()).catch(() => undefined);
    return output?.out.trim() || 'agentflow';
  }

  private async hasServer(path: string): Promise<boolean> {
    const output = await this.program.run(path, ['lsp', '--help'], process.cwd()).catch(() => undefined);
    return output?.code === 0;
  }

  private say(text: string, severity: vscode.LanguageStatusSeverity, busy = false): void {
    this.status.text = text === 'agentflow' ? 'AgentFlow' : text;
    this.status.severity = severity;
    this.status.busy = busy;
  }

  dispose(): Promise<void> {
    this.status.dispose();
    this.started.dispose();
    return this.stop();
  }
}

/** The texts of `std`, for "go to definition". */
export class Standard implements vscode.TextDocumentContentProvider {
  constructor(private readonly server: Server) {}

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const answer = await this.server.running?.sendRequest<{ text: string }>('agentflow/text', { uri: uri.toString() });
    return answer?.text ?? '';
  }
}
