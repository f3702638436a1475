import { useState } from "react";
import { toIpcError } from "../lib/failure";
import { Button } from "./Button";
import styles from "./EnvironmentForm.module.css";
import { Segmented } from "./Segmented";
import { type ReportedStep, StepReport } from "./StepReport";
import { TextField } from "./TextField";

type EnvironmentKind = "local" | "staging" | "production";
type EnvironmentDraft = { name: string; kind: EnvironmentKind; api_url: string; authority: string | null };

type EnvironmentFormProps = {
  /** As it is now; without it a new one is made. */
  before?: EnvironmentDraft;
  onSave: (environment: EnvironmentDraft) => Promise<void>;
  /** How far the way to the API there goes. */
  onTest: (api_url: string, authority: string | null) => Promise<readonly ReportedStep[]>;
};

const KINDS: readonly { value: EnvironmentKind; label: string }[] = [
  { value: "local", label: "Local" },
  { value: "staging", label: "Staging" },
  { value: "production", label: "Production" },
];

/** A system to work on: its name, how careful to be, and where it is. */
export function EnvironmentForm({ before, onSave, onTest }: EnvironmentFormProps) {
  const [name, setName] = useState(before?.name ?? "");
  const [kind, setKind] = useState<EnvironmentKind>(before?.kind ?? "staging");
  const [api_url, setUrl] = useState(before?.api_url ?? "");
  const [authority, setAuthority] = useState(before?.authority ?? "");
  const [wrong, setWrong] = useState<{ field: string; words: string } | null>(null);
  const [steps, setSteps] = useState<readonly ReportedStep[] | null>(null);
  const [busy, setBusy] = useState<"testing" | "saving" | null>(null);
  const missing = name.trim() === "" ? "Give it a name." : problem(api_url);
  const words = before === undefined ? "Add environment" : "Save";
  const own = authority.trim() === "" ? null : authority.trim();
  const run = async (what: "testing" | "saving", work: () => Promise<void>) => {
    setBusy(what);
    setWrong(null);
    setSteps(null);
    try {
      await work();
    } catch (error) {
      const failure = toIpcError(error);
      setWrong({ field: failure.type === "validation" ? failure.field : "api_url", words: failure.message });
    } finally {
      setBusy(null);
    }
  };
  const save = async () => {
    await onSave({ name: name.trim(), kind, api_url: api_url.trim(), authority: own });
    if (before !== undefined) return;
    setName("");
    setUrl("");
    setAuthority("");
  };
  const at = (field: string) => (wrong?.field === field ? wrong.words : null);
  const moved = before !== undefined && api_url.trim() !== before.api_url;
  return (
    <form
      className={styles.form}
      aria-label={before === undefined ? "Add environment" : `Edit ${before.name}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (missing === null && busy === null) void run("saving", save);
      }}
    >
      <TextField label="Name" value={name} onChange={setName} maxLength={40} placeholder="Production EU" error={at("name")} />
      <TextField
        label="API address"
        type="url"
        value={api_url}
        onChange={setUrl}
        maxLength={300}
        placeholder="https://api.example.com"
        error={at("api_url")}
        hint={moved ? "At another address you sign in anew: what is kept is for the former one." : "https, or this machine"}
      />
      <Segmented label="Kind: decides colour and caution" value={kind} options={KINDS} onChange={setKind} />
      <details className={styles.wide} open={before?.authority ? true : undefined}>
        <summary>Certificates signed by your own company</summary>
        <TextField
          label="Certificate of its authority, as PEM"
          lines={4}
          value={authority}
          onChange={setAuthority}
          maxLength={32_768}
          placeholder="-----BEGIN CERTIFICATE-----"
          error={at("authority")}
          hint="Trusted for this environment alone, besides what this machine trusts. Leave it blank if you were not told to fill it in."
        />
      </details>
      <div className={styles.buttons}>
        <Button onPress={() => void run("testing", async () => setSteps(await onTest(api_url.trim(), own)))} blocked={problem(api_url)} busy={busy !== null}>
          {busy === "testing" ? "Testing…" : "Test"}
        </Button>
        <Button type="submit" tone="primary" blocked={missing} busy={busy !== null}>
          {words}
        </Button>
      </div>
      {steps === null ? null : (
        <div className={styles.report}>
          <StepReport label="Test of the connection" steps={steps} />
        </div>
      )}
    </form>
  );
}

function problem(api_url: string): string | null {
  if (!URL.canParse(api_url.trim())) return "Write the API’s address, such as https://api.example.com.";
  return null;
}
