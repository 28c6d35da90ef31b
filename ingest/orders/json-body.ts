import { forbiddenIn, parseJson } from '../formats/json-keys.ts';
import { jsonText, readText, shown } from '../formats/text.ts';
import { isObject } from './fields.ts';
import type { Json, Refusal } from './fields.ts';
import type { OrderGather } from './order-gather.ts';
import type { OrderReading, ReadMessage } from './source.ts';

/** One message inside a body, with its place and a shape in which it reads alone. */
export interface Part {
  readonly place: string;
  readonly value: unknown;
  /** What stands for it in a dead letter; absent: the value itself. */
  readonly alone?: object;
}

/** What a format makes of one part. */
type Read = (json: Json, part: Part) => readonly ReadMessage['message'][] | Refusal | { readonly ignored: string };

type Parts = readonly Part[] | Refusal | { readonly ignored: string };

/**
 * A JSON body of a channel: parsed once, looked through for keys nobody needs, and read part by part. Or NDJSON: a document
 * in each line, so that a broken one costs none of the others.
 */
export function readJsonBody(
  bytes: Uint8Array,
  gather: OrderGather,
  partsOf: (document: unknown) => Parts,
  read: Read,
): OrderReading {
  const body = readText(bytes);
  if (!('text' in body)) return gather.refuseWhole(body.code, body.message, body.original);
  const { text } = body;
  if (text.trim() === '') return gather.result();
  const parsed = parseJson(text);
  if ('code' in parsed && LINES.test(text)) return readLines(text, gather, partsOf, read);
  const parts = 'code' in parsed ? parsed : cleanParts(parsed.value, partsOf);
  if ('code' in parts) return gather.refuseWhole(parts.code, parts.message, text);
  if ('ignored' in parts) gather.ignore(parts.ignored);
  else takeParts(parts, gather, read);
  return gather.result();
}

/** An object in the first line and another that begins a later one. A pretty document indents those inside it. */
const LINES = /^\s*\{[^]*?\n\{/;

function cleanParts(document: unknown, partsOf: (document: unknown) => Parts): Parts {
  const forbidden = forbiddenIn(document);
  if (forbidden === undefined) return partsOf(document);
  return { code: 'forbidden-key', message: `the key ${forbidden} is never taken from input` };
}

function readLines(text: string, gather: OrderGather, partsOf: (document: unknown) => Parts, read: Read): OrderReading {
  let line = 0;
  for (let from = 0; from < text.length;) {
    const newline = text.indexOf('\n', from);
    const to = newline === -1 ? text.length : newline;
    line += 1;
    const original = text.slice(from, to);
    from = to + 1;
    if (original.trim() === '' || takeLine({ place: `line ${line}`, original }, gather, partsOf, read)) continue;
    gather.parts.stop(`line ${line + 1}`, text.slice(from));
    break;
  }
  return gather.result();
}

/** False: stop. */
function takeLine(
  { place, original }: { readonly place: string; readonly original: string },
  gather: OrderGather,
  partsOf: (document: unknown) => Parts,
  read: Read,
): boolean {
  const parsed = parseJson(original);
  const parts = 'code' in parsed ? parsed : cleanParts(parsed.value, partsOf);
  if ('code' in parts) return gather.parts.refuse({ code: parts.code, message: parts.message, place, original });
  if ('ignored' in parts) gather.ignore(parts.ignored);
  else return takeParts(parts.length === 1 ? [{ ...parts[0]!, place }] : inside(parts, place), gather, read);
  return true;
}

const inside = (parts: readonly Part[], place: string): readonly Part[] =>
  parts.map((part) => ({ ...part, place: `${place}, ${part.place}` }));

/** False: stopped. */
function takeParts(parts: readonly Part[], gather: OrderGather, read: Read): boolean {
  for (const [index, part] of parts.entries()) {
    if (
      gather.take(
        part.place,
        () => jsonText(part.alone ?? part.value),
        () => readObject(part, read),
      )
    )
      continue;
    gather.parts.stop(parts[index + 1]?.place ?? part.place, '');
    return false;
  }
  return true;
}

function readObject(part: Part, read: Read): ReturnType<Read> {
  if (isObject(part.value)) return read(part.value, part);
  return { code: 'malformed-row', message: `a message must be a JSON object, got ${shown(part.value)}` };
}
