// The transpiled component: compiled once, instantiated anew for each run.

import { readFileSync } from 'node:fs';
import { instantiate as instantiateWith } from './component/collector.js';

const modules = new Map();

function compiled(name) {
  let module = modules.get(name);
  if (!module) {
    module = new WebAssembly.Module(readFileSync(new URL(`./component/${name}`, import.meta.url)));
    modules.set(name, module);
  }
  return module;
}

/** An instance with its own memory; it can call only `imports`. */
export function instantiate(imports) {
  return instantiateWith(compiled, imports).inventory;
}
