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
 * Sends nothing. A refused request is reported in the summary of the run. The
 * component can connect to the endpoint of the request only.
 *
 * @param request the document, or its text
 * @throws {PolicyError} when the policy cannot be used
 */
export function open(request: string | object, policy?: Policy): Run;

/** Describes the collector; sends nothing. */
export function describe(): Description;

/**
 * Collects a run and writes it as a `collector-response-v1` document: one line of ASCII in
 * parts that are to be written one after the other. `run.progress` has the progress.
 *
 * Assets are written page by page. Relations and warnings follow them and are
 * kept in memory until then: about 400 bytes for each VM. Leaving the loop early closes the run.
 */
export function response(run: Run): Generator<string, void, void>;

/** The network policy of a run. */
export interface Policy {
  /**
   * PEM text of the only trusted certificate authorities. Without `ca` and
   * `pin` the default authorities of Node are trusted.
   */
  ca?: string | Uint8Array;
  /**
   * `sha256:` and the hexadecimal digest of the certificate or of its public key, with or without
   * colons between the bytes. Only this certificate or key is trusted; name and validity are not checked.
   */
  pin?: string;
  limits?: Limits;
  /**
   * Receives what the component writes to stderr: the location of a panic. Dropped by default, and
   * not searched for the password, which the component knows.
   */
  stderr?: (text: string) => void;
}

/** Limits of a run, each a positive integer. */
export interface Limits {
  /** Milliseconds until a connection is established, TLS included; 10,000 by default. */
  connectMs?: number;
  /** Milliseconds until the headers of a reply arrive; 120,000 by default. */
  firstByteMs?: number;
  /** Milliseconds between two parts of a reply; 60,000 by default. */
  betweenBytesMs?: number;
  /** Bytes of one request; 1 MiB by default. */
  requestBytes?: number;
  /** Bytes of one reply, before decompression and after; 1 GiB by default. */
  responseBytes?: number;
  /** Bytes of all replies of the run, those before decompression and those after together; 16 GiB by default. */
  runBytes?: number;
  /** Requests of the run; 100,000 by default. */
  requests?: number;
}

/** One collection. */
export interface Run extends Iterable<Page> {
  /**
   * Pulls pages until there are none left. Each call blocks this thread until the next page arrives.
   * Leaving the loop early closes the run.
   */
  [Symbol.iterator](): Generator<Page, void, void>;

  /** The progress of the run. */
  readonly progress: Progress;

  /** The result of the run; null until it has ended. */
  readonly summary: Summary | null;

  /**
   * Ends the run in any state: the component destroys its view and ends its session, then
   * every connection is closed. A run that has ended returns its summary again.
   */
  close(): Summary;

  /** Closes the run and adds the error `PLUGIN_RESPONSE_INVALID`: for callers that check pages and find an invalid one. */
  refuse(message: string): Summary;

  [Symbol.dispose](): void;
}

/** The result of a run. */
export interface Summary {
  stats: Stats;
  /** The evidence that the inventory is complete; absent when the component trapped. */
  evidence?: Evidence;
  /** What the target is, in the mode `detect`. */
  detection?: Detection;
  /** First the errors of the policy, then those of the component. Empty exactly when the run succeeded. */
  errors: Problem[];
}

/**
 * `stats.evidence` of the document that `response` writes when the request asks for it: the evidence of
 * the summary, with the names of the contract.
 */
export interface ResponseEvidence {
  /** Only a host in whose session the collector runs can count too. */
  counted_by: 'collector';
  kinds: {
    kind: string;
    announced: number;
    returned: number;
    unannounced: number;
    vanished: number;
    quarantined: number;
    excluded: number;
    unreadable: number;
    missing_privileges: string[];
  }[];
  pages: number;
  continue_calls: number;
  drained: boolean;
  logins: number;
  logouts: number;
  sessions_lost: number;
  views_created: number;
  views_destroyed: number;
  views_lost: number;
  restarts: number;
  /** The roots that were read; absent when no page was. */
  scope?: Scope;
  /** Sessions that could not be ended and expire on the server; absent when there are none. */
  sessions_left?: number;
}

/**
 * What the verdict covers: the whole inventory; what the account may see, when it may not read the root
 * folder; or the parts that the request names.
 */
export type Scope =
  | 'root'
  | 'unknown'
  | { datacenter_names?: string[]; cluster_names?: string[]; folder_paths?: string[] };

/** An error of a response. */
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

/** An invalid policy; the message says why. */
export class PolicyError extends Error {
  readonly code: 'VCENTER_CONFIG_INVALID';
}
