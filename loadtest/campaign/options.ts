import { parseArgs } from 'node:util';
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
  try {
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
    if (!(scale >= 0.0001 && scale <= 100)) return `--scale must be 0.0001 to 100, got ${values.scale}`;
    const seed = Number(values.seed);
    if (!Number.isSafeInteger(seed) || seed < 0 || seed > 1_000_000) {
      return `--seed must be a whole number from 0 to 1000000, got ${values.seed}`;
    }
    const only = values.only?.split(',') ?? PARTS.map(({ name }) => name);
    const wrong = [...only, values.from ?? only[0] ?? ''].find((name) => !PARTS.some((part) => part.name === name));
    if (wrong !== undefined) return `no part is called ${JSON.stringify(wrong)}`;
    const first = PARTS.findIndex(({ name }) => name === (values.from ?? PARTS[0]?.name));
    return { parts: PARTS.slice(first).filter(({ name }) => only.includes(name)), scale, seed };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
