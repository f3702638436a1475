// A way by which the window reaches the API or the database, and which fails as networks do.

import { connect, createServer } from "node:net";

/** Opens a way to `to` (host:port). It is free until told otherwise. */
export async function openWay(to) {
  const [host, port] = to.split(":");
  const pairs = new Set();
  const mute = new Set();
  let silent = false;
  let trap = null;

  const server = createServer((near) => {
    near.on("error", () => undefined);
    if (silent) return swallow(near);
    const far = connect(Number(port), host);
    const pair = { near, far, trapped: null };
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    near.on("close", end);
    far.on("error", () => undefined);
    // A half-open connection is one whose other side has gone without a word.
    far.on("close", () => (mute.has(near) ? undefined : end()));
    near.on("data", (bytes) => {
      if (mute.has(near)) return;
      if (trap !== null && bytes.includes(trap.text)) {
        pair.trapped = trap;
        trap = null;
        if (!pair.trapped.arrives) return lose(pair);
      }
      far.write(bytes);
    });
    far.on("data", (bytes) => {
      if (mute.has(near)) return;
      if (pair.trapped !== null) lose(pair);
      else near.write(bytes);
    });
  });

  const swallow = (near) => {
    mute.add(near);
    near.on("close", () => mute.delete(near));
    near.resume();
  };
  const cut = () => {
    for (const { near } of pairs) near.destroy();
    for (const near of mute) near.destroy();
  };
  const listen = (at) => new Promise((resolve, reject) => server.once("error", reject).listen(at, "127.0.0.1", resolve));
  const down = () => {
    if (server.listening) server.close();
    cut();
  };
  // Down at the same moment, so that nobody can ask at once what became of it.
  const lose = ({ trapped }) => {
    down();
    trapped.caught();
  };

  await listen(0);
  const own = server.address().port;
  const set = (text, arrives) => new Promise((caught) => (trap = { text, arrives, caught }));
  return {
    address: `127.0.0.1:${own}`,
    url: `http://127.0.0.1:${own}`,
    /** Connections are refused, and those there are end. */
    down,
    /** New connections are taken, and swallowed like everything on those there are. These stay dead when the way is free again. */
    async silence() {
      silent = true;
      for (const { near } of pairs) swallow(near);
      if (!server.listening) await listen(own);
    },
    /** Those there are end; new ones are carried. */
    cut,
    /** Free again. */
    async heal() {
      silent = false;
      if (!server.listening) await listen(own);
    },
    /** The next request with this text in it is answered, and the answer lost; then the way is down. Resolves when that happened. */
    loseAnswerTo: (text) => set(text, true),
    /** The next request with this text in it never arrives; then the way is down. Resolves when that happened. */
    loseRequest: (text) => set(text, false),
    close: down,
  };
}
