// The test explorer: the tests that stand in scripts, run by `agentflow test --json`.

import * as vscode from 'vscode';
import { configuration, directoryOf, trusted, type Program } from '../program';
import { event, written, type Failure } from './report';

export class Tests implements vscode.Disposable {
  private readonly controller = vscode.tests.createTestController('agentflow', 'AgentFlow');
  private readonly subscriptions: vscode.Disposable[] = [this.controller];

  constructor(private readonly program: Program) {
    this.controller.createRunProfile('Run', vscode.TestRunProfileKind.Run, (request, token) => this.run(request, token), true);
    this.controller.refreshHandler = () => this.discover();
    const watcher = vscode.workspace.createFileSystemWatcher('**/*.agentflow');
    this.subscriptions.push(
      watcher,
      watcher.onDidCreate((uri) => this.readFile(uri)),
      watcher.onDidChange((uri) => this.readFile(uri)),
      watcher.onDidDelete((uri) => this.controller.items.delete(uri.toString())),
      vscode.workspace.onDidOpenTextDocument((document) => this.read(document)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.read(document)),
    );
    vscode.workspace.textDocuments.forEach((document) => this.read(document));
    void this.discover();
  }

  private async discover(): Promise<void> {
    if (!configuration().get<boolean>('tests.discover', true)) {
      return;
    }
    const scripts = await vscode.workspace.findFiles('**/*.agentflow', '**/{node_modules,target,.git}/**', 5000);
    await Promise.all(scripts.map((uri) => this.readFile(uri)));
  }

  private async readFile(uri: vscode.Uri): Promise<void> {
    const open = vscode.workspace.textDocuments.find((it) => it.uri.toString() === uri.toString());
    if (open) {
      this.read(open);
      return;
    }
    try {
      this.place(uri, Buffer.from(await vscode.workspace.fs.readFile(uri)).toString('utf8'));
    } catch {
      this.controller.items.delete(uri.toString());
    }
  }

  private read(document: vscode.TextDocument): void {
    if (document.languageId === 'agentflow' && document.uri.scheme === 'file') {
      this.place(document.uri, document.getText());
    }
  }

  private place(uri: vscode.Uri, text: string): void {
    const found = written(text);
    if (found.length === 0) {
      this.controller.items.delete(uri.toString());
      return;
    }
    const file = this.file(uri);
    const seen = new Map<string, number>();
    file.children.replace(
      found.map(({ title, line }) => {
        const count = (seen.get(title) ?? 0) + 1;
        seen.set(title, count);
        const id = count === 1 ? title : `${title}#${count}`;
        const item = file.children.get(id) ?? this.controller.createTestItem(id, title, uri);
        item.range = new vscode.Range(line, 0, line, 4);
        return item;
      }),
    );
  }

  private file(uri: vscode.Uri): vscode.TestItem {
    const known = this.controller.items.get(uri.toString());
    if (known) {
      return known;
    }
    const item = this.controller.createTestItem(uri.toString(), vscode.workspace.asRelativePath(uri), uri);
    this.controller.items.add(item);
    return item;
  }

  /** From a lens (`uri`, `title`) or for the test at the cursor. */
  async runOne(uri?: vscode.Uri | string, title?: string): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const wanted = typeof uri === 'string' ? vscode.Uri.parse(uri) : (uri ?? editor?.document.uri);
    const file = wanted && this.controller.items.get(wanted.toString());
    const items = file ? [...file.children].map(([, item]) => item) : [];
    const cursor = editor?.selection.active.line ?? 0;
    const above = (item: vscode.TestItem) => (item.range?.start.line ?? 0) <= cursor;
    const item = title === undefined ? items.filter(above).at(-1) : items.find((it) => it.label === title);
    if (!item) {
      void vscode.window.showInformationMessage('There is no test here. A test begins with: test "what holds" {');
      return;
    }
    await this.run(new vscode.TestRunRequest([item]), new vscode.CancellationTokenSource().token);
  }

  private async run(request: vscode.TestRunRequest, token: vscode.CancellationToken): Promise<void> {
    const program = (await trusted()) ? await this.program.require() : undefined;
    if (!program) {
      return;
    }
    await vscode.workspace.saveAll(false);
    const run = this.controller.createTestRun(request);
    for (const [file, items] of this.wanted(request)) {
      if (token.isCancellationRequested) {
        break;
      }
      await this.runFile(program, file, items, run, token);
    }
    run.end();
  }

  /** The tests that a request means, by their files. */
  private wanted(request: vscode.TestRunRequest): Map<vscode.TestItem, vscode.TestItem[]> {
    const groups = new Map<vscode.TestItem, vscode.TestItem[]>();
    const excluded = new Set(request.exclude ?? []);
    const add = (item: vscode.TestItem): void => {
      if (excluded.has(item)) {
        return;
      }
      if (!item.parent) {
        item.children.forEach(add);
        return;
      }
      groups.set(item.parent, [...(groups.get(item.parent) ?? []), item]);
    };
    if (request.include) {
      request.include.forEach(add);
    } else {
      this.controller.items.forEach(add);
    }
    return groups;
  }

  private async runFile(
    program: string,
    file: vscode.TestItem,
    items: vscode.TestItem[],
    run: vscode.TestRun,
    token: vscode.CancellationToken,
  ): Promise<void> {
    const uri = file.uri;
    if (!uri) {
      return;
    }
    const waiting = new Set(items);
    items.forEach((item) => run.started(item));
    const only = items.length === 1 && items[0] ? ['--filter', items[0].label] : [];
    let failure: string | undefined;
    try {
      const output = await this.program.run(program, ['test', '--json', ...only, uri.fsPath], directoryOf(uri), {
        token,
        line: (line) => this.report(line, uri, waiting, run),
      });
      failure = output.err.trim();
    } catch (error) {
      failure = String(error);
    }
    run.appendOutput((failure ?? '').replaceAll('\n', '\r\n'));
    for (const item of waiting) {
      if (token.isCancellationRequested) {
        run.skipped(item);
      } else {
        run.errored(item, new vscode.TestMessage(failure || 'The test was not run: the script has errors.'));
      }
    }
  }

  private report(line: string, uri: vscode.Uri, waiting: Set<vscode.TestItem>, run: vscode.TestRun): void {
    const it = event(line);
    if (it?.kind !== 'test') {
      return;
    }
    const same = [...waiting].filter((item) => item.label === it.title);
    const item = same.find((item) => item.range?.start.line === it.line - 1) ?? same[0];
    if (!item) {
      return;
    }
    waiting.delete(item);
    if (it.passed) {
      run.passed(item, it.ms);
    } else {
      run.failed(item, it.failures.map((failure) => message(failure, uri)), it.ms);
    }
    run.appendOutput(`${it.passed ? 'PASS' : 'FAIL'}  ${it.title}\r\n`, undefined, item);
  }

  dispose(): void {
    this.subscriptions.forEach((it) => it.dispose());
  }
}

function message(failure: Failure, uri: vscode.Uri): vscode.TestMessage {
  const text = failure.expect ? `expect ${failure.expect}: ${failure.message}` : failure.message;
  const it =
    failure.left !== undefined && failure.right !== undefined
      ? vscode.TestMessage.diff(text, failure.right, failure.left)
      : new vscode.TestMessage(text);
  it.location = new vscode.Location(uri, new vscode.Position(Math.max(0, failure.line - 1), 0));
  return it;
}
