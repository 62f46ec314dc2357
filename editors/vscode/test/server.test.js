// The real server with the protocol library that the client of the extension uses. Set AEMLINT to the program, or build it
// with `cargo build`; without one the test is skipped.
'use strict';

const assert = require('node:assert');
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');
const { pathToFileURL } = require('node:url');
const rpc = require('vscode-languageserver-protocol/node');

const name = process.platform === 'win32' ? 'aemlint.exe' : 'aemlint';
const program = process.env.AEMLINT || path.join(__dirname, '../../../target/debug', name);

const FILE = 'jcr_root/apps/x/config/com.adobe.granite.auth.oauth.accesstoken.provider~a.cfg.json';
const TEXT = `{
  "auth.token.provider.title": "Smart Tags",
  "auth.token.provider.authorization.grants": "client_credentials",
  "auth.token.provider.orgId": "0123456789ABCDEF01234567@AdobeOrg"
}
`;

test('findings of a file that is opened', { skip: !fs.existsSync(program) && 'no aemlint was built', timeout: 60000 }, async () => {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'aemlint-')));
  const file = path.join(folder, FILE);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, TEXT);
  const server = spawn(program, ['lsp', '--stdio'], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => server.on('exit', resolve));
  const connection = rpc.createProtocolConnection(
    new rpc.StreamMessageReader(server.stdout),
    new rpc.StreamMessageWriter(server.stdin)
  );
  const uri = pathToFileURL(file).toString();
  const shown = new Promise((resolve) => {
    connection.onNotification(rpc.PublishDiagnosticsNotification.type, (params) => {
      if (params.uri === uri && params.version === 1 && params.diagnostics.length > 0) resolve(params.diagnostics);
    });
  });
  connection.listen();
  await connection.sendRequest(rpc.InitializeRequest.type, {
    processId: process.pid,
    rootUri: null,
    capabilities: {},
    workspaceFolders: [{ uri: pathToFileURL(folder).toString(), name: 'folder' }]
  });
  await connection.sendNotification(rpc.InitializedNotification.type, {});
  await connection.sendNotification(rpc.DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId: 'json', version: 1, text: TEXT }
  });
  const diagnostics = await shown;
  assert.ok(diagnostics.some((diagnostic) => diagnostic.code === 'missing-scope'));
  await connection.sendRequest(rpc.ShutdownRequest.type);
  await connection.sendNotification(rpc.ExitNotification.type);
  assert.strictEqual(await ended, 0);
  connection.dispose();
  fs.rmSync(folder, { recursive: true });
});
