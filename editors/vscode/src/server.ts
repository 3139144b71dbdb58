// The language server `agentflow lsp`: started, restarted, and shown in the language status.

import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  State,
  type ErrorHandler,
  type LanguageClientOptions,
  type ServerOptions,
} from 'vscode-languageclient/node';
import { isStartedAgain } from './deaths';
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
  /** Fires when a server has become ready, also one that was started again. */
  readonly onStart = this.started.event;

  constructor(
    private readonly program: Program,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.status.name = 'AgentFlow';
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
    // The walkthrough's first step is done when this becomes true, and it may have been asked for since the last search.
    await vscode.commands.executeCommand('setContext', 'agentflow.found', undefined);
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
      errorHandler: this.deaths(),
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
        this.started.fire();
      }
    });
    this.client = client;
    try {
      await client.start();
    } catch (error) {
      this.say('does not start', vscode.LanguageStatusSeverity.Error);
      this.log.error(`The language server does not start: ${String(error)}`);
      void vscode.window.showErrorMessage('The AgentFlow language server does not start; the output "AgentFlow" says why.');
    }
  }

  /** What is done when a server ends that was not told to. */
  private deaths(): ErrorHandler {
    const ends: number[] = [];
    return {
      error: (_error, _message, count) => ({ action: (count ?? 0) <= 3 ? ErrorAction.Continue : ErrorAction.Shutdown, handled: true }),
      closed: () => {
        ends.push(Date.now());
        if (isStartedAgain(ends)) {
          return { action: CloseAction.Restart, message: 'The language server has ended by itself; it is started again.', handled: true };
        }
        void this.giveUp(ends.length);
        return { action: CloseAction.DoNotRestart, message: 'The language server keeps ending; it is left alone.', handled: true };
      },
    };
  }

  private async giveUp(times: number): Promise<void> {
    const restart = 'Start it';
    const output = 'Show output';
    const message = `The AgentFlow language server has ended by itself ${times} times and is not started again.`;
    const chosen = await vscode.window.showErrorMessage(message, restart, output);
    if (chosen === restart) {
      await this.restart();
    } else if (chosen === output) {
      this.log.show(true);
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
    this.status.command =
      severity === vscode.LanguageStatusSeverity.Information
        ? { title: 'Show output', command: 'agentflow.showOutput' }
        : { title: 'Restart', command: 'agentflow.restartServer' };
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
