import type { SnapshotBase } from '../contract/explain.ts';
import type { NodeId, SafetyId, Sku } from '../contract/ids.ts';
import type { Movement } from '../contract/ledger.ts';
import type { LedgerFile } from './ledger-file.ts';
import { MOVEMENT_COLUMNS, movementOf } from './movement-columns.ts';

/** Movements of a sku looked through for one explanation, the newest: some 100 ms of the projector. */
const MOVEMENTS_MAX = 20_000;

export interface EvidenceOf {
  readonly sku: Sku;
  readonly shard: number;
  /** Facts of the shard up to here; later ones are not in the numbers that are explained. */
  readonly lsn: number;
  readonly node?: NodeId | undefined;
}

/** What the ledger knows about a sku up to a moment. */
export class Evidence {
  readonly #file: LedgerFile;
  readonly #of: EvidenceOf;
  readonly #byNode: ReadonlyMap<NodeId | undefined, Movement[]>;

  constructor(file: LedgerFile, of: EvidenceOf) {
    this.#file = file;
    this.#of = of;
    const { sku, lsn, node } = of;
    const rows = file.db
      .prepare(
        `SELECT ${MOVEMENT_COLUMNS} FROM movements
         WHERE sku = ? AND lsn <= ? AND kind IN ('snapshot', 'delta', 'move', 'void', 'correction') AND (? IS NULL OR +node = ?)
         ORDER BY row DESC LIMIT ?`,
      )
      .all(sku, lsn, node ?? null, node ?? null, MOVEMENTS_MAX)
      .map(movementOf);
    this.#byNode = Map.groupBy(rows.reverse(), (movement) => movement.node);
  }

  /** Oldest first. */
  movements(node: NodeId): readonly Movement[] {
    return this.#byNode.get(node) ?? [];
  }

  /** The event a number rests on; undefined when it is older than the ledger. */
  base(node: NodeId, base: SnapshotBase): Movement | undefined {
    if (base.complete) return this.#complete(node, base);
    return this.movements(node).find(
      ({ kind, source, id }) => kind === 'snapshot' && source === base.source && id === base.id,
    );
  }

  #complete(node: NodeId, { source, at, seq }: SnapshotBase): Movement | undefined {
    const row = this.#file.db
      .prepare(
        `SELECT ${MOVEMENT_COLUMNS} FROM movements WHERE kind = 'complete' AND shard = ? AND lsn <= ? AND +node = ?
         AND source = ? AND at = ? AND coalesce(seq, -1) = ? ORDER BY row DESC LIMIT 1`,
      )
      .get(this.#of.shard, this.#of.lsn, node, source, at, seq);
    return row && movementOf(row);
  }

  /** The reference data that said last how much safety stock the node keeps, or the safety rule that holds there. */
  safetyOf(node: NodeId, rule: SafetyId | undefined): Movement | undefined {
    const [reason, column, id] = rule === undefined ? ['nodes', 'node', node] : ['safety', 'ref', rule];
    const row = this.#file.db
      .prepare(
        `SELECT ${MOVEMENT_COLUMNS} FROM movements WHERE kind = 'reference' AND reason = ? AND +${column} = ?
         ORDER BY row DESC LIMIT 1`,
      )
      .get(reason, id);
    return row && movementOf(row);
  }

  get reachesFrom(): number | undefined {
    const { first, firstAtMs } = this.#file.progress();
    return first > 1 ? firstAtMs : undefined;
  }
}
