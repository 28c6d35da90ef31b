// Dated supply (SPEC.md, Inbound): per position and reference the newest message by (at, id) counts; receipts reduce it.

/** Closed supplies are remembered this long by source time: an ERP that sends a filled order again must not reopen it. */
const CLOSED_KEPT_MS = 180 * 86_400_000;
/** Messages kept per reference before those below the late-event window are forgotten. */
const VERSIONS_MAX = 8;
/** Supplies of a position before closed ones past CLOSED_KEPT_MS are looked for. */
const SUPPLIES_PRUNE_AT = 64;

export interface InboundVersion {
  readonly source: string;
  readonly id: string;
  readonly at: number;
  readonly units: number;
  readonly dueAt: number;
  readonly voided: boolean;
}

interface Supply {
  versions: readonly InboundVersion[];
  received: number;
  lastAt: number;
}

export interface OpenSupply {
  readonly inboundRef: string;
  readonly units: number;
  readonly dueAt: number;
}

export type InboundSaved = readonly (readonly [number, readonly (readonly [string, Supply])[]])[];

export class InboundTable {
  private readonly byPosition = new Map<number, Map<string, Supply>>();

  set(position: number, inboundRef: string, version: InboundVersion, floorMs: number): void {
    const supply = this.supply(position, inboundRef, version.at);
    supply.versions = [...supply.versions, version];
    if (supply.versions.length <= VERSIONS_MAX) return;
    const winner = newest(supply.versions);
    supply.versions = supply.versions.filter((other) => other === winner || other.at >= floorMs);
  }

  /** A receipt; negative units take one back. */
  receive(position: number, inboundRef: string, units: number, atMs: number): void {
    this.supply(position, inboundRef, atMs).received += units;
  }

  /** Annuls the message with this id, at whichever reference of the position it set. */
  annul(position: number, source: string, id: string): void {
    for (const supply of this.byPosition.get(position)?.values() ?? []) {
      supply.versions = supply.versions.map((version) =>
        version.source === source && version.id === id ? { ...version, voided: true } : version,
      );
    }
  }

  open(position: number): OpenSupply[] {
    const open: OpenSupply[] = [];
    for (const [inboundRef, supply] of this.byPosition.get(position) ?? []) {
      const version = newest(supply.versions);
      const units = version === undefined ? 0 : openUnits(version.units, supply.received);
      if (version !== undefined && units > 0) open.push({ inboundRef, units, dueAt: version.dueAt });
    }
    return open.sort((a, b) => a.dueAt - b.dueAt || (a.inboundRef < b.inboundRef ? -1 : 1));
  }

  openUnits(position: number): number {
    if (!this.byPosition.has(position)) return 0;
    return this.open(position).reduce((sum, supply) => sum + supply.units, 0);
  }

  private supply(position: number, inboundRef: string, atMs: number): Supply {
    let ofPosition = this.byPosition.get(position);
    if (ofPosition === undefined) this.byPosition.set(position, (ofPosition = new Map()));
    let supply = ofPosition.get(inboundRef);
    if (supply === undefined) {
      if (ofPosition.size >= SUPPLIES_PRUNE_AT) forgetClosed(ofPosition, atMs - CLOSED_KEPT_MS);
      ofPosition.set(inboundRef, (supply = { versions: [], received: 0, lastAt: atMs }));
    }
    supply.lastAt = Math.max(supply.lastAt, atMs);
    return supply;
  }

  save(): InboundSaved {
    return [...this.byPosition].map(([position, supplies]) => [position, [...supplies]] as const);
  }

  load(saved: InboundSaved): void {
    for (const [position, supplies] of saved) this.byPosition.set(position, new Map(supplies));
  }
}

/** Ordered 10, received 4 -> 6; received 12 -> 0; a receipt that was taken back beyond what came counts as none. */
function openUnits(ordered: number, received: number): number {
  return Math.max(0, ordered - Math.max(0, received));
}

function newest(versions: readonly InboundVersion[]): InboundVersion | undefined {
  let best: InboundVersion | undefined;
  for (const version of versions) {
    if (!version.voided && (best === undefined || isNewer(version, best))) best = version;
  }
  return best;
}

function isNewer(a: InboundVersion, b: InboundVersion): boolean {
  if (a.at !== b.at) return a.at > b.at;
  if (a.id !== b.id) return a.id > b.id;
  return a.source > b.source;
}

function forgetClosed(supplies: Map<string, Supply>, beforeMs: number): void {
  for (const [inboundRef, supply] of supplies) {
    const version = newest(supply.versions);
    const isClosed = version === undefined || openUnits(version.units, supply.received) === 0;
    if (isClosed && supply.lastAt < beforeMs) supplies.delete(inboundRef);
  }
}
