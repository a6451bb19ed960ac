// Opens a connection and verifies the server.

import { createHash, timingSafeEqual } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { connect as dial, isIP } from 'node:net';
import { connect as secure } from 'node:tls';
import { Failure } from '../failure.js';
import { forbidden } from './address.js';

/** A connection that the policy's trust accepts; TLS unless the endpoint says http. */
export async function connect(policy) {
  const { place, limits } = policy;
  const late = `${place.origin} cannot be connected to within ${limits.connectMs} ms; check routes and firewalls`;
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Failure('connection-timeout', late)), limits.connectMs);
  try {
    const stream = await reach(place, abort.signal);
    return place.tls ? await secured(policy, stream, abort.signal) : stream;
  } finally {
    clearTimeout(timer);
  }
}

async function reach({ origin, hostname, port }, signal) {
  const addresses = await resolved(hostname, signal);
  const socket = dial({
    host: hostname,
    port,
    noDelay: true,
    autoSelectFamily: true,
    // Connects to the checked address.
    lookup: (_, { all }, done) => (all ? done(null, addresses) : done(null, addresses[0].address, addresses[0].family)),
  });
  try {
    await settled(socket, 'connect', signal);
  } catch (error) {
    if (error instanceof Failure) {
      throw error;
    }
    const at = addresses.map(({ address }) => address).join(', ');
    if (error.code === 'ECONNREFUSED') {
      throw new Failure('connection-refused', `the connection to ${origin} at ${at} is refused; check the port and that the service is running`);
    }
    throw new Failure('destination-unavailable', `${origin} cannot be reached at ${at}: ${error.code}; check routes and firewalls`);
  }
  // Reported by the TLS socket over it, or by the agent.
  socket.on('error', () => {});
  return socket;
}

async function resolved(host, signal) {
  const family = isIP(host);
  const found = family ? [{ address: host, family }] : await named(host, signal);
  const allowed = found.filter(({ address }) => !forbidden(address));
  if (allowed.length === 0) {
    throw new Failure(
      'destination-IP-prohibited',
      `${host} resolves to a link-local or cloud metadata address, which collectors may not connect to; correct the endpoint or DNS`,
    );
  }
  return allowed;
}

async function named(host, signal) {
  const aborted = new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
  try {
    return await Promise.race([lookup(host, { all: true }), aborted]);
  } catch (error) {
    if (error instanceof Failure) {
      throw error;
    }
    throw new Failure('DNS-error', `${host} cannot be resolved; check the spelling of the endpoint and the DNS settings of this machine`);
  }
}

async function secured(policy, stream, signal) {
  const { place, ca, pin } = policy;
  const { origin, hostname } = place;
  const socket = secure({
    socket: stream,
    host: hostname,
    servername: isIP(hostname) ? undefined : hostname,
    ca,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    // Verified below, before anything is sent, to report the presented certificate.
    rejectUnauthorized: false,
  });
  try {
    await settled(socket, 'secureConnect', signal);
  } catch (error) {
    if (error instanceof Failure) {
      throw error;
    }
    throw handshake(error, origin);
  }
  const certificate = socket.getPeerX509Certificate();
  const refusal = certificate ? judge(certificate, socket, pin, origin) : `${origin} presented no certificate`;
  if (refusal) {
    socket.destroy();
    throw new Failure('TLS-certificate-error', refusal);
  }
  return socket;
}

/** Why a certificate is refused, if so. With a pin neither name, validity nor authority are checked. */
function judge(certificate, socket, pin, origin) {
  const presented = sha256(certificate.raw);
  if (pin) {
    const key = sha256(certificate.publicKey.export({ type: 'spki', format: 'der' }));
    const wanted = Buffer.from(pin, 'hex');
    if (timingSafeEqual(presented, wanted) || timingSafeEqual(key, wanted)) {
      return null;
    }
    return `${origin} presented the certificate sha256:${presented.toString('hex')}, which is not the pinned one; if the server's certificate was renewed, pin this`;
  }
  if (socket.authorized) {
    return null;
  }
  const what = `the certificate sha256:${presented.toString('hex')} of ${origin}`;
  switch (String(socket.authorizationError)) {
    case 'CERT_HAS_EXPIRED':
      return `${what} has expired; renew it and check this machine's clock, or pin it`;
    case 'CERT_NOT_YET_VALID':
      return `${what} is not valid yet; check this machine's clock, or pin it`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `${what} is for another name; use that name as the endpoint, or pin it`;
    default:
      return `${what} is signed by an unknown authority (${socket.authorizationError}); trust its CA, or pin it`;
  }
}

function handshake(error, origin) {
  const { code = '' } = error;
  if (['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG', 'ERR_SSL_HTTP_REQUEST'].includes(code)) {
    return new Failure('TLS-protocol-error', `${origin} does not use TLS; check the port, or use http:// if that is intended`);
  }
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') {
    return new Failure('TLS-protocol-error', `TLS handshake with ${origin} failed (${code}); it must support TLS 1.2 or 1.3; check host and port`);
  }
  return new Failure('HTTP-response-incomplete', `${origin} ended the connection during the TLS handshake (${code}); check that the service is running and supports TLS 1.2 or 1.3`);
}

/** Waits for an event of a socket; destroys it when it fails or takes too long. */
function settled(socket, event, signal) {
  return new Promise((resolve, reject) => {
    const onAbort = () => socket.destroy(signal.reason);
    signal.addEventListener('abort', onAbort);
    const settle = (outcome, value) => {
      signal.removeEventListener('abort', onAbort);
      socket.off(event, onEvent);
      socket.off('error', onError);
      outcome(value);
    };
    const onEvent = () => settle(resolve);
    const onError = (error) => settle(reject, error);
    socket.on(event, onEvent);
    socket.on('error', onError);
  });
}

function sha256(der) {
  return createHash('sha256').update(der).digest();
}
