// The extension in a real editor. Run by `.ci/editor`, which prepares it and names what is needed:
// AGENTFLOW_EDITOR (where prepare.sh installed it), AGENTFLOW (the program), AGENTFLOW_VSIX, AGENTFLOW_SHOTS.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, afterEach, before, test } from 'node:test';
import { Editor } from './editor.mjs';

const { AGENTFLOW: program, AGENTFLOW_EDITOR: home, AGENTFLOW_VSIX: vsix, AGENTFLOW_SHOTS: shots } = process.env;
const SCRIPT = 'note.agentflow';
const OTHER = 'letter.agentflow'; // imports it
const served = spawnSync(program, ['lsp', '--help']).status === 0;
const skip = served ? false : 'this agentflow has no language server';

/** @type {Editor} */
let editor;

before(async () => {
  editor = await Editor.start({ home, program, vsix, shots });
  await editor.open(SCRIPT);
});
after(() => editor?.stop());
// A test that fails leaves nothing to the next.
afterEach(() => editor.reset(SCRIPT));

test('a script has colours, and a hole in a prompt another one than the prompt', async () => {
  const spans = await editor.until('coloured text', async () => {
    const found = await editor.page.$$eval('.view-line span > span', (all) =>
      all.map((it) => [it.textContent.replaceAll('\u00a0', ' ').trim(), getComputedStyle(it).color]),
    );
    return new Set(found.map(([, colour]) => colour)).size > 4 ? found : undefined;
  });
  const colour = (text) => spans.find(([it]) => it === text)?.[1];
  assert.ok(colour('Write about') ?? colour('Write about '), 'the prompt is a piece of its own');
  assert.notEqual(colour('Write about'), colour('topic'));
  assert.notEqual(colour('workflow'), colour('note'));
  await editor.shot('colours');
});

test('what is typed is indented and continued', async () => {
  const before = editor.read(SCRIPT);
  await editor.press('Control+End', 'Enter');
  await editor.type('/// One.');
  await editor.press('Enter');
  await editor.type('Two.');
  await editor.press('Enter', 'Shift+Home', 'Delete');
  await editor.type('agent other(a: text) {');
  await editor.press('Enter');
  await editor.type('prompt """');
  await editor.press('Enter');
  await editor.type('Say ${a}.');
  await editor.press('Enter');
  await editor.type('"""');
  await editor.save();
  const typed = `
/// One.
/// Two.
agent other(a: text) {
  prompt """
    Say \${a}.
    """
}`;
  assert.equal(editor.read(SCRIPT).trimEnd(), before + typed);
});

test('a slip has a squiggle with its code, and a fix', { skip }, async () => {
  await editor.goTo(SCRIPT, 'draft = writ');
  await editor.press('Delete', 'Delete');
  await editor.type('r');
  await editor.until('a squiggle', () => editor.page.$('.squiggly-error'));
  await editor.command('Problems: Focus on Problems View');
  await editor.until('the problem', async () => /AF0302/.test(await editor.text('.markers-panel')));
  await editor.shot('squiggle');
  await editor.command('View: Focus Active Editor Group');
  await editor.press('Control+.');
  await editor.until('the fixes', async () => /writer/.test(await editor.text('.action-widget')));
  await editor.shot('fixes');
  await editor.press('Enter');
  await editor.until('the fix', async () => /= writer\(topic\)/.test(await editor.text('.view-lines')));
  await editor.until('no squiggle', async () => !(await editor.page.$('.squiggly-error')));
});

test("an agent's name is completed", { skip }, async () => {
  await editor.goTo(SCRIPT, 'step draft = writer(topic)');
  await editor.press('Enter');
  await editor.type('step more = wri');
  await editor.until('the suggestion', async () => /writer/.test(await editor.text('.suggest-widget.visible')));
  await editor.shot('completion');
  await editor.press('Enter');
  await editor.press('Escape');
  await editor.save();
  assert.match(editor.read(SCRIPT), /step more = writer\(topic\)/, 'the name and its argument');
});

test('a step has a hover', { skip }, async () => {
  await editor.goTo(SCRIPT, 'draft = writer');
  await editor.command('Show or Focus Hover');
  await editor.until('the hover', async () => /writer/.test(await editor.text('.monaco-hover:not(.hidden)')));
  await editor.shot('hover');
  await editor.press('Escape');
});

