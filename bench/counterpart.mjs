/**
 * The other side of a register, in a process of its own, so that its work is not measured: a payment server that answers
 * 503 after one to three seconds, and a typist. First line out: `{"url"}`. Line in: `{"keys","everyMs"}`; then each key
 * is a line out, the moment it is pressed on the clock all processes share.
 */
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { randomOf } from './statistics.mjs';

const FASTEST_MS = 1000;
const SLOWEST_MS = 3000;

const random = randomOf(7);
let asked = 0;
let open = 0;
let mostOpen = 0;
const server = createServer((request, response) => {
  asked++;
  open++;
  mostOpen = Math.max(mostOpen, open);
  request.resume();
  response.on('close', () => {
    open--;
  });
  setTimeout(
    () => response.writeHead(503, { 'content-type': 'text/plain' }).end('busy'),
    FASTEST_MS + random() * (SLOWEST_MS - FASTEST_MS),
  );
});
server.listen(0, '127.0.0.1', () => say({ url: `http://127.0.0.1:${server.address().port}` }));

function say(words) {
  process.stdout.write(`${JSON.stringify(words)}\n`);
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const { keys, everyMs } = JSON.parse(line);
  let pressed = 0;
  const typing = setInterval(() => {
    pressed++;
    process.stdout.write(`${process.hrtime.bigint()}\n`);
    if (pressed < keys) return;
    clearInterval(typing);
    say({ asked, mostOpen });
  }, everyMs);
});
process.stdin.on('end', () => process.exit(0));
