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

/** A JSON body of a channel: parsed once, looked through for keys nobody needs, and read part by part. */
export function readJsonBody(
  bytes: Uint8Array,
  gather: OrderGather,
  partsOf: (document: unknown) => readonly Part[] | Refusal | { readonly ignored: string },
  read: Read,
): OrderReading {
  const body = readText(bytes);
  if (!('text' in body)) return gather.refuseWhole(body.code, body.message, body.original);
  const { text } = body;
  if (text.trim() === '') return gather.result();
  const parsed = parseJson(text);
  if ('code' in parsed) return gather.refuseWhole(parsed.code, parsed.message, text);
  const forbidden = forbiddenIn(parsed.value);
  if (forbidden !== undefined) {
    return gather.refuseWhole('forbidden-key', `the key ${forbidden} is never taken from input`, text);
  }
  const parts = partsOf(parsed.value);
  if ('code' in parts) return gather.refuseWhole(parts.code, parts.message, text);
  if ('ignored' in parts) gather.ignore(parts.ignored);
  else takeParts(parts, gather, read);
  return gather.result();
}

function takeParts(parts: readonly Part[], gather: OrderGather, read: Read): void {
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
    return;
  }
}

function readObject(part: Part, read: Read): ReturnType<Read> {
  if (isObject(part.value)) return read(part.value, part);
  return { code: 'malformed-row', message: `a message must be a JSON object, got ${shown(part.value)}` };
}
