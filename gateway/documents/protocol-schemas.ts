import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { Type } from 'typebox';
import { declarationsIn, type Declaration } from './declarations.ts';
import { describe, toDocument, type JsonSchema } from './json-schema.ts';

const PROTOCOL_DIR = join(import.meta.dirname, '..', 'protocol');
/** These hold code; all others of the folder hold nothing but the forms of bodies and messages. */
const CODE = /^(parse.*|close-codes|error-codes)\.ts$|\.test\.ts$/;

/**
 * JSON schemas of bodies and messages, read from the TypeScript of gateway/protocol: what the code is compiled against is
 * what is documented. References stay references.
 */
export class ProtocolSchemas {
  /** By name, in the order they stand in. */
  readonly named: ReadonlyMap<string, JsonSchema>;
  readonly #script: Script;

  private constructor(named: ReadonlyMap<string, JsonSchema>, script: Script) {
    this.named = named;
    this.#script = script;
  }

  /** A slice per declaration, so a server that is asked for its document goes on pushing meanwhile. */
  static async read(): Promise<ProtocolSchemas> {
    const files = (await readdir(PROTOCOL_DIR)).filter((file) => !CODE.test(file)).sort();
    const texts = await Promise.all(files.map((file) => readFile(join(PROTOCOL_DIR, file), 'utf8')));
    const declarations = texts.flatMap(declarationsIn);
    const script = new Script(declarations);
    const named = new Map<string, JsonSchema>();
    for (const declaration of declarations.filter(({ isGeneric }) => !isGeneric)) {
      const { name, text, about, fields } = declaration;
      if (named.has(name)) throw new Error(`gateway/protocol declares ${name} twice; rename one of them`);
      const schema = describe(script.read(text, name), fields);
      named.set(name, about === '' ? schema : { ...schema, description: about });
      await yieldToOthers();
    }
    return new ProtocolSchemas(named, script);
  }

  /** The schema of a TypeScript type over the named ones: `PublicStock | StaffStock`. */
  of(type: string): JsonSchema {
    return this.#script.read(`type Asked = ${type};`, 'Asked');
  }
}

/** What others extend, pick from or fill in must be known when they are read; everything else can be referred to. */
const OPERANDS = /extends (\w+)|(?:Pick|Omit)<(\w+)|\b(\w+)(?=<|\[')|<(\w+)>/g;

class Script {
  readonly #operands: Record<string, unknown> = {};
  /** By what typebox makes of them, where it puts them in instead of referring to them. */
  readonly #names = new Map<string, string>();

  constructor(declarations: readonly Declaration[]) {
    const all = declarations.map(({ text }) => text).join('\n');
    const used = new Set([...all.matchAll(OPERANDS)].flatMap((hit) => hit.slice(1)));
    const operands = declarations.filter(({ name }) => used.has(name));
    if (operands.length === 0) return;
    this.#operands = this.#make(operands.map(({ text }) => text).join('\n'));
    for (const { name, isGeneric } of operands) {
      if (!isGeneric) this.#names.set(JSON.stringify(this.#operands[name]), name);
    }
  }

  read(text: string, name: string): JsonSchema {
    const made = this.#make(text)[name];
    if (made === undefined || JSON.stringify(made).includes('"not":{}')) {
      throw new Error(`typebox cannot read ${name}: ${text}`);
    }
    // The declaration itself is not a reference to itself.
    return toDocument(JSON.parse(JSON.stringify(made, (key, value) => (key === '' ? value : this.#referred(value)))));
  }

  #referred(value: unknown): unknown {
    const name = this.#names.get(JSON.stringify(value));
    return name === undefined ? value : { $ref: name };
  }

  #make(text: string): Record<string, unknown> {
    return Type.Script(this.#operands as Record<string, never>, text as string) as unknown as Record<string, unknown>;
  }
}
