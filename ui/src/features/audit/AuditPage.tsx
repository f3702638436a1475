import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { FilterBar } from "../../components/FilterBar";
import { Page } from "../../components/Page";
import { SidePanelPlace } from "../../components/SidePanel";
import { ViewSwitch } from "../../components/ViewSwitch";
import { useIpc } from "../../ipc/ipc";
import { useTimes } from "../../lib/session";
import { AuditExportMenu } from "./AuditExportMenu";
import { AuditPanel } from "./AuditPanel";
import { AuditTable } from "./AuditTable";
import { AUDIT_SPANS, auditFilterFields, spanOf, withSpan } from "./audit-filters";
import { auditOptions, auditWordsOptions } from "./audit-queries";

const route = getRouteApi("/audit");

/** Who did what, on whom, why, and what changed. Newest first. */
export function AuditPage() {
  const ipc = useIpc();
  const times = useTimes();
  const { q = "", entry } = route.useSearch();
  const navigate = route.useNavigate();
  const words = useQuery(auditWordsOptions(ipc)).data;
  const fields = useMemo(() => auditFilterFields(words), [words]);
  const audit = useInfiniteQuery({ ...auditOptions(ipc, q, times), placeholderData: keepPreviousData });
  const rows = useMemo(() => audit.data?.pages.flatMap((page) => page.rows) ?? [], [audit.data]);
  const change = useCallback((part: { q?: string | undefined; entry?: string | undefined }) => void navigate({ to: ".", search: (before) => ({ ...before, ...part }), replace: true }), [navigate]);
  const setText = (text: string) => change({ q: text === "" ? undefined : text });
  const open = rows.find((row) => row.id === entry);
  const span = spanOf(q);
  return (
    <Page
      title="Audit"
      tools={
        <>
          <FilterBar label="Filter the audit trail" placeholder="by:dana@… action:job.cancel since:24h" fields={fields} value={q} onChange={setText} />
          <ViewSwitch label="How far back" views={AUDIT_SPANS.map((view) => ({ words: view.words, pressed: view.span === span, onPress: () => setText(withSpan(q, view.span)) }))} />
          <AuditExportMenu q={q} />
        </>
      }
    >
      <AuditTable q={q} rows={rows} audit={audit} openId={open?.id ?? null} onOpen={(id) => change({ entry: id ?? undefined })} onClear={() => setText("")} />
      {open === undefined ? null : (
        <SidePanelPlace>
          <AuditPanel entry={open} onClose={() => change({ entry: undefined })} onFilter={setText} />
        </SidePanelPlace>
      )}
    </Page>
  );
}
