import type { DeadLetter, LetterContent } from '../engine/contract/dead-letter.ts';
import type { ClientId, SourceId } from '../engine/contract/ids.ts';
import type { EventOutcome, EventRefusal } from '../engine/contract/outcome.ts';
import type { FeedFormat, SourceRef } from '../engine/contract/reference.ts';
import type { StockEvent } from '../engine/contract/stock-event.ts';
import type { FeedDoorParts, LetterBox } from './feed-door.ts';
import { testContext } from './formats/test-context.ts';
import type { EventSink } from './source.ts';

/** A sink with the engine's manners: ids count once, unknown things are refused, letters are kept, and it can be busy. */
export class TestSink implements EventSink, LetterBox {
  readonly recorded: StockEvent[] = [];
  readonly calls: number[] = [];
  readonly kept: DeadLetter[] = [];
  /** Refuses an event by its sku. */
  readonly refuses = new Map<string, EventRefusal>();
  /** Thrown by the next call of record, or of keepLetters. */
  recordError: Error | undefined;
  letterError: Error | undefined;
  /** Who let events past the brakes, in the order of `calls`. */
  readonly approvals: (ClientId | undefined)[] = [];
  private readonly seen = new Map<string, string>();

  record(events: readonly StockEvent[], _receivedAt: number, approvedBy?: ClientId): Promise<readonly EventOutcome[]> {
    if (this.recordError !== undefined) return Promise.reject(this.recordError);
    this.calls.push(events.length);
    this.approvals.push(approvedBy);
    return Promise.resolve(events.map((event) => this.decide(event, approvedBy)));
  }

  private decide(event: StockEvent, approvedBy: ClientId | undefined): EventOutcome {
    const sku = 'sku' in event ? event.sku : '';
    const refusal = this.refuses.get(sku);
    const code = refusal === 'waits-for-approval' && approvedBy !== undefined ? undefined : refusal;
    if (code === 'stale-quantity') return { status: 'refused', code, field: 'expected', units: 7 };
    if (code !== undefined) return { status: 'refused', code };
    const key = `${event.id} ${sku}`;
    const known = this.seen.get(key);
    if (known !== undefined) return { status: 'duplicate', position: known };
    this.recorded.push(event);
    const position = `p${this.recorded.length}`;
    this.seen.set(key, position);
    return { status: 'recorded', position };
  }

  keepLetters(letters: readonly LetterContent[]): Promise<readonly string[]> {
    if (this.letterError !== undefined) return Promise.reject(this.letterError);
    const ids = letters.map((letter) => {
      const id = `L${this.kept.length + 1}`;
      this.kept.push({ ...letter, id, state: 'open', times: 1 });
      return id;
    });
    return Promise.resolve(ids);
  }

  letter(id: string): Promise<DeadLetter | undefined> {
    return Promise.resolve(this.kept.find((letter) => letter.id === id));
  }

  letters({ state, source, code, limit }: Parameters<LetterBox['letters']>[0]): Promise<readonly DeadLetter[]> {
    const fits = (letter: DeadLetter): boolean =>
      letter.state === state && letter.source === source && letter.code === code;
    return Promise.resolve(this.kept.filter(fits).slice(0, limit));
  }

  closeLetter(id: string, as: 'replayed' | 'discarded', by: ClientId): ReturnType<LetterBox['closeLetter']> {
    const at = this.kept.findIndex((letter) => letter.id === id);
    const letter = this.kept[at];
    if (letter === undefined) return Promise.resolve('unknown-letter');
    if (letter.state !== 'open') return Promise.resolve('letter-not-open');
    this.kept[at] = { ...letter, state: as, closedBy: by };
    return Promise.resolve('closed');
  }
}

/** Sources named after their formats. */
export function testReference(): FeedDoorParts['reference'] {
  const formats: readonly FeedFormat[] = ['poslog', 'epcis', 'x12', 'shopify-inventory', 'json', 'csv'];
  const sources = new Map<SourceId, SourceRef>();
  for (const format of formats) {
    const id = format as string as SourceId;
    sources.set(id, { ...testContext({ format }).source, id });
  }
  return { sources, nodes: testContext({ format: 'json' }).nodes };
}
