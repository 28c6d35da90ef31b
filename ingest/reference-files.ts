import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

import { REFERENCE_KINDS, type ReferenceBatch, type ReferenceKind } from '../engine/contract/reference.ts';
import { crossFaults } from './reference-links.ts';
import { rowFault } from './reference-rules.ts';

// The folder of reference data, a file per kind. Read at start-up; a fault stops the start and names file, row, field,
// value and rule.

class ReferenceFileError extends Error {
  override readonly name = 'ReferenceFileError';
}

export interface ReferenceFile {
  readonly name: string;
  /** SHA-256 of its text, in hex. */
  readonly digest: string;
  readonly batch: ReferenceBatch;
}

/**
 * Reads the files of a folder, one per kind, each `<kind>.json` or `<kind>.ndjson`, or either with `.gz`; a kind without a
 * file is left as it is. They come in the order in which their rows name each other. Rejects with ReferenceFileError.
 */
export async function loadReferenceFiles(dir: string): Promise<readonly ReferenceFile[]> {
  const files: ReferenceFile[] = [];
  for (const of of REFERENCE_KINDS) {
    const name = ENDINGS.map((ending) => `${of}${ending}`).find((candidate) => existsSync(join(dir, candidate)));
    if (name !== undefined) files.push(await loadFile(dir, name, of));
  }
  if (files.length === 0) {
    throw new ReferenceFileError(
      `REFERENCE_DIR ${dir} has none of ${REFERENCE_KINDS.map((of) => `${of}.json`).join(', ')}`,
    );
  }
  stopOn(crossFaults(files));
  return files;
}

const ENDINGS = ['.json', '.ndjson', '.json.gz', '.ndjson.gz'];
/** Largest file unpacked, in bytes: a million items with names are about 150 MB. */
const FILE_BYTES_MAX = 256 * 1024 * 1024;
/** Faults shown before the rest is only counted. */
const FAULTS_SHOWN_MAX = 10;

async function loadFile(dir: string, name: string, of: ReferenceKind): Promise<ReferenceFile> {
  const text = await readText(dir, name);
  const rows = parseRows(text, name);
  const faults: string[] = [];
  for (const [index, row] of rows.entries()) {
    const fault = rowFault(of, row);
    if (fault !== undefined) faults.push(sayFault(name, index, row, fault));
    if (faults.length > FAULTS_SHOWN_MAX) break;
  }
  stopOn(faults);
  // The rows were checked against the schema of this kind.
  const batch = { of, rows } as ReferenceBatch;
  return { name, digest: createHash('sha256').update(text).digest('hex'), batch };
}

async function readText(dir: string, name: string): Promise<string> {
  try {
    const bytes = await readFile(join(dir, name));
    const plain = name.endsWith('.gz') ? gunzipSync(bytes, { maxOutputLength: FILE_BYTES_MAX }) : bytes;
    if (plain.length > FILE_BYTES_MAX) throw new Error(`larger than ${FILE_BYTES_MAX} bytes`);
    return new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch (error) {
    throw new ReferenceFileError(`${name} cannot be read: ${sayError(error)}`, { cause: error });
  }
}

function parseRows(text: string, name: string): readonly unknown[] {
  if (name.includes('.ndjson')) {
    const lines = text.split('\n');
    return lines.flatMap((line, index) => (line.trim() === '' ? [] : [parseJson(line, `${name} line ${index + 1}`)]));
  }
  const rows = parseJson(text, name);
  if (!Array.isArray(rows)) throw new ReferenceFileError(`${name} must be a list of rows`);
  return rows;
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ReferenceFileError(`${where} is not JSON: ${sayError(error)}`, { cause: error });
  }
}

function sayError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function sayFault(name: string, index: number, row: unknown, fault: { field: string; rule: string }): string {
  const id = valueAt(row, 'id') ?? valueAt(row, 'sku');
  const named = typeof id === 'string' ? ` (${id.slice(0, 60)})` : '';
  const field = fault.field === '' ? '' : `, field ${fault.field}`;
  const got = fault.field === '' ? '' : `, got ${JSON.stringify(valueAt(row, fault.field))?.slice(0, 80)}`;
  return `${name} row ${index + 1}${named}${field}: ${fault.rule}${got}`;
}

function valueAt(row: unknown, path: string): unknown {
  let value = row;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.getOwnPropertyDescriptor(value, key)?.value;
  }
  return value;
}

function stopOn(faults: readonly string[]): void {
  if (faults.length === 0) return;
  const shown = faults.slice(0, FAULTS_SHOWN_MAX);
  const more = faults.length > shown.length ? '\n  and more' : '';
  throw new ReferenceFileError(`the reference files have faults:\n  ${shown.join('\n  ')}${more}`);
}
