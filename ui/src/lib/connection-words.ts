import type { ConnectionStep, ConnectionTest } from "../generated/commands";
import { visibleText } from "./visible-text";

const TITLES: Record<ConnectionStep, string> = { dns: "Name", tcp: "Connection", tls: "Certificate", api: "API", sign_in: "Sign-in", database: "Database" };

/** A test of a connection as steps for the screen. */
export function connectionSteps(test: ConnectionTest) {
  return test.findings.map(({ step, outcome, words }) => ({ id: step, title: TITLES[step], outcome, words: visibleText(words, 500) }));
}
