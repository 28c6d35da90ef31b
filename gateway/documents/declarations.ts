/** One `interface` or `type` of a source text. */
export interface Declaration {
  readonly name: string;
  /** Without comments, ready for Type.Script. */
  readonly text: string;
  /** It has type parameters, so it is no schema by itself. */
  readonly isGeneric: boolean;
  /** What is said above it; '' when nothing is. */
  readonly about: string;
  /** What is said above its fields, by path: `journal.head`. */
  readonly fields: ReadonlyMap<string, string>;
}

/** A doc comment that ends where what follows begins, if there is one. */
const ABOUT = String.raw`(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\n)?`;
/** The formatter's layout is the grammar: an interface ends with a brace in the first column, a type with its semicolon. */
const DECLARATION = new RegExp(
  String.raw`${ABOUT}^(?:export )?(interface [^]*?^\}|type [^]*?;$(?!\n(?:[ \t]+\S|\})))`,
  'gm',
);

/** The interfaces and types of a TypeScript file of plain data, with the words of its constants put in. */
export function declarationsIn(source: string): Declaration[] {
  const words = constantsIn(source);
  return [...source.matchAll(DECLARATION)].map(([, about = '', text = '']) => {
    const [, name = '', parameters] = /^(?:interface|type) (\w+)(<)?/.exec(text) ?? [];
    const [, parameter, fallback] = DEFAULTED.exec(text) ?? [];
    const plain = filledIn(text.replaceAll(COMMENT, '').replaceAll(/\n\s*\n/g, '\n'), words);
    return {
      name,
      isGeneric: parameters !== undefined && parameter === undefined,
      text: parameter === undefined ? plain : withDefault(plain, parameter, fallback ?? 'unknown'),
      about: wordsOf(about),
      fields: fieldsIn(text),
    };
  });
}

/** `LogEvent<Body = LogBody>`: by itself it is its default. */
const DEFAULTED = /^(?:interface|type) \w+<(\w+) = (\w+)>/;

function withDefault(text: string, parameter: string, fallback: string): string {
  return text.replace(/<[^>]*>/, '').replaceAll(new RegExp(String.raw`\b${parameter}\b`, 'g'), fallback);
}

/** Lists and tables that are types at once: name → the union of their words. */
function constantsIn(source: string): Map<string, string> {
  const lists = [...source.matchAll(/const (\w+)[^=\n]* = \[([^\]]*)\] as const/g)].map(([, name, list]) => {
    return [name!, [...list!.matchAll(/'[^']+'/g)].join(' | ')] as const;
  });
  const tables = [...source.matchAll(/const (\w+)[^=\n]* = \{\n([^]*?)^\}/gm)].map(([, name, rows]) => {
    return [
      name!,
      [...rows!.matchAll(/^ {2}(?:'([^']+)'|(\w+)):/gm)].map((row) => `'${row[1] ?? row[2]}'`).join(' | '),
    ] as const;
  });
  return new Map([...lists, ...tables]);
}

function filledIn(text: string, words: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\(typeof (\w+)\)\[number\]|keyof typeof (\w+)/g, (asked, list, table) => {
    const known = words.get(list ?? table);
    return known === undefined || known === '' ? asked : known;
  });
}

const COMMENT = /\/\*[^]*?\*\/|\/\/.*$/gm;

/** Comments, texts, names of fields, and what opens and closes a level. */
const TOKEN = /\/\*\*([^]*?)\*\/|\/\/.*|'[^']*'|(\w+)(?=\??:)|[{};]/g;

function fieldsIn(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  const path: string[] = [];
  let said = '';
  let field = '';
  for (const [token, comment, name] of text.matchAll(TOKEN)) {
    if (comment !== undefined) said = wordsOf(comment);
    else if (name !== undefined) {
      field = name;
      // The first level is the declaration itself.
      if (said !== '') fields.set([...path.slice(1), name].join('.'), said);
      said = '';
    } else if (token === '{') path.push(field);
    else if (token === '}') path.pop();
    else if (token === ';') said = '';
  }
  return fields;
}

function wordsOf(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, '').trim())
    .join(' ')
    .trim();
}
