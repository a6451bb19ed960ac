// Why an exchange failed: the error code for the component, and the message for the user.

/** Categories of errors that the package reports; the collector reports all others. */
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

  /** From a message of another thread, where errors lose their class. */
  static of({ tag, message, context }) {
    return new Failure(tag, message, context);
  }

  /** A message for another thread. */
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
        // The optional size or coding is omitted.
        return { tag, val: undefined };
    }
  }

  /** The error of the response document, if the package reports it. */
  get problem() {
    const code = OWN[this.tag];
    if (!code) {
      return null;
    }
    const problem = { code, category: CATEGORY[code], message: this.message, retryable: false };
    return this.context ? { ...problem, redacted_context: this.context } : problem;
  }

  /** The code of the collector's error that this failure causes. */
  get explains() {
    return EXPLAINS[this.tag];
  }
}
