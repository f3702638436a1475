import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { IpcFailure } from "../lib/failure";
import { EnvironmentForm } from "./EnvironmentForm";

const PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";

function fillIn(name: string, url: string) {
  fireEvent.change(screen.getByLabelText("Name"), { target: { value: name } });
  fireEvent.change(screen.getByLabelText("API address"), { target: { value: url } });
}
const certificate = () => screen.getByLabelText("Certificate of its authority, as PEM");

it("hands over the company’s own authority, and none where nothing was given", async () => {
  const onSave = vi.fn().mockResolvedValue(undefined);
  render(<EnvironmentForm onSave={onSave} onTest={async () => []} />);
  fillIn("Staging", "https://api.example.com");
  fireEvent.click(screen.getByRole("button", { name: "Add environment" }));
  await vi.waitFor(() => expect(onSave).toHaveBeenCalledWith({ name: "Staging", kind: "staging", api_url: "https://api.example.com", authority: null }));
  await vi.waitFor(() => expect(screen.getByLabelText("Name")).toHaveValue(""));
  fillIn("Own", "https://own.example.com");
  fireEvent.change(certificate(), { target: { value: `\n${PEM}\n` } });
  fireEvent.click(screen.getByRole("button", { name: "Add environment" }));
  await vi.waitFor(() => expect(onSave).toHaveBeenLastCalledWith({ name: "Own", kind: "staging", api_url: "https://own.example.com", authority: PEM }));
  await vi.waitFor(() => expect(certificate()).toHaveValue(""));
});

it("says what is wrong beneath the field that it is about", async () => {
  const refusal = new IpcFailure({ type: "validation", field: "authority", message: "No certificate was found." });
  render(<EnvironmentForm onSave={() => Promise.reject(refusal)} onTest={async () => []} />);
  fillIn("Own", "https://own.example.com");
  fireEvent.change(certificate(), { target: { value: "not one" } });
  fireEvent.click(screen.getByRole("button", { name: "Add environment" }));
  await vi.waitFor(() => expect(certificate()).toHaveAccessibleDescription("No certificate was found."));
  expect(screen.getByLabelText("API address")).not.toHaveAccessibleDescription(/certificate/);
});

it("tests with the authority that stands in the form, and shows the one that is known", async () => {
  const onTest = vi.fn().mockResolvedValue([]);
  render(<EnvironmentForm before={{ name: "Own", kind: "staging", api_url: "https://own.example.com", authority: PEM }} onSave={async () => {}} onTest={onTest} />);
  expect(certificate()).toHaveValue(PEM);
  fireEvent.click(screen.getByRole("button", { name: "Test" }));
  await vi.waitFor(() => expect(onTest).toHaveBeenCalledWith("https://own.example.com", PEM));
});
