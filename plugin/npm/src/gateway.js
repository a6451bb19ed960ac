// The network for the blocking calls of the component: another thread
// makes the requests.

import { MessageChannel, Worker, receiveMessageOnPort } from 'node:worker_threads';
import { Failure } from './failure.js';

/** How much longer than its longest step the thread may take to answer. */
const GRACE_MS = 10_000;

export class Gateway {
  /** What failed in this run, each failure once. */
  failures = [];
  #policy;
  #thread = null;
  #exchanges = 0;
  #ended = false;

  constructor(policy) {
    this.#policy = policy;
  }

  /** Bytes that one request may carry. */
  get requestBytes() {
    return this.#policy.limits.requestBytes;
  }

  /** Begins an exchange if the policy allows it, and returns its number. */
  send({ method, scheme, authority, path, headers, size, body }) {
    const refusal = this.#policy.refusal({ method, scheme, authority, path });
    if (refusal) {
      throw this.#note(new Failure('HTTP-request-denied', refusal));
    }
    const { requests } = this.#policy.limits;
    if (size > this.requestBytes) {
      throw this.#note(Failure.overBudget('HTTP-request-body-size', 'request body', this.requestBytes, 'bytes'));
    }
    if (this.#exchanges >= requests) {
      throw this.#note(Failure.overBudget('connection-limit-reached', 'requests', requests, 'requests'));
    }
    this.#exchanges += 1;
    this.#post('send', this.#exchanges, { headers, body });
    return this.#exchanges;
  }

  /** Status and headers of the reply. */
  head(exchange) {
    return this.#call('head', exchange);
  }

  /** The next part of the reply's body, null at its end. */
  read(exchange) {
    return this.#call('read', exchange);
  }

  /** Abandons the rest of an exchange. */
  drop(exchange) {
    this.#post('drop', exchange);
  }

  /** Ends the thread and with it every connection. */
  end() {
    this.#ended = true;
    this.#thread?.worker.terminate();
    this.#thread = null;
  }

  #post(operation, exchange, request) {
    if (!this.#ended) {
      this.#thread ??= start(this.#policy);
      this.#thread.port.postMessage({ operation, exchange, request });
    }
  }

  #call(operation, exchange) {
    this.#post(operation, exchange);
    if (this.#ended) {
      throw new Failure('internal-error', 'the run is over');
    }
    const { port, answers } = this.#thread;
    const { connectMs, firstByteMs, betweenBytesMs } = this.#policy.limits;
    const timeout = connectMs + firstByteMs + betweenBytesMs + GRACE_MS;
    // There is no other pending request, so the next answer belongs to this one.
    const waited = Atomics.wait(answers, 0, this.#thread.seen, timeout);
    const answer = receiveMessageOnPort(port)?.message;
    if (waited === 'timed-out' || !answer) {
      this.end();
      throw this.#note(new Failure('internal-error', 'the network thread does not answer; report this as a defect'));
    }
    this.#thread.seen += 1;
    if (answer.failure) {
      throw this.#note(Failure.of(answer.failure));
    }
    return answer.value;
  }

  #note(failure) {
    if (!this.failures.some(({ message }) => message === failure.message)) {
      this.failures.push(failure);
    }
    return failure;
  }
}

function start({ place, ca, pin, limits }) {
  const { port1, port2 } = new MessageChannel();
  const answers = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('./network/thread.js', import.meta.url), {
    workerData: { port: port2, answers, policy: { place, ca, pin, limits } },
    transferList: [port2],
    // Proxies and NODE_TLS_REJECT_UNAUTHORIZED are not part of the policy.
    env: {},
    execArgv: [],
  });
  worker.unref();
  return { worker, port: port1, answers, seen: 0 };
}
