// In the extension host: runs the bodies of functions that tests send to a socket, with the API of VS Code.
const { renameSync } = require('node:fs');
const { createServer } = require('node:http');
const vscode = require('vscode');

const AsyncFunction = (async () => undefined).constructor;

exports.activate = (context) => {
  const socket = process.env.WEAVEFLUX_RIG_SOCKET;
  if (!socket) return;
  const server = createServer(async (request, response) => {
    response.end(JSON.stringify(await answer(await bodyOf(request))));
  });
  // One window after the other has the socket: a host whose window has gone lives on for a while, and removes at its end
  // the socket by the name under which it listened.
  const own = `${socket}.${process.pid}`;
  server.listen(own, () => renameSync(own, socket));
  context.subscriptions.push({ dispose: () => server.close() });
};

async function answer(body) {
  try {
    return { pid: process.pid, value: await new AsyncFunction('vscode', body)(vscode) };
  } catch (error) {
    return { pid: process.pid, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
