// The graph preview beside a script: follows edits and the cursor, and opens a step when it is clicked.

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { configuration } from '../program';
import type { Server } from '../server';
import { shownScript } from '../shown';
import { page } from './page';
import type { Graph, GraphGroup, GraphNode, ToPage, ToPanel } from './shape';

/** How long an edit or a movement of the cursor rests before the graph is asked for, in milliseconds. */
const REST = 120;

export class GraphPreview implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private subscriptions: vscode.Disposable[] = [];
  private document: vscode.TextDocument | undefined;
  private position = new vscode.Position(0, 0);
  private graph: Graph | undefined;
  private timer: NodeJS.Timeout | undefined;
  private turn = 0;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly server: Server,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  show(uri?: vscode.Uri): void {
    const editor = vscode.window.visibleTextEditors.find((it) => it.document.uri.toString() === uri?.toString());
    const from = editor ?? shownScript();
    if (!from) {
      void vscode.window.showInformationMessage('Open a script (.agentflow) to see the graph of a workflow.');
      return;
    }
    this.document = from.document;
    this.position = from.selection.active;
    if (this.panel) {
      this.panel.reveal(undefined, true);
    } else {
      this.open();
    }
    void this.update();
  }

  private open(): void {
    const panel = vscode.window.createWebviewPanel(
      'agentflow.graph',
      'Graph',
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, retainContextWhenHidden: true, localResourceRoots: [vscode.Uri.joinPath(this.extension, 'out')] },
    );
    this.panel = panel;
    const script = panel.webview.asWebviewUri(vscode.Uri.joinPath(this.extension, 'out', 'graph.js'));
    panel.webview.html = page(script.toString(), panel.webview.cspSource, randomBytes(16).toString('hex'));
    this.subscriptions = [
      panel.webview.onDidReceiveMessage((message: ToPanel) => this.receive(message)),
      panel.onDidDispose(() => this.close()),
      vscode.workspace.onDidChangeTextDocument(({ document }) => document === this.document && this.soon()),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => this.follow(textEditor)),
      vscode.window.onDidChangeActiveTextEditor((editor) => editor && this.follow(editor)),
      this.server.onStart(() => this.soon()),
    ];
  }

  private follow(editor: vscode.TextEditor): void {
    const { document, selection } = editor;
    if (document.languageId !== 'agentflow') {
      return;
    }
    const here = document.uri.toString() === this.document?.uri.toString();
    if (here || configuration().get<boolean>('graph.followCursor', true)) {
      if (configuration().get<boolean>('graph.followCursor', true)) {
        this.document = document;
        this.position = selection.active;
        this.soon();
      }
      this.markCurrent(document, selection.active);
    }
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.update(), REST);
  }

  private async update(): Promise<void> {
    const { document, position } = this;
    const client = this.server.running;
    if (!this.panel || !document) {
      return;
    }
    if (!client) {
      this.send({ type: 'notice', text: 'The language server is not running; the graph appears when it does.' });
      return;
    }
    this.turn += 1;
    const turn = this.turn;
    const ask = (at: vscode.Position): Promise<Graph | null> =>
      client.sendRequest('agentflow/graph', {
        textDocument: { uri: client.code2ProtocolConverter.asUri(document.uri) },
        position: { line: at.line, character: at.character },
      });
    try {
      const other = elsewhere(document, this.graph?.workflow);
      const graph = (await ask(position)) ?? (other ? await ask(other) : null);
      if (turn === this.turn) {
        this.receiveGraph(graph, document, position);
      }
    } catch (error) {
      if (turn === this.turn) {
        this.log.warn(`agentflow/graph: ${String(error)}`);
        this.send({ type: 'notice', text: 'The script cannot be drawn while it has errors.' });
      }
    }
  }

  private receiveGraph(graph: Graph | null, document: vscode.TextDocument, position: vscode.Position): void {
    if (!graph) {
      this.send({ type: 'notice', text: 'There is no workflow in this script.' });
      return;
    }
    this.graph = graph;
    if (this.panel) {
      this.panel.title = `Graph of ${graph.workflow}`;
    }
    this.send({ type: 'graph', title: graph.workflow, svg: graph.svg, style: graph.style });
    this.markCurrent(document, position);
  }

  private markCurrent(document: vscode.TextDocument, position: vscode.Position): void {
    if (document.uri.toString() === this.document?.uri.toString()) {
      const around = (this.graph?.nodes ?? []).filter((node) => rangeOf(node).contains(position));
      const smallest = around.sort((a, b) => lines(a) - lines(b))[0];
      this.send({ type: 'current', id: smallest?.id });
    }
  }

  private async receive(message: ToPanel): Promise<void> {
    if (message.type === 'ready') {
      await this.update();
      return;
    }
    const node = [...(this.graph?.nodes ?? []), ...(this.graph?.groups ?? [])].find((it) => it.id === message.id);
    if (!node || !this.document) {
      return;
    }
    const beside = vscode.window.visibleTextEditors.find((it) => it.document.uri.toString() === this.document?.uri.toString());
    const editor = await vscode.window.showTextDocument(this.document, { viewColumn: beside?.viewColumn ?? vscode.ViewColumn.One });
    const range = rangeOf(node);
    editor.selection = new vscode.Selection(range.start, range.start);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  private send(message: ToPage): void {
    void this.panel?.webview.postMessage(message);
  }

  private close(): void {
    clearTimeout(this.timer);
    this.subscriptions.forEach((it) => it.dispose());
    this.subscriptions = [];
    this.panel = undefined;
    this.graph = undefined;
  }

  dispose(): void {
    this.panel?.dispose();
  }
}

/** Where to look when no workflow is at the cursor: at the one that is shown, else at the first of the script. */
function elsewhere(document: vscode.TextDocument, shown: string | undefined): vscode.Position | undefined {
  const heads = [...document.getText().matchAll(/^workflow\s+([\p{L}\p{N}_]+)/gmu)];
  const head = heads.find(([, name]) => name === shown) ?? heads[0];
  return head && document.positionAt(head.index);
}

function rangeOf({ range }: GraphNode | GraphGroup): vscode.Range {
  return new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character);
}

function lines({ range }: GraphNode): number {
  return range.end.line - range.start.line;
}
