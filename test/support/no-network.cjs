// Preloaded with node --require: whoever reaches for the network ends the process, and what was loaded is written down.
const dgram = require('node:dgram');
const dns = require('node:dns');
const net = require('node:net');
const process = require('node:process');
const { writeFileSync } = require('node:fs');

function refuse() {
  // No exception: somebody could catch it.
  process.stderr.write('the network was used\n');
  process.exit(70);
}

net.Socket.prototype.connect = refuse;
dgram.createSocket = refuse;
for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6']) {
  dns[name] = refuse;
  dns.promises[name] = refuse;
}

const list = process.env.LOADED_MODULES_FILE;
if (list !== undefined) process.on('exit', () => writeFileSync(list, JSON.stringify(Object.keys(require.cache))));
