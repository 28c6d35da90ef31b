import { fileURLToPath } from 'node:url';
import { build, type Plugin, type Rolldown } from 'vite';

/** By the name other pages load them under. */
const FILES = {
  'onhand.js': '../gateway/client/onhand.ts',
  'onhand-sdk.js': '../gateway/client/onhand-sdk.ts',
} as const;

/**
 * Members that only our own code names, never the wire nor the browser: the minifier may shorten them. Worth 200 bytes of
 * the elements' 12 KB. Not in the SDK, whose objects are in others' hands.
 */
const OWN_MEMBERS =
  /^(disarmAll|disarm|isArmed|stopClimbing|climbLater|forgetTold|takeCommands|drawSoon|nowMs|openSocket|onPage|followedMs|sinceMs|failures|proven|resumes|settled|greet|mayTry|adopt|rung|attr|changed)$/;

/** First browsers with light-dark(), which must stay: it follows the colour scheme of the page around. */
const BROWSERS = ['chrome123', 'edge123', 'firefox120', 'safari17.5'];

/** Puts files beside the pages that are whole in themselves: somebody else's page loads one, and needs no other. */
export function wholeFiles(): Plugin {
  return {
    name: 'whole-files',
    apply: 'build',
    async generateBundle() {
      for (const [fileName, path] of Object.entries(FILES)) {
        this.emitFile({ type: 'asset', fileName, source: await wholeFile(path) });
      }
    },
  };
}

/** The text of one of them. */
export async function wholeFile(path: (typeof FILES)[keyof typeof FILES]): Promise<string> {
  const built = (await build({
    configFile: false,
    logLevel: 'warn',
    root: fileURLToPath(new URL('.', import.meta.url)),
    build: {
      write: false,
      modulePreload: false,
      target: 'es2024',
      cssTarget: BROWSERS,
      rolldownOptions: {
        input: fileURLToPath(new URL(path, import.meta.url)),
        preserveEntrySignatures: 'strict',
        output: {
          codeSplitting: false,
          minify:
            path === FILES['onhand.js']
              ? { compress: true, mangle: true, mangleProps: { include: OWN_MEMBERS } }
              : true,
        },
      },
    },
  })) as Rolldown.RolldownOutput;
  const [only, ...others] = built.output;
  if (others.length > 0)
    throw new Error(`${path} is not whole: it needs ${others.map((one) => one.fileName).join(', ')}`);
  return only.code;
}
