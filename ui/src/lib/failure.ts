import type { IpcError } from "../generated/commands";

export type Answer<T> = { status: "ok"; data: T } | { status: "error"; error: IpcError };

/** A refusal as an exception, for places that know only those (the query cache). */
export class IpcFailure extends Error {
  readonly error: IpcError;

  constructor(error: IpcError) {
    super(error.message);
    this.name = "IpcFailure";
    this.error = error;
  }
}

/** The data, or an [`IpcFailure`]. */
export async function read<T>(answer: Promise<Answer<T>>): Promise<T> {
  const result = await answer;
  if (result.status === "error") throw new IpcFailure(result.error);
  return result.data;
}

/** Any exception as one of the errors that the page knows. */
export function toIpcError(error: unknown): IpcError {
  if (error instanceof IpcFailure) return error.error;
  const message = error instanceof Error ? error.message : String(error);
  return { type: "internal", message, id: "page" };
}

export type FailureWords = { happened: string; means: string; todo: string; reference: string | null };

/** What happened, what it means, what to do. Switches on the type, never on the text. */
export function failureWords(error: IpcError): FailureWords {
  switch (error.type) {
    case "not_found":
      return words(error.message, "It may have been removed, or the link is wrong.", "Check the id, or search for it with the palette.");
    case "unauthorized":
      return words(error.message, "Nothing was changed.", "Sign in again.");
    case "second_factor":
      return words(error.message, "Nothing was changed.", "Write the code that your authenticator shows now.");
    case "reauthenticate":
      return words(error.message, "Nothing was changed.", "Give your password again, then repeat it.");
    case "second_person":
      return words(error.message, "Nothing was changed.", "Plan it; a colleague approves the plan under “Bulk”.");
    case "forbidden":
      return words(error.message, "Your role may look, but not do this. Nothing was changed.", "Ask an admin.");
    case "conflict":
      return words(error.message, "It changed since you saw it. Nothing was changed by you.", "Look at it again, then decide anew.", error.request_id);
    case "moved":
      return words(error.message, "User or job moved on since you saw them. Nothing was changed by you.", "Look at how it is now, then decide anew.");
    case "unavailable":
      return words(error.message, "The system cannot be reached right now. Nothing was changed.", `Try again in ${Math.max(1, error.retry_after_s)} s.`);
    case "unknown":
      return words(error.message, "The answer was lost: it may or may not have happened.", "The window finds out by itself: wait for that before you do it again.", error.command_id);
    case "validation":
      return words(error.message, "Nothing was changed.", `Correct “${error.field.replaceAll("_", " ")}”.`);
    case "stale":
      return words(error.message, "What is on the screen is too old to act on. Nothing was changed.", "Wait until it is live again.");
    case "read_only":
      return words(error.message, "Nothing was changed.", "Unlock it with a reason, then do it again.");
    case "keychain":
      return words(error.message, "Your sign-in cannot be kept on this machine.", "Unlock the keychain, or go on for this session only.");
    case "internal":
      return words(error.message, "This is a fault of ours, not of yours.", "Try again. If it stays, copy the reference and report it.", error.id);
  }
}

function words(happened: string, means: string, todo: string, reference: string | null = null): FailureWords {
  return { happened, means, todo, reference };
}
