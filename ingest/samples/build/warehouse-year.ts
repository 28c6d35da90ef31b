import { dateText, momentOf } from '../local-time.ts';
import type { MovementRow, PurchaseRow, SnapshotRow } from '../rows.ts';
import type { Origin } from './origin.ts';
import { ERP } from './places.ts';
import type { Dc } from './places.ts';
import { OPENING_AT } from './tills.ts';
import { arrivalAt, inspectedAt, orderAt, sentBackAt, settledAt, stockYear, vendorOf } from './warehouse.ts';
import type { PoLine, Vendor } from './warehouse.ts';

// The warehouses' year: what leaves them is given, what must come follows from it.

/** Units that leave a warehouse: for a store, or for an online order. */
export interface DcFlow {
  readonly dc: Dc;
  readonly at: number;
  readonly sku: string;
  readonly units: number;
  readonly reason: 'transfer-out' | 'shipment';
  readonly id: string;
  readonly ref: string;
}

export interface WarehouseYear {
  readonly opening: readonly SnapshotRow[];
  readonly movements: readonly MovementRow[];
  readonly purchases: readonly PurchaseRow[];
  readonly snapshots: readonly SnapshotRow[];
  readonly negatives: number;
}

interface Drafts {
  readonly opening: SnapshotRow[];
  readonly movements: MovementRow[];
  readonly snapshots: SnapshotRow[];
  readonly lines: Draft[];
  negatives: number;
}

interface Draft {
  readonly dc: Dc;
  readonly vendor: Vendor;
  readonly sku: string;
  readonly line: PoLine;
}

export function warehouseYear(
  origin: Origin,
  manufacturers: ReadonlyMap<string, string>,
  flows: readonly DcFlow[],
): WarehouseYear {
  const out: Drafts = { opening: [], movements: flows.map(left), snapshots: [], lines: [], negatives: 0 };
  for (const own of byPosition(flows)) {
    const { dc, sku } = own[0] as DcFlow;
    const vendor = vendorOf(manufacturers.get(sku) ?? '', origin.leadDays);
    const position = stockYear(dc.node, sku, vendor, own, origin.deliveries);
    if (position.lowest < 0) out.negatives++;
    out.opening.push(balance(dc, sku, `OPEN-${dc.code}`, OPENING_AT, position.opening));
    for (const { at, quantity } of position.books) {
      out.snapshots.push(balance(dc, sku, `B${dateText(at)}-${dc.code}`, at, quantity));
    }
    for (const line of position.orders) out.lines.push({ dc, vendor, sku, line });
  }
  const purchases = purchase(out);
  return { ...out, purchases };
}

function byPosition(flows: readonly DcFlow[]): Iterable<DcFlow[]> {
  const positions = new Map<string, DcFlow[]>();
  for (const flow of flows) {
    const key = `${flow.dc.node} ${flow.sku}`;
    const own = positions.get(key);
    if (own === undefined) positions.set(key, [flow]);
    else own.push(flow);
  }
  return positions.values();
}

function balance(dc: Dc, sku: string, id: string, at: number, quantity: number): SnapshotRow {
  return { at, source: ERP, id, node: dc.node, sku, quantity, covers: 'book' };
}

const BLANK = { kind: 'delta', reason: '', from: '', to: '', ref: '', inboundRef: '' } as const;

function left(flow: DcFlow): MovementRow {
  const { dc, at, sku, units, reason, id, ref } = flow;
  return { ...BLANK, at, source: dc.wms, id, node: dc.node, sku, quantity: -units, reason, ref };
}

/** Orders get their numbers in the order they were written. */
function purchase(out: Drafts): PurchaseRow[] {
  const orders = Map.groupBy(out.lines, (one) => `${one.dc.node} ${one.vendor.id} ${one.line.orderDay}`);
  const first = (lines: readonly Draft[]): Draft => lines[0] as Draft;
  const written = (lines: readonly Draft[]): number => {
    const { dc, vendor, line } = first(lines);
    return orderAt(dc.node, vendor, line.orderDay);
  };
  const sorted = [...orders].toSorted((a, b) => written(a[1]) - written(b[1]) || (a[0] < b[0] ? -1 : 1));
  const rows: PurchaseRow[] = [];
  for (const [index, [, lines]] of sorted.entries()) {
    const po = `PO${17_000_001 + index}`;
    for (const draft of lines) {
      rows.push(...stages(draft, po, written(lines)));
      out.movements.push(...arrivals(draft, po));
    }
  }
  return rows;
}

/** As ordered, then two days before it comes as announced: that is what will be received. */
function stages({ dc, vendor, sku, line }: Draft, po: string, at: number): PurchaseRow[] {
  const row = { po, vendor: vendor.id, node: dc.node, sku };
  const dueAt = momentOf(line.orderDay + vendor.leadDays, 720);
  const announcedAt = momentOf(line.arrivalDay - 2, 960);
  const ordered: PurchaseRow = { ...row, at, stage: 'order', quantity: line.ordered, dueAt };
  if (line.arrivalDay - 2 > 364) return [ordered];
  const quantity = line.received;
  return [ordered, { ...row, at: announcedAt, stage: 'ship-notice', quantity, dueAt: momentOf(line.arrivalDay, 720) }];
}

function arrivals({ dc, vendor, sku, line }: Draft, po: string): MovementRow[] {
  if (line.arrivalDay > 364 || line.received === 0) return [];
  const common = { ...BLANK, source: dc.wms, node: dc.node, sku, ref: vendor.id };
  const rows: MovementRow[] = [
    {
      ...common,
      at: arrivalAt(dc.node, vendor, line.arrivalDay),
      id: `R-${po}`,
      quantity: line.received,
      reason: 'receipt',
      inboundRef: po,
    },
  ];
  if (line.rejected === 0) return rows;
  const held = { ...common, kind: 'move', quantity: line.rejected } as const;
  const at = inspectedAt(dc.node, vendor, line);
  rows.push({ ...held, at, id: `I-${po}`, from: 'sellable', to: 'quality-hold' });
  if (line.arrivalDay > 358) return rows;
  const settled = settledAt(dc.node, vendor, line);
  const back = sentBackAt(dc.node, vendor, line);
  // Units leave before their hold ends: for a quarter of an hour too few are sellable, never too many.
  if (back !== undefined)
    rows.push({ ...common, at: back, id: `V-${po}`, quantity: -line.rejected, reason: 'shipment' });
  rows.push({ ...held, at: settled + 15 * 60_000, id: `J-${po}`, from: 'quality-hold', to: 'sellable' });
  return rows;
}
