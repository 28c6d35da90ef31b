import type { NumberedStream, NumbersSeen } from '../contract/number-gaps.ts';
import type { EventOutcome } from '../contract/outcome.ts';
import type { StockEvent } from '../contract/stock-event.ts';

interface Collected {
  readonly of: NumberedStream;
  readonly numbers: number[];
  coveredTo: number;
}

/** Numbers of several batches together, by stream: one fact for all of them (rule FD5). */
export class NumbersCollector {
  readonly #streams = new Map<string, Collected>();

  /** What was refused arrived as well: it is a dead letter, and nobody needs to send it again. False: nothing is numbered. */
  add(events: readonly StockEvent[], outcomes: readonly EventOutcome[]): boolean {
    let isNumbered = false;
    for (const [index, event] of events.entries()) {
      const { seq } = event;
      if (seq === undefined) continue;
      isNumbered = true;
      const stream = this.#stream(event);
      const isTaken = outcomes[index]?.status !== 'refused';
      if (isTaken && isBook(event)) stream.coveredTo = Math.max(stream.coveredTo, seq);
      else stream.numbers.push(seq);
    }
    return isNumbered;
  }

  #stream({ source, stream, epoch }: StockEvent): Collected {
    const key = `${source}\n${stream === undefined ? '' : `:${stream}`}\n${epoch ?? ''}`;
    const known = this.#streams.get(key);
    if (known !== undefined) return known;
    const of = { source, ...(stream !== undefined && { stream }), ...(epoch !== undefined && { epoch }) };
    const made = { of, numbers: [], coveredTo: -1 };
    this.#streams.set(key, made);
    return made;
  }

  seen(): NumbersSeen[] {
    return [...this.#streams.values()].map(({ of, numbers, coveredTo }) => ({
      ...of,
      ranges: rangesOf(numbers),
      ...(coveredTo >= 0 && { coveredTo }),
    }));
  }
}

/** Its number is the place in the owner's ledger that it stands for, not one of its own (rule FD2). */
function isBook(event: StockEvent): boolean {
  return (event.kind === 'snapshot' || event.kind === 'complete') && event.covers === 'book';
}

function rangesOf(numbers: number[]): (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && number <= last[1] + 1) last[1] = Math.max(last[1], number);
    else ranges.push([number, number]);
  }
  return ranges;
}
