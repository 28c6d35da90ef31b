import { readIsa, skipBlank } from './x12-isa.ts';

// X12 interchanges: ISA … IEA around groups GS … GE around transaction sets ST … SE. The delimiters are read from the
// ISA segment itself. Our own tokeniser: node-x12 takes a truncated interchange even in strict mode, wants a fixed
// width ISA (real files trim it) and gives no places for what it refuses.

export interface Segment {
  readonly tag: string;
  /** Element 1 is at index 1, as the standard counts; index 0 is the tag. */
  readonly elements: readonly string[];
  readonly raw: string;
  /** Count from 1 over the interchange. */
  readonly number: number;
}

export interface Delimiters {
  readonly element: string;
  readonly segment: string;
}

export interface TransactionSet {
  readonly st: Segment;
  readonly body: readonly Segment[];
  readonly se: Segment;
}
export interface Group {
  readonly gs: Segment;
  readonly sets: readonly TransactionSet[];
  readonly ge: Segment;
}
export interface Interchange {
  readonly isa: Segment;
  readonly groups: readonly Group[];
  readonly iea: Segment;
  readonly delimiters: Delimiters;
  /** Oddities of the ISA that did not stop us. */
  readonly warnings: readonly string[];
  /** Index behind the interchange in the text. */
  readonly end: number;
}

export interface EnvelopeRefusal {
  readonly code: 'no-isa' | 'malformed-isa' | 'truncated-interchange' | 'malformed-envelope';
  readonly message: string;
}

/** Segments of one interchange at most: about 20 MB of text; larger ones are sent in parts. */
const SEGMENTS_MAX = 500_000;

/** Reads one interchange at `from`; white space before it is skipped. */
export function readInterchange(text: string, from: number): Interchange | EnvelopeRefusal {
  const start = skipBlank(text, from);
  if (!text.startsWith('ISA', start)) {
    return {
      code: 'no-isa',
      message: `an interchange begins with ISA, this begins with ${JSON.stringify(text.slice(start, start + 12))}`,
    };
  }
  const header = readIsa(text, start);
  if ('code' in header) return header;
  const { delimiters, isa } = header;
  const segments: Segment[] = [];
  let at = header.end;
  while (at < text.length && segments.length < SEGMENTS_MAX) {
    at = skipBlank(text, at);
    if (at >= text.length) break;
    const stop = text.indexOf(delimiters.segment, at);
    const raw = text.slice(at, stop === -1 ? text.length : stop).trim();
    at = stop === -1 ? text.length : stop + delimiters.segment.length;
    const elements = raw.split(delimiters.element);
    const segment = { tag: elements[0] ?? '', elements, raw, number: segments.length + 2 };
    if (segment.tag === 'IEA') return close(isa, segments, segment, delimiters, header.warnings, at);
    segments.push(segment);
  }
  return {
    code: 'truncated-interchange',
    message: `no IEA after ${segments.length} segments: the interchange is not whole`,
  };
}

function close(
  isa: Segment,
  segments: readonly Segment[],
  iea: Segment,
  delimiters: Delimiters,
  warnings: readonly string[],
  end: number,
): Interchange | EnvelopeRefusal {
  const groups: Group[] = [];
  for (let at = 0; at < segments.length;) {
    const first = segments[at];
    // An acknowledgement of an interchange, between ISA and the first group, says nothing about goods.
    if (first?.tag === 'TA1') {
      at += 1;
      continue;
    }
    const group = readGroup(segments, at);
    if ('code' in group) return group;
    groups.push(group.group);
    at = group.next;
  }
  return { isa, groups, iea, delimiters, warnings, end };
}

function readGroup(
  segments: readonly Segment[],
  from: number,
): { readonly group: Group; readonly next: number } | EnvelopeRefusal {
  const gs = segments[from];
  if (gs?.tag !== 'GS') return misplaced('GS', gs);
  const sets: TransactionSet[] = [];
  let at = from + 1;
  while (segments[at]?.tag === 'ST') {
    const st = segments[at] as Segment;
    let to = at + 1;
    while (to < segments.length && !ENDS_SET.has(segments[to]?.tag ?? '')) to += 1;
    const se = segments[to];
    if (se?.tag !== 'SE') return misplaced('SE', se);
    sets.push({ st, body: segments.slice(at + 1, to), se });
    at = to + 1;
  }
  const ge = segments[at];
  if (ge?.tag !== 'GE') return misplaced('ST or GE', ge);
  return { group: { gs, sets, ge }, next: at + 1 };
}

const ENDS_SET = new Set(['SE', 'ST', 'GS', 'GE', 'ISA']);

function misplaced(expected: string, got: Segment | undefined): EnvelopeRefusal {
  const found = got === undefined ? 'the end' : `segment ${got.number} (${got.tag.slice(0, 10)})`;
  return { code: 'malformed-envelope', message: `expected ${expected}, found ${found}` };
}
