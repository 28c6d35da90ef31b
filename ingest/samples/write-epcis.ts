import { placeUri } from './build/places.ts';
import { offsetMs, offsetText } from './local-time.ts';
import type { MovementRow } from './rows.ts';

// A warehouse's or back room's document as GS1 EPCIS 2.0 JSON-LD: one ObjectEvent with a quantity per sku.

export interface EpcisOptions {
  readonly mapTime: (at: number) => number;
  readonly codeOf: (node: string) => string;
  /** Document that a shipment carries out; absent: its own. */
  readonly docOf?: (row: MovementRow) => string;
}

/** `rows`: the lines of one document, all of one kind and moment. */
export function writeEpcis(rows: readonly MovementRow[], options: EpcisOptions): string {
  const head = rows[0] as MovementRow;
  const at = options.mapTime(head.at);
  const place = placeUri(options.codeOf(head.node));
  const event = {
    type: 'ObjectEvent',
    eventID: eventUri(head),
    eventTime: zoned(at),
    eventTimeZoneOffset: offsetText(at),
    // Booked as it happens.
    recordTime: zoned(at),
    ...stepOf(head),
    quantityList: rows.map((row) => ({
      epcClass: `https://id.gs1.org/01/${row.sku}`,
      quantity: Math.abs(row.quantity),
    })),
    readPoint: { id: place },
    bizLocation: { id: place },
    ...transactionsOf(head, options),
  };
  return JSON.stringify({
    '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: zoned(at),
    epcisBody: { eventList: [event] },
  });
}

const eventUri = (row: MovementRow): string => `urn:marlowfinch:event:${row.source}:${row.id}`;

function zoned(at: number): string {
  return new Date(at + offsetMs(at)).toISOString().slice(0, -1) + offsetText(at);
}

function stepOf(row: MovementRow): Readonly<Record<string, unknown>> {
  if (row.kind === 'move') {
    // From where to where: the disposition that ends and the one that begins.
    return {
      action: 'OBSERVE',
      bizStep: 'inspecting',
      disposition: DISPOSITION[row.to],
      persistentDisposition: { unset: [DISPOSITION[row.from]], set: [DISPOSITION[row.to]] },
    };
  }
  return row.quantity < 0
    ? { action: 'OBSERVE', bizStep: 'shipping', disposition: 'in_transit' }
    : { action: 'OBSERVE', bizStep: 'receiving', disposition: 'sellable_accessible' };
}

const DISPOSITION: Readonly<Record<MovementRow['from'], string>> = {
  '': 'unknown',
  sellable: 'sellable_accessible',
  damaged: 'damaged',
  'quality-hold': 'non_sellable_other',
};

/** A delivery names its purchase order, a shipment its document; a transfer received names where it came from. */
function transactionsOf(row: MovementRow, { docOf = ({ id }) => id }: EpcisOptions): object {
  if (row.inboundRef !== '') return listOf('po', `urn:marlowfinch:po:${row.inboundRef}`);
  if (row.reason !== 'transfer-in') return listOf('desadv', `urn:marlowfinch:doc:${docOf(row)}`);
  return { sourceList: [{ type: 'possessing_party', source: `urn:marlowfinch:node:${row.ref}` }] };
}

function listOf(type: string, bizTransaction: string): object {
  return { bizTransactionList: [{ type, bizTransaction }] };
}
