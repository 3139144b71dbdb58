// What stands around a script in a real editor: the status, the walkthrough, tasks, and a server that dies or is not there.
// Run by `.ci/editor`, as `editor.test.mjs` is.

import assert from 'node:assert/strict';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { Editor } from './editor.mjs';

const { AGENTFLOW: program, AGENTFLOW_EDITOR: home, AGENTFLOW_VSIX: vsix, AGENTFLOW_SHOTS: shots } = process.env;
const SCRIPT = 'note.agentflow';
const BAD = 'bad.agentflow'; // never opened
const skip = spawnSync(program, ['lsp', '--help']).status === 0 ? false : 'this agentflow has no language server';

/** @type {Editor} */
let editor;

before(async () => {
  editor = await Editor.start({ home, program, vsix, shots });
  await editor.open(SCRIPT);
});
after(() => editor?.stop());

const problems = () => editor.text('.markers-panel .monaco-list-row');
const server = () => editor.until('a server', () => editor.servers()[0]);

/** Kills the server, and waits until another one runs, or none does. */
async function kill() {
  const pid = await server();
  process.kill(pid, 'SIGKILL');
  await editor.until('the end of the server', () => !editor.servers().includes(pid));
  for (let tries = 0; tries < 30 && editor.servers().length === 0; tries += 1) {
    await editor.rest(100);
  }
}

test('the language status names the program', { skip }, async () => {
  await server();
  await editor.until('the version', async () => /agentflow \d+\.\d+/.test(await editor.status()));
});

test('a workspace that is checked lists a problem once, also of a script that is not open', { skip }, async () => {
  writeFileSync(join(editor.workspace, BAD), 'workflow w() -> text {\n  step a = nobody()\n\n  return a\n}\n');
  await editor.command('AgentFlow: Check Workspace');
  await editor.until('the result', async () => /1 error in 3 scripts/.test(await editor.text('.xterm-rows')));
  await editor.command('Problems: Focus on Problems View');
  await editor.until('the problem', async () => /AF0302/.test(await problems()));
  await editor.shot('check-workspace');
  assert.equal((await problems()).match(/AF0302/g).length, 1);
});

test('a server that is killed is started again, and one that is killed all the time is not', { skip }, async () => {
  await kill();
  await editor.until('the version', async () => /agentflow \d/.test(await editor.status()));
  assert.equal(await editor.notices(), '', 'nobody is troubled with the first time');
  for (let times = 2; times <= 5; times += 1) {
    await editor.rest(500);
    await kill();
  }
  await editor.until('the message', async () => /ended by itself 5 times and is not started again/.test(await editor.notices()));
  assert.match(await editor.status(), /stopped/);
  await editor.shot('server-gone');
  await editor.rest(2000);
  assert.deepEqual(editor.servers(), []);
  await editor.page.click('.notifications-toasts a:has-text("Start it")');
  await server();
  await editor.until('the version', async () => /agentflow \d/.test(await editor.status()));
});

test('the command starts the server again', { skip }, async () => {
  const first = await server();
  await editor.command('AgentFlow: Restart Language Server');
  await editor.until('another server', () => editor.servers().length === 1 && editor.servers()[0] !== first);
});

test('an older program without a language server is named, and its check fills the problems', async () => {
  const old = join(editor.root, 'old-agentflow');
  writeFileSync(old, `#!/bin/sh\n[ "$1" = lsp ] && exit 2\nexec "${program}" "$@"\n`);
  chmodSync(old, 0o755);
  editor.usesProgram(old);
  await editor.until('the message', async () => /has no language server yet/.test(await editor.notices()));
  await editor.until('the status', async () => /has no language server/.test(await editor.status()));
  await editor.command('Notifications: Clear All Notifications');
  await editor.until('no problem', async () => !/AF0302/.test(await problems()));
  await editor.command('AgentFlow: Check Workspace');
  await editor.command('Problems: Focus on Problems View');
  await editor.until('the problem', async () => /nobody.*AF0302/.test(await problems()));
  await editor.shot('problem-matcher');
  await editor.page.click('.markers-panel .monaco-list-row:has-text("nobody")');
  await editor.until('the script', async () => (await editor.text('.tab.active')).includes(BAD));
  await editor.until('the squiggle', () => editor.page.$('.squiggly-error'));
  rmSync(join(editor.workspace, BAD));
});

test('a program that is not there is said, with what to do', async () => {
  editor.usesProgram('/nowhere/agentflow');
  await editor.until('the message', async () => /\/nowhere\/agentflow, and there is no program there/.test(await editor.notices()));
  await editor.open(SCRIPT);
  assert.match(await editor.status(), /not found/);
  await editor.shot('missing');
  await editor.page.click('.notifications-toasts a:has-text("How to install it")');
  await editor.until('the walkthrough', async () => /The program/.test(await editor.text('.getting-started-step')));
  await editor.shot('walkthrough');
  assert.equal(await editor.page.getAttribute(step('The program', '.codicon'), 'aria-checked'), 'false');
  editor.usesProgram(editor.program);
  await editor.until('the step done', async () => (await editor.page.getAttribute(step('The program', '.codicon'), 'aria-checked')) === 'true');
});

const step = (title, inside) => `.getting-started-step:has-text("${title}") ${inside}`;

/** Opens a step of the walkthrough and presses its button. */
async function press(title, button) {
  await editor.page.click(step(title, 'h3'));
  await editor.rest(500);
  await editor.page.click(step(title, `.monaco-button:has-text("${button}")`));
}

test('the walkthrough goes from a new script to its graph', { skip }, async () => {
  await editor.shot('walkthrough-begin');
  await press('A first script', 'New script');
  await editor.until('the script', async () => /Untitled/.test(await editor.text('.tab')));
  await press('Run it without a model', 'Run without models');
  await editor.until('the question for a name', async () => /Save As/.test(await editor.text('.quick-input-titlebar')));
  await editor.press('Enter');
  await editor.until('the question for a topic', async () => /topic: text · What the note is about/.test(await editor.text('.quick-input-message')));
  await editor.type('tea');
  await editor.press('Enter');
  await editor.until('the result', async () => /^writer round \d$/m.test(await editor.text('.xterm-rows > div')), 30_000);
  await editor.shot('walkthrough-run');
  await press('Test it', 'Open the test explorer');
  await editor.until('the tests', async () => /note.agentflow/.test(await editor.text('.test-explorer .monaco-list-row')));
  await press('See what runs when', 'Show graph');
  await editor.until('the graph', async () => {
    const drawn = await Promise.all(editor.page.frames().map((it) => it.$('[data-node]').catch(() => null)));
    return drawn.some(Boolean);
  });
  await editor.shot('walkthrough-graph');
  const done = await editor.page.$$eval('.getting-started-step .codicon[role=checkbox]', (all) => all.map((it) => it.getAttribute('aria-checked')));
  assert.deepEqual(done, ['true', 'true', 'true', 'true', 'true']);
});
