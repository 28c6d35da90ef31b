import type { Delimiters, EnvelopeRefusal, Segment } from './x12-envelope.ts';

// The first segment of an interchange says which characters separate all others.

interface Header {
  readonly isa: Segment;
  readonly delimiters: Delimiters;
  readonly warnings: readonly string[];
  readonly end: number;
}

/** Longest ISA we look at, in characters; the standard's is 106. */
const ISA_CHARS_MAX = 160;

/**
 *   ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *231014*1831*U*00401*000000001*0*P*:~
 *      │                                                                                                  │└ segment terminator
 *      └ element separator                                                     ISA16, component separator ┘
 *
 * Real files trim the padded elements, so separators are counted and columns are not.
 */
export function readIsa(text: string, start: number): Header | EnvelopeRefusal {
  const element = text[start + 3] ?? '';
  if (!isDelimiter(element))
    return malformed(`the character after ISA must separate elements, got ${JSON.stringify(element)}`);
  let at = start + 3;
  for (let count = 1; count < 16; count += 1) {
    at = text.indexOf(element, at + 1);
    if (at === -1 || at - start > ISA_CHARS_MAX) return malformed('the ISA segment has fewer than 16 elements');
  }
  const fields = text.slice(start, at).split(element);
  if (fields.some((field) => /[\r\n]/.test(field))) return malformed('the ISA segment ends before its 16th element');
  const [component = '', terminator = ''] = Array.from(text.slice(at + 1, at + 5));
  const raw = text.slice(start, at + 1 + component.length);
  const isa: Segment = { tag: 'ISA', elements: [...fields, component], raw, number: 1 };
  const end = at + 1 + component.length;
  if (missesComponent(text, component, end)) {
    // The terminator stands where the component separator belongs.
    const short = { ...isa, elements: [...fields, ''], raw: text.slice(start, at + 1) };
    return {
      isa: short,
      delimiters: { element, segment: component },
      warnings: ['ISA16, the component separator, is missing'],
      end,
    };
  }
  const segment = terminator === '\r' ? '\n' : terminator;
  if (!isDelimiter(segment) || segment === element) {
    return malformed(`the character after ISA16 must end segments, got ${JSON.stringify(terminator)}`);
  }
  const from = segment === '\n' ? text.indexOf('\n', end) + 1 : end + segment.length;
  const next = text.slice(skipBlank(text, from)).slice(0, ISA_CHARS_MAX);
  if (!/^(?:GS|TA1|IEA)/.test(next)) {
    return malformed(
      `after ISA comes GS; ISA16 and terminator ${JSON.stringify(component + terminator)} lead to ${JSON.stringify(next.slice(0, 12))}`,
    );
  }
  if (segment === '\n' && /[~'|]\r?\n/.test(next)) {
    return malformed('ISA says that lines end segments, but GS ends with another terminator');
  }
  return { isa, delimiters: { element, segment }, warnings: [], end: from };
}

function malformed(message: string): EnvelopeRefusal {
  return { code: 'malformed-isa', message };
}

function isDelimiter(character: string): boolean {
  if (character === '\n') return true;
  // Any sign will do, and beyond ASCII any letter too: a partner was seen to end segments with an umlaut.
  return character !== '' && (character > '\u007f' || !/[a-z0-9\s]/i.test(character));
}

/** `*P*~` and a line break, and the next segment too ends with `~`: that is the terminator, and ISA16 was left out. */
function missesComponent(text: string, component: string, end: number): boolean {
  if (!isDelimiter(component) || component === '\n' || !/^\r?\n/.test(text.slice(end, end + 2))) return false;
  const next = skipBlank(text, end);
  const newline = text.indexOf('\n', next);
  return newline !== -1 && text.slice(next, newline).trimEnd().endsWith(component);
}

const BLANK = /\s/;

export function skipBlank(text: string, from: number): number {
  let at = from;
  while (at < text.length && BLANK.test(text[at] ?? '')) at += 1;
  return at;
}
