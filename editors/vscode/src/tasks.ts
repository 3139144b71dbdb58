// Tasks: check and test of a workspace folder, with a problem matcher.

import * as vscode from 'vscode';
import type { Program } from './program';
import type { Server } from './server';

interface Definition extends vscode.TaskDefinition {
  command: 'check' | 'test' | 'run';
  arguments?: string[];
  cwd?: string;
}

export function execution(program: string, args: string[], cwd: string, of: Program): vscode.ProcessExecution {
  const env = Object.fromEntries(Object.entries(of.environment()).filter((it): it is [string, string] => it[1] !== undefined));
  return new vscode.ProcessExecution(program, args, { cwd, env });
}

export class Tasks implements vscode.TaskProvider {
  constructor(
    private readonly program: Program,
    private readonly server: Server,
  ) {}

  async provideTasks(): Promise<vscode.Task[]> {
    const found = await this.program.find();
    const folders = vscode.workspace.workspaceFolders ?? [];
    if (found.kind === 'missing') {
      return [];
    }
    return folders.flatMap((folder) => [
      this.task({ type: 'agentflow', command: 'check' }, folder, found.path),
      this.task({ type: 'agentflow', command: 'test' }, folder, found.path),
    ]);
  }

  async resolveTask(task: vscode.Task): Promise<vscode.Task | undefined> {
    const found = await this.program.find();
    const scope = typeof task.scope === 'object' ? task.scope : vscode.workspace.workspaceFolders?.[0];
    if (found.kind === 'missing' || !scope) {
      return undefined;
    }
    return this.task(task.definition as Definition, scope, found.path);
  }

  task(definition: Definition, folder: vscode.WorkspaceFolder, program: string): vscode.Task {
    const format = definition.command === 'check' ? ['--format', 'short'] : [];
    const args = [definition.command, ...format, ...(definition.arguments ?? [])];
    const cwd = definition.cwd ?? folder.uri.fsPath;
    const task = new vscode.Task(
      definition,
      folder,
      [definition.command, ...(definition.arguments ?? [])].join(' '),
      'agentflow',
      execution(program, args, cwd, this.program),
      // A server says the same of every script of the folder, so that all would be listed twice.
      definition.command === 'check' && !this.server.running ? '$agentflow' : [],
    );
    task.group = definition.command === 'check' ? vscode.TaskGroup.Build : vscode.TaskGroup.Test;
    task.presentationOptions = { clear: true };
    return task;
  }

  /** The command "Check workspace". */
  async check(): Promise<void> {
    const program = await this.program.require();
    const folders = vscode.workspace.workspaceFolders ?? [];
    if (!program) {
      return;
    }
    if (folders.length === 0) {
      void vscode.window.showInformationMessage('Open a folder to check the scripts in it.');
      return;
    }
    for (const folder of folders) {
      await vscode.tasks.executeTask(this.task({ type: 'agentflow', command: 'check' }, folder, program));
    }
  }
}
