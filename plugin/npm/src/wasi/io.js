// wasi:io and its resources.

/** The destructor that the transpiled component calls. */
export const dispose = Symbol.dispose ?? Symbol.for('dispose');

export const now = () => process.hrtime.bigint();

export class Pollable {
  #until;

  constructor(until = 0n) {
    this.#until = until;
  }

  block() {
    const left = Number(this.#until - now()) / 1e6;
    if (left > 0) {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, left);
    }
  }
}

export class IoError {
  constructor(failure) {
    this.failure = failure;
  }
}

export class OutputStream {
  constructor(write) {
    this.blockingWriteAndFlush = write;
  }
}

/** A stream of parts of any size; `next` returns one, null after the last, or throws an `IoError`. */
export class InputStream {
  #next;
  #end;
  #part = new Uint8Array();

  constructor(next, end) {
    this.#next = next;
    this.#end = end;
  }

  blockingRead(length) {
    if (this.#part.byteLength === 0) {
      this.#part = this.#more();
    }
    const most = Math.min(Number(length), this.#part.byteLength);
    const read = this.#part.subarray(0, most);
    this.#part = this.#part.subarray(most);
    return read;
  }

  #more() {
    let part;
    try {
      part = this.#next();
    } catch (error) {
      throw error instanceof IoError ? { tag: 'last-operation-failed', val: error } : error;
    }
    if (part === null) {
      throw { tag: 'closed' };
    }
    return part;
  }

  [dispose]() {
    this.#end();
  }
}
