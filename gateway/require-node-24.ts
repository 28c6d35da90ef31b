// Imported first by main.ts, so an older Node is told what to do before anything it cannot run is started.

const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    `Onhand needs Node 24 or newer, this is ${process.versions.node}. Start it with \`npm start\`: \`npm ci\` brings the right one.`,
  );
  process.exit(1);
}
