// As much of MQTT 3.1.1 as a comparison needs: connect, subscribe and publish at QoS 0.

export function connectPacket(clientId: string): Buffer {
  // Protocol level 4, clean session, no keep-alive.
  const flags = Buffer.from([4, 0x02, 0, 0]);
  return packet(0x10, [text('MQTT'), flags, text(clientId)]);
}

export function subscribePacket(topics: readonly string[]): Buffer {
  const wishes = topics.flatMap((topic) => [text(topic), Buffer.from([0])]);
  return packet(0x82, [Buffer.from([0, 1]), ...wishes]);
}

export function publishPacket(topic: string, message: string): Buffer {
  return packet(0x30, [text(topic), Buffer.from(message)]);
}

function packet(kind: number, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([kind, ...lengthBytes(body.length)]), body]);
}

/** Seven bits a byte, the lowest first. */
function lengthBytes(length: number): number[] {
  const rest = length >> 7;
  return rest === 0 ? [length] : [(length & 0x7f) | 0x80, ...lengthBytes(rest)];
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}
