import { unreachable } from '../contract/assert.ts';
import type { IntakeFact } from '../contract/intake-fact.ts';
import { keysOf, type AuditEntry, type RowsChanged } from '../contract/reference-change.ts';
import { BY_ENGINE } from '../contract/reference-change.ts';
import { rowKey, type ReferenceKind } from '../contract/reference.ts';

/** An entry before it has its place. */
export type AuditDraft = Omit<AuditEntry, 'row' | 'at'>;

/** What a fact of the intake shard says about rows of reference data, one draft per row. */
export function auditEntriesOf(fact: IntakeFact): readonly AuditDraft[] {
  switch (fact.fact) {
    case 'ReferenceApplied': {
      const { version, by, reason, before = [], scheduled, batch } = fact;
      // An older journal: nobody knows who it was.
      if (version === undefined) return [];
      const more = { version, by, ...why(reason), ...(scheduled !== undefined && { plan: scheduled }) };
      return entries(batch.of, fact, 'applied').map((entry, index) => {
        const was = before[index] ?? null;
        return { ...entry, ...more, ...(was !== null && { before: was }) };
      });
    }
    case 'ChangeScheduled': {
      const { id: plan, effectiveAt, by, reason } = fact;
      return entries(fact.batch.of, fact, 'planned').map((entry) => {
        return { ...entry, by, ...why(reason), plan, effectiveAt };
      });
    }
    case 'ChangeCancelled': {
      const { of, keys, id: plan, by, reason } = fact;
      return keys.map((key) => ({ what: 'cancelled', of, key, by, ...why(reason), plan }));
    }
    case 'ChangeFailed':
      return fact.refusedRows.map(({ row: key, code }) => {
        return { what: 'failed', of: fact.of, key, by: BY_ENGINE, plan: fact.id, code };
      });
    case 'ChangeTaken':
    case 'FileNoted':
    case 'FileRowsRead':
    case 'LetterClosed':
    case 'LetterKept':
    case 'LetterRepeated':
    case 'NodeCameBack':
    case 'NodeWentStale':
    case 'OwnerHeard':
    case 'SilenceStepReached':
    case 'SilenceTold':
    case 'NumbersHeard':
    case 'SourceHeard':
      return [];
    default:
      return unreachable(fact);
  }
}

type Head = Pick<AuditEntry, 'what' | 'of' | 'key' | 'after'>;

function entries(of: ReferenceKind, changed: RowsChanged, what: 'applied' | 'planned'): Head[] {
  const rows = new Map(changed.batch.rows.map((row) => [rowKey(of, row), row as object]));
  return keysOf(changed).map((key) => {
    const after = rows.get(key);
    if (after !== undefined) return { what, of, key, after };
    return { what: what === 'planned' ? what : 'retired', of, key };
  });
}

function why(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined ? {} : { reason };
}
