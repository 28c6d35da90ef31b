import { isDeepStrictEqual } from 'node:util';
import type { Lines } from './import-lines.ts';
import type { EndLine, FactLine, FileLine, HeaderLine, ImageLine, PageLine, ShardState } from './lines.ts';
import type { NewHistory } from './new-history.ts';
import type { Image } from './states.ts';

/** Everything behind the header, each line in its place. Returns what the end says; throws TransferError. */
export async function readBody(
  lines: Lines,
  header: HeaderLine,
  history: NewHistory,
  keepFile: (line: FileLine) => void,
): Promise<EndLine['end']> {
  let facts = 0;
  let images = 0;
  for (let line = await lines.next(); ; line = await lines.next()) {
    if (isFact(line)) {
      if (facts++ === 0) requireImages(lines, header, images);
      apply(lines, history.add(line));
    } else if (isImage(line)) {
      const belongs = header.begins === 'images' && facts === 0 && line.image.shard === images++;
      if (!belongs) throw lines.wrong('this image does not belong here');
      apply(lines, await history.begin(await readImage(lines, line)));
    } else if (isFile(line)) {
      keepFile(line);
    } else if (isEnd(line)) {
      requireImages(lines, header, images);
      requireEnd(lines, line, { facts, images, states: history.states() });
      if ((await lines.next()) !== undefined) throw lines.wrong('nothing may stand behind the last line');
      return line.end;
    } else {
      throw lines.wrong(line === undefined ? 'the file ends without its last line' : 'this is no line of an export');
    }
  }
}

function apply(lines: Lines, why: string | undefined): void {
  if (why !== undefined) throw lines.wrong(why);
}

function requireImages(lines: Lines, { begins, shards }: HeaderLine, images: number): void {
  const right = begins === 'images' ? shards : 0;
  if (images !== right) throw lines.wrong(`${images} images stand before this, should be ${right}`);
}

async function readImage(lines: Lines, { image }: ImageLine): Promise<Image> {
  const pages: { page: number; bytes: Uint8Array }[] = [];
  while (pages.length < image.pages) {
    const line = await lines.next();
    if (!isPage(line)) throw lines.wrong(`page ${pages.length + 1} of ${image.pages} is missing`);
    pages.push({ page: line.page, bytes: Buffer.from(line.bytes, 'base64') });
  }
  return { ...image, header: Buffer.from(image.header, 'base64'), pages };
}

interface Counted {
  readonly facts: number;
  readonly images: number;
  readonly states: readonly ShardState[];
}

function requireEnd(lines: Lines, { end, sha256 }: EndLine, is: Counted): void {
  if (sha256 !== lines.sha256)
    throw lines.wrong(`SHA-256 of the lines before is ${lines.sha256}, written was ${sha256}`);
  for (const count of ['facts', 'images'] as const) {
    if (end[count] !== is[count])
      throw lines.wrong(`${is[count]} ${count} stand before this, written was ${end[count]}`);
  }
  for (const [index, { shard, lsn, digest }] of is.states.entries()) {
    const written = end.states[index];
    if (written?.shard === shard && written.lsn === lsn && written.digest === digest) continue;
    throw lines.wrong(`shard ${shard} is at fact ${lsn} with digest ${digest}, written was ${JSON.stringify(written)}`);
  }
  // No hash covers the last line, so it must be what an export writes and nothing else.
  if (!isDeepStrictEqual(end, is)) throw lines.wrong('the last line says more than an export does');
}

const isObject = (line: unknown): line is Record<string, unknown> => typeof line === 'object' && line !== null;
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function isFact(line: unknown): line is FactLine {
  if (!isObject(line) || !isObject(line['fact'])) return false;
  const { position, shard, lsn, at, fact } = line;
  return (
    [position, shard, lsn].every(isCount) && isNumber(at) && typeof fact['fact'] === 'string' && isNumber(fact['at'])
  );
}

function isImage(line: unknown): line is ImageLine {
  if (!isObject(line) || !isObject(line['image'])) return false;
  const { shard, lsn, position, digest, pages, header } = line['image'];
  return [shard, lsn, position, pages].every(isCount) && typeof digest === 'string' && typeof header === 'string';
}

function isPage(line: unknown): line is PageLine {
  return isObject(line) && isCount(line['page']) && typeof line['bytes'] === 'string';
}

function isFile(line: unknown): line is FileLine {
  return isObject(line) && typeof line['file'] === 'string' && typeof line['text'] === 'string';
}

function isEnd(line: unknown): line is EndLine {
  if (!isObject(line) || !isObject(line['end']) || typeof line['sha256'] !== 'string') return false;
  const { facts, images, states } = line['end'];
  return isCount(facts) && isCount(images) && Array.isArray(states);
}
