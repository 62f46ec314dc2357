// Starts `aemlint lsp` and connects it with the editor; all else is done by the server.
'use strict';

const vscode = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');
const files = require('./files.json');

let client;

/** The files that the server is told of. */
function documentSelector() {
  return files.patterns.map((pattern) => ({ scheme: 'file', pattern }));
}

/** How the server is started. */
function serverOptions() {
  const settings = vscode.workspace.getConfiguration('aemlint');
  const command = settings.get('path') || 'aemlint';
  return { command, args: ['lsp', ...(settings.get('args') || [])] };
}

async function start() {
  const options = serverOptions();
  client = new LanguageClient('aemlint', 'aemlint', options, { documentSelector: documentSelector() });
  try {
    await client.start();
  } catch (error) {
    client = undefined;
    const reason = error instanceof Error ? error.message : String(error);
    vscode.window.showErrorMessage(
      `aemlint: '${options.command} lsp' cannot be started (${reason}). ` +
        'Install aemlint, or name the program in the setting aemlint.path.'
    );
  }
}

async function stop() {
  const running = client;
  client = undefined;
  await running?.stop();
}

/** Called by the editor when one of the activation events happens. */
async function activate(context) {
  const restart = async () => {
    await stop();
    await start();
  };
  context.subscriptions.push(
    vscode.commands.registerCommand('aemlint.restart', restart),
    vscode.workspace.onDidChangeConfiguration((event) => (event.affectsConfiguration('aemlint') ? restart() : undefined))
  );
  await start();
}

module.exports = { activate, deactivate: stop };
