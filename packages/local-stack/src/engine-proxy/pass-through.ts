import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, STATUS_CODES } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { type Answer, type Call, type EngineProxy, type Forward, forwardBy } from './proxy.ts';

/** A request without its body. */
export type RequestHead = Omit<Call, 'requestBody'>;

export interface Interception {
  /** Whether the request's body is needed to decide about it; `intercept` gets an empty one otherwise. */
  needsBody(head: RequestHead): boolean;
  /**
   * @param onAnswer takes who is to see the beginning of the engine's answer to a request that passes
   * @returns undefined to let the request pass, or what to answer; a rejection or an undefined answer hangs up
   */
  intercept(
    call: Call,
    forward: Forward,
    onAnswer: (seen: AnswerListener) => void,
  ): Promise<Answer | undefined> | undefined;
}

/** @param status 0 when the connection ended without an answer */
export type AnswerListener = (status: number, body: Buffer) => void;

/** Reads what one chunk shows of an answer: `HTTP/1.1 200 OK`, headers, and the body as far as it has come. */
const seenOf = (chunk: Buffer): [status: number, body: Buffer] => {
  const end = chunk.indexOf(END_OF_HEAD);
  return [
    Number(chunk.toString('latin1', 9, 12)),
    end < 0 ? EMPTY : chunk.subarray(end + END_OF_HEAD.length),
  ];
};

const EMPTY = Buffer.alloc(0);
const END_OF_HEAD = Buffer.from('\r\n\r\n');
/** No client here sends more; what does is no HTTP. */
const MAX_HEAD_BYTES = 64 * 1024;

interface Head extends RequestHead {
  headBytes: number;
  bodyBytes: number;
  isChunked: boolean;
}

/** @returns undefined while the head is not all there */
const readHead = (bytes: Buffer): Head | undefined => {
  const end = bytes.indexOf(END_OF_HEAD);
  if (end < 0) {
    if (bytes.length > MAX_HEAD_BYTES) throw new Error('the headers of the request are too long');
    return undefined;
  }
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const [method = '', path = ''] = first.split(' ');
  const headers: IncomingHttpHeaders = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return {
    ...{ method, path, headers, headBytes: end + END_OF_HEAD.length },
    bodyBytes: Number(headers['content-length'] ?? 0),
    isChunked: headers['transfer-encoding'] !== undefined,
  };
};

/** `close` ends the connection: what is left of the request is not read any more. */
const written = ({ statusCode, headers, responseBody }: Answer, close: boolean): Buffer => {
  const { 'transfer-encoding': _, connection: __, 'content-length': ___, ...rest } = headers;
  const lines = [
    `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`,
    ...Object.entries(rest).flatMap(([name, value]) => [value ?? []].flat().map((one) => `${name}: ${one}`)),
    `content-length: ${responseBody.length}`,
    `connection: ${close ? 'close' : 'keep-alive'}`,
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), responseBody]);
};

const LENGTH_REQUIRED: Answer = { statusCode: 411, headers: {}, responseBody: EMPTY };

/**
 * Stands between clients and an engine and passes the bytes on, a connection for each connection; only the heads of
 * requests are read, and the bodies that `needsBody` asks for. An HTTP server and client in between would cost each call
 * six times as much CPU, a quarter of what a post through the stack takes.
 * @param options.port 0 takes a free one
 * @see https://www.rfc-editor.org/rfc/rfc9112
 */
export const startPassThrough = async (
  options: { target: string; port: number } & Interception,
): Promise<EngineProxy> => {
  const { hostname, port } = new URL(options.target);
  const agent = new Agent({ keepAlive: true });
  const forward = forwardBy(agent);
  const connections = new Set<Socket>();

  const serve = (client: Socket) => {
    let unread: Buffer = EMPTY;
    /** Bytes of the request under way that need no look. */
    let passing = 0;
    let answering = false;
    let listener: AnswerListener | undefined;
    const seen: AnswerListener = (status, body) => {
      const told = listener;
      listener = undefined;
      told?.(status, body);
    };
    const engine = connect(Number(port), hostname);
    for (const [socket, other] of [
      [client, engine],
      [engine, client],
    ] as const) {
      connections.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        connections.delete(socket);
        other.destroy();
      });
    }
    engine.pipe(client);
    engine.on('data', (chunk: Buffer) => listener && seen(...seenOf(chunk)));
    engine.on('close', () => seen(0, EMPTY));

    const send = (bytes: Buffer) => {
      if (engine.write(bytes)) return;
      client.pause();
      engine.once('drain', () => client.resume());
    };

    const answer = async (answered: Promise<Answer | undefined>, requestBytes: number, whole: boolean) => {
      answering = true;
      const given = await answered.catch(() => undefined);
      if (!given || client.destroyed) return client.destroy();
      client.write(written(given, !whole));
      if (!whole) return client.end();
      unread = unread.subarray(requestBytes);
      answering = false;
      read();
    };

    const read = () => {
      while (unread.length > 0 && !answering) {
        if (passing > 0) {
          const part = unread.subarray(0, passing);
          passing -= part.length;
          unread = unread.subarray(part.length);
          send(part);
          continue;
        }
        const head = readHead(unread);
        if (!head) return;
        const requestBytes = head.headBytes + head.bodyBytes;
        const needsBody = options.needsBody(head);
        if (needsBody && unread.length < requestBytes) return;
        if (needsBody && head.isChunked) return void answer(Promise.resolve(LENGTH_REQUIRED), 0, false);
        const requestBody = needsBody ? unread.subarray(head.headBytes, requestBytes) : EMPTY;
        const { method, path, headers } = head;
        const call = { method, path, headers, requestBody };
        const answered = options.intercept(call, forward, (told) => {
          listener = told;
        });
        if (answered)
          return void answer(answered, requestBytes, needsBody || requestBytes === head.headBytes);
        // Where a body of unknown length ends is not looked for: no other request follows on this connection.
        passing = head.isChunked ? Number.POSITIVE_INFINITY : requestBytes;
      }
    };

    client.on('data', (chunk: Buffer) => {
      unread = unread.length === 0 ? chunk : Buffer.concat([unread, chunk]);
      try {
        read();
      } catch {
        client.destroy();
      }
    });
  };

  const server = createServer(serve);
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of connections) socket.destroy();
      agent.destroy();
      await closed;
    },
  };
};
