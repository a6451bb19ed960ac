// HTTP/1.1 to one server, over connections that are kept for the run.

import { Agent } from 'node:http';
import { connect } from './connection.js';
import { Exchange } from './exchange.js';

/** Exchanges at the same time. */
const IN_FLIGHT = 4;

/** Provides connections after the certificate is verified. */
class Connections extends Agent {
  constructor(policy) {
    super({ keepAlive: true, maxSockets: IN_FLIGHT });
    this.policy = policy;
  }

  createConnection(_, done) {
    connect(this.policy).then((socket) => done(null, socket), done);
  }
}

export class Client {
  #exchanges = new Map();

  constructor(policy) {
    this.policy = policy;
    this.agent = new Connections(policy);
    /** Bytes of replies that the run may still receive. */
    this.left = policy.limits.runBytes;
  }

  send(id, request) {
    this.#exchanges.set(id, new Exchange(this, request));
  }

  head(id) {
    return this.#exchanges.get(id).head();
  }

  read(id) {
    return this.#exchanges.get(id).read();
  }

  drop(id) {
    this.#exchanges.get(id)?.drop();
    this.#exchanges.delete(id);
  }
}
