// Stands in front of the API or the database, shows a certificate, and keeps every byte that it is told.

import { connect, createServer } from "node:net";
import { TLSSocket, createSecureContext } from "node:tls";

const listening = (each) =>
  new Promise((resolve, reject) => {
    const server = createServer(each);
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server));
  });

/** Carries both directions until one side ends; `hear` gets what the near side says. */
function join(near, far, hear) {
  const end = () => {
    near.destroy();
    far.destroy();
  };
  near.on("data", (bytes) => {
    hear(bytes);
    far.write(bytes);
  });
  far.on("data", (bytes) => near.write(bytes));
  for (const side of [near, far]) side.on("close", end).on("error", end);
}

/** In front of `to` (host:port). `postgres`: a client asks for TLS in PostgreSQL's own way first. */
export async function openFront(to, { key, cert }, { postgres = false } = {}) {
  const [host, port] = to.split(":");
  const heard = { raw: [], opened: [] };
  const context = createSecureContext({ key, cert });
  const secure = (near) => {
    const opened = new TLSSocket(near, { isServer: true, secureContext: context });
    join(opened, connect(Number(port), host), (bytes) => heard.opened.push(bytes));
  };
  const inner = await listening((near) => {
    near.on("error", () => undefined);
    if (!postgres) return secure(near);
    near.once("data", () => {
      near.pause();
      near.write("S", () => secure(near));
    });
  });
  // Whatever comes goes by here first, before anybody has shown anything.
  const outer = await listening((near) => join(near, connect(inner.address().port, "127.0.0.1"), (bytes) => heard.raw.push(bytes)));
  const own = outer.address().port;
  const all = (parts) => Buffer.concat(parts).toString("latin1");
  return {
    address: `localhost:${own}`,
    url: `https://localhost:${own}`,
    /** Everything as it came. */
    raw: () => all(heard.raw),
    /** Everything that was said to it inside TLS: by those who believe it. */
    opened: () => all(heard.opened),
    forget() {
      heard.raw.length = 0;
      heard.opened.length = 0;
    },
    close() {
      outer.close();
      inner.close();
    },
  };
}
