import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { IpcFailure } from "../lib/failure";
import { renderInWindow } from "../test/render";
import { Reauthenticate } from "./Reauthenticate";

it("asks for the password, then for a code where one is enrolled, and goes on by itself", async () => {
  const onDone = vi.fn();
  const send = vi.fn(async (password: string, code: string | null) => {
    if (password !== "right") throw new IpcFailure({ type: "unauthorized", message: "Invalid email or password" });
    if (code === null) throw new IpcFailure({ type: "second_factor", message: "A code is needed." });
    onDone();
  });
  renderInWindow(<Reauthenticate send={send} />);
  const go = () => userEvent.click(screen.getByRole("button", { name: "It is me: go on" }));
  await userEvent.type(screen.getByLabelText("Your password"), "wrong");
  await go();
  expect(await screen.findByText("This is not your password.")).toBeInTheDocument();
  await userEvent.clear(screen.getByLabelText("Your password"));
  await userEvent.type(screen.getByLabelText("Your password"), "right");
  await go();
  await userEvent.type(await screen.findByLabelText("Code of your authenticator"), "123456");
  expect(onDone).not.toHaveBeenCalled();
  await go();
  await vi.waitFor(() => expect(onDone).toHaveBeenCalledOnce());
  expect(send).toHaveBeenLastCalledWith("right", "123456");
});
