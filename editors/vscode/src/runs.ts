// "Run workflow": which one, with which values, in a terminal.

import * as vscode from 'vscode';
import { workflows, type Parameter, type Workflow } from './plan';
import { directoryOf, trusted, type Program } from './program';
import { shownScript } from './shown';
import { execution } from './tasks';

export type Models = 'live' | 'simulated';

export class Runs {
  constructor(
    private readonly program: Program,
    private readonly memory: vscode.Memento,
  ) {}

  /** From a command, a lens (`uri`, `name`) or the title of the editor (`uri`). */
  async run(models: Models, uri?: vscode.Uri | string, name?: string): Promise<void> {
    if (!(await trusted())) {
      return;
    }
    const document = await this.document(uri);
    const program = document && (await this.program.require());
    if (!document || !program) {
      return;
    }
    const workflow = await this.workflow(program, document, name);
    const values = workflow && (await this.values(document, workflow));
    if (!values) {
      return;
    }
    const target = `${document.uri.fsPath}::${workflow.name}`;
    const flags = values.flatMap(([parameter, value]) => ['-p', `${parameter}=${value}`]);
    const args = ['run', target, ...flags, ...(models === 'simulated' ? ['--no-llm'] : [])];
    const task = new vscode.Task(
      { type: 'agentflow', command: 'run' },
      vscode.workspace.getWorkspaceFolder(document.uri) ?? vscode.TaskScope.Workspace,
      models === 'simulated' ? `${workflow.name}, without models` : workflow.name,
      'agentflow',
      execution(program, args, directoryOf(document.uri), this.program),
    );
    task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, panel: vscode.TaskPanelKind.Dedicated, clear: true };
    await vscode.tasks.executeTask(task);
  }

  private async document(uri?: vscode.Uri | string): Promise<vscode.TextDocument | undefined> {
    const wanted = typeof uri === 'string' ? vscode.Uri.parse(uri) : uri;
    const document = wanted
      ? await vscode.workspace.openTextDocument(wanted)
      : shownScript()?.document;
    if (document?.languageId !== 'agentflow') {
      void vscode.window.showInformationMessage('Open a script (.agentflow) to run a workflow of it.');
      return undefined;
    }
    if (document.isUntitled) {
      return saved(document);
    }
    await document.save();
    return document;
  }

  private async workflow(program: string, document: vscode.TextDocument, name?: string): Promise<Workflow | undefined> {
    const args = ['check', '--emit', 'plan', '--format', 'json', document.uri.fsPath];
    const output = await this.program.run(program, args, directoryOf(document.uri));
    let found: Workflow[];
    try {
      found = workflows(output.out);
    } catch {
      const show = 'Show problems';
      const chosen = await vscode.window.showErrorMessage('The script has errors, so nothing of it runs.', show);
      if (chosen === show) {
        await vscode.commands.executeCommand('workbench.actions.view.problems');
      }
      return undefined;
    }
    if (name !== undefined || found.length === 1) {
      return found.find((it) => name === undefined || it.name === name);
    }
    if (found.length === 0) {
      void vscode.window.showInformationMessage('This script declares no workflow.');
      return undefined;
    }
    const items = found.map((it) => ({ label: it.name, detail: it.doc, workflow: it }));
    return (await vscode.window.showQuickPick(items, { title: 'Which workflow?' }))?.workflow;
  }

  /** A value for every parameter; those left out are not there. Nothing where a person gave up. */
  private async values(document: vscode.TextDocument, workflow: Workflow): Promise<[string, string][] | undefined> {
    const key = `values:${document.uri.toString()}::${workflow.name}`;
    const last = this.memory.get<Record<string, string>>(key, {});
    const values: [string, string][] = [];
    for (const [index, parameter] of workflow.parameters.entries()) {
      const title = `${workflow.name} (${index + 1}/${workflow.parameters.length})`;
      const value = await ask(title, parameter, last[parameter.name]);
      if (value === undefined) {
        return undefined;
      }
      if (value !== '' || !parameter.optional) {
        values.push([parameter.name, value]);
      }
    }
    await this.memory.update(key, Object.fromEntries(values));
    return values;
  }
}

/** A new script gets a name before it runs. What is saved is another document, which is shown in the place of the first. */
async function saved(document: vscode.TextDocument): Promise<vscode.TextDocument | undefined> {
  const column = vscode.window.visibleTextEditors.find((it) => it.document === document)?.viewColumn;
  const uri = await vscode.workspace.save(document.uri);
  return uri && (await vscode.window.showTextDocument(uri, { viewColumn: column })).document;
}

const LEFT_OUT = 'leave it out';

async function ask(title: string, parameter: Parameter, last: string | undefined): Promise<string | undefined> {
  const what = `${parameter.name}: ${parameter.type}${parameter.doc ? ` · ${parameter.doc}` : ''}`;
  if (parameter.choices) {
    const choices = parameter.optional ? [...parameter.choices, LEFT_OUT] : parameter.choices;
    const chosen = await vscode.window.showQuickPick(choices, { title, placeHolder: what });
    return chosen === LEFT_OUT ? '' : chosen;
  }
  const hint = 'a value, or @file for the text of a file; lists and records as JSON';
  return vscode.window.showInputBox({
    title,
    prompt: parameter.optional ? `${what} · empty to leave it out` : what,
    placeHolder: hint,
    value: last ?? '',
    ignoreFocusOut: true,
  });
}
