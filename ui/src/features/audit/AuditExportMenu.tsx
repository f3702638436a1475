import { Braces, CircleCheck, Download, Sheet, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { Banner } from "../../components/Banner";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Menu } from "../../components/Menu";
import { VisibleText } from "../../components/VisibleText";
import type { AuditExport, AuditFormat } from "../../generated/commands";
import { useIpc } from "../../ipc/ipc";
import { serverNow } from "../../lib/clock";
import { read, toIpcError } from "../../lib/failure";
import { count, plural } from "../../lib/numbers";
import { useTimes } from "../../lib/session";
import { toast } from "../../lib/toasts";
import styles from "./Audit.module.css";
import { toAuditFilter } from "./audit-filters";

type Run = { state: "writing" } | { state: "done"; file: AuditExport } | { state: "failed"; words: string };

/** Takes along what is filtered, all of it, as a file. */
export function AuditExportMenu({ q }: { q: string }) {
  const ipc = useIpc();
  const times = useTimes();
  const [run, setRun] = useState<Run | null>(null);
  const write = (format: AuditFormat) => {
    setRun({ state: "writing" });
    read(ipc.commands.exportAudit(toAuditFilter(q, times, serverNow()), format)).then(
      (file) => setRun({ state: "done", file }),
      (error: unknown) => setRun({ state: "failed", words: toIpcError(error).message }),
    );
  };
  const show = () => {
    read(ipc.commands.showExport()).catch((error: unknown) => toast(toIpcError(error).message));
  };
  return (
    <>
      <Menu
        label={q === "" ? "Export the trail" : "Export what is filtered"}
        icon={Download}
        words="Export"
        entries={[
          { id: "csv", label: "As a table (CSV)", icon: Sheet, onPress: () => write("csv") },
          { id: "json", label: "For programs (JSON)", icon: Braces, onPress: () => write("json") },
        ]}
      />
      {run === null ? null : (
        <Dialog
          title={q === "" ? "Export of the audit trail" : "Export of what is filtered"}
          open
          dismissable={run.state !== "writing"}
          onClose={() => setRun(null)}
          footer={
            run.state === "writing" ? null : (
              <>
                {run.state === "done" ? <Button onPress={show}>Show in its folder</Button> : null}
                <Button tone="primary" onPress={() => setRun(null)}>
                  Done
                </Button>
              </>
            )
          }
        >
          <Outcome run={run} />
        </Dialog>
      )}
    </>
  );
}

function Outcome({ run }: { run: Run }) {
  if (run.state === "writing") return <p role="status">Reading the trail and writing the file…</p>;
  if (run.state === "failed") {
    return (
      <Banner tone="danger" icon={TriangleAlert}>
        No file was written. {run.words}
      </Banner>
    );
  }
  const { path, rows, complete } = run.file;
  return (
    <>
      <Banner tone="success" icon={CircleCheck}>
        {rows === 0 ? "No line matches: the file holds its headings only." : `${plural(rows, "line")} written.`}
      </Banner>
      <p className={styles.path} data-selectable>
        <VisibleText text={path} max={1_000} />
      </p>
      {complete ? null : (
        <Banner tone="warning" icon={TriangleAlert}>
          These are the newest {count(rows)} lines; the trail goes on. Choose a shorter time for the rest.
        </Banner>
      )}
    </>
  );
}
