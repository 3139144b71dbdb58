// AgentFlow in VS Code: what is registered, and nothing else.

import * as vscode from 'vscode';
import { Explain, EXPLAIN } from './explain';
import { GraphPreview } from './graph/panel';
import { Program } from './program';
import { Runs } from './runs';
import { Server, STANDARD, Standard } from './server';
import { Tasks } from './tasks';
import { NEW_SCRIPT } from './template';
import { Tests } from './tests/explorer';

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('AgentFlow', { log: true });
  const program = new Program(context.extensionPath, log);
  server = new Server(program, log);
  const running = server;
  const runs = new Runs(program, context.workspaceState);
  const tests = new Tests(program);
  const tasks = new Tasks(program, running);
  const graph = new GraphPreview(context.extensionUri, running, log);
  const explain = new Explain(program);

  const commands: Record<string, (...args: never[]) => unknown> = {
    'agentflow.run': (uri?: vscode.Uri | string, name?: string) => runs.run('live', uri, asName(name)),
    'agentflow.runWithoutModels': (uri?: vscode.Uri | string, name?: string) => runs.run('simulated', uri, asName(name)),
    'agentflow.runTest': (uri?: vscode.Uri | string, title?: string) => tests.runOne(uri, asName(title)),
    'agentflow.checkWorkspace': () => tasks.check(),
    'agentflow.showGraph': (uri?: vscode.Uri) => graph.show(uri),
    'agentflow.restartServer': () => running.restart(),
    'agentflow.showOutput': () => log.show(true),
    'agentflow.newScript': () => newScript(),
    'agentflow.explain': (code?: string) => explain.show(asName(code)),
    'agentflow.showReferences': (uri: string, position: Position, locations: Location[]) => showReferences(uri, position, locations),
  };
  context.subscriptions.push(
    log,
    tests,
    graph,
    vscode.tasks.registerTaskProvider('agentflow', tasks),
    vscode.workspace.registerTextDocumentContentProvider(STANDARD, new Standard(running)),
    vscode.workspace.registerTextDocumentContentProvider(EXPLAIN, explain),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (['path', 'server', 'environment'].some((it) => event.affectsConfiguration(`agentflow.${it}`))) {
        void running.restart();
      }
    }),
    ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(name, run)),
  );
  void running.restart();
}

export async function deactivate(): Promise<void> {
  await server?.dispose();
  server = undefined;
}

/** The editor's menus pass things of their own behind the address. */
function asName(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

async function newScript(): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: 'agentflow', content: NEW_SCRIPT });
  await vscode.window.showTextDocument(document);
}

interface Position {
  line: number;
  character: number;
}

interface Location {
  uri: string;
  range: { start: Position; end: Position };
}

/** A lens of the server speaks the protocol's types; the editor's own command takes the editor's. */
async function showReferences(uri: string, position: Position, locations: Location[]): Promise<void> {
  const at = ({ line, character }: Position) => new vscode.Position(line, character);
  await vscode.commands.executeCommand(
    'editor.action.showReferences',
    vscode.Uri.parse(uri),
    at(position),
    locations.map((it) => new vscode.Location(vscode.Uri.parse(it.uri), new vscode.Range(at(it.range.start), at(it.range.end)))),
  );
}
