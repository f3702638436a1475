import { type UseQueryResult, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import type { SessionProbe, SessionRow } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { useCommand } from "../../ipc/use-command";
import { serverNow } from "../../lib/clock";
import type { Command, Intent, Observation } from "../../lib/command-phase";
import type { Answer } from "../../lib/failure";
import { useTicked } from "../../lib/ticker";
import { exactTimeInWords } from "../../lib/time";
import { patchSessions, rereadOwner, sessionCheckOptions, sessionProbeOptions } from "./sessions-queries";

/** A read follows a write within this, or it is said. */
const LATE_MS = 5_000;

type Options<T> = {
  title: string;
  userId: string;
  send: (intent: Intent, reason: string) => Promise<Answer<T>>;
  /** When it was revoked, by the answer. */
  revokedAt: (data: T) => string | null;
  /** Whether this session was to end. Those of later sign-ins never were. */
  ends: (session: SessionRow) => boolean;
  /** The effect in words. */
  done: (data: T) => string;
};

/** A revoke, and the reading back that proves it. */
export function useRevoke<T>({ title, userId, send, revokedAt, ends, done }: Options<T>): { command: Command<string, T>; observed: Observation | null } {
  const ipc = useIpc();
  const client = useQueryClient();
  const command = useCommand<string, T>({ title, send, onAccepted: () => rereadOwner(client, userId) });
  const { phase } = command;
  const at = phase.name === "accepted" ? revokedAt(phase.data) : null;
  const lives = (row: SessionRow) => row.status === "active" && ends(row) && (at === null || row.created_at <= at);
  const seen = (rows: readonly SessionRow[]) => !rows.some(lives);
  const asked = phase.name === "accepted" || phase.name === "found";
  const { data: rows } = useQuery({ ...sessionCheckOptions(ipc, userId, seen), enabled: asked });
  useEffect(() => {
    if (rows !== undefined) patchSessions(client, rows);
  }, [client, rows]);
  // The tokens themselves, by the very conditions of every request: a row that says so is not yet a refusal.
  const probed = asked ? rows?.find((row) => row.status !== "active" && ends(row) && (at === null || row.revoked_at === at))?.id : undefined;
  const probe = useQuery({ ...sessionProbeOptions(ipc, probed ?? ""), enabled: probed !== undefined });
  const late = useTicked((now_ms) => at !== null && now_ms > Date.parse(at) + LATE_MS);
  if (phase.name !== "accepted") return { command, observed: null };
  if (rows !== undefined && seen(rows)) {
    const words = `Seen in the database: ${done(phase.data)} at ${exactTimeInWords(at ?? new Date(serverNow()).toISOString())}.`;
    return { command, observed: { state: "done", words: [words, probed === undefined ? null : probeWords(probe)].filter(Boolean).join(" ") } };
  }
  const words = "Revoked. Reading it back from the database.";
  return { command, observed: { state: "running", words, progress: null, late: late ? "What is read here has not caught up yet. The API refuses the tokens already." : null } };
}

function probeWords({ data, error }: Pick<UseQueryResult<SessionProbe>, "data" | "error">): string {
  if (data === undefined) return error === null ? "Asking the API for proof." : `The API could not be asked for proof: ${error.message}`;
  const still = [data.access_accepted ? "access token" : null, data.refresh_accepted ? "refresh token" : null].filter(Boolean).join(" and ");
  return still === "" ? `Proof: at ${exactTimeInWords(data.at)} the API refuses its access token and its refresh token.` : `The API still accepts its ${still}: tell engineering.`;
}
