// Stands between a window and the API, hears what is said, and may change what the API says of itself.

import { createServer, request } from "node:http";
import { stack } from "./stack.mjs";

/** Carries everything to an API, the workspace's own if no other is named. `heard` gets the text of each answer, and to which path. */
export async function openRelay(heard = () => undefined, api_url = stack.api_url) {
  const to = new URL(api_url);
  let version = null;
  const server = createServer((near, answer) => {
    const headers = { ...near.headers };
    // Answers are to be read here.
    delete headers["accept-encoding"];
    const far = request({ host: to.hostname, port: to.port, path: near.url, method: near.method, headers }, (response) => {
      const parts = [];
      response.on("data", (part) => parts.push(part));
      response.on("end", () => {
        const bytes = Buffer.concat(parts);
        heard(bytes.toString(), near.url);
        const said = version === null ? response.headers : { ...response.headers, "repruv-api-version": version };
        answer.writeHead(response.statusCode, said).end(bytes);
      });
    });
    far.on("error", () => answer.destroy());
    near.pipe(far);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** From now on the API names another version; `null`: its own. */
    speak: (other) => {
      version = other;
    },
    close: () => server.close(),
  };
}
