import type { SilenceFact } from '../contract/stock-fact.ts';
import type { NodeId, SourceId } from '../contract/ids.ts';
import type { ShardRequest } from '../contract/machine.ts';
import type { SilentNode } from '../contract/query.ts';
import type { NodeRef, SourceRef } from '../contract/reference.ts';
import type { RowsChanged } from '../contract/reference-change.ts';
import { grainMs, type OwnerHeardCommand, type Silence, type SilenceToldCommand } from '../contract/silence.ts';
import { nextTurnAt, silenceAt, type Listening } from './silence-at.ts';

// Who is silent, known in one place (rule AV5):
//
//   heartbeats ──────────────────► ┌────────┐  node-silence   ┌──────────────┐
//   owner-heard, once a grain ───► │ intake │ ──────────────► │ stock shards │  until each has said silence-told
//   (of events, by stock shards)   └────────┘ ◄────────────── └──────────────┘
//
// A node's owner is heard by an event or heartbeat of the node, or by a heartbeat that names no node.

type WatchedSource = Pick<SourceRef, 'id' | 'freshMs' | 'whenSilent'>;
type WatchedNode = Pick<NodeRef, 'id' | 'owner' | 'timeZone' | 'hours' | 'enabled' | 'whenSilent'>;

/** Nodes that turn in one tick, at most: each is told to every stock shard, and other work gets its turn between ticks. */
const TURNS_PER_TICK = 32;

interface NodeWatch {
  ref: WatchedNode;
  /** Last word of the owner about this node, or when the node or its owner was made known. */
  heardAt: number;
  /** What the last fact said, its number, and the stock shards that have it. */
  silence: Silence | null;
  number: number;
  told: number[];
  /** When this was last looked at: something else holds from `nextAt` on, which is worked out from here. */
  judgedAt: number;
}

export interface SilenceSaved {
  readonly sources: readonly WatchedSource[];
  readonly sourcesHeardAt: readonly (readonly [SourceId, number])[];
  readonly nodes: readonly NodeWatch[];
}

export class SilenceWatch {
  readonly #stockShards: number;
  readonly #sources = new Map<SourceId, WatchedSource>();
  /** Heartbeats that name no node. */
  readonly #sourcesHeardAt = new Map<SourceId, number>();
  readonly #nodes = new Map<NodeId, NodeWatch>();
  /** Derived, by node. */
  readonly #nextAt = new Map<NodeId, number>();
  #due: number | undefined;

  constructor(stockShards: number) {
    this.#stockShards = stockShards;
  }

