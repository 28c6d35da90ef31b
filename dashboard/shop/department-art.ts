import { svg } from 'lit';
import type { SVGTemplateResult } from 'lit';

// A drawing per kind of department instead of photographs: this shop is fictional.

interface Art {
  readonly hue: number;
  readonly drawing: SVGTemplateResult;
}

const ART: readonly (readonly [words: RegExp, art: Art])[] = [
  [
    /produce|salad|fruit|veg/i,
    {
      hue: 95,
      drawing: svg`<path d="M50 34c-16-8-30 2-30 20s14 32 30 24c16 8 30-6 30-24s-14-28-30-20z"/><path d="M50 34c0-8 4-14 12-17M50 27c-6-1-10-4-12-9"/>`,
    },
  ],
  [
    /dairy|milk|cheese|egg/i,
    { hue: 215, drawing: svg`<path d="M36 18h28v12l8 14v38H28V44l8-14z"/><path d="M36 30h28M28 56h44"/>` },
  ],
  [
    /meat|seafood|fish/i,
    {
      hue: 8,
      drawing: svg`<path d="M22 50c10-18 34-22 48-6l10-8v28l-10-8c-14 16-38 12-48-6z"/><circle cx="38" cy="46" r="2"/><path d="M50 40c4 6 4 14 0 20"/>`,
    },
  ],
  [
    /deli|pastry|bak|bread/i,
    {
      hue: 34,
      drawing: svg`<path d="M24 44c-8-14 10-22 26-22s34 8 26 22v32H24z"/><path d="M38 36v12M50 34v14M62 36v12"/>`,
    },
  ],
  [
    /frozen|ice/i,
    {
      hue: 195,
      drawing: svg`<path d="M50 16v68M21 33l58 34M79 33L21 67"/><path d="M42 20l8 8 8-8M42 80l8-8 8 8M22 44l10-4-2-11M78 56l-10 4 2 11M78 44l-10-4 2-11M22 56l10 4-2 11"/>`,
    },
  ],
  [
    /drug|gm|cosmetic|health|nutrition|pharm/i,
    {
      hue: 285,
      drawing: svg`<path d="M38 16h24v12H38zM34 28h32c4 4 6 8 6 14v42H28V42c0-6 2-10 6-14z"/><path d="M50 48v20M40 58h20"/>`,
    },
  ],
  [
    /floral|garden/i,
    {
      hue: 330,
      drawing: svg`<circle cx="50" cy="36" r="7"/><path d="M50 29c-4-16-20-8-12 4-14 0-12 17 1 14-2 13 15 13 15 1 11 8 21-6 8-12 11-9-1-22-12-7zM50 50v34M50 70c-10 0-14-4-16-10M50 76c8 0 12-4 14-9"/>`,
    },
  ],
];

const SHELF: Art = {
  hue: 45,
  drawing: svg`<path d="M34 22h32v10H34zM30 32h40v50H30z"/><path d="M30 46h40M30 68h40M42 54h16"/>`,
};

export function departmentArt(department: string | undefined): Art {
  return ART.find(([words]) => words.test(department ?? ''))?.[1] ?? SHELF;
}
