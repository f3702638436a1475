import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Autocomplete, Dialog, Input, Menu, MenuItem, Modal, ModalOverlay, SearchField } from "react-aria-components";
import { StatusBadge } from "../components/StatusBadge";
import { nextFrame } from "../lib/next-frame";
import { visibleText } from "../lib/visible-text";
import styles from "./Palette.module.css";
import type { PaletteItem } from "./palette-items";
import { clipboardItems, matchItems } from "./palette-items";
import { useClipboardOffer } from "./use-clipboard-offer";
import { usePaletteActions } from "./use-palette-actions";
import { usePalette } from "./use-palette";

type PaletteProps = { onClose: () => void; onHelp: () => void; onUnlock: () => void };

/** Go anywhere, find anyone: pages, users by e-mail, name or id, jobs by id, by whom they are for or by their error; and what can be done from anywhere. */
export function Palette({ open, ...on }: PaletteProps & { open: boolean }) {
  return (
    <ModalOverlay isOpen={open} onOpenChange={(next) => (next ? undefined : on.onClose())} isDismissable className={styles.overlay ?? ""}>
      <Modal className={styles.modal ?? ""}>
        <Dialog aria-label="Find anything" className={styles.dialog ?? ""}>
          <PaletteBody {...on} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function PaletteBody({ onClose, ...on }: PaletteProps) {
  const [text, setText] = useState("");
  const navigate = useNavigate();
  const offer = useClipboardOffer();
  const typed = usePalette(text.trim());
  const copied = usePalette(offer?.path === null ? offer.text : "");
  const fromClipboard = text === "" && offer ? clipboardItems(offer, copied.items, (path) => void navigate({ href: path })) : [];
  // Last: what is typed is looked for before it is done.
  const actions = matchItems(usePaletteActions(on), text.trim());
  const items = [...fromClipboard, ...typed.items, ...actions];
  const settled = text === "" ? offer !== undefined && copied.settled : typed.settled;
  const [entered, setEntered] = useState(false);
  const press = (item: PaletteItem) => {
    // Not twice, while the palette goes; and after it has gone, as a dialog that this opens takes the focus.
    setEntered(false);
    onClose();
    nextFrame(item.onPress);
  };

  // Nothing typed and nothing copied: Enter asks for nothing.
  const best = entered && settled && (text !== "" || fromClipboard.length > 0) ? items[0] : undefined;
  useEffect(() => {
    // Enter was quicker than the search: it goes to what this text finds, not to what an earlier one did.
    if (best !== undefined) press(best);
  });

  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === "Escape") {
      // One press closes it; the field would take the first one to empty itself.
      event.stopPropagation();
      onClose();
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      const chosen = document.activeElement?.getAttribute("aria-activedescendant");
      // What an earlier text found may be gone from the list, and still be named here.
      if (settled && chosen && document.getElementById(chosen)) return;
      event.stopPropagation();
      event.preventDefault();
      setEntered(true);
    } else {
      setEntered(false);
    }
  };
  return (
    <div onKeyDownCapture={onKeyDown}>
      <Autocomplete inputValue={text} onInputChange={setText}>
        <SearchField aria-label="Find anything" autoFocus>
          <Input className={styles.input ?? ""} placeholder="E-mail, name, id, error, a page, or an action…" maxLength={320} />
        </SearchField>
        <Menu aria-label="Found" className={styles.list ?? ""} items={items} renderEmptyState={() => <p className={styles.none}>{settled ? "Nothing found." : "Looking…"}</p>}>
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
    </div>
  );
}
