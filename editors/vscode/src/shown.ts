// Which script a command means that was not given one.

import * as vscode from 'vscode';

/** The script with the cursor in it; else, as from the walkthrough, one that can be seen. */
export function shownScript(): vscode.TextEditor | undefined {
  const active = vscode.window.activeTextEditor;
  const isScript = (editor: vscode.TextEditor): boolean => editor.document.languageId === 'agentflow';
  return active && isScript(active) ? active : vscode.window.visibleTextEditors.find(isScript);
}
