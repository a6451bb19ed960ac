// One collection: pulled page by page, and always closed.

import { instantiate } from './component.js';
import { Gateway } from './gateway.js';
import { imports } from './imports.js';
import { dispose } from './wasi/io.js';

export class Run {
  /** Whether the document contains `stats.evidence`. */
  evidenceWanted;
  /** The scope of the document's evidence, unless a warning changes it. */
  roots;
  #gateway;
  #run = null;
  #summary = null;
  #progress = { done: 0n };
  #refusals = [];

  constructor(request, policy) {
    this.evidenceWanted = wantsEvidence(request);
    this.roots = rootsOf(request);
    this.#gateway = new Gateway(policy);
    const { Run: Collection } = instantiate(imports(this.#gateway, policy.stderr));
    this.#guarded(() => {
      this.#run = new Collection(request);
    });
  }

  get progress() {
    return this.#progress;
  }

  get summary() {
    return this.#summary;
  }

  *[Symbol.iterator]() {
    try {
      while (!this.#summary) {
        const page = this.#pull();
        if (page) {
          yield page;
        }
      }
    } finally {
      this.close();
    }
  }

  close() {
    if (!this.#summary) {
      this.#guarded(() => this.#end(this.#run.close()));
    }
    return this.#summary;
  }

  refuse(message) {
    this.#refusals.push({ code: 'PLUGIN_RESPONSE_INVALID', category: 'parse', message, retryable: false });
    return this.close();
  }

  [dispose]() {
    this.close();
  }

  #pull() {
    return this.#guarded(() => {
      const { tag, val } = this.#run.pull();
      if (tag === 'summary') {
        this.#end(val);
        return null;
      }
      this.#progress = val.progress;
      return val;
    });
  }

  /** A component that traps cannot be called again: its run has ended. */
  #guarded(work) {
    try {
      return work();
    } catch (error) {
      this.#end(trapped(error));
      return null;
    }
  }

  #end(summary) {
    this.#gateway.end();
    const { failures } = this.#gateway;
    const problems = failures.map(({ problem }) => problem).filter(Boolean);
    const errors = [...problems, ...this.#refusals, ...explained(summary.errors.map(problem), failures)];
    const inventoryComplete = summary.stats.inventoryComplete && errors.length === 0;
    this.#summary = { ...summary, stats: { ...summary.stats, inventoryComplete }, errors };
  }
}

/** The requested roots, as in the evidence: `root`, or the names of the parts; undefined without an inventory. */
function rootsOf(request) {
  try {
    const { source, request: { mode } } = JSON.parse(request);
    if (source.source_type !== 'vcenter' || !mode.startsWith('collect')) {
      return undefined;
    }
    const scope = source.config.inventory_scope ?? {};
    const names = ['datacenter_names', 'cluster_names', 'folder_paths'].filter((name) => scope[name]?.length > 0);
    return names.length > 0 ? Object.fromEntries(names.map((name) => [name, scope[name]])) : 'root';
  } catch {
    return undefined;
  }
}

function wantsEvidence(request) {
  try {
    return JSON.parse(request).source.config.evidence === true;
  } catch {
    // The component refuses an unreadable request.
    return false;
  }
}

/** An error in the form of the response. */
function problem({ code, category, message, retryable, redactedContext }) {
  const plain = { code, category: category.replace('-', '_'), message, retryable };
  return redactedContext === undefined ? plain : { ...plain, redacted_context: JSON.parse(redactedContext) };
}

/** Network errors with the details of the package: a component gets only a code, which does not say how to cure it. */
function explained(errors, failures) {
  const ofTheNetwork = ['VCENTER_NETWORK_ERROR', 'VCENTER_TLS_ERROR'];
  for (const { explains, message } of failures) {
    const near = explains && errors.find(({ code }) => ofTheNetwork.includes(code));
    const error = errors.find(({ code }) => code === explains) ?? near;
    if (error && !error.message.includes(message)) {
      error.message += `; ${message}`;
    }
  }
  return errors;
}

/** Without its output, which may contain the password. */
function trapped(error) {
  const known = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
  const reason = known ? error.message : `what it answered cannot be read (${error.name})`;
  return {
    stats: { assets: 0n, relations: 0n, warnings: 0n, inventoryComplete: false },
    evidence: undefined,
    detection: undefined,
    errors: [
      { code: 'PLUGIN_TRAPPED', category: 'unknown', message: `the collector trapped: ${reason}`, retryable: false },
    ],
  };
}
