import { unreachable } from '../contract/assert.ts';
import type { SkuStock } from '../contract/change.ts';
import type { Fact } from '../contract/fact.ts';
import type { MovedUnits, ServedUnits, TakenUnits } from '../contract/stock-fact.ts';
import type { GroupId, NodeId, Sku } from '../contract/ids.ts';
import type { ReserveLine } from '../contract/reservation.ts';
import { type Demand, freeAt, type HeldRow, nameOf, type NewLine, type OfSku, orderKey } from './promise-rows.ts';

// What a stock shard has promised, added up from the facts alone: a second book beside the machine's columns, slow and
// plain on purpose (Maps and addition), so that one mistake is not made twice.

/** Units an order waits for. */
type Waited = Pick<Extract<Fact, { fact: 'WaitingStopped' }>, 'id' | 'sku' | 'units'>;

export class PromiseBook {
  readonly #rows = new Map<string, readonly HeldRow[]>();
  readonly #skus = new Map<Sku, OfSku>();
  /** Nodes that may serve what an order waits for, by sku and order. */
  readonly #awaited = new Map<string, Demand>();
  readonly #groups = new Map<GroupId, readonly NodeId[]>();
  /** What was shipped before the first fact it saw is not known to a book that began in the middle. */
  #knowsShipped = true;

  /** Holds and parts that are held. */
  get rows(): number {
    return this.#rows.size;
  }

  setGroup(id: GroupId, nodes: readonly NodeId[]): void {
    this.#groups.set(id, nodes);
  }

  /** Lines a fact newly promises; undefined for every other fact. */
  apply(fact: Fact): readonly NewLine[] | undefined {
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
      case 'UnitsAllocated':
        this.#join(orderKey(fact.id), this.#rowsOf(fact.lines, 'allocated'));
        return fact.lines;
      case 'HeldAllocated': {
        const taken = this.#take(fact.from, fact.taken);
        this.#end(fact.from);
        this.#join(
          orderKey(fact.id),
          taken.map((row) => ({ ...row, as: 'allocated' })),
        );
        return undefined;
      }
      case 'AllocationMoved':
        return this.#move(orderKey(fact.id), fact.moved);
      case 'AllocationReduced':
        this.#take(orderKey(fact.id), fact.taken);
        return undefined;
      case 'UnitsDeparted':
        for (const row of this.#take(orderKey(fact.id), fact.departed)) this.#ship(row);
        return undefined;
      case 'UnitsAwaited':
        this.#await(fact, this.#nodesOf(fact.group));
        return undefined;
      case 'WaitingStopped':
        this.#await({ ...fact, units: -fact.units }, []);
        return undefined;
      case 'UnitsServed':
        return fact.served.map((came) => this.#serve(fact.sku, came));
      case 'UnitsTransferred':
        if (fact.taken !== undefined) this.#take(orderKey(fact.id), fact.taken);
        this.#transfer(fact);
        if (fact.keep === true) this.#join(orderKey(fact.id), this.#rowsOf([{ ...fact, node: fact.to }], 'allocated'));
        return undefined;
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
      case 'AllocationRefused':
      case 'StockCorrected':
      case 'SumsRepaired':
      case 'ServingHeard':
      case 'ShortDeclared':
      case 'UnitsCameBack':
      case 'UnitsWrittenOff':
      case 'SafetyDatesReached':
      case 'BandDatesReached':
      case 'ReservationExtended':
      case 'ReservationAllocated':
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
      case 'FileRowsRead':
      case 'FileNoted':
      case 'ChangeScheduled':
      case 'ChangeCancelled':
      case 'ChangeFailed':
      case 'ChangeTaken':
      case 'NumbersHeard':
      case 'SourceHeard':
      case 'LetterKept':
      case 'LetterRepeated':
      case 'LetterClosed':
      case 'NodeWentStale':
      case 'SilenceStepReached':
      case 'NodeCameBack':
      case 'OwnerHeard':
      case 'SilenceTold':
      case 'OrderPlaced':
      case 'MessageKept':
      case 'MessageTaken':
      case 'OrderChanged':
      case 'LinesAdded':
      case 'StepAsked':
      case 'StepAnswered':
      case 'SourcingAsked':
      case 'OrderSourced':
      case 'WorkOffered':
      case 'WorkHeard':
      case 'PullBackAsked':
      case 'PiecesChanged':
      case 'HoldPut':
      case 'HoldLifted':
      case 'QueueEntered':
      case 'QueueLeft':
      case 'ReturnRequested':
      case 'ReturnReceived':
      case 'ReturnRefused':
      case 'RefundDue':
      case 'ActTaken':
      case 'ActEnded':
      case 'AutomationRan':
      case 'OrderForgotten':
      case 'RowsApplied':
      case 'WorkMoved':
      case 'OfferRefused':
      case 'PullBackRefused':
      case 'WorkToldHeard':
      case 'WorkForgotten':
        return undefined;
      default:
        return unreachable(fact);
    }
  }