  get silent(): SilentNode[] {
    const all = [...this.#nodes.values()];
    return all.flatMap(({ ref, silence }) =>
      silence === null ? [] : [{ node: ref.id, source: silence.source, since: silence.since }],
    );
  }

  dueAt(): number {
    return (this.#due ??= Math.min(Infinity, ...this.#nextAt.values()));
  }

  /** What has turned by now. The first fact gets this lsn, which is its number. */
  turned(atMs: number, lsn: number): SilenceFact[] {
    const facts: SilenceFact[] = [];
    for (const watch of this.#nodes.values()) {
      const { id: node } = watch.ref;
      if (facts.length === TURNS_PER_TICK) break;
      if ((this.#nextAt.get(node) ?? Infinity) > atMs) continue;
      const silence = this.#silenceAt(watch, atMs);
      if (isSame(silence, watch.silence)) continue;
      const head = { at: atMs, node, number: lsn + facts.length };
      if (silence === null) facts.push({ fact: 'NodeCameBack', ...head });
      else if (watch.silence === null) facts.push({ fact: 'NodeWentStale', ...head, silence });
      else facts.push({ fact: 'SilenceStepReached', ...head, silence });
    }
    return facts;
  }

  /** Whether the word of a stock shard says anything new. */
  isNews({ node, source, heardAt }: OwnerHeardCommand): boolean {
    const watch = this.#nodes.get(node);
    if (watch === undefined || watch.ref.owner !== source) return false;
    const known = this.#heardAt(watch);
    if (watch.silence !== null) return heardAt > known;
    return heardAt >= known + grainMs(this.#sources.get(source)?.freshMs ?? 0);
  }

  isToldNow({ node, number, shard }: SilenceToldCommand): boolean {
    const watch = this.#nodes.get(node);
    return watch !== undefined && watch.number === number && !watch.told.includes(shard);
  }

  /** A node that is no more is watched as one that is switched off: the shards must hear that its silence is over. */
  apply({ batch, retire = [] }: RowsChanged, atMs: number): void {
    const gone = new Set(retire);
    if (batch.of === 'sources') {
      for (const key of gone) this.#sources.delete(key as SourceId);
      this.#applySources(batch.rows, atMs);
    } else if (batch.of === 'nodes') {
      const off = [...this.#nodes.values()].filter(({ ref }) => gone.has(ref.id));
      this.#applyNodes([...off.map(({ ref }) => ({ ...ref, enabled: false })), ...batch.rows], atMs);
    }
  }

  #applySources(rows: readonly SourceRef[], atMs: number): void {
    for (const { id, freshMs, whenSilent } of rows) {
      this.#sources.set(id, { id, freshMs, ...(whenSilent !== undefined && { whenSilent }) });
    }
    for (const watch of this.#nodes.values()) this.#judge(watch, atMs);
  }

  #applyNodes(rows: readonly WatchedNode[], atMs: number): void {
    for (const { id, owner, timeZone, hours, enabled, whenSilent } of rows) {
      const ref = { id, owner, timeZone, hours, enabled, ...(whenSilent !== undefined && { whenSilent }) };
      const known = this.#nodes.get(id);
      const watch = known ?? { ref, heardAt: atMs, silence: null, number: 0, told: [], judgedAt: atMs };
      if (known?.ref.owner !== owner) watch.heardAt = atMs;
      watch.ref = ref;
      this.#nodes.set(id, watch);
      this.#judge(watch, atMs);
    }
  }

  /** Without a node the source speaks for all that it owns. */
  hear(source: SourceId, node: NodeId | undefined, heardAt: number, atMs: number): void {
    if (node === undefined) this.#sourcesHeardAt.set(source, heardAt);
    for (const watch of node === undefined ? this.#nodes.values() : this.#named(node)) {
      if (watch.ref.owner !== source) continue;
      watch.heardAt = Math.max(watch.heardAt, heardAt);
      this.#judge(watch, atMs);
    }
  }

  hearOwner(node: NodeId, heardAt: number, atMs: number): void {
    for (const { ref } of this.#named(node)) this.hear(ref.owner, node, heardAt, atMs);
  }

  turn(fact: SilenceFact): void {
    for (const watch of this.#named(fact.node)) {
      watch.silence = fact.fact === 'NodeCameBack' ? null : fact.silence;
      watch.number = fact.number;
      watch.told = [];
      this.#judge(watch, fact.at);
    }
  }

  tell(node: NodeId, shard: number): void {
    for (const { told } of this.#named(node)) told.push(shard);
  }

  /** To every stock shard that has not said that it knows. */
  requests(self: number): ShardRequest[] {
    return [...this.#nodes.values()].flatMap(({ ref, number, silence, told }) => {
      if (number === 0 || told.length === this.#stockShards) return [];
      return this.#tellAll({ node: ref.id, number, silence }, self).filter(({ shard }) => !told.includes(shard));
    });
  }

  requestsOf(facts: readonly SilenceFact[], self: number): ShardRequest[] {
    return facts.flatMap((fact) => {
      const silence = fact.fact === 'NodeCameBack' ? null : fact.silence;
      return this.#tellAll({ node: fact.node, number: fact.number, silence }, self);
    });
  }

  #tellAll(said: { node: NodeId; number: number; silence: Silence | null }, replyTo: number): ShardRequest[] {
    return Array.from({ length: this.#stockShards }, (_, shard) => {
      return { shard, command: { do: 'node-silence', replyTo, ...said } };
    });
  }

  #named(node: NodeId): NodeWatch[] {
    const watch = this.#nodes.get(node);
    return watch === undefined ? [] : [watch];
  }

  #heardAt({ ref, heardAt }: NodeWatch): number {
    return Math.max(heardAt, this.#sourcesHeardAt.get(ref.owner) ?? 0);
  }

  #silenceAt(watch: NodeWatch, atMs: number): Silence | null {
    const listening = this.#listening(watch);
    return listening === undefined ? null : silenceAt(listening, atMs);
  }

  /** undefined: nobody listens, because the node is switched off or its owner may be silent for as long as it likes. */
  #listening(watch: NodeWatch): Listening | undefined {
    const { owner: source, enabled, whenSilent, ...place } = watch.ref;
    const known = this.#sources.get(source);
    if (!enabled || known === undefined || known.freshMs === 0) return undefined;
    const since = this.#heardAt(watch);
    return { source, since, freshMs: known.freshMs, whenSilent: whenSilent ?? known.whenSilent ?? {}, place };
  }

  #judge(watch: NodeWatch, atMs: number): void {
    watch.judgedAt = atMs;
    this.#due = undefined;
    const listening = this.#listening(watch);
    if (!isSame(this.#silenceAt(watch, atMs), watch.silence)) this.#nextAt.set(watch.ref.id, atMs);
    else if (listening === undefined) this.#nextAt.delete(watch.ref.id);
    else this.#nextAt.set(watch.ref.id, nextTurnAt(listening, atMs));
  }

  save(): SilenceSaved {
    const [sources, nodes] = [[...this.#sources.values()], [...this.#nodes.values()]];
    return { sources, sourcesHeardAt: [...this.#sourcesHeardAt], nodes };
  }

  load({ sources, sourcesHeardAt, nodes }: SilenceSaved): void {
    for (const row of sources) this.#sources.set(row.id, row);
    for (const [source, heardAt] of sourcesHeardAt) this.#sourcesHeardAt.set(source, heardAt);
    for (const watch of nodes) this.#nodes.set(watch.ref.id, watch);
    for (const watch of nodes) this.#judge(watch, watch.judgedAt);
  }
}

function isSame(a: Silence | null, b: Silence | null): boolean {
  if (a === null || b === null) return a === b;
  const { source, since, widenUnits, switchedOff } = a;
  return source === b.source && since === b.since && widenUnits === b.widenUnits && switchedOff === b.switchedOff;
}