test('a name is changed everywhere', { skip }, async () => {
  await editor.goTo(SCRIPT, 'step draft');
  await editor.press('F2');
  await editor.until('the box', () => editor.page.$('.rename-box input'));
  await editor.press('Control+a');
  await editor.type('first_note');
  await editor.press('Enter');
  await editor.until('the new name', async () => /return first_note/.test(await editor.text('.view-lines')));
  await editor.save();
  assert.match(editor.read(SCRIPT), /step first_note = writer\(topic\)/);
});

test('an agent is renamed in the scripts that import it too', { skip }, async () => {
  await editor.goTo(SCRIPT, 'agent writer');
  await editor.press('F2');
  await editor.until('the box', () => editor.page.$('.rename-box input'));
  await editor.press('Control+a');
  await editor.type('author');
  await editor.press('Enter');
  await editor.until('the new name', async () => /step draft.*= author/.test(await editor.text('.view-lines')));
  await editor.command('File: Save All');
  await editor.until('the other script', () => /step draft = author\("/.test(editor.read(OTHER)));
  assert.match(editor.read(OTHER), /use "note.agentflow" \{ author \}/);
  await editor.shot('rename');
  await editor.reset(OTHER);
});

test('a definition of the library opens, read-only', { skip }, async () => {
  await editor.open(OTHER);
  await editor.goTo(OTHER, 'until standar');
  await editor.press('F12');
  await editor.until('the library', async () => /std\.rubrics/.test(await editor.text('.tab.active')));
  await editor.until('its text', async () => /rubric standard/.test(await editor.text('.view-lines')));
  await editor.type('x');
  await editor.until('the refusal', async () => /read-only/.test(await editor.text('.monaco-editor-overlaymessage')));
  await editor.shot('library');
});

test('a script is formatted', { skip }, async () => {
  const clean = editor.read(SCRIPT);
  await editor.goTo(SCRIPT, 'step draft =');
  await editor.type('      ');
  await editor.save();
  assert.notEqual(editor.read(SCRIPT), clean);
  await editor.command('Format Document');
  await editor.rest(800);
  await editor.save();
  assert.equal(editor.read(SCRIPT), clean);
});

test('a test is run from its lens', { skip }, async () => {
  const lens = await editor.until('the lens', () => editor.page.$('.codelens-decoration a:has-text("run test")'));
  await lens.click();
  await editor.until('the result', () => editor.page.$('.codicon-testing-passed-icon, .testing-run-glyph.codicon-testing-passed-icon'));
  await editor.shot('test');
});

test('all tests are run from the explorer', async () => {
  await editor.command('Test: Run All Tests');
  await editor.until('the result', () => editor.page.$('.codicon-testing-passed-icon'));
  await editor.shot('tests');
});

test('a workflow runs without models, with the values that were asked for', async () => {
  await editor.open(SCRIPT);
  await editor.command('AgentFlow: Run Workflow without Models');
  await editor.until('the question', async () => /topic: text/.test(await editor.text('.quick-input-message')));
  await editor.type('tea');
  await editor.press('Enter');
  await editor.until('the task', async () => /without models/.test(await editor.text('.part.panel')));
  await editor.until('the result, on a line of its own', async () => /^writer$/m.test(await editor.text('.xterm-rows > div')));
  await editor.shot('run');
});

test('the graph follows the script, and a click opens a step', { skip }, async () => {
  await editor.open(SCRIPT);
  await editor.goTo(SCRIPT, 'return draft');
  await editor.command('AgentFlow: Show Graph');
  const frame = await editor.until('the graph', async () => {
    for (const it of editor.page.frames()) {
      if (await it.$('[data-node="draft"]').catch(() => undefined)) {
        return it;
      }
    }
    return undefined;
  });
  await editor.shot('graph');
  await frame.click('[data-node="draft"]');
  const place = async () => /Ln 10,/.test(await editor.text('.statusbar'));
  await editor.until('the step in the editor', place);
  await editor.press('End', 'Enter');
  await editor.type('step second = writer(draft)');
  await editor.until('the new step in the graph', async () => {
    const node = await frame.$('[data-node="second"]');
    return /writer/.test((await node?.textContent()) ?? '');
  });
  await editor.shot('graph-follows');
});
