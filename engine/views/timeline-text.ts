import { unreachable } from '../contract/assert.ts';
import type { Told, ToldUnits } from '../contract/order-view.ts';

/** Lines named in a sentence; of more it says how many. */
const LINES_SHOWN = 4;

/** What happened, in one sentence. Made when it is read, so that old entries get the words of now. */
export function textOf(told: Told): string {
  const { by, reason } = told;
  const who = by === undefined || by === 'channel' ? '' : `, by ${by}`;
  return `${sentence(told)}${reason === undefined ? '' : `: ${words(reason)}`}${who}`;
}

function sentence(told: Told): string {
  const { what, id = '', node = 'a node', work = '', did = '', amountMinor = 0 } = told;
  const units = unitsText(told.lines);
  switch (what) {
    case 'placed':
      return `Ordered: ${units}`;
    case 'message':
      return messageText(did, units);
    case 'changed':
      return `Changed: ${(told.fields ?? []).map((field) => FIELDS[field] ?? field).join(', ')}`;
    case 'lines-added':
      return `Lines new or larger: ${units}`;
    case 'promised':
      return `Stock answered: ${units}`;
    case 'not-promised':
      return 'Stock said no';
    case 'sourced':
      return sourcedText(told);
    case 'work-offered':
      return `Offered to ${node} as ${work}: ${units}`;
    case 'work':
      return `${node}, ${work}: ${WORK[did] ?? words(did)}${told.tracking === undefined ? '' : ` (${told.tracking.join(', ')})`}`;
    case 'pull-back-asked':
      return `Asked back from its node: ${work}`;
    case 'units-cancelled':
      return `Cancelled: ${units}`;
    case 'units-wanted':
      return `Wanted again: ${units}`;
    case 'units-came':
      return `Supply came: ${units}`;
    case 'units-returned':
      return `Came back: ${units}`;
    case 'units-refused':
      return `Refused: ${units}`;
    case 'held':
      return `Put on hold (${told.hold})`;
    case 'hold-lifted':
      return `Hold lifted (${told.hold})`;
    case 'queued':
      return `Needs somebody (${told.queue})`;
    case 'queue-left':
      return 'Needs nobody any more';
    case 'return-requested':
      return `Return ${id} announced: ${units}`;
    case 'return-received':
      return `Return ${id} received at ${node}: ${units}`;
    case 'return-refused':
      return `Return ${id} refused`;
    case 'refund-due':
      return `Refund ${id} due: ${amountMinor} minor units`;
    case 'by-hand':
      return `By hand: ${words(did)}`;
    case 'by-hand-refused':
      return 'What was done by hand was not possible';
    case 'automation':
      return `Rule ${id} ran: ${words(did)}`;
    case 'forgotten':
      return 'Closed: kept in history only';
    default:
      return unreachable(what);
  }
}

function messageText(did: string, units: string): string {
  if (did === 'cancelled') return 'The channel cancelled the order';
  return did === 'fewer'
    ? `The channel wants fewer: ${units || 'money only'}`
    : 'The channel said how the order stands';
}

function sourcedText({ nodes = [], step, otherwise }: Told): string {
  if (nodes.length > 0) return `Sourced by step ${step}: ${nodes.join(', ')}`;
  return `No node found${otherwise === undefined ? '' : `, so: ${otherwise}`}`;
}

function unitsText(lines: readonly ToldUnits[] = []): string {
  const shown = lines.slice(0, LINES_SHOWN).map(({ units, sku, state, node }) => {
    const at = node === undefined ? '' : ` at ${node}`;
    return `${units} × ${sku}${state === undefined ? '' : ` ${state}${at}`}`;
  });
  const rest = lines.length - shown.length;
  return [...shown, ...(rest > 0 ? [`${rest} more lines`] : [])].join(', ');
}

const words = (code: string): string => code.replaceAll('-', ' ');

const FIELDS: Readonly<Record<string, string>> = { shipTo: 'address', note: 'note', tags: 'tags' };

const WORK: Readonly<Record<string, string>> = {
  queued: 'in its queue',
  refused: 'not taken',
  accept: 'accepted',
  start: 'picking begun',
  pick: 'picked',
  pack: 'packed',
  ship: 'shipped',
  ready: 'ready to be collected',
  collect: 'collected',
  deliver: 'delivered',
  reject: 'rejected',
  'pull-back': 'given back',
  'accept-timeout': 'not accepted in time',
  'pickup-timeout': 'not collected in time',
};
