import { readFile, writeFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { asyncMessages } from './async-messages.ts';
import { ProtocolSchemas } from './protocol-schemas.ts';

// `npm run documents`: writes the schemas of gateway/asyncapi.yaml anew from gateway/protocol. All else in it is written by
// hand and stays as it is.

const FILE = new URL('../asyncapi.yaml', import.meta.url);

const document = parseDocument(await readFile(FILE, 'utf8'));
const { schemas } = asyncMessages(await ProtocolSchemas.read());
document.setIn(['components', 'schemas'], document.createNode(schemas));
await writeFile(FILE, document.toString({ lineWidth: 120 }));
console.log(`wrote ${Object.keys(schemas).length} schemas of messages to gateway/asyncapi.yaml; format it with oxfmt`);
