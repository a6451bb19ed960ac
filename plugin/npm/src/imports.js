// The imports of the component: the part of WASI that its world includes, backed only by
// the gateway, a clock and a function for its stderr.

import { http } from './wasi/http.js';
import { InputStream, IoError, now, OutputStream, Pollable } from './wasi/io.js';

/** The imports of one instance; `say` receives what it writes to stderr. */
export function imports(gateway, say) {
  const { handle, types } = http(gateway);
  return {
    'wasi:cli/stderr': { getStderr: () => new OutputStream(say) },
    'wasi:clocks/monotonic-clock': {
      now,
      resolution: () => 1n,
      subscribeDuration: (duration) => new Pollable(now() + duration),
      subscribeInstant: (instant) => new Pollable(instant),
    },
    'wasi:http/outgoing-handler': { handle },
    'wasi:http/types': types,
    'wasi:io/error': { Error: IoError },
    'wasi:io/poll': { Pollable },
    'wasi:io/streams': { InputStream, OutputStream },
  };
}
