// The workspace that the tests run against: its addresses, its processes, and its customers as their own clients see it.

import { readFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import { until } from "./until.mjs";

export const stackFile = process.env.REPRUV_E2E_STACK ?? fail("REPRUV_E2E_STACK names no stack.json: run `cargo xtask test e2e`");
export const stack = JSON.parse(readFileSync(stackFile, "utf8"));

/** The password of every seeded customer. */
const CUSTOMER_PASSWORD = "customer-demo-password";

function fail(message) {
  throw new Error(message);
}

async function call(path, { method = "GET", token, body, headers = {} } = {}) {
  const answer = await fetch(`${stack.api_url}/api/v1/${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === "" ? null : JSON.parse(text) };
}

async function good(path, options) {
  const { status, body } = await call(path, options);
  if (status >= 300) throw new Error(`${options?.method ?? "GET"} ${path}: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** A seeded customer, signed in with a client of their own. */
export async function customer(name, agent = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0") {
  const email = `${name}@repruv.test`;
  const signedIn = await good("auth/login", { method: "POST", body: { email, password: CUSTOMER_PASSWORD }, headers: { "user-agent": agent } });
  const token = signedIn.tokens.access_token;
  const self = {
    email,
    id: signedIn.session.user_id,
    sessionId: signedIn.session.session_id,
    status: () => good("demo/status", { token }),
    enable: (preset = "rising_creator") => good("demo/enable", { method: "POST", token, body: { profile: { preset, profile_type: null, niche: null }, run_at: null } }),
    disable: () => good("demo/disable", { method: "POST", token, body: {} }),
    dismiss: () => good("demo/dismiss", { method: "POST", token, body: {} }),
    /** The HTTP status that the API answers to this client's token. */
    knock: async () => (await call("auth/session", { token })).status,
    reaches: (status, within_ms = 30_000) =>
      until(`${name} is ${status}`, async () => ((await self.status()).status === status ? true : null), within_ms),
    /** Back to `disabled`, whatever an earlier test left. */
    reset: async () => {
      await until(`${name} is at rest`, async () => (["enabling", "disabling"].includes((await self.status()).status) ? null : true), 60_000);
      const { status, profile_id } = await self.status();
      if (status === "enabled" || (status === "failed" && profile_id !== null)) await self.disable();
      else if (status === "failed") await self.dismiss();
      await self.reaches("disabled", 60_000);
      return self;
    },
  };
  return self;
}

let staffToken = null;

/** As the staff person, without the window. */
export async function asStaff(path, body, { version, key = randomUUID() } = {}) {
  staffToken ??= (await good("staff/auth/login", { method: "POST", body: stack.staff })).tokens.access_token;
  return call(`staff/${path}`, {
    method: "POST",
    token: staffToken,
    body,
    headers: { "idempotency-key": key, ...(version === undefined ? {} : { "if-match": `"${version}"` }) },
  });
}

/** Turns the simulator's dials; answers what turns them back. */
export async function turnDials(change) {
  const url = `${stack.simulator_url}/dials`;
  const before = await (await fetch(url)).json();
  const put = async (dials) => {
    const answer = await fetch(url, { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(dials) });
    if (!answer.ok) throw new Error(`the dials were refused: ${answer.status} ${await answer.text()}`);
  };
  await put({ ...before, ...change });
  return () => put(before);
}
