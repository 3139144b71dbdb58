import assert from 'node:assert/strict';
import test from 'node:test';
import { load } from './bundle.mjs';

const { candidates, find } = await load('binary.ts');

const places = (changes) => ({
  setting: '',
  extension: '/ext',
  workspace: '/projects/my flows',
  home: '/home/ada',
  searchPath: '/usr/bin::/opt/bin',
  platform: 'linux',
  ...changes,
});
const paths = (changes) => candidates(places(changes)).map((it) => it.path);

test('the extension comes before the PATH, cargo last', () => {
  assert.deepEqual(paths(), [
    '/ext/server/agentflow',
    '/usr/bin/agentflow',
    '/opt/bin/agentflow',
    '/home/ada/.cargo/bin/agentflow',
  ]);
});

test('a setting stands alone, and is expanded', () => {
  assert.deepEqual(paths({ setting: '~/bin/agentflow' }), ['/home/ada/bin/agentflow']);
  assert.deepEqual(paths({ setting: '${workspaceFolder}/af' }), ['/projects/my flows/af']);
  assert.deepEqual(paths({ setting: '/a~b/af' }), ['/a~b/af']);
});

test('on Windows it is an .exe, and the PATH is cut at semicolons', () => {
  const found = paths({ platform: 'win32', searchPath: 'C:\\a;D:\\b', extension: 'C:\\ext', home: 'C:\\Users\\ada' });
  assert.deepEqual(found, [
    'C:\\ext\\server\\agentflow.exe',
    'C:\\a\\agentflow.exe',
    'D:\\b\\agentflow.exe',
    'C:\\Users\\ada\\.cargo\\bin\\agentflow.exe',
  ]);
});

test('the first that is a program is taken, and it is known from where', async () => {
  const found = await find(places(), async (path) => path.startsWith('/opt'));
  assert.deepEqual(found, { kind: 'found', path: '/opt/bin/agentflow', from: 'the PATH' });
});

test('what is missing is said: the path that was set, or where was looked', async () => {
  const nothing = async () => false;
  const set = await find(places({ setting: '~/af' }), nothing);
  assert.match(set.message, /agentflow\.path names \/home\/ada\/af/);
  const none = await find(places(), nothing);
  assert.match(none.message, /not on the PATH/);
});

test('a server that ends by itself is started again, unless it does so all the time', async () => {
  const { isStartedAgain } = await load('deaths.ts');
  const seconds = (...all) => all.map((it) => it * 1000);
  assert.ok(isStartedAgain(seconds(100)) && isStartedAgain(seconds(1, 2, 3, 4)));
  assert.ok(!isStartedAgain(seconds(1, 2, 3, 4, 5)));
  assert.ok(isStartedAgain(seconds(1, 2, 3, 4, 300)), 'what is long ago does not count');
});
