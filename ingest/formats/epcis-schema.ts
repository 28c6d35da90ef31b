import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

import schema from './epcis.schema.json' with { type: 'json' };

/** What GS1's own schema says against a document; undefined when it conforms. */
export function schemaFault(document: unknown): string | undefined {
  const validate = validator();
  if (validate(document)) return undefined;
  const errors = validate.errors ?? [];
  // An event is checked against every alternative; the fault that lies deepest is the one its author can use.
  const deepest = errors.toSorted((a, b) => b.instancePath.length - a.instancePath.length)[0];
  const where = deepest?.instancePath === '' ? 'the document' : deepest?.instancePath.slice(1).replaceAll('/', '.');
  return `${where ?? 'the document'} ${deepest?.message ?? 'does not conform'}`;
}

let compiled: ValidateFunction | undefined;

/** Compiled at the first document: 100 ms and 10 MB that a server without EPCIS sources need not spend. */
function validator(): ValidateFunction {
  if (compiled !== undefined) return compiled;
  const ajv = new Ajv({ strict: true, strictRequired: false });
  addFormats.default(ajv);
  compiled = ajv.compile(schema);
  return compiled;
}
