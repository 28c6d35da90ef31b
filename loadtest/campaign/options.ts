import { parseArgs } from 'node:util';
import { optionsOf, whole } from '../command-line.ts';
import { type Part, PARTS } from './parts.ts';

export interface CampaignOptions {
  readonly parts: readonly Part[];
  readonly scale: number;
  readonly seed: number;
}

export const USAGE = `npm run campaign -- [options]
  --only <names>   all  parts, comma separated: ${PARTS.map(({ name }) => name).join(', ')}
  --from <name>         begins with this part: goes on with a campaign that was stopped
  --scale <number> 1    how much of each, 0.0001 to 100
  --seed <number>  1    another campaign`;

/** The options, or what is wrong with them. */
export function readCampaignOptions(args: readonly string[]): CampaignOptions | string {
  return optionsOf(() => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        from: { type: 'string' },
        scale: { type: 'string', default: '1' },
        seed: { type: 'string', default: '1' },
      },
    });
    const scale = Number(values.scale);
    if (!(scale >= 0.0001 && scale <= 100)) throw new RangeError(`--scale must be 0.0001 to 100, got ${values.scale}`);
    const seed = whole('seed', values.seed, 0, 1_000_000);
    const only = values.only?.split(',') ?? PARTS.map(({ name }) => name);
    const wrong = [...only, values.from ?? only[0] ?? ''].find((name) => !PARTS.some((part) => part.name === name));
    if (wrong !== undefined) throw new RangeError(`no part is called ${JSON.stringify(wrong)}`);
    const first = PARTS.findIndex(({ name }) => name === (values.from ?? PARTS[0]?.name));
    return { parts: PARTS.slice(first).filter(({ name }) => only.includes(name)), scale, seed };
  });
}
