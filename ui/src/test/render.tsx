import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactElement, ReactNode } from "react";
import { type Commands, type Ipc, IpcContext } from "../ipc/ipc";
import { setFreshness } from "../lib/freshness";

/** An Ipc that answers only what a test gives; anything else is a fault of the test. */
function fakeIpc(commands: Partial<Commands>): Ipc {
  const all = new Proxy(commands, {
    get(target, name: string) {
      const command = target[name as keyof Commands];
      if (command === undefined) throw new Error(`The test gives no ${name}.`);
      return command;
    },
  });
  return { commands: all as Commands, subscribe: async () => () => undefined, onNavigate: async () => () => undefined, onSessionChanged: async () => () => undefined, onWatchesChanged: async () => () => undefined, onCommandSettled: async () => () => undefined };
}

/** Renders as inside the window: live, with a query cache and the given commands. */
export function renderInWindow(content: ReactElement, commands: Partial<Commands> = {}) {
  setFreshness({ state: "live", as_of: new Date().toISOString(), age_ms: 0, read_ms: 3, source: "push", message: null, api_problem: null });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, networkMode: "always" } } });
  const ipc = fakeIpc(commands);
  const wrapper = ({ children }: { children: ReactNode }) => (
    <IpcContext value={ipc}>
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    </IpcContext>
  );
  return { ...render(content, { wrapper }), client };
}
