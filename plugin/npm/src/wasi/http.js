// wasi:http over a gateway, which refuses or sends requests and waits for replies.

import { validateHeaderName, validateHeaderValue } from 'node:http';
import { Failure } from '../failure.js';
import { dispose, InputStream, IoError, OutputStream, Pollable } from './io.js';

/** The allowed headers of a vSphere API call. */
const HEADERS = new Set(['accept', 'content-type', 'cookie', 'soapaction', 'user-agent']);

export class Fields {
  #entries;

  constructor(entries = []) {
    this.#entries = entries;
  }

  static fromList(entries) {
    const fields = new Fields();
    entries.forEach(([name, value]) => fields.append(name, value));
    return fields;
  }

  append(name, value) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, latin1(value));
    } catch {
      throw { tag: 'invalid-syntax' };
    }
    this.#entries.push([name, value]);
  }

  entries() {
    return this.#entries;
  }
}

/** The resources whose methods use the gateway. */
export function http(gateway) {
  class OutgoingBody {
    parts = [];
    size = 0;
    finished = () => {};

    write() {
      return new OutputStream((bytes) => {
        this.size += bytes.byteLength;
        // A body over the limit is refused at its end; it need not be kept until then.
        if (this.size <= gateway.requestBytes) {
          this.parts.push(Uint8Array.from(bytes));
        }
      });
    }

    static finish(body) {
      body.finished();
    }
  }

  class OutgoingRequest {
    #body = new OutgoingBody();
    method = 'GET';
    scheme = 'https';
    authority = '';
    path = '';

    constructor(headers) {
      this.headers = headers;
    }

    body() {
      return this.#body;
    }

    setMethod({ tag, val = tag }) {
      this.method = val.toUpperCase();
    }

    setScheme(scheme) {
      this.scheme = (scheme?.val ?? scheme?.tag ?? 'https').toLowerCase();
    }

    setAuthority(authority = '') {
      this.authority = authority;
    }

    setPathWithQuery(path = '') {
      this.path = path;
    }
  }

  class IncomingBody {
    #exchange;

    constructor(exchange) {
      this.#exchange = exchange;
    }

    stream() {
      const next = () => {
        try {
          return gateway.read(this.#exchange);
        } catch (error) {
          throw new IoError(failure(error));
        }
      };
      return new InputStream(next, () => gateway.drop(this.#exchange));
    }
  }

  class IncomingResponse {
    #exchange;
    #head;

    constructor(exchange, head) {
      this.#exchange = exchange;
      this.#head = head;
    }

    status() {
      return this.#head.status;
    }

    headers() {
      return new Fields(this.#head.headers.map(([name, value]) => [name, Buffer.from(value, 'latin1')]));
    }

    consume() {
      return new IncomingBody(this.#exchange);
    }

    [dispose]() {
      gateway.drop(this.#exchange);
    }
  }

  class FutureIncomingResponse {
    #exchange = null;
    #refusal = new Failure('internal-error', 'the request was not finished');
    #taken = false;

    constructor(request) {
      const body = request.body();
      body.finished = () => this.#send(request, body);
    }

    #send({ method, scheme, authority, path, headers }, { parts, size }) {
      const decoded = headers.entries().map(([name, value]) => [name.toLowerCase(), latin1(value)]);
      const passed = Object.fromEntries(decoded.filter(([name]) => HEADERS.has(name)));
      try {
        this.#exchange = gateway.send({ method, scheme, authority, path, headers: passed, size, body: Buffer.concat(parts) });
      } catch (error) {
        this.#refusal = failure(error);
      }
    }

    subscribe() {
      // Ready at once: reading the response blocks.
      return new Pollable();
    }

    get() {
      if (this.#taken) {
        return { tag: 'err', val: undefined };
      }
      this.#taken = true;
      return { tag: 'ok', val: this.#response() };
    }

    #response() {
      if (this.#exchange === null) {
        return { tag: 'err', val: this.#refusal.errorCode };
      }
      try {
        const head = gateway.head(this.#exchange);
        return { tag: 'ok', val: new IncomingResponse(this.#exchange, head) };
      } catch (error) {
        return { tag: 'err', val: failure(error).errorCode };
      }
    }

    [dispose]() {
      if (!this.#taken && this.#exchange !== null) {
        gateway.drop(this.#exchange);
      }
    }
  }

  return {
    handle: (request) => new FutureIncomingResponse(request),
    types: {
      Fields,
      FutureIncomingResponse,
      IncomingBody,
      IncomingResponse,
      OutgoingBody,
      OutgoingRequest,
      RequestOptions,
      httpErrorCode: (error) => error.failure.errorCode,
    },
  };
}

/** Never created: a component cannot set timeouts. */
class RequestOptions {}

/** Headers are bytes. */
const latin1 = (bytes) => Buffer.from(bytes).toString('latin1');

/** A failure of the gateway; anything else is a defect and ends the run. */
function failure(error) {
  if (error instanceof Failure) {
    return error;
  }
  throw error;
}
