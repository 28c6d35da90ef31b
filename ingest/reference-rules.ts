import type {
  ChannelRef,
  KitRef,
  NodeGroupRef,
  NodeRef,
  ReferenceKind,
  SafetyRef,
  SourceRef,
} from '../engine/contract/reference.ts';
import { validateCarrier, validateSourcing } from '../engine/contract/sourcing-faults.ts';
import type { CarrierRef, SourcingRef } from '../engine/contract/sourcing.ts';
import { schemaFault, type RowFault } from './reference-schemas.ts';

/** What is wrong with a row by itself; undefined when it is well formed. */
export function rowFault(of: ReferenceKind, row: unknown): RowFault | undefined {
  return schemaFault(of, row) ?? ruleFault(of, row);
}

/** What no schema says; the row is of the kind's form. */
function ruleFault(of: ReferenceKind, row: unknown): RowFault | undefined {
  switch (of) {
    case 'nodes':
      return nodeFault(row as NodeRef);
    case 'groups':
      return groupFault(row as NodeGroupRef);
    case 'channels':
      return channelFault(row as ChannelRef);
    case 'sources':
      return zoneFault((row as SourceRef).timeZone);
    case 'safety':
      return safetyFault(row as SafetyRef);
    case 'kits':
      return kitFault(row as KitRef);
    case 'items':
    case 'pools':
    case 'switches':
    case 'outfeeds':
    case 'automations':
      return undefined;
    case 'carriers':
      return together(validateCarrier(row as CarrierRef));
    case 'sourcing':
      return together(validateSourcing(row as SourcingRef));
  }
}

function together([first, ...others]: readonly RowFault[]): RowFault | undefined {
  return first === undefined || others.length === 0 ? first : { ...first, others };
}

function nodeFault({ timeZone, hours }: NodeRef): RowFault | undefined {
  const wrong = hours.find(({ open, close }) => close <= open);
  const fault = { field: 'hours', rule: `day ${wrong?.day} closes at ${wrong?.close}, before it opens` };
  return zoneFault(timeZone) ?? (wrong === undefined ? undefined : fault);
}

function groupFault({ nodes }: NodeGroupRef): RowFault | undefined {
  return new Set(nodes).size < nodes.length ? { field: 'nodes', rule: 'names a node twice' } : undefined;
}

function channelFault({ lowAt, clearAt }: ChannelRef): RowFault | undefined {
  return clearAt < lowAt ? { field: 'clearAt', rule: `must be >= lowAt ${lowAt}` } : undefined;
}

function safetyFault({ from, to }: SafetyRef): RowFault | undefined {
  const isWrong = from !== undefined && to !== undefined && to <= from;
  return isWrong ? { field: 'to', rule: `must be > from ${from}` } : undefined;
}

function kitFault({ sku, components }: KitRef): RowFault | undefined {
  const names = components.map((one) => one.sku);
  if (names.includes(sku)) return { field: 'components', rule: 'names the kit itself' };
  return new Set(names).size < names.length ? { field: 'components', rule: 'names a sku twice' } : undefined;
}

function zoneFault(zone: string | undefined): RowFault | undefined {
  if (zone === undefined || isTimeZone(zone)) return undefined;
  return { field: 'timeZone', rule: `"${zone}" is no IANA time zone` };
}

const zones = new Map<string, boolean>();
/** Zones remembered: the world has about 600, and callers may name others. */
const ZONES_MAX = 2_000;

function isTimeZone(zone: string): boolean {
  const known = zones.get(zone);
  if (known !== undefined) return known;
  let is = true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    is = false;
  }
  if (zones.size < ZONES_MAX) zones.set(zone, is);
  return is;
}
