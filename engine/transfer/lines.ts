import type { Fact } from '../contract/fact.ts';

// A whole data folder as text, one JSON object a line:
//
//   header   what folder, and where its history begins
//   file     other files of the folder: keys.json
//   image    only when the archive no longer reaches back to the first fact: a shard's state to begin with,
//   page     followed by its pages
//   fact     every fact there is, in the order of the journal
//   end      counts, every shard's digest after the last fact, and SHA-256 over all lines before

export const EXPORT_FORMAT = 2;

export interface HeaderLine {
  readonly onhand: 'export';
  readonly format: number;
  /** Of the folder it was made from; an import makes a new one. */
  readonly epoch: string;
  readonly stockShards: number;
  readonly promiseShards: number;
  readonly orderShards: number;
  readonly nodeShards: number;
  readonly shards: number;
  /** Position of the first fact. */
  readonly first: number;
  /** `images`: the archive no longer reaches back to the first fact, so each shard begins with a state. */
  readonly begins: 'first-fact' | 'images';
  /** ISO 8601. */
  readonly folderCreatedAt: string;
  readonly exportedAt: string;
}

export interface FileLine {
  readonly file: string;
  readonly text: string;
}

export interface ImageLine {
  readonly image: {
    readonly shard: number;
    readonly lsn: number;
    readonly position: number;
    readonly digest: string;
    readonly pages: number;
    /** base64 */
    readonly header: string;
  };
}

export interface PageLine {
  /** Number of the page in its image. */
  readonly page: number;
  /** base64 */
  readonly bytes: string;
}

export interface FactLine {
  readonly position: number;
  readonly shard: number;
  readonly lsn: number;
  /** Journal time, ms since the epoch. */
  readonly at: number;
  readonly fact: Fact;
}

export interface ShardState {
  readonly shard: number;
  readonly lsn: number;
  readonly digest: string;
}

export interface EndLine {
  readonly end: { readonly facts: number; readonly images: number; readonly states: readonly ShardState[] };
  /** Hex, over every line before with its line feed. */
  readonly sha256: string;
}

/** Other files of a data folder that a backup needs; the rest can be made again. */
export const OTHER_FILES: readonly string[] = ['keys.json'];

/** An export that cannot be made, or a file that is not one. The message says where and why. */
export class TransferError extends Error {
  override readonly name = 'TransferError';
}
