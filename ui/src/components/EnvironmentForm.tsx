import { useState } from "react";
import { Button } from "./Button";
import styles from "./EnvironmentForm.module.css";
import { Segmented } from "./Segmented";
import { TextField } from "./TextField";

type EnvironmentKind = "local" | "staging" | "production";
type NewEnvironment = { name: string; kind: EnvironmentKind; api_url: string };

type EnvironmentFormProps = {
  onAdd: (environment: NewEnvironment) => Promise<void>;
  /** Whether an API answers there, in words. */
  onTest: (api_url: string) => Promise<string>;
};

const KINDS: readonly { value: EnvironmentKind; label: string }[] = [
  { value: "local", label: "Local" },
  { value: "staging", label: "Staging" },
  { value: "production", label: "Production" },
];

/** A system to work on: its name, how careful to be, and where it is. */
export function EnvironmentForm({ onAdd, onTest }: EnvironmentFormProps) {
  const [name, setName] = useState("");
  const [kind, setKind] = useState<EnvironmentKind>("staging");
  const [api_url, setUrl] = useState("");
  const [answer, setAnswer] = useState<{ words: string; bad: boolean } | null>(null);
  const [busy, setBusy] = useState(false);
  const missing = name.trim() === "" ? "Give it a name." : problem(api_url);
  const run = async (work: () => Promise<string | null>) => {
    setBusy(true);
    try {
      const words = await work();
      setAnswer(words === null ? null : { words, bad: false });
    } catch (error) {
      setAnswer({ words: error instanceof Error ? error.message : String(error), bad: true });
    } finally {
      setBusy(false);
    }
  };
  const add = async () => {
    await onAdd({ name: name.trim(), kind, api_url: api_url.trim() });
    setName("");
    setUrl("");
    return null;
  };
  return (
    <form
      className={styles.form}
      aria-label="Add environment"
      onSubmit={(event) => {
        event.preventDefault();
        if (missing === null && !busy) void run(add);
      }}
    >
      <TextField label="Name" value={name} onChange={setName} maxLength={60} placeholder="Production EU" />
      <TextField
        label="API address"
        type="url"
        value={api_url}
        onChange={setUrl}
        maxLength={300}
        placeholder="https://api.example.com"
        error={answer?.bad ? answer.words : null}
        hint={answer?.bad === false ? answer.words : "https, or this machine"}
      />
      <Segmented label="Kind: decides colour and caution" value={kind} options={KINDS} onChange={setKind} />
      <div className={styles.buttons}>
        <Button onPress={() => void run(() => onTest(api_url.trim()))} blocked={problem(api_url)} busy={busy}>
          Test
        </Button>
        <Button type="submit" tone="primary" blocked={missing} busy={busy}>
          Add environment
        </Button>
      </div>
    </form>
  );
}

function problem(api_url: string): string | null {
  if (!URL.canParse(api_url.trim())) return "Write the API’s address, such as https://api.example.com.";
  return null;
}