  /** The nodes that may serve it are the group's when it was sold. Returns them. */
  #await({ id, sku, units }: Waited, nodes: readonly NodeId[]): readonly NodeId[] {
    const key = `${sku} ${orderKey(id)}`;
    const known = this.#awaited.get(key) ?? { nodes, units: 0 };
    if (known.units + units <= 0) this.#awaited.delete(key);
    else this.#awaited.set(key, { ...known, units: known.units + units });
    return known.nodes;
  }

  #serve(sku: Sku, { id, group, units }: ServedUnits): NewLine {
    const at = this.#await({ id, sku, units: -units }, this.#nodesOf(group));
    this.#join(orderKey(id), [{ sku, units, as: 'allocated', place: `group ${group}`, at }]);
    return { sku, units, group, nodes: at };
  }

  hold(id: string, lines: readonly ReserveLine[]): void {
    this.#join(id, this.#rowsOf(lines, 'held'));
  }

  /** An allocation that is older than what this book saw. */
  allocate(id: string, lines: readonly ReserveLine[]): void {
    this.#knowsShipped = false;
    this.#join(orderKey(id), this.#rowsOf(lines, 'allocated'));
  }

  #rowsOf(lines: readonly ReserveLine[], as: HeldRow['as']): HeldRow[] {
    return lines.map((line) => this.#rowOf(line, as));
  }

  #rowOf(line: ReserveLine, as: HeldRow['as']): HeldRow {
    const { sku, units } = line;
    if ('node' in line) return { sku, units, as, place: `node ${line.node}`, at: line.node };
    return { sku, units, as, place: `group ${line.group}`, at: this.#nodesOf(line.group) };
  }

  /** Each joins a row of the same place or stands behind the others. */
  #join(id: string, more: readonly HeldRow[]): void {
    for (const added of more) {
      const rows = this.#rows.get(id) ?? [];
      const isSame = (row: HeldRow): boolean =>
        row.sku === added.sku && row.place === added.place && String(row.at) === String(added.at);
      const joined = rows.map((row) => (isSame(row) ? { ...row, units: row.units + added.units } : row));
      this.#rows.set(id, rows.some(isSame) ? joined : [...rows, added]);
      this.#add(added, added.units);
    }
  }

  /** Units leave their rows, which go when they are empty. */
  #take(id: string, taken: readonly TakenUnits[]): HeldRow[] {
    const rows = [...(this.#rows.get(id) ?? [])];
    const out = taken.flatMap(({ line, units }) => {
      const row = rows[line];
      if (row === undefined) return [];
      rows[line] = { ...row, units: row.units - units };
      this.#add(row, -units);
      return [{ ...row, units }];
    });
    this.#keep(id, rows);
    return out;
  }

  #keep(id: string, rows: readonly HeldRow[]): void {
    const left = rows.filter(({ units }) => units > 0);
    if (left.length === 0) this.#rows.delete(id);
    else this.#rows.set(id, left);
  }

  #ship({ sku, at, units }: HeldRow): void {
    const { shipped } = this.#ofSku(sku);
    if (typeof at === 'string') shipped.set(at, (shipped.get(at) ?? 0) + units);
  }

  #transfer({ sku, from, to, units }: Extract<Fact, { fact: 'UnitsTransferred' }>): void {
    const { shipped, sent } = this.#ofSku(sku);
    shipped.set(from, (shipped.get(from) ?? 0) + units);
    sent.set(to, (sent.get(to) ?? 0) + units);
  }

  /** Units leave a row, which goes when it is empty, and join one of the same place or stand behind the others. */
  #move(id: string, { line, units, sku, from, to }: MovedUnits): readonly ReserveLine[] {
    const [taken] = this.#take(id, [{ line, units, sku, at: from }]);
    if (taken === undefined) return [];
    const moved: ReserveLine = { sku: taken.sku, units, ...to };
    this.#join(id, [this.#rowOf(moved, taken.as)]);
    return [moved];
  }

  #end(id: string): void {
    for (const row of this.#rows.get(id) ?? []) this.#add(row, -row.units);
    this.#rows.delete(id);
  }

  #add({ sku, at, as }: HeldRow, units: number): void {
    const of = this.#ofSku(sku);
    if (typeof at === 'string') {
      const sums = as === 'held' ? of.atNodes : of.allocated;
      sums.set(at, (sums.get(at) ?? 0) + units);
      return;
    }
    const name = nameOf(at);
    const demand = of.demands.get(name) ?? { nodes: at, units: 0 };
    demand.units += units;
    of.demands.set(name, demand);
  }

  #ofSku(sku: Sku): OfSku {
    const of = this.#skus.get(sku) ?? {
      atNodes: new Map(),
      allocated: new Map(),
      shipped: new Map(),
      sent: new Map(),
      demands: new Map(),
    };
    this.#skus.set(sku, of);
    return of;
  }

  /** Units orders have at the node, and units that left it for them. */
  orderedAt(sku: Sku, node: NodeId): { readonly allocated: number; readonly departed: number } {
    const of = this.#skus.get(sku);
    const departed = this.#knowsShipped ? (of?.shipped.get(node) ?? 0) : Infinity;
    return { allocated: of?.allocated.get(node) ?? 0, departed };
  }

  /** Units that were ever sent to the node: no more can be in transit. */
  sentTo(sku: Sku, node: NodeId): number {
    return this.#knowsShipped ? (this.#skus.get(sku)?.sent.get(node) ?? 0) : Infinity;
  }

  reservedAt(sku: Sku, node: NodeId): number {
    return this.#skus.get(sku)?.atNodes.get(node) ?? 0;
  }

  demandsOf(sku: Sku): readonly Demand[] {
    return [...(this.#skus.get(sku)?.demands.values() ?? [])].filter(({ units }) => units !== 0);
  }

  /** Every place that has promised units. */
  *places(): Generator<{ readonly sku: Sku; readonly node: NodeId; readonly units: number }> {
    for (const [sku, { atNodes, allocated }] of this.#skus) {
      for (const [node, units] of [...atNodes, ...allocated]) if (units !== 0) yield { sku, node, units };
    }
  }

  /**
   * What of a new promise does not fit (rule AV7), written out: every node must have what is promised at it, and every
   * choice of demands must find room on the nodes that may serve them. Only what the lines touch is judged: elsewhere a
   * feed may have taken units away, which is a shortfall and no oversell.
   */
  tooMuch(lines: readonly NewLine[], stock: SkuStock): string | undefined {
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
  #touches(line: NewLine, chosen: readonly Demand[], nodes: ReadonlySet<NodeId>): boolean {
    if ('node' in line) return nodes.has(line.node);
    const name = nameOf(line.nodes ?? this.#nodesOf(line.group));
    return chosen.some((demand) => nameOf(demand.nodes) === name);
  }

  #nodesOf(group: GroupId): readonly NodeId[] {
    return [...new Set(this.#groups.get(group) ?? [])].toSorted();
  }
}
