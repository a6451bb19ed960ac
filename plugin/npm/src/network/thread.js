// The network thread of one run.

import { workerData } from 'node:worker_threads';
import { Failure } from '../failure.js';
import { Client } from './client.js';

const { port, answers, policy } = workerData;
const client = new Client(policy);

function answer(message) {
  port.postMessage(message);
  Atomics.add(answers, 0, 1);
  Atomics.notify(answers, 0);
}

port.on('message', async ({ operation, exchange, request }) => {
  switch (operation) {
    case 'send':
      return client.send(exchange, request);
    case 'drop':
      return client.drop(exchange);
  }
  try {
    answer({ value: await client[operation](exchange) });
  } catch (error) {
    const failure = error instanceof Failure ? error : new Failure('internal-error', `${error}`);
    answer({ failure: failure.plain });
  }
});
