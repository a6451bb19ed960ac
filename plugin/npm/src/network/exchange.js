// One request and its reply.

import { request as begin } from 'node:http';
import { Transform, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Failure } from '../failure.js';

/** Bytes of a reply that are buffered for the component, and read at once. */
const AHEAD = 2 ** 20;
/** Headers of a reply that do not apply to its decompressed body. */
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding', 'trailer', 'upgrade', 'content-encoding', 'content-length']);

export class Exchange {
  #client;
  #request;
  #reply;
  #body = null;

  constructor(client, { headers, body }) {
    this.#client = client;
    const { agent, policy } = client;
    const { place } = policy;
    this.#request = begin({
      agent,
      method: 'POST',
      path: place.path,
      setHost: false,
      headers: { ...headers, host: place.host, 'accept-encoding': 'gzip', 'content-length': body.byteLength },
    });
    this.#reply = this.#receive();
    // Reported when the head is requested; not an unhandled rejection before.
    this.#reply.catch(() => {});
    this.#request.end(body);
  }

  async head() {
    const reply = await this.#reply;
    const headers = [];
    for (let at = 0; at < reply.rawHeaders.length; at += 2) {
      const name = reply.rawHeaders[at].toLowerCase();
      if (!OF_THE_CONNECTION.has(name)) {
        headers.push([name, reply.rawHeaders[at + 1]]);
      }
    }
    return { status: reply.statusCode, headers };
  }

  async read() {
    const { betweenBytesMs } = this.#client.policy.limits;
    const { origin } = this.#client.policy.place;
    for (;;) {
      // Buffered bytes are delivered before a later failure is reported.
      const chunk = this.#body.read();
      if (chunk) {
        return chunk;
      }
      if (this.#body.readableEnded) {
        return null;
      }
      if (this.#body.destroyed) {
        throw failure(this.#body.errored ?? {}, this.#client.policy.place);
      }
      if (!(await stirs(this.#body, betweenBytesMs))) {
        this.drop();
        const what = `${origin} sent nothing for ${betweenBytesMs} ms in the middle of its answer`;
        throw new Failure('connection-read-timeout', `${what}; check its load, and the network`);
      }
    }
  }

  drop() {
    // The connection of a completely read reply is already used by another exchange.
    if (!this.#body?.readableEnded) {
      this.#request.destroy();
    }
  }

  async #receive() {
    const { place, limits } = this.#client.policy;
    const reply = await new Promise((resolve, reject) => {
      let timer;
      this.#request.once('socket', () => {
        const late = `${place.origin} did not answer within ${limits.firstByteMs} ms; check its load, or raise the limit`;
        timer = setTimeout(
          () => this.#request.destroy(new Failure('HTTP-response-timeout', late)),
          limits.firstByteMs,
        );
      });
      this.#request.once('response', resolve);
      this.#request.on('error', (error) => reject(failure(error, place)));
      this.#request.once('close', () => reject(new Failure('HTTP-response-incomplete', 'the exchange was abandoned')));
      for (const end of ['response', 'close']) {
        this.#request.once(end, () => clearTimeout(timer));
      }
    });
    this.#body = this.#unpack(reply);
    return reply;
  }

  #unpack(reply) {
    const coding = reply.headers['content-encoding'];
    const stages = [this.#meter()];
    if (coding === 'gzip') {
      // Counts the received bytes, then the decompressed ones.
      stages.push(createGunzip({ chunkSize: 256 * 1024 }), this.#meter());
    } else if (coding !== undefined && coding !== 'identity') {
      reply.destroy();
      throw new Failure('HTTP-response-content-coding', 'the reply has a content coding that was not requested; check for a proxy in between');
    }
    // A failure of any stage destroys the last one, whose reader gets the error.
    return pipeline(reply, ...stages, () => {});
  }

  #meter() {
    const client = this.#client;
    const { responseBytes, runBytes } = client.policy.limits;
    let seen = 0;
    return new Transform({
      readableHighWaterMark: AHEAD,
      transform(chunk, _, done) {
        seen += chunk.length;
        client.left -= chunk.length;
        if (seen > responseBytes) {
          done(Failure.overBudget('HTTP-response-body-size', 'response body', responseBytes, 'bytes'));
        } else if (client.left < 0) {
          done(Failure.overBudget('HTTP-response-body-size', 'bytes received', runBytes, 'bytes'));
        } else {
          done(null, chunk);
        }
      },
    });
  }
}

/** Whether the body makes progress in time. */
function stirs(body, limit) {
  return new Promise((resolve) => {
    const events = ['readable', 'end', 'error', 'close'];
    const settle = (happened) => {
      clearTimeout(timer);
      events.forEach((event) => body.off(event, onEvent));
      resolve(happened);
    };
    const onEvent = () => settle(true);
    const timer = setTimeout(settle, limit, false);
    events.forEach((event) => body.on(event, onEvent));
  });
}

function failure(error, { origin }) {
  if (error instanceof Failure) {
    return error;
  }
  const { code = '' } = error;
  if (code.startsWith('HPE_')) {
    return new Failure('HTTP-protocol-error', `what ${origin} answers is not HTTP (${code}); check the port`);
  }
  if (code.startsWith('Z_')) {
    return new Failure('HTTP-response-content-coding', `the reply of ${origin} is damaged (${code}); check for a proxy between`);
  }
  return new Failure('HTTP-response-incomplete', `${origin} ended the connection before its answer was whole (${code || 'closed'}); try again`);
}
