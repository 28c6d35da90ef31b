import type { IncomingMessage } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { no, type No } from './answers.ts';
import { BodyChunks } from './body-chunks.ts';
import type { Hit, Limit } from './limits.ts';

interface BodyBounds {
  readonly bytesMax: number;
  readonly inFlightMax: number;
  /** What is counted when one body, or all together, are too many bytes. */
  readonly bites: { readonly one: Limit; readonly all: Limit };
}

/**
 * Reads feed bodies into memory, within two bounds: bytes of one body (413, unpacked ones count, so a gzip bomb ends at
 * the same bound) and bytes of all bodies held at once (503: nothing is read, the sender tries again).
 */
export class FeedBodies {
  readonly #bytesMax: number;
  readonly #inFlightMax: number;
  readonly #hit: (of: 'one' | 'all') => void;
  #inFlight = 0;

  constructor(bounds: BodyBounds, hit: Hit) {
    this.#bytesMax = bounds.bytesMax;
    this.#inFlightMax = bounds.inFlightMax;
    this.#hit = (of) => hit(bounds.bites[of]);
  }

  /** What the headers alone forbid, so that not a byte of the body needs to be read. */
  refuseByHeaders(headers: IncomingMessage['headers']): No | undefined {
    const encoding = headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity' && encoding !== 'gzip') {
      return no(415, 'unsupported-encoding', 'send the body plain or with content-encoding: gzip', {
        field: 'content-encoding',
      });
    }
    return Number(headers['content-length'] ?? 0) > this.#bytesMax ? this.#tooLarge() : undefined;
  }

  /**
   * Calls `use` with the whole body; the bytes count as held until it has settled. Rejects with the stream's error when
   * the sender goes away half way: nothing was used then.
   */
  async with<T>(request: IncomingMessage, use: (body: Uint8Array) => Promise<T>): Promise<T | No> {
    const held = { bytes: 0 };
    try {
      const body = await this.#read(request, held);
      return body instanceof Uint8Array ? await use(body) : body;
    } finally {
      this.#inFlight -= held.bytes;
    }
  }

  async #read(request: IncomingMessage, held: { bytes: number }): Promise<Uint8Array | No> {
    const chunks = new BodyChunks();
    let refusal: No | undefined;
    const collect = async (source: AsyncIterable<Uint8Array>) => {
      for await (const chunk of source) {
        refusal = this.#hold(chunk.byteLength, held);
        if (refusal !== undefined) return;
        chunks.push(chunk);
      }
    };
    try {
      // Refusing must not destroy the request: the answer goes out on the same connection.
      const body = request.iterator({ destroyOnReturn: false });
      if (request.headers['content-encoding'] === 'gzip') await pipeline(body, createGunzip(), collect);
      else await collect(body);
    } catch (error) {
      if (refusal !== undefined) return refusal;
      if (!isGzipFault(error)) throw error;
      return no(400, 'broken-gzip', 'the body is not whole gzip data; pack it again', { field: 'content-encoding' });
    }
    return refusal ?? chunks.join();
  }

  #hold(bytes: number, held: { bytes: number }): No | undefined {
    if (held.bytes + bytes > this.#bytesMax) return this.#tooLarge();
    if (this.#inFlight + bytes > this.#inFlightMax) {
      this.#hit('all');
      return no(503, 'overloaded', 'too many feed bodies at once; retry after the given delay', { retryAfterMs: 1000 });
    }
    held.bytes += bytes;
    this.#inFlight += bytes;
    return undefined;
  }

  #tooLarge(): No {
    this.#hit('one');
    return no(413, 'body-too-large', `a feed body has at most ${this.#bytesMax} bytes, unpacked; split the file`);
  }
}

function isGzipFault(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code !== undefined && code.startsWith('Z_');
}
