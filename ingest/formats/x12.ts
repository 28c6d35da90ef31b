import type { Format, FormatContext } from '../source.ts';
import { Gather, refuseWhole } from './gather.ts';
import { Clock } from './local-time.ts';
import { readText } from './text.ts';
import { read846 } from './x12-846.ts';
import { read850 } from './x12-850.ts';
import { read856 } from './x12-856.ts';
import { countFaults } from './x12-counts.ts';
import { readInterchange } from './x12-envelope.ts';
import type { Interchange, TransactionSet } from './x12-envelope.ts';
import { alone, elementOf, placeOf } from './x12-message.ts';
import type { Message, Refusal } from './x12-message.ts';

/**
 * ASC X12: one or more interchanges of 850, 856 and 846; other transaction sets are ignored with a warning.
 * Counts and control numbers in real files are sloppy: a strict source refuses what is wrong, others are warned.
 * An interchange without its end (IEA) is refused: nobody knows what is missing.
 */
export const readX12: Format = (bytes, context) => {
  const read = readText(bytes);
  if (!('text' in read)) return refuseWhole(read.code, read.message, read.original);
  const { text } = read;
  const gather = new Gather();
  const clock = new Clock(context);
  for (let at = 0, number = 1; text.slice(at).trim() !== ''; number += 1) {
    const interchange = readInterchange(text, at);
    if ('code' in interchange) {
      gather.refuse({ ...interchange, place: `interchange ${number}`, original: text.slice(at).trim() });
      break;
    }
    const original = text.slice(at, interchange.end).trim();
    if (!readGroups(interchange, original, context, clock, gather)) {
      gather.stop(`interchange ${number}`, original);
      break;
    }
    at = interchange.end;
  }
  for (const { words, times } of clock.warnings()) gather.warn(words, times);
  return gather.result();
};

const READERS: ReadonlyMap<string, (message: Message) => boolean | Refusal> = new Map([
  ['846', read846],
  ['850', read850],
  ['856', read856],
]);

/** False when the body had more refusals than one answer may list. */
function readGroups(
  interchange: Interchange,
  original: string,
  context: FormatContext,
  clock: Clock,
  gather: Gather,
): boolean {
  for (const words of interchange.warnings) gather.warn(words);
  const faults = countFaults(interchange);
  const { strict = false } = context.source;
  if (strict && faults.outer.length > 0) {
    return gather.refuse({ code: 'wrong-count', message: faults.outer.join('; '), place: 'interchange', original });
  }
  for (const words of faults.outer) gather.warn(words);
  for (const group of interchange.groups) {
    for (const set of group.sets) {
      const message: Message = { interchange, group, set, context, clock, gather };
      if (!readSet(message, faults.sets.get(set), strict)) return false;
    }
  }
  return true;
}

function readSet(message: Message, fault: string | undefined, strict: boolean): boolean {
  const { set, gather } = message;
  const refuse = (refusal: Refusal, setEnd?: string): boolean =>
    gather.refuse({ ...refusal, place: placeOf(set.st), original: alone(message, rawOf(set), setEnd) });
  // The wrong count stays in the original: made right, it would be taken at the first replay, and nobody had looked.
  if (fault !== undefined && strict) return refuse({ code: 'wrong-count', message: fault }, set.se.raw);
  if (fault !== undefined) gather.warn(fault);
  const type = elementOf(set.st, 1);
  const reader = READERS.get(type);
  if (reader === undefined) {
    gather.ignored += 1;
    gather.warn(`transaction set ${type.slice(0, 10)} is not read`);
    return true;
  }
  const read = reader(message);
  return typeof read === 'object' ? refuse(read) : read;
}

function rawOf(set: TransactionSet): readonly string[] {
  return set.body.map((segment) => segment.raw);
}
