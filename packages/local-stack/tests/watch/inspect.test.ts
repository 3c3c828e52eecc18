import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, glob, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { SourceMap } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { systemClock } from '../../src/clock.ts';

const packageDirectory = resolve(import.meta.dirname, '../..');
const PORTS = ['http', 'identity', 'lambda', 'console', 'messaging', 'dynamodb'];

let service: string;
let child: ChildProcess;
let said = '';
const until = async (pattern: RegExp): Promise<string> => {
  for (;;) {
    const found = pattern.exec(said)?.[1];
    if (found !== undefined) return found;
    if (child.exitCode !== null) throw new Error(`the stack ended:\n${said}`);
    await systemClock.sleep(10);
  }
};

beforeAll(async () => {
  service = await mkdtemp(join(tmpdir(), 'inspected-'));
  await cp(join(import.meta.dirname, 'service'), service, { recursive: true });
  await writeFile(join(service, 'package.json'), '{ "private": true }');
  await symlink(resolve(packageDirectory, '../../node_modules'), join(service, 'node_modules'));
  const configuration = join(service, 'serverless.yml');
  const text = await readFile(configuration, 'utf8');
  await writeFile(
    configuration,
    text.replace('    handler: greet.handler', '    handler: greet.handler\n    timeout: 1'),
  );
  const words = PORTS.flatMap((part) => [`--${part}Port`, '0']);
  child = spawn(process.execPath, [join(packageDirectory, 'bin.cjs'), 'start', '--inspect', '0', ...words], {
    cwd: service,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += chunk));
  await until(/(HTTP API)\s+http:\S+\s/);
}, 120_000);
afterAll(async () => {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  await rm(service, { recursive: true, force: true });
});

const Message = z.object({ method: z.string().optional(), params: z.unknown().optional() });
const Attached = z.object({ sessionId: z.string(), workerInfo: z.object({ title: z.string() }) });
const FromWorker = z.object({ sessionId: z.string(), message: z.string() });

/** A debugger attached to the stack, as an editor attaches: the functions' threads are sessions below its own. */
const attach = async (url: string) => {
  const socket = new WebSocket(url);
  await once(socket, 'open');
  const events: { method: string; params: unknown }[] = [];
  let session = '';
  let count = 0;
  socket.addEventListener('message', ({ data }) => {
    const { method, params } = Message.parse(JSON.parse(String(data)));
    if (method === 'NodeWorker.attachedToWorker') {
      const { sessionId, workerInfo } = Attached.parse(params);
      if (workerInfo.title.includes('greet')) session = sessionId;
    }
    if (method !== 'NodeWorker.receivedMessageFromWorker') return;
    const inner = Message.parse(JSON.parse(FromWorker.parse(params).message));
    if (inner.method !== undefined) events.push({ method: inner.method, params: inner.params });
  });
  const send = (method: string, params: unknown) =>
    socket.send(JSON.stringify({ id: ++count, method, params }));
  return {
    send,
    toWorker: (method: string, params: unknown = {}) =>
      send('NodeWorker.sendMessageToWorker', {
        sessionId: session,
        message: JSON.stringify({ id: ++count, method, params }),
      }),
    untilAttached: async () => {
      while (session === '') await systemClock.sleep(10);
    },
    untilEvent: async (method: string): Promise<unknown> => {
      for (;;) {
        const found = events.find((event) => event.method === method);
        if (found) return found.params;
        await systemClock.sleep(10);
      }
    },
    close: () => socket.close(),
  };
};

/** Where the first code of a source's line is in the bundle: what an editor works out from the source map. */
const generatedPosition = (bundle: string, map: SourceMap, source: string, line: number) => {
  for (const [lineNumber, text] of bundle.split('\n').entries()) {
    for (let columnNumber = 0; columnNumber < text.length; columnNumber += 1) {
      const entry = map.findEntry(lineNumber, columnNumber);
      if ('originalSource' in entry && entry.originalSource === source && entry.originalLine === line - 1)
        return { lineNumber, columnNumber };
    }
  }
  throw new Error(`nothing of ${source}:${line} is in the bundle`);
};

test('a breakpoint in the TypeScript of a handler stops there, and the timeout waits', async () => {
  const api = await until(/HTTP API\s+(http:\S+)\s/);
  const debug = await attach(await until(/Debugger listening on (ws:\S+)/));
  debug.send('NodeWorker.enable', { waitForDebuggerOnStart: false });
  expect(await (await fetch(`${api}/greet`)).text()).toBe('hello first');
  await debug.untilAttached();
  debug.toWorker('Debugger.enable');

  const builds = join(service, '.local', 'builds');
  const [bundleFile = ''] = await Array.fromAsync(glob('*/code/*/greet.js', { cwd: builds }));
  const bundle = await readFile(join(builds, bundleFile), 'utf8');
  const map = new SourceMap(JSON.parse(await readFile(join(builds, `${bundleFile}.map`), 'utf8')));
  const position = generatedPosition(bundle, map, join(service, 'greet.ts'), 5);
  debug.toWorker('Debugger.setBreakpointByUrl', { urlRegex: 'greet\\.js$', ...position });

  const asked = fetch(`${api}/greet`);
  const Paused = z.object({
    callFrames: z.array(z.object({ location: z.looseObject({ lineNumber: z.number() }) })),
  });
  const { callFrames } = Paused.parse(await debug.untilEvent('Debugger.paused'));
  expect(callFrames[0]?.location.lineNumber).toBe(position.lineNumber);
  // Longer than the function's timeout of a second.
  await systemClock.sleep(1_500);
  debug.toWorker('Debugger.resume');
  const answer = await asked;
  expect([answer.status, await answer.text()]).toEqual([200, 'hello first']);
  debug.close();
}, 60_000);
