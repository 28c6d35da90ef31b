import { unreachable } from '../contract/assert.ts';
import type { SkuStock } from '../contract/change.ts';
import type { Fact, MovedUnits } from '../contract/fact.ts';
import type { GroupId, NodeId, Sku } from '../contract/ids.ts';
import type { ReserveLine } from '../contract/reservation.ts';

// What a stock shard has promised, added up from the facts alone: a second book beside the machine's columns, slow and
// plain on purpose (Maps and addition), so that one mistake is not made twice.

interface Demand {
  readonly nodes: readonly NodeId[];
  units: number;
}

interface OfSku {
  readonly atNodes: Map<NodeId, number>;
  /** By the nodes' names. */
  readonly demands: Map<string, Demand>;
}

interface HeldRow {
  readonly sku: Sku;
  /** As the line names it: groups with the same nodes are lines apart. */
  readonly place: string;
  readonly units: number;
  /** The node, or the nodes of the group as they were when it was promised. */
  readonly at: NodeId | readonly NodeId[];
}

export class PromiseBook {
  readonly #rows = new Map<string, readonly HeldRow[]>();
  readonly #skus = new Map<Sku, OfSku>();
  readonly #groups = new Map<GroupId, readonly NodeId[]>();

  /** Holds and parts that are held. */
  get rows(): number {
    return this.#rows.size;
  }

  setGroup(id: GroupId, nodes: readonly NodeId[]): void {
    this.#groups.set(id, nodes);
  }

  /** Lines a fact newly promises; undefined for every other fact. */
  apply(fact: Fact): readonly ReserveLine[] | undefined {
    switch (fact.fact) {
      case 'UnitsReserved':
        this.hold(fact.reservation.id, fact.reservation.lines);
        return fact.reservation.lines;
      case 'PartHeld':
        this.hold(fact.saga, fact.lines);
        return fact.lines;
      case 'UnitsMoved':
        return this.#move(fact.id, fact.moved);
      case 'PartMoved':
        return this.#move(fact.saga, fact.moved);
      case 'UnitsReleased':
        this.#end(fact.id);
        return undefined;
      case 'PartEnded':
        this.#end(fact.saga);
        return undefined;
      case 'ReferenceApplied':
        if (fact.batch.of === 'groups') for (const { id, nodes } of fact.batch.rows) this.setGroup(id, nodes);
        return undefined;
      case 'HoldExtended':
      case 'PartMoveRefused':
      case 'SafetyDatesReached':
      case 'ReservationExtended':
      case 'MoveStarted':
      case 'MoveAnswered':
      case 'StockRecorded':
      case 'ReservationRefused':
      case 'PartRefused':
      case 'ReservationStarted':
      case 'PartAnswered':
      case 'ReservationDecided':
      case 'ReservationEnded':
      case 'PartClosed':
      case 'SourceHeard':
      case 'LetterKept':
      case 'LetterRepeated':
      case 'LetterClosed':
        return undefined;
      default:
        return unreachable(fact);
    }
  }

  hold(id: string, lines: readonly ReserveLine[]): void {
    const rows = lines.map((line) => this.#rowOf(line));
    this.#rows.set(id, rows);
    for (const row of rows) this.#add(row, row.units);
  }

  #rowOf(line: ReserveLine): HeldRow {
    const { sku, units } = line;
    if ('node' in line) return { sku, units, place: `node ${line.node}`, at: line.node };
    return { sku, units, place: `group ${line.group}`, at: this.#nodesOf(line.group) };
  }

  /** Units leave a row, which goes when it is empty, and join one of the same place or stand behind the others. */
  #move(id: string, { line: index, units, to }: MovedUnits): readonly ReserveLine[] {
    const rows = this.#rows.get(id) ?? [];
    const from = rows[index];
    if (from === undefined) return [];
    const line: ReserveLine = { sku: from.sku, units, ...to };
    const moved = this.#rowOf(line);
    this.#add(from, -units);
    this.#add(moved, units);
    const rest = rows.map((row, i) => (i === index ? { ...row, units: row.units - units } : row));
    const left = rest.filter((row) => row.units > 0);
    const isSame = (row: HeldRow): boolean =>
      row.sku === moved.sku && row.place === moved.place && String(row.at) === String(moved.at);
    const joined = left.map((row) => (isSame(row) ? { ...row, units: row.units + units } : row));
    this.#rows.set(id, left.some(isSame) ? joined : [...left, moved]);
    return [line];
  }

