import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { debianPackage } from '../debian-package.ts';
import { sparePort } from '../bench/spare-port.ts';
import { keyName, messageText } from './message.ts';
import { connectPacket, publishPacket, subscribePacket } from './mqtt.ts';
import { keepPace } from './pace.ts';
import { connected, type Program, startProgram } from './program.ts';
import { nowMs, type PushServer, type Watched } from './push-server.ts';

// Three messaging servers from Debian's packages. What is published comes in over one connection of the conductor's, by
// the protocol of each, all of a burst in one write; that part of a delivery's cost is 1 in as many as there are sockets.

export type DebianPeer = 'nats-server' | 'mosquitto' | 'nchan';

const NATS = '/usr/sbin/nats-server';
const MOSQUITTO = '/usr/sbin/mosquitto';
const NGINX = '/usr/sbin/nginx';
const NCHAN = '/usr/lib/nginx/modules/ngx_nchan_module.so';

interface Peer {
  /** Debian's packages, and a file of each. */
  readonly packages: Readonly<Record<string, string>>;
  readonly start: (watched: Watched) => Promise<PushServer>;
}

export const DEBIAN_PEERS: Readonly<Record<DebianPeer, Peer>> = {
  'nats-server': { packages: { 'nats-server': NATS }, start: startNats },
  mosquitto: { packages: { mosquitto: MOSQUITTO }, start: startMosquitto },
  nchan: { packages: { nginx: NGINX, 'libnginx-mod-nchan': NCHAN }, start: startNchan },
};

/** Why it cannot be had; undefined when it is there. */
export function debianPeerMissing(peer: DebianPeer, say: (line: string) => void): string | undefined {
  for (const [name, file] of Object.entries(DEBIAN_PEERS[peer].packages)) {
    const why = debianPackage(name, { isThere: () => existsSync(file), purpose: `the peer ${peer}`, say });
    if (why !== undefined) return why;
  }
  return undefined;
}

/** Above what any run opens. */
const CONNECTIONS_MAX = 20_000;

async function startNats(watched: Watched): Promise<PushServer> {
  const [port, socketPort] = [await sparePort(), await sparePort()];
  const program = await startProgram({
    path: NATS,
    config: () =>
      `host: "127.0.0.1"\nport: ${port}\nmax_connections: ${CONNECTIONS_MAX}\nwebsocket { host: "127.0.0.1", port: ${socketPort}, no_tls: true }\n`,
    args: (config) => ['-c', config],
    ports: [port, socketPort],
  });
  const source = await connected(port);
  // It asks now and then whether the publisher lives.
  source.on('data', (text: Buffer) => text.includes('PING') && source.write('PONG\r\n'));
  source.write('CONNECT {"verbose":false,"pedantic":false}\r\n');
  const subscriptions = each(watched, (key, index) => `SUB stock.${key} ${index + 1}\r\n`).join('');
  const hello = Buffer.from(`CONNECT {"verbose":false,"pedantic":false}\r\n${subscriptions}PING\r\n`);
  return server(program, source, watched, {
    target: { port: socketPort, path: '/', protocol: '', ready: 'PONG' },
    hellos: [[hello]],
    bytesOf: (key, text) => Buffer.from(`PUB stock.${key} ${text.length}\r\n${text}\r\n`),
  });
}

async function startMosquitto(watched: Watched): Promise<PushServer> {
  const [port, socketPort] = [await sparePort(), await sparePort()];
  const program = await startProgram({
    path: MOSQUITTO,
    config: () =>
      `user root\nallow_anonymous true\nset_tcp_nodelay true\nlistener ${port} 127.0.0.1\nlistener ${socketPort} 127.0.0.1\nprotocol websockets\n`,
    args: (config) => ['-c', config],
    ports: [port, socketPort],
  });
  const source = await connected(port);
  source.on('data', () => undefined);
  source.write(connectPacket('source'));
  const keys = each(watched, (key) => key);
  return server(program, source, watched, {
    // 0x90: the subscription was acknowledged.
    target: { port: socketPort, path: '/mqtt', protocol: 'mqtt', ready: Uint8Array.of(0x90) },
    // A client without a name is given one; with the same name they would drive each other out.
    // Both packets in one message: of two that come together its library hands over the first only.
    hellos: [[Buffer.concat([connectPacket(''), subscribePacket(keys)])]],
    bytesOf: (key, text) => publishPacket(key, text),
  });
}

async function startNchan(watched: Watched): Promise<PushServer> {
  const port = await sparePort();
  const program = await startProgram({
    path: NGINX,
    config: (folder) => `load_module ${NCHAN};
daemon off;
master_process off;
user root;
pid ${folder}/pid;
error_log /dev/null crit;
worker_rlimit_nofile ${CONNECTIONS_MAX};
events { worker_connections ${CONNECTIONS_MAX}; }
http {
  access_log off;
  keepalive_requests 1000000000;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  nchan_message_buffer_length 20;
  server {
    listen 127.0.0.1:${port};
    location = /sub { nchan_subscriber websocket; nchan_channel_id ${each(watched, (key) => key).join(',')}; nchan_channel_id_split_delimiter ','; }
    location ~ ^/pub/(.+)$ { nchan_publisher http; nchan_channel_id $1; }
  }
}
`,
    args: (config) => ['-c', config],
    ports: [port],
  });
  const source = await connected(port);
  source.on('data', () => undefined);
  return server(program, source, watched, {
    target: { port, path: '/sub', protocol: '', ready: '' },
    hellos: [[]],
    bytesOf: (key, text) =>
      Buffer.from(
        `POST /pub/${key} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
      ),
  });
}

const each = <T>({ keys }: Watched, of: (key: string, index: number) => T): T[] =>
  Array.from({ length: keys }, (_, index) => of(keyName(index), index));

function server(
  program: Program,
  source: Socket,
  { keys }: Watched,
  about: Pick<PushServer, 'target' | 'hellos'> & { readonly bytesOf: (key: string, text: string) => Buffer },
): PushServer {
  let revision = 1000;
  const send = (first: number, count: number): void => {
    const sentMs = nowMs();
    const bytes: Buffer[] = [];
    for (let message = first; message < first + count; message++) {
      const key = keyName(message % keys);
      bytes.push(about.bytesOf(key, messageText(key, ++revision, sentMs)));
    }
    source.write(Buffer.concat(bytes));
  };
  return {
    pid: program.pid,
    target: about.target,
    hellos: about.hellos,
    publish: (pace) => keepPace(pace, send),
    collect: async () => undefined,
    stop: async () => {
      source.destroy();
      await program.stop();
    },
  };
}
