import { act, renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { describe, expect, it, vi } from "vitest";
import type { IpcError } from "../generated/commands";
import type { Answer } from "../lib/failure";
import type { Intent } from "../lib/command-phase";
import { addSettled } from "../lib/settled";
import { type Ipc, IpcContext } from "./ipc";
import { useCommand } from "./use-command";

const UNKNOWN: IpcError = { type: "unknown", message: "The answer was lost.", command_id: "c" };
const CONFLICT: IpcError = { type: "conflict", message: "Demo mode is now enabling.", request_id: "r-1" };

function setup(send: (intent: Intent, input: string) => Promise<Answer<string>>) {
  const resolveCommand = vi.fn(async () => ({ status: "ok" as const, data: "done" }));
  const ipc = { commands: { resolveCommand } } as unknown as Ipc;
  const wrapper = ({ children }: { children: ReactNode }) => <IpcContext value={ipc}>{children}</IpcContext>;
  const { result } = renderHook(() => useCommand<string, string>({ title: "Test", send }), { wrapper });
  return { result, resolveCommand };
}

describe("a command", () => {
  it("goes from sending to accepted", async () => {
    const send = vi.fn(async () => ({ status: "ok" as const, data: "done" }));
    const { result } = setup(send);
    act(() => result.current.press("why"));
    expect(result.current.phase.name).toBe("sending");
    await act(async () => undefined);
    expect(result.current.phase).toEqual({ name: "accepted", data: "done" });
    expect(send).toHaveBeenCalledWith({ command_id: expect.stringMatching(/^[0-9a-f-]{36}$/), title: "Test" }, "why");
  });

  it("has one effect when pressed twice", async () => {
    const send = vi.fn(async () => ({ status: "ok" as const, data: "done" }));
    const { result } = setup(send);
    await act(async () => {
      result.current.press("why");
      result.current.press("why");
    });
    act(() => result.current.press("why"));
    expect(send).toHaveBeenCalledTimes(1);
  });

  it("keeps its key when it is tried again", async () => {
    const send = vi.fn(async (): Promise<Answer<string>> => ({ status: "error", error: { type: "unavailable", message: "No answer.", retry_after_s: 1 } }));
    const { result } = setup(send);
    await act(async () => result.current.press("why"));
    expect(result.current.phase.name).toBe("refused");
    await act(async () => result.current.tryAgain());
    expect(send).toHaveBeenCalledTimes(2);
    expect(send.mock.calls[1]).toEqual(send.mock.calls[0]);
  });

  it("takes a new key for a new press after a conflict", async () => {
    const send = vi.fn(async (_intent: Intent, _input: string): Promise<Answer<string>> => ({ status: "error", error: CONFLICT }));
    const { result } = setup(send);
    await act(async () => result.current.press("why"));
    expect(result.current.phase).toEqual({ name: "refused", error: CONFLICT });
    await act(async () => result.current.press("why"));
    expect(send.mock.calls[1]?.[0].command_id).not.toBe(send.mock.calls[0]?.[0].command_id);
  });

  it("says unknown, repeats nothing by itself, and finds out when asked", async () => {
    const send = vi.fn(async (): Promise<Answer<string>> => ({ status: "error", error: UNKNOWN }));
    const { result, resolveCommand } = setup(send);
    await act(async () => result.current.press("why"));
    expect(result.current.phase.name).toBe("unknown");
    await act(async () => result.current.press("why"));
    act(() => result.current.reset());
    expect(send).toHaveBeenCalledTimes(1);
    expect(result.current.phase.name).toBe("unknown");
    await act(async () => result.current.findOut());
    expect(resolveCommand).toHaveBeenCalledTimes(1);
    expect(result.current.phase).toEqual({ name: "found", outcome: "done" });
  });

  it("hears what became of it when the window has found out by itself, and of no other", async () => {
    const send = vi.fn(async (): Promise<Answer<string>> => ({ status: "error", error: UNKNOWN }));
    const { result } = setup(send);
    await act(async () => result.current.press("why"));
    const settled = { title: "Test", user_id: null, job_id: null, outcome: "not_done" as const };
    act(() => addSettled({ ...settled, command_id: "another" }));
    expect(result.current.phase.name).toBe("unknown");
    act(() => addSettled({ ...settled, command_id: (send.mock.calls[0] as unknown as [Intent])[0].command_id }));
    expect(result.current.phase).toEqual({ name: "found", outcome: "not_done" });
  });

  it("is unknown when the page itself fails after sending", async () => {
    const { result } = setup(async () => {
      throw new Error("The channel is gone.");
    });
    await act(async () => result.current.press("why"));
    expect(result.current.phase.name).toBe("unknown");
  });
});
