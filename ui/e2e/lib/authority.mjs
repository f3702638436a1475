// An authority of a test's own, as a company has one, and certificates that it signs for servers on this machine.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const config = (name) => `
[req]
prompt = no
distinguished_name = called
x509_extensions = authority
[called]
CN = ${name}
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1
`;

/** An authority of this name. `pem` is what a person is given of it. */
export function newAuthority(name) {
  const folder = mkdtempSync(join(tmpdir(), "repruv-ops-authority-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const file = (name) => join(folder, name);
  const openssl = (words, env = {}) => {
    const { status, stderr, error } = spawnSync("openssl", words, { cwd: folder, env: { ...process.env, ...env }, encoding: "utf8" });
    if (status !== 0) throw new Error(`openssl ${words.join(" ")}: ${error?.message ?? stderr}`);
  };
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  writeFileSync(file("config"), config(name));
  openssl(["req", "-x509", ...ec, "-config", "config", "-days", "30", "-keyout", "authority.key", "-out", "authority.pem"]);
  return {
    pem: readFileSync(file("authority.pem"), "utf8"),
    /** A certificate for this machine, good for a day from now on; `env`: what "now" is (`wrong-clock.mjs`). */
    issue(env = {}) {
      openssl(["req", ...ec, "-config", "config", "-subj", "/CN=server", "-keyout", "server.key", "-out", "server.csr"]);
      const signed = ["-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial", "-extfile", "config", "-extensions", "server"];
      openssl(["x509", "-req", "-in", "server.csr", ...signed, "-days", "1", "-out", "server.pem"], env);
      return { key: readFileSync(file("server.key")), cert: readFileSync(file("server.pem")) };
    },
  };
}
