import { instantiate } from './component.js';
import { Policy } from './policy.js';
import { imports } from './imports.js';
import { Run } from './run.js';

export { PolicyError } from './policy.js';
export { response } from './response.js';

export function open(request, policy = {}) {
  const text = typeof request === 'string' ? request : JSON.stringify(request);
  return new Run(text, new Policy(text, policy));
}

export function describe() {
  // Calls no import, and gets none that works.
  return instantiate(imports(null, () => {})).describe();
}
