import { useState } from "react";
import { Button } from "./Button";
import styles from "./EnvironmentForm.module.css";
import { Segmented } from "./Segmented";
import { type ReportedStep, StepReport } from "./StepReport";
import { TextField } from "./TextField";

type EnvironmentKind = "local" | "staging" | "production";
type EnvironmentDraft = { name: string; kind: EnvironmentKind; api_url: string };

type EnvironmentFormProps = {
  /** As it is now; without it a new one is made. */
  before?: EnvironmentDraft;
  onSave: (environment: EnvironmentDraft) => Promise<void>;
  /** How far the way to the API there goes. */
  onTest: (api_url: string) => Promise<readonly ReportedStep[]>;
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
  const [wrong, setWrong] = useState<string | null>(null);
  const [steps, setSteps] = useState<readonly ReportedStep[] | null>(null);
  const [busy, setBusy] = useState<"testing" | "saving" | null>(null);
  const missing = name.trim() === "" ? "Give it a name." : problem(api_url);
  const words = before === undefined ? "Add environment" : "Save";
  const run = async (what: "testing" | "saving", work: () => Promise<void>) => {
    setBusy(what);
    setWrong(null);
    setSteps(null);
    try {
      await work();
    } catch (error) {
      setWrong(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(null);
    }
  };
  const save = async () => {
    await onSave({ name: name.trim(), kind, api_url: api_url.trim() });
    if (before !== undefined) return;
    setName("");
    setUrl("");
  };
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
      <TextField label="Name" value={name} onChange={setName} maxLength={40} placeholder="Production EU" />
      <TextField
        label="API address"
        type="url"
        value={api_url}
        onChange={setUrl}
        maxLength={300}
        placeholder="https://api.example.com"
        error={wrong}
        hint={moved ? "At another address you sign in anew: what is kept is for the former one." : "https, or this machine"}
      />
      <Segmented label="Kind: decides colour and caution" value={kind} options={KINDS} onChange={setKind} />
      <div className={styles.buttons}>
        <Button onPress={() => void run("testing", async () => setSteps(await onTest(api_url.trim())))} blocked={problem(api_url)} busy={busy !== null}>
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
