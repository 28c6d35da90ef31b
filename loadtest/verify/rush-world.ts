import type { PlannedLine } from './rush-plan.ts';

export interface StockBounds {
  /** On-hand less safety that was surely there all along, by node. */
  readonly low: ReadonlyMap<string, number>;
  /** The most that can have been there at any moment. */
  readonly high: ReadonlyMap<string, number>;
}

/** Which nodes may serve what. */
export interface Geography {
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Channel → its group. */
  readonly channels: ReadonlyMap<string, string>;
}

/** Stock and promises as one try may have found them. */
export class World {
  readonly #places: Geography;
  readonly #bounds: ReadonlyMap<string, StockBounds>;
  readonly #side: 'low' | 'high';
  /** sku → node or group → units promised. */
  readonly #promised = new Map<string, Map<string, number>>();

  constructor(
    places: Geography,
    bounds: ReadonlyMap<string, StockBounds>,
    holds: readonly { readonly lines: readonly PlannedLine[] }[],
    side: 'low' | 'high',
  ) {
    this.#places = places;
    this.#bounds = bounds;
    this.#side = side;
    for (const hold of holds) for (const line of hold.lines) this.#promise(line);
  }

  knows(lines: readonly PlannedLine[]): boolean {
    return lines.every((line) => this.#bounds.has(line.sku));
  }

  /** What the first line that does not fit asked for, and what was there. Lines are taken in turn, earlier ones as held. */
  firstTooMuch(channel: string, lines: readonly PlannedLine[]): string | undefined {
    for (const line of lines) {
      if (!this.#bounds.has(line.sku)) continue;
      const place = line.node === undefined ? this.#nodes(line.group ?? '') : [line.node];
      const room = Math.min(
        this.#headroom(line.sku, place),
        this.#headroom(line.sku, this.#nodes(this.#places.channels.get(channel) ?? '')),
      );
      if (line.units > room) return `${line.units} of ${line.sku} at ${line.node ?? line.group}, room for ${room}`;
      this.#promise(line);
    }
    return undefined;
  }

  #promise(line: PlannedLine): void {
    const place = line.node ?? line.group ?? '';
    const ofSku = this.#promised.get(line.sku) ?? new Map<string, number>();
    this.#promised.set(line.sku, ofSku.set(place, (ofSku.get(place) ?? 0) + line.units));
  }

  #nodes(group: string): readonly string[] {
    return this.#places.groups.get(group) ?? [];
  }

  /** Rule AV2, written out: over every choice of groups, what the nodes hold less what those groups are owed. */
  #headroom(sku: string, place: readonly string[]): number {
    const owed = [...this.#places.groups.keys()].filter((group) => (this.#promised.get(sku)?.get(group) ?? 0) > 0);
    let least = Infinity;
    for (let choice = 0; choice < 1 << owed.length; choice++) {
      const nodes = new Set(place);
      let demand = 0;
      for (const [bit, group] of owed.entries()) {
        if ((choice & (1 << bit)) === 0) continue;
        demand += this.#promised.get(sku)?.get(group) ?? 0;
        for (const node of this.#nodes(group)) nodes.add(node);
      }
      let units = 0;
      for (const node of nodes) units += this.#available(sku, node);
      least = Math.min(least, units - demand);
    }
    return Math.max(0, least);
  }

  #available(sku: string, node: string): number {
    const there = this.#bounds.get(sku)?.[this.#side].get(node) ?? 0;
    return Math.max(0, there - (this.#promised.get(sku)?.get(node) ?? 0));
  }
}
