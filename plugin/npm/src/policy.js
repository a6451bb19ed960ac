// The network policy of one run.

import { X509Certificate } from 'node:crypto';

const LIMITS = {
  connectMs: 10_000,
  firstByteMs: 120_000,
  betweenBytesMs: 60_000,
  requestBytes: 2 ** 20,
  responseBytes: 2 ** 30,
  runBytes: 16 * 2 ** 30,
  requests: 100_000,
};

export class PolicyError extends Error {
  name = 'PolicyError';
  code = 'VCENTER_CONFIG_INVALID';
}

export class Policy {
  /** `request` is the text of the document whose endpoint is allowed; one without a usable endpoint allows nothing. */
  constructor(request, { ca, pin, limits = {}, stderr = () => {} } = {}) {
    if (ca !== undefined && pin !== undefined) {
      throw new PolicyError('both ca and pin are set; a pin needs no authority: set one');
    }
    this.place = place(request);
    this.ca = ca === undefined ? undefined : authorities(String(ca));
    this.pin = pin === undefined ? undefined : digest(pin);
    const decoder = new TextDecoder();
    this.stderr = (bytes) => stderr(decoder.decode(bytes, { stream: true }));
    this.limits = { ...LIMITS };
    for (const [name, value] of Object.entries(limits)) {
      if (!(name in LIMITS)) {
        throw new PolicyError(`limits.${name} is not known; the limits are ${Object.keys(LIMITS).join(', ')}`);
      }
      if (!Number.isSafeInteger(value) || value < 1) {
        throw new PolicyError(`limits.${name} must be a positive integer`);
      }
      this.limits[name] = value;
    }
  }

  /** Why a request must not leave, if so. */
  refusal({ method, scheme, authority, path }) {
    const url = `${scheme}://${authority}${path}`;
    // An authority must be parsed the same way everywhere.
    const asked = /^[\w.:[\]-]+$/.test(authority) && path.startsWith('/') && URL.canParse(url) ? new URL(url) : null;
    const shown = asked ? asked.origin : 'an address that cannot be read';
    const { place } = this;
    if (!place || asked?.origin !== place.origin) {
      const allowed = place ? place.origin : 'nothing, because the request names no usable endpoint';
      return `the collector asked for ${shown}; this run allows ${allowed}; correct source.config.endpoint, or do not use this collector`;
    }
    if (method !== 'POST' || asked.pathname !== place.path || asked.search || asked.hash) {
      return `the collector sent a request other than a POST to ${place.path} of ${shown}; do not use this collector`;
    }
    return null;
  }
}

/** The endpoint of a request as parsed by `URL`; `path` ends with `/sdk`, as the collector's does. */
function place(request) {
  let endpoint;
  try {
    endpoint = new URL(JSON.parse(request).source.config.endpoint);
  } catch {
    return null;
  }
  const { protocol, username, password, host, origin, search, hash } = endpoint;
  if (!['http:', 'https:'].includes(protocol) || username || password || search || hash) {
    return null;
  }
  const path = endpoint.pathname.replace(/\/+$/, '');
  const tls = protocol === 'https:';
  return {
    tls,
    origin,
    host,
    // Without the brackets of an IPv6 address.
    hostname: endpoint.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(endpoint.port || (tls ? 443 : 80)),
    path: path.endsWith('/sdk') ? path : `${path}/sdk`,
  };
}

/** Node ignores PEM text without a certificate, and then trusts nothing or other authorities. */
function authorities(pem) {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
  if (!blocks) {
    throw new PolicyError('ca: it contains no certificate; expected PEM text with -----BEGIN CERTIFICATE-----');
  }
  for (const block of blocks) {
    try {
      new X509Certificate(block);
    } catch {
      throw new PolicyError('ca: it contains a damaged certificate; export it again as PEM');
    }
  }
  return blocks;
}

/** The digits of `sha256:HEX` in lower case; browsers and openssl print colons between the bytes. */
function digest(pin) {
  const [, digits] = /^sha256:([0-9a-f:]*)$/i.exec(String(pin).trim()) ?? [];
  const hex = digits?.replaceAll(':', '').toLowerCase();
  if (hex?.length !== 64) {
    throw new PolicyError('pin: expected sha256: and 64 hexadecimal digits, with or without colons between them');
  }
  return hex;
}
