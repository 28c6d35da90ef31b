import type { Format, RefusedPart } from '../source.ts';
import { Gather, refuseWhole } from './gather.ts';
import { Clock } from './local-time.ts';
import { readTransaction } from './poslog-transaction.ts';
import { readTransactions } from './poslog-xml.ts';
import { readText } from './text.ts';

/**
 * ARTS POSLog XML, as tills write it: one POSLog of Transactions (poslog-transaction.ts says what each becomes).
 * A document that is not well-formed, has a DOCTYPE or breaks a bound is refused as a whole: XML has no half.
 */
export const readPoslog: Format = (bytes, context) => {
  const read = readText(bytes);
  if (!('text' in read)) return refuseWhole(read.code, read.message, read.original);
  if (read.text.trim() === '') return new Gather().result();
  const gather = new Gather();
  const clock = new Clock(context);
  let stopped = false;
  const refusal = readTransactions(read.text, (transaction) => {
    if (stopped) return;
    const place = `transaction ${transaction.number}`;
    const { original } = transaction;
    const refuse = (part: Omit<RefusedPart, 'original'>): void => {
      if (stopped || gather.refuse({ ...part, original: original() })) return;
      stopped = true;
      gather.stop(place, original());
    };
    const made = readTransaction(transaction.element, place, context, clock);
    for (const part of made.refused) refuse(part);
    for (const { event, place: at } of made.events) gather.events.push({ event, place: at, original });
    for (const words of made.warnings) gather.warn(words);
    gather.ignored += made.ignored;
  });
  if (refusal !== undefined) return refuseWhole(refusal.code, refusal.message, read.text);
  for (const { words, times } of clock.warnings()) gather.warn(words, times);
  return gather.result();
};
