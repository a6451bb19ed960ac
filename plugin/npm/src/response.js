// `collector-response-v1` as one line of ASCII, written as a run proceeds.
//
// Assets are written as they arrive. Relations follow them in the document, so they are
// kept in memory until then, a byte for each of their characters.

const PARTS = { asset: '{"asset":', relation: '{"relation":', warning: '{"warning":' };

export function* response(run) {
  try {
    yield* document(run);
  } finally {
    // Also when the loop is left before the first page.
    run.close();
  }
}

function* document(run) {
  let assets = 0;
  const relations = new Kept();
  const warnings = new Kept();
  let { roots } = run;
  yield '{"schema_version":"collector-response-v1","assets":[';
  for (const page of run) {
    const items = itemsOf(page);
    if (!items) {
      run.refuse(`page ${page.sequence} does not match its counts; do not use this collector`);
      break;
    }
    relations.add(items.relation);
    warnings.add(items.warning);
    // The account sees no more than its own roles cover.
    if (roots === 'root' && items.warning.some((text) => text.startsWith('{"code":"VCENTER_ROOT_UNREADABLE"'))) {
      roots = 'unknown';
    }
    if (items.asset.length > 0) {
      yield (assets > 0 ? ',' : '') + items.asset.join(',');
      assets += items.asset.length;
    }
  }
  const { stats, evidence, detection, errors } = run.summary;
  yield '],"relations":[';
  yield* relations.texts();
  yield '],';
  if (detection) {
    yield `"detect":${ascii(detect(detection))},`;
  }
  yield `"stats":{"assets":${assets},"relations":${relations.items},"inventory_complete":${stats.inventoryComplete},"warnings":[`;
  yield* warnings.texts();
  yield ']';
  if (run.evidenceWanted && evidence) {
    yield `,"evidence":${ascii(evidenceOf(evidence, evidence.pages > 0 ? roots : undefined))}`;
  }
  yield `},"errors":${ascii(JSON.stringify(errors))}}\n`;
}

/** The items of a page as JSON texts, or null when they do not match its counts. */
function itemsOf({ batch, assets, relations, warnings }) {
  const items = { asset: [], relation: [], warning: [] };
  for (const line of ascii(batch).split('\n')) {
    const part = Object.keys(PARTS).find((name) => line.startsWith(PARTS[name]));
    if (part) {
      items[part].push(line.slice(PARTS[part].length, -1));
    }
  }
  const counted = assets.reduce((sum, { count }) => sum + Number(count), 0);
  const holds = items.asset.length === counted && items.relation.length === relations && items.warning.length === warnings;
  return holds ? items : null;
}

/** Items that are written later. */
class Kept {
  items = 0;
  #blocks = [];

  add(items) {
    if (items.length === 0) {
      return;
    }
    const text = (this.items > 0 ? ',' : '') + items.join(',');
    this.items += items.length;
    // Not as a string, which would be a slice of the page and keep all of it in memory.
    this.#blocks.push(Buffer.from(text, 'latin1'));
  }

  *texts() {
    for (const block of this.#blocks) {
      yield block.toString('latin1');
    }
  }
}

/** JSON text in printable ASCII: other characters occur only in strings, where an escape is equivalent. */
function ascii(json) {
  return json.replace(/[\x7f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function detect({ targetVersion, capabilities, driver, recommendedPreferredVersion }) {
  return JSON.stringify({
    target_version: targetVersion,
    capabilities: JSON.parse(capabilities),
    driver,
    recommended_preferred_version: recommendedPreferredVersion,
  });
}

function evidenceOf(evidence, scope) {
  const left = evidence.logins - evidence.logouts - evidence.sessionsLost;
  return JSON.stringify({
    counted_by: 'collector',
    kinds: evidence.kinds.map((kind) => ({
      kind: kind.kind,
      announced: Number(kind.announced),
      returned: Number(kind.returned),
      unannounced: Number(kind.unannounced),
      vanished: Number(kind.vanished),
      quarantined: Number(kind.quarantined),
      excluded: Number(kind.excluded),
      unreadable: Number(kind.unreadable),
      missing_privileges: kind.missingPrivileges,
    })),
    pages: evidence.pages,
    continue_calls: evidence.continueCalls,
    drained: evidence.drained,
    logins: evidence.logins,
    logouts: evidence.logouts,
    sessions_lost: evidence.sessionsLost,
    views_created: evidence.viewsCreated,
    views_destroyed: evidence.viewsDestroyed,
    views_lost: evidence.viewsLost,
    restarts: evidence.restarts,
    // JSON omits undefined members.
    scope,
    ...(left > 0 && { sessions_left: left }),
  });
}
