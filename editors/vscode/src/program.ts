// Calls of the program `agentflow`.

import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import * as os from 'node:os';
import * as vscode from 'vscode';
import { find, type Found } from './binary';

export interface Output {
  code: number | null;
  out: string;
  err: string;
}

/** The program, its environment, and how to say that it is missing. */
export class Program {
  constructor(
    private readonly extension: string,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  async find(): Promise<Found> {
    const found = await find(
      {
        setting: configuration().get<string>('path', '').trim(),
        extension: this.extension,
        workspace: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath,
        home: os.homedir(),
        searchPath: this.environment()['PATH'] ?? process.env['Path'] ?? '',
        platform: process.platform,
      },
      isProgram,
    );
    await vscode.commands.executeCommand('setContext', 'agentflow.found', found.kind === 'found');
    return found;
  }

  /** The program's path. Where there is none, a person has been told why and what to do. */
  async require(): Promise<string | undefined> {
    const found = await this.find();
    if (found.kind === 'found') {
      return found.path;
    }
    void this.complain(found.message);
    return undefined;
  }

  async complain(message: string): Promise<void> {
    this.log.error(message);
    const settings = 'Say where it is';
    const install = 'How to install it';
    const chosen = await vscode.window.showErrorMessage(message, install, settings);
    if (chosen === settings) {
      await vscode.commands.executeCommand('workbench.action.openSettings', 'agentflow.path');
    } else if (chosen === install) {
      await vscode.commands.executeCommand('workbench.action.openWalkthrough', 'agentflow.agentflow#start', false);
    }
  }

  environment(): Record<string, string | undefined> {
    return { ...process.env, ...configuration().get<Record<string, string>>('environment', {}) };
  }

  /** Runs it to its end. `line` sees the lines of its standard output as they come. */
  run(
    program: string,
    args: string[],
    cwd: string,
    options: { token?: vscode.CancellationToken; line?: (line: string) => void } = {},
  ): Promise<Output> {
    this.log.debug(`${program} ${args.join(' ')}`);
    return new Promise((resolve, reject) => {
      const child = spawn(program, args, { cwd, env: this.environment() as NodeJS.ProcessEnv, windowsHide: true });
      const output: Output = { code: null, out: '', err: '' };
      let pending = '';
      const cancelled = options.token?.onCancellationRequested(() => child.kill());
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        output.out += chunk;
        pending += chunk;
        const lines = pending.split(/\r?\n/);
        pending = lines.pop() ?? '';
        lines.forEach((line) => options.line?.(line));
      });
      child.stderr.setEncoding('utf8').on('data', (chunk: string) => (output.err += chunk));
      child.on('error', (error) => {
        cancelled?.dispose();
        reject(error);
      });
      child.on('close', (code) => {
        cancelled?.dispose();
        if (pending !== '') {
          options.line?.(pending);
        }
        output.code = code;
        resolve(output);
      });
    });
  }
}

export function configuration(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('agentflow');
}

/** Whether scripts of this workspace may be run. Where they may not, a person is told so. */
export async function trusted(): Promise<boolean> {
  if (vscode.workspace.isTrusted) {
    return true;
  }
  const manage = 'Manage trust';
  const chosen = await vscode.window.showWarningMessage('Scripts are run and tested when you trust this workspace.', manage);
  if (chosen === manage) {
    await vscode.commands.executeCommand('workbench.trust.manage');
  }
  return false;
}

/** The directory in which a script is run: its workspace folder, else its own. */
export function directoryOf(uri: vscode.Uri): string {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  return (folder?.uri ?? vscode.Uri.joinPath(uri, '..')).fsPath;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, process.platform === 'win32' ? constants.F_OK : constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
