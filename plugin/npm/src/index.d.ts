import type {
  Description,
  Detection,
  Evidence,
  Page,
  Progress,
  Stats,
} from './component/interfaces/stocktake-collector-inventory.js';

export type {
  Description,
  Detection,
  Evidence,
  KindCount,
  KindEvidence,
  Page,
  PageSizeLimits,
  Progress,
  Stats,
} from './component/interfaces/stocktake-collector-inventory.js';

/**
 * Opens a run from a `collector-request-v1` document.
 *
 * Nothing is sent yet. A request that is refused is told by the summary of the run. The
 * component may speak to the endpoint of the request and to nothing else.
 *
 * @param request the document, or its text
 * @throws {PolicyError} when the policy cannot be used
 */
export function open(request: string | object, policy?: Policy): Run;

/** Who the collector is; asks nobody. */
export function describe(): Description;

/**
 * Collects a run and writes it as a `collector-response-v1` document: one line of ASCII in
 * parts that are to be written one after the other. `run.progress` tells how far it is.
 *
 * Assets are handed over page by page. Relations and warnings stand behind them and are
 * kept until then: some 400 bytes for each VM. Leaving the loop early closes the run.
 */
export function response(run: Run): Generator<string, void, void>;

/** What a run may ask of the network. */
export interface Policy {
  /**
   * PEM text of the certificate authorities to believe, and no others. Without `ca` and
   * `pin` those are believed that Node believes.
   */
  ca?: string | Uint8Array;
  /**
   * `sha256:` and the hexadecimal digest of the certificate or of its public key, with or without
   * colons between the bytes. That one is believed and nothing else; neither name nor date matter.
   */
  pin?: string;
  limits?: Limits;
  /**
   * Takes what the component writes to stderr: the place of a panic. It is dropped without this, and
   * not searched for the password, which the component knows.
   */
  stderr?: (text: string) => void;
}

/** How much and how long; each limit is a positive integer. */
export interface Limits {
  /** Milliseconds until a connection stands, TLS included; 10,000 unless set. */
  connectMs?: number;
  /** Milliseconds until the head of a reply is there; 120,000 unless set. */
  firstByteMs?: number;
  /** Milliseconds between two parts of a reply that is waited for; 60,000 unless set. */
  betweenBytesMs?: number;
  /** Bytes of one request; 1 MiB unless set. */
  requestBytes?: number;
  /** Bytes of one reply, before decompression and after; 1 GiB unless set. */
  responseBytes?: number;
  /** Bytes of all replies of the run, those before decompression and those after together; 16 GiB unless set. */
  runBytes?: number;
  /** Requests of the run; 100,000 unless set. */
  requests?: number;
}

/** One collection. */
export interface Run extends Iterable<Page> {
  /**
   * Pulls pages until there are none left. Each call blocks this thread until the next page is there.
   * Leaving the loop early closes the run.
   */
  [Symbol.iterator](): Generator<Page, void, void>;

  /** How far the run is. */
  readonly progress: Progress;

  /** What became of the run; null until it has ended. */
  readonly summary: Summary | null;

  /**
   * Ends the run wherever it is: the component destroys its view and ends its session, then
   * every connection is closed. A run that has ended answers its summary again.
   */
  close(): Summary;

  /** Closes the run and adds the error `PLUGIN_RESPONSE_INVALID`: for whoever checks pages and finds one wrong. */
  refuse(message: string): Summary;

  [Symbol.dispose](): void;
}

/** What became of a run. */
export interface Summary {
  stats: Stats;
  /** Why the list is the whole list; absent when the component could not say. */
  evidence?: Evidence;
  /** What the target turned out to be, in the modes that ask. */
  detection?: Detection;
  /** First what the policy refused, then what the component said. Empty exactly when the run did what its mode asks for. */
  errors: Problem[];
}

/** An error as it stands in a response. */
export interface Problem {
  /** A code of the contract, as in `VCENTER_AUTH_FAILED`. */
  code: string;
  category: 'auth' | 'permission' | 'network' | 'rate_limit' | 'parse' | 'schema' | 'config' | 'unknown';
  /** What was wrong, where, and what cures it. */
  message: string;
  /** The same request may succeed later. */
  retryable: boolean;
  redacted_context?: Record<string, unknown>;
}

/** The policy cannot be used; the message says why. */
export class PolicyError extends Error {
  readonly code: 'VCENTER_CONFIG_INVALID';
}
