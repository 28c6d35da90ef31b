import { svg } from 'lit';
import type { SVGTemplateResult } from 'lit';

// Drawings per kind of goods instead of photographs: this shop is fictional.

export interface Art {
  readonly hue: number;
  readonly drawing: SVGTemplateResult;
}

type Kind =
  | 'banana'
  | 'produce'
  | 'dairy'
  | 'egg'
  | 'meat'
  | 'fish'
  | 'bread'
  | 'sweet'
  | 'coffee'
  | 'drink'
  | 'frozen'
  | 'care'
  | 'flower'
  | 'shelf';

/** Words of an item's name, the most telling first: half of a grocer's range is in a department called "grocery". */
const BY_NAME: readonly (readonly [words: RegExp, kind: Kind])[] = [
  [/\bbananas?\b/i, 'banana'],
  [/\b(coffee|tea|cocoa)\b/i, 'coffee'],
  [/\b(frozen|ice cream|popsicles?|sherbet)\b/i, 'frozen'],
  [/\beggs?\b/i, 'egg'],
  [/\b(milk|cheese|yogurt|butter|cream|dairy)\b/i, 'dairy'],
  [/\b(juices?|soda|water|drinks?|beers?|wines?|cola|soft)\b/i, 'drink'],
  [/\b(cookies?|cand(y|ies)|chocolate|crackers?|snacks?|chips|cakes?|pies?|gum|donuts?)\b/i, 'sweet'],
  [/\b(breads?|buns?|rolls?|bagels?|muffins?|cereals?|tortillas?)\b/i, 'bread'],
  [
    /\b(apples?|bananas?|grapes?|salads?|carrots?|tomato(es)?|potato(es)?|onions?|lettuce|berries|oranges?|fruit)\b/i,
    'produce',
  ],
  [/\b(fish|salmon|shrimp|tuna|seafood)\b/i, 'fish'],
  [/\b(beef|pork|chicken|ham|turkey|bacon|sausages?|meat)\b/i, 'meat'],
];

const BY_DEPARTMENT: readonly (readonly [words: RegExp, kind: Kind])[] = [
  [/produce|salad|fruit|veg/i, 'produce'],
  [/dairy|milk|cheese/i, 'dairy'],
  [/seafood|fish/i, 'fish'],
  [/meat/i, 'meat'],
  [/deli|pastry|bak|bread/i, 'bread'],
  [/frozen/i, 'frozen'],
  [/drug|gm|cosmetic|health|nutrition|pharm/i, 'care'],
  [/floral|garden/i, 'flower'],
];

export function itemArt(name: string, department: string): Art {
  const kind =
    BY_NAME.find(([words]) => words.test(name))?.[1] ??
    BY_DEPARTMENT.find(([words]) => words.test(department))?.[1] ??
    'shelf';
  return ART[kind];
}

const ART: Readonly<Record<Kind, Art>> = {
  banana: {
    hue: 52,
    drawing: svg`<path d="M30 20c-8 30 8 58 42 62 6 1 10-5 5-9C56 62 44 46 42 21c0-6-10-7-12-1z"/>
      <path d="M34 24c0 26 14 44 39 53M31 20l2-6h6l2 6"/>`,
  },
  coffee: {
    hue: 28,
    drawing: svg`<path d="M26 40h40v24c0 10-7 16-16 16h-8c-9 0-16-6-16-16z"/><path d="M66 46h5c11 0 11 20 0 20h-5"/>
      <path d="M39 30c-4-5 4-8 0-13M53 30c-4-5 4-8 0-13"/>`,
  },
  produce: {
    hue: 95,
    drawing: svg`<path d="M50 34c-16-8-30 2-30 20s14 32 30 24c16 8 30-6 30-24s-14-28-30-20z"/>
      <path d="M50 34c0-8 4-14 12-17M50 27c-6-1-10-4-12-9"/>`,
  },
  dairy: {
    hue: 215,
    drawing: svg`<path d="M36 18h28v12l8 14v38H28V44l8-14z"/><path d="M36 30h28M28 56h44"/>`,
  },
  egg: {
    hue: 48,
    drawing: svg`<path d="M50 18c14 0 25 22 25 38S64 82 50 82 25 72 25 56s11-38 25-38z"/><path d="M36 54c0-8 4-16 9-21"/>`,
  },
  meat: {
    hue: 8,
    drawing: svg`<path d="M42 58c-8-15 2-36 21-38s29 17 18 32-27 17-39 6z"/><path d="M42 58L31 69"/>
      <path d="M31 69c-6-4-12 2-9 7-5 3-1 11 5 9 2 5 10 3 9-4 4-3 1-10-5-12z"/><path d="M64 30c7 0 10 5 9 11"/>`,
  },
  fish: {
    hue: 205,
    drawing: svg`<path d="M22 50c10-18 34-22 48-6l10-8v28l-10-8c-14 16-38 12-48-6z"/><circle cx="38" cy="46" r="2"/>
      <path d="M50 40c4 6 4 14 0 20"/>`,
  },
  bread: {
    hue: 34,
    drawing: svg`<path d="M24 44c-8-14 10-22 26-22s34 8 26 22v32H24z"/><path d="M38 36v12M50 34v14M62 36v12"/>`,
  },
  sweet: {
    hue: 20,
    drawing: svg`<circle cx="50" cy="50" r="31"/><circle cx="40" cy="40" r="3.5"/><circle cx="62" cy="44" r="3.5"/>
      <circle cx="44" cy="62" r="3.5"/><circle cx="63" cy="64" r="2"/><circle cx="52" cy="30" r="2"/>`,
  },
  drink: {
    hue: 175,
    drawing: svg`<path d="M44 14h12v16c0 6 10 10 10 20v32a4 4 0 0 1-4 4H38a4 4 0 0 1-4-4V50c0-10 10-14 10-20z"/>
      <path d="M44 24h12M34 54h32M34 72h32"/>`,
  },
  frozen: {
    hue: 195,
    drawing: svg`<path d="M50 16v68M21 33l58 34M79 33L21 67"/>
      <path d="M42 20l8 8 8-8M42 80l8-8 8 8M22 44l10-4-2-11M78 56l-10 4 2 11M78 44l-10-4 2-11M22 56l10 4-2 11"/>`,
  },
  care: {
    hue: 285,
    drawing: svg`<path d="M38 16h24v12H38zM34 28h32c4 4 6 8 6 14v42H28V42c0-6 2-10 6-14z"/><path d="M50 48v20M40 58h20"/>`,
  },
  flower: {
    hue: 330,
    drawing: svg`<circle cx="50" cy="36" r="7"/>
      <path d="M50 29c-4-16-20-8-12 4-14 0-12 17 1 14-2 13 15 13 15 1 11 8 21-6 8-12 11-9-1-22-12-7z"/>
      <path d="M50 50v34M50 70c-10 0-14-4-16-10M50 76c8 0 12-4 14-9"/>`,
  },
  shelf: {
    hue: 45,
    drawing: svg`<path d="M34 22h32v10H34zM30 32h40v50H30z"/><path d="M30 46h40M30 68h40M42 54h16"/>`,
  },
};
