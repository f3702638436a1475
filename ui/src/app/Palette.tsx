import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { UserRound, Workflow } from "lucide-react";
import { useState } from "react";
import { Autocomplete, Dialog, Input, Menu, MenuItem, Modal, ModalOverlay, SearchField } from "react-aria-components";
import { StatusBadge } from "../components/StatusBadge";
import { useIpc } from "../ipc/ipc";
import { read } from "../lib/failure";
import { isUuid } from "../lib/ids";
import { demoModeMark } from "../lib/states/demo-mode";
import { jobStatusMark, jobTypeWords } from "../lib/states/job";
import { visibleText } from "../lib/visible-text";
import styles from "./Palette.module.css";
import { type PaletteItem, matchItems, placeItems } from "./palette-items";

const FOUND_MAX = 6;
const LATER_MS = 30_000;

/** Go anywhere, find anyone: pages, users by e-mail, name or id, jobs by id or by whom they are for. */
export function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <ModalOverlay isOpen={open} onOpenChange={(next) => (next ? undefined : onClose())} isDismissable className={styles.overlay ?? ""}>
      <Modal className={styles.modal ?? ""}>
        <Dialog aria-label="Find anything" className={styles.dialog ?? ""}>
          {/* One press closes it; the field would take the first one to empty itself. */}
          <div
            onKeyDownCapture={(event) => {
              if (event.key !== "Escape") return;
              event.stopPropagation();
              onClose();
            }}
          >
            <PaletteBody onClose={onClose} />
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function PaletteBody({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const items = useItems(text.trim());
  const press = (item: PaletteItem) => {
    onClose();
    item.onPress();
  };
  return (
    <Autocomplete inputValue={text} onInputChange={setText}>
      <SearchField aria-label="Find anything" autoFocus>
        <Input className={styles.input ?? ""} placeholder="E-mail, name, id, or a page…" maxLength={200} />
      </SearchField>
      <Menu aria-label="Found" className={styles.list ?? ""} items={items} renderEmptyState={() => <p className={styles.none}>Nothing found.</p>}>
        {(item) => (
          <MenuItem id={item.id} textValue={item.words} className={styles.item ?? ""} onAction={() => press(item)}>
            <item.icon size={15} aria-hidden />
            <span className={styles.words}>{visibleText(item.words, 120)}</span>
            {item.mark ? <StatusBadge mark={item.mark} /> : null}
            <span className={styles.hint}>{item.hint}</span>
          </MenuItem>
        )}
      </Menu>
    </Autocomplete>
  );
}

function useItems(text: string): PaletteItem[] {
  const ipc = useIpc();
  const navigate = useNavigate();
  const asked = text.length >= 2;
  const { data: users } = useQuery({
    queryKey: ["palette", "users", text],
    queryFn: () => read(ipc.commands.usersPage({ search: text, demo_modes: [] }, null, FOUND_MAX)),
    enabled: asked,
    staleTime: LATER_MS,
    placeholderData: (before) => before,
  });
  const byId = /^[0-9a-f-]{6,}$/i.test(text);
  const { data: jobs } = useQuery({
    queryKey: ["palette", "jobs", text],
    queryFn: () =>
      read(ipc.commands.jobsPage({ statuses: [], job_types: [], user: byId ? null : text, id: byId ? text : null, worker_id: null, error: null }, null, FOUND_MAX)),
    enabled: asked,
    staleTime: LATER_MS,
    placeholderData: (before) => before,
  });
  const places = matchItems(placeItems(navigate), text);
  if (!asked) return places;
  const found: PaletteItem[] = [
    ...(users?.rows ?? []).map((user) => ({
      id: `user ${user.id}`,
      words: user.full_name ? `${user.email} · ${user.full_name}` : user.email,
      icon: UserRound,
      hint: "User",
      mark: demoModeMark(user.demo_mode),
      onPress: () => void navigate({ to: "/users/$userId", params: { userId: user.id } }),
    })),
    ...(jobs?.rows ?? []).map((job) => ({
      id: `job ${job.id}`,
      words: `${jobTypeWords(job.job_type)} · ${job.user_email ?? "system"}`,
      icon: Workflow,
      hint: "Job",
      mark: jobStatusMark(job.status),
      onPress: () => void navigate({ to: "/jobs/$jobId", params: { jobId: job.id } }),
    })),
  ];
  // A whole id may be of anything: offer both even when the search found neither.
  if (isUuid(text) && found.length === 0) {
    found.push({ id: `open ${text}`, words: `Open job ${text}`, icon: Workflow, hint: "Job", onPress: () => void navigate({ to: "/jobs/$jobId", params: { jobId: text } }) });
  }
  return [...places, ...found];
}