  #end(id: string): void {
    for (const row of this.#rows.get(id) ?? []) this.#add(row, -row.units);
    this.#rows.delete(id);
  }

  #add({ sku, at }: HeldRow, units: number): void {
    const of = this.#skus.get(sku) ?? { atNodes: new Map(), demands: new Map() };
    this.#skus.set(sku, of);
    if (typeof at === 'string') {
      of.atNodes.set(at, (of.atNodes.get(at) ?? 0) + units);
      return;
    }
    const name = nameOf(at);
    const demand = of.demands.get(name) ?? { nodes: at, units: 0 };
    demand.units += units;
    of.demands.set(name, demand);
  }

  reservedAt(sku: Sku, node: NodeId): number {
    return this.#skus.get(sku)?.atNodes.get(node) ?? 0;
  }

  demandsOf(sku: Sku): readonly Demand[] {
    return [...(this.#skus.get(sku)?.demands.values() ?? [])].filter(({ units }) => units !== 0);
  }

  /** Every place that has promised units. */
  *places(): Generator<{ readonly sku: Sku; readonly node: NodeId; readonly units: number }> {
    for (const [sku, { atNodes }] of this.#skus) {
      for (const [node, units] of atNodes) if (units !== 0) yield { sku, node, units };
    }
  }

  /**
   * What of a new promise does not fit (rule AV7), written out: every node must have what is promised at it, and every
   * choice of demands must find room on the nodes that may serve them. Only what the lines touch is judged: elsewhere a
   * feed may have taken units away, which is a shortfall and no oversell.
   */
  tooMuch(lines: readonly ReserveLine[], stock: SkuStock): string | undefined {
    const mine = lines.filter((line) => line.sku === stock.sku);
    const free = new Map(stock.nodes.map((one) => [one.node, freeAt(one, this.reservedAt(stock.sku, one.node))]));
    for (const line of mine) {
      if ('node' in line && (free.get(line.node) ?? -line.units) < 0) {
        return `${-(free.get(line.node) ?? -line.units)} units of ${stock.sku} at ${line.node} more than it has`;
      }
    }
    const demands = this.demandsOf(stock.sku);
    for (let choice = 1; choice < 2 ** demands.length; choice++) {
      const chosen = demands.filter((_, bit) => (choice & (1 << bit)) !== 0);
      const nodes = new Set(chosen.flatMap((demand) => demand.nodes));
      if (!mine.some((line) => this.#touches(line, chosen, nodes))) continue;
      const wanted = chosen.reduce((units, demand) => units + demand.units, 0);
      let there = 0;
      for (const node of nodes) there += Math.max(0, free.get(node) ?? 0);
      if (wanted > there)
        return `${wanted} units of ${stock.sku} on ${[...nodes].join(', ')}, which have ${there} left`;
    }
    return undefined;
  }

  /** A line at a node takes from what its demands could use; one on a group adds to its own demand. */
  #touches(line: ReserveLine, chosen: readonly Demand[], nodes: ReadonlySet<NodeId>): boolean {
    if ('node' in line) return nodes.has(line.node);
    const name = nameOf(this.#nodesOf(line.group));
    return chosen.some((demand) => nameOf(demand.nodes) === name);
  }

  #nodesOf(group: GroupId): readonly NodeId[] {
    return [...new Set(this.#groups.get(group) ?? [])].toSorted();
  }
}

/** Units left at a node, negative when more is promised than it has; none while it is switched off. */
function freeAt(one: SkuStock['nodes'][number], reserved: number): number {
  const free = one.onHand - one.unavailable - one.departed - one.allocated - one.safety - reserved;
  return free < 0 ? free : Math.min(free, one.available);
}

const nameOf = (nodes: readonly NodeId[]): string => nodes.join(' ');
