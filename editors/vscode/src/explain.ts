// The pages of diagnostic codes, as `agentflow explain` prints them.

import * as vscode from 'vscode';
import type { Program } from './program';

export const EXPLAIN = 'agentflow-explain';

export class Explain implements vscode.TextDocumentContentProvider {
  constructor(private readonly program: Program) {}

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const found = await this.program.find();
    if (found.kind === 'missing') {
      return found.message;
    }
    const code = uri.path.replace(/^\/|\.txt$/g, '');
    const output = await this.program.run(found.path, ['explain', code, '--color', 'never'], process.cwd());
    return output.out || output.err;
  }

  /** Asks for a code unless it is told one; the one under the cursor is offered first. */
  async show(code?: string): Promise<void> {
    const wanted = code ?? (await vscode.window.showInputBox({ title: 'Explain a code', value: here(), placeHolder: 'AF0402' }));
    if (wanted && /^AF\d{4}$/i.test(wanted.trim())) {
      const uri = vscode.Uri.from({ scheme: EXPLAIN, path: `/${wanted.trim().toUpperCase()}.txt` });
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
    }
  }
}

function here(): string {
  const editor = vscode.window.activeTextEditor;
  const diagnostics = editor ? vscode.languages.getDiagnostics(editor.document.uri) : [];
  const found = diagnostics.find((it) => editor && it.range.contains(editor.selection.active)) ?? diagnostics[0];
  const code = found?.code;
  return typeof code === 'object' ? String(code.value) : code === undefined ? '' : String(code);
}
