import { DeliveryDesk } from './delivery-desk.ts';
import { SeenIds } from './seen-ids.ts';
import { SourceSecrets, type SourceSecret } from './source-secrets.ts';
import { openWebhookFile } from './webhook-file.ts';
import type { WebhookSettings } from './webhook-settings.ts';

export type Desk = ReturnType<typeof createDesk>;

/** What the webhook thread answers. Everything that is written is durable when it is answered. */
export function createDesk(settings: WebhookSettings, log: (line: string) => void) {
  const db = openWebhookFile(settings.path);
  const seen = new SeenIds(db, settings.seen);
  const secrets = new SourceSecrets(db);
  const out = new DeliveryDesk(db, settings.out, log);
  return {
    secrets: (): readonly SourceSecret[] => secrets.all(),
    putSecret: secrets.put.bind(secrets),
    removeSecret: secrets.remove.bind(secrets),
    look: seen.look.bind(seen),
    remember: seen.remember.bind(seen),

    endpoints: out.list.bind(out),
    createEndpoint: out.create.bind(out),
    changeEndpoint: out.change.bind(out),
    rotateEndpoint: out.rotate.bind(out),
    removeEndpoint: out.remove.bind(out),
    testEndpoint: out.test.bind(out),
    deliveries: out.deliveries.bind(out),
    delivery: out.delivery.bind(out),
    replay: out.replay.bind(out),
    put: out.put.bind(out),
    cursor: out.cursor.bind(out),
    stats: out.stats.bind(out),
    async close(): Promise<void> {
      await out.drain();
      db.close();
    },
  };
}
