import type { Config } from './config.ts';
import type { LiveDeps } from './live-sessions.ts';

type Bounds = 'limits' | 'allowedOrigins' | 'gate' | 'slow' | 'keeper';

/** The options, sorted to the parts of the live sessions that keep to them. */
export function liveDeps(config: Config, others: Omit<LiveDeps, Bounds>): LiveDeps {
  return {
    ...others,
    allowedOrigins: config.allowedOrigins,
    limits: {
      public: {
        keys: config.keysMax,
        msgBytes: config.msgBytesMax,
        cmdPerSec: config.commandsPerSec,
        updPerSec: config.updatesPerSec,
      },
      staff: {
        keys: config.staffKeysMax,
        msgBytes: config.staffMsgBytesMax,
        cmdPerSec: config.commandsPerSec,
        updPerSec: config.staffUpdatesPerSec,
      },
      commandsBurst: config.commandsBurst,
      pingMs: config.heartbeatMs,
      conflateMs: { default: config.conflateMs, min: config.conflateMsMin, max: config.conflateMsMax },
    },
    gate: {
      socketsMax: config.socketsMax,
      socketsPerAddress: config.socketsPerAddress,
      acceptsPerSec: config.acceptsPerSec,
    },
    slow: {
      skipBytes: config.unsentSkipBytes,
      closeBytes: config.unsentCloseBytes,
      silentWriteMs: config.slowReaderMs,
    },
    keeper: {
      connectMs: config.connectMs,
      heartbeatMs: config.heartbeatMs,
      heartbeatGraceMs: config.heartbeatGraceMs,
      socketAgeMs: config.socketAgeMinutes * 60_000,
      drainMsMax: config.drainMsMax,
      acceptsPerSec: config.acceptsPerSec,
    },
  };
}
