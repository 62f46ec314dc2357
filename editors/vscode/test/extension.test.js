// The extension with an editor and a client that only note what is asked of them.
'use strict';

const assert = require('node:assert');
const Module = require('node:module');
const test = require('node:test');

/** Loads the extension anew. `settings` are those of the user; a client that fails to start throws `failure`. */
function load(settings, failure) {
  const seen = { clients: [], errors: [], commands: {}, listeners: [] };
  const vscode = {
    commands: { registerCommand: (name, run) => ((seen.commands[name] = run), { dispose() {} }) },
    window: { showErrorMessage: (message) => seen.errors.push(message) },
    workspace: {
      getConfiguration: () => ({ get: (name) => settings[name] }),
      onDidChangeConfiguration: (listener) => (seen.listeners.push(listener), { dispose() {} })
    }
  };
  class LanguageClient {
    constructor(id, name, server, client) {
      Object.assign(this, { id, name, server, client, running: false });
      seen.clients.push(this);
    }
    async start() {
      if (failure) throw failure;
      this.running = true;
    }
    async stop() {
      this.running = false;
    }
  }
  const fakes = { vscode, 'vscode-languageclient/node': { LanguageClient } };
  const original = Module._load;
  Module._load = (request, ...rest) => fakes[request] ?? original(request, ...rest);
  delete require.cache[require.resolve('../extension.js')];
  try {
    return { extension: require('../extension.js'), seen, settings };
  } finally {
    Module._load = original;
  }
}

const context = () => ({ subscriptions: [] });

test('the server is started as the settings say', async () => {
  const { extension, seen } = load({ path: '/opt/aemlint', args: ['--target', 'cloud'] });
  await extension.activate(context());
  assert.deepStrictEqual(seen.clients[0].server, { command: '/opt/aemlint', args: ['lsp', '--target', 'cloud'] });
  assert.ok(seen.clients[0].running);
  const patterns = seen.clients[0].client.documentSelector.map((filter) => filter.pattern);
  assert.ok(patterns.some((pattern) => pattern.includes('cfg.json')));
  await extension.deactivate();
  assert.ok(!seen.clients[0].running);
});

test('a change of the settings starts it anew, others do not', async () => {
  const { extension, seen, settings } = load({ path: 'aemlint', args: [] });
  await extension.activate(context());
  await seen.listeners[0]({ affectsConfiguration: () => false });
  assert.strictEqual(seen.clients.length, 1);
  settings.args = ['--min-severity', 'warning'];
  await seen.listeners[0]({ affectsConfiguration: (section) => section === 'aemlint' });
  assert.deepStrictEqual(seen.clients.map((client) => client.running), [false, true]);
  assert.deepStrictEqual(seen.clients[1].server.args, ['lsp', '--min-severity', 'warning']);
  await seen.commands['aemlint.restart']();
  assert.deepStrictEqual(seen.clients.map((client) => client.running), [false, false, true]);
});

test('a program that is not there is told with what to do', async () => {
  const { extension, seen } = load({ path: 'no-such', args: [] }, new Error('spawn no-such ENOENT'));
  await extension.activate(context());
  assert.match(seen.errors[0], /no-such lsp.*ENOENT.*aemlint\.path/);
  await extension.deactivate();
});

test('what is contributed is what is used', () => {
  const { contributes } = require('../package.json');
  assert.deepStrictEqual(Object.keys(contributes.configuration.properties), ['aemlint.path', 'aemlint.args']);
  assert.deepStrictEqual(contributes.commands.map(({ command }) => command), ['aemlint.restart']);
});
