/** Sets of nodes as numbers, so that two groups with the same nodes are one demand group. Set 0 is empty. */
export class NodeSets {
  private readonly numbers = new Map<string, number>([['', 0]]);
  private readonly byRow = new WeakMap<object, number>();
  private readonly members: (readonly number[])[] = [[]];
  private readonly within: (boolean[] | undefined)[] = [];
  private readonly bits: Uint32Array[] = [new Uint32Array(0)];

  of(nodes: Iterable<number>): number {
    const sorted = [...new Set(nodes)].sort((a, b) => a - b);
    const name = sorted.join(' ');
    const known = this.numbers.get(name);
    if (known !== undefined) return known;
    const number = this.members.length;
    this.numbers.set(name, number);
    this.members.push(sorted);
    const bits = new Uint32Array(((sorted.at(-1) ?? 0) >>> 5) + 1);
    for (const node of sorted) bits[node >>> 5] = (bits[node >>> 5] as number) | (1 << (node & 31));
    this.bits.push(bits);
    return number;
  }

  /** Of a row of reference data, which is never changed, only replaced: worked out once, asked for every reservation. */
  ofRow(row: object, nodes: () => Iterable<number>): number {
    const known = this.byRow.get(row);
    if (known !== undefined) return known;
    const set = this.of(nodes());
    this.byRow.set(row, set);
    return set;
  }

  nodes(set: number): readonly number[] {
    return this.members[set] as readonly number[];
  }

  has(set: number, node: number): boolean {
    return (((this.bits[set] as Uint32Array)[node >>> 5] ?? 0) & (1 << (node & 31))) !== 0;
  }

  /** Whether every node of one set is in the other. Sets never change, so an answer is kept: it is asked for every event. */
  isWithin(inner: number, outer: number): boolean {
    if (inner === outer) return true;
    let answers = this.within[inner];
    if (answers === undefined) this.within[inner] = answers = [];
    return (answers[outer] ??= this.nodes(inner).every((node) => this.has(outer, node)));
  }

  save(): readonly (readonly number[])[] {
    return this.members.slice(1);
  }

  load(saved: readonly (readonly number[])[]): void {
    for (const nodes of saved) this.of(nodes);
  }
}
