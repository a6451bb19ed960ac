// node example.mjs [--ca FILE | --pin sha256:HEX] [REQUEST.json] > response.json
//
// Reads a collector-request-v1 document from the file or from stdin and collects what it asks for.

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { open, response } from 'stocktake-vcenter';

const { values, positionals } = parseArgs({
  options: { ca: { type: 'string' }, pin: { type: 'string' } },
  allowPositionals: true,
});
const request = readFileSync(positionals[0] ?? 0, 'utf8');

// What to trust: this authority only, or this certificate only, or else those that Node trusts.
const run = open(request, {
  ca: values.ca && readFileSync(values.ca, 'utf8'),
  pin: values.pin,
});

// Collects page by page while this loop takes the text; to leave it early closes the run.
for (const text of response(run)) {
  if (!stdout.write(text)) {
    await once(stdout, 'drain');
  }
}
stderr.write(`${run.progress.done} objects read\n`);

const { errors } = run.close();
for (const { code, message } of errors) {
  stderr.write(`error: ${code}: ${message}\n`);
}
process.exitCode = errors.length === 0 ? 0 : 1;
