// Why an exchange failed: what the component is told, and what people are.

/** Of errors that a run is told by; all others are the collector's to tell. */
const OWN = {
  'HTTP-request-denied': 'EGRESS_DENIED',
  'destination-IP-prohibited': 'EGRESS_DENIED',
  'HTTP-request-body-size': 'PLUGIN_BUDGET_EXCEEDED',
  'HTTP-response-body-size': 'PLUGIN_BUDGET_EXCEEDED',
  'connection-limit-reached': 'PLUGIN_BUDGET_EXCEEDED',
};
const CATEGORY = { EGRESS_DENIED: 'permission', PLUGIN_BUDGET_EXCEEDED: 'unknown' };

const EXPLAINS = {
  'TLS-certificate-error': 'VCENTER_TLS_ERROR',
  'TLS-protocol-error': 'VCENTER_TLS_ERROR',
  'DNS-error': 'VCENTER_NETWORK_ERROR',
  'connection-refused': 'VCENTER_NETWORK_ERROR',
  'destination-unavailable': 'VCENTER_NETWORK_ERROR',
  'connection-timeout': 'VCENTER_NETWORK_ERROR',
  'connection-read-timeout': 'VCENTER_NETWORK_ERROR',
  'HTTP-response-timeout': 'VCENTER_NETWORK_ERROR',
  'HTTP-response-incomplete': 'VCENTER_NETWORK_ERROR',
  'HTTP-protocol-error': 'VCENTER_NETWORK_ERROR',
  'HTTP-response-content-coding': 'VCENTER_PARSE_ERROR',
};

export class Failure extends Error {
  /** `tag` is that of an error code of wasi:http, `message` says what was wrong and what cures it. */
  constructor(tag, message, context) {
    super(message);
    this.tag = tag;
    this.context = context;
  }

  static overBudget(tag, what, allowed, unit) {
    const used = allowed + 1;
    const message = `${what} over budget: ${used} ${unit} of ${allowed} allowed; raise the limit or narrow the scope`;
    return new Failure(tag, message, { budget: what, used, allowed });
  }

  /** From what crossed the border of a thread, where errors lose their class. */
  static of({ tag, message, context }) {
    return new Failure(tag, message, context);
  }

  /** Fit to cross that border. */
  get plain() {
    const { tag, message, context } = this;
    return { tag, message, context };
  }

  /** The error code of wasi:http. */
  get errorCode() {
    const { tag, message } = this;
    switch (tag) {
      case 'DNS-error':
        return { tag, val: {} };
      case 'internal-error':
        return { tag, val: message };
      default:
        // Those with an optional size or coding leave it out.
        return { tag, val: undefined };
    }
  }

  /** The error of the response document, if it is the policy's to tell. */
  get problem() {
    const code = OWN[this.tag];
    if (!code) {
      return null;
    }
    const problem = { code, category: CATEGORY[code], message: this.message, retryable: false };
    return this.context ? { ...problem, redacted_context: this.context } : problem;
  }

  /** The code of the collector's error that this failure is behind. */
  get explains() {
    return EXPLAINS[this.tag];
  }
}
