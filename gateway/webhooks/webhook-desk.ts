import type { DatabaseSync } from 'node:sqlite';
import { SeenIds } from './seen-ids.ts';
import { SourceSecrets, type SourceSecret } from './source-secrets.ts';
import { openWebhookFile } from './webhook-file.ts';

export interface DeskSettings {
  /** webhooks.sqlite. */
  readonly path: string;
  readonly seenKeepMs: number;
  readonly seenMax: number;
}

export type Desk = ReturnType<typeof createDesk>;

/** What the webhook thread answers. Everything that is written is durable when it is answered. */
export function createDesk(settings: DeskSettings) {
  const db: DatabaseSync = openWebhookFile(settings.path);
  const seen = new SeenIds(db, { keepMs: settings.seenKeepMs, max: settings.seenMax });
  const secrets = new SourceSecrets(db);
  return {
    secrets: (): readonly SourceSecret[] => secrets.all(),
    putSecret: secrets.put.bind(secrets),
    removeSecret: secrets.remove.bind(secrets),
    look: seen.look.bind(seen),
    remember: seen.remember.bind(seen),
    close: () => db.close(),
  };
}
