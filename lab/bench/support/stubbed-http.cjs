// Answers HTTP requests inside the process, at the last place before the network: everything that a handler and its
// SDK do with a request and an answer is done, and no socket, no thread of the system and no other process is.
const { EventEmitter } = require('node:events');
const http = require('node:http');
const { Readable } = require('node:stream');

const SNS = 'xmlns="http://sns.amazonaws.com/doc/2010-03-31/"';
const POST = JSON.stringify({
  Item: {
    postId: { S: '01JD4ZQ0000000000000000001' },
    userId: { S: 'ada' },
    content: { S: 'Lantern light over the harbour' },
    type: { S: 'text' },
    status: { S: 'published' },
    timestamp: { S: '2026-11-20T09:00:00.000Z' },
    updatedAt: { S: '2026-11-20T09:00:00.000Z' },
    version: { N: '1' },
    correlationId: { S: 'bench' },
  },
});

/** Cheaply: what the stub costs is counted as the handler's. */
const takenOf = (body) => {
  let taken = '';
  for (let at = body.indexOf('.Id='); at >= 0; at = body.indexOf('.Id=', at + 4)) {
    const id = body.slice(at + 4, body.indexOf('&', at));
    taken += `<member><Id>${id}</Id><MessageId>m-${id}</MessageId></member>`;
  }
  return taken;
};

const answerTo = ({ 'x-amz-target': target = '' }, body) => {
  if (target.endsWith('GetItem')) return POST;
  if (target) return '{}';
  return `<PublishBatchResponse ${SNS}><PublishBatchResult><Successful>${takenOf(body)}</Successful><Failed/></PublishBatchResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishBatchResponse>`;
};

class StubbedRequest extends EventEmitter {
  #headers;
  #body = '';
  constructor({ headers }, answered) {
    super();
    this.#headers = headers;
    if (answered) this.on('response', answered);
  }
  setTimeout() {
    return this;
  }
  write(chunk) {
    this.#body += chunk;
    return true;
  }
  end(chunk) {
    if (chunk) this.#body += chunk;
    const answer = answerTo(this.#headers, this.#body);
    setImmediate(() => {
      const response = Readable.from([Buffer.from(answer)]);
      const type = answer[0] === '{' ? 'application/x-amz-json-1.0' : 'text/xml';
      this.emit('response', Object.assign(response, { statusCode: 200, headers: { 'content-type': type } }));
    });
    return this;
  }
  destroy() {}
}

/** From now on `node:http` reaches nobody. */
exports.stubHttp = () => {
  http.request = (options, answered) => new StubbedRequest(options, answered);
};
