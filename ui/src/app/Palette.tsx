import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { Autocomplete, Dialog, Input, Menu, MenuItem, Modal, ModalOverlay, SearchField } from "react-aria-components";
import { StatusBadge } from "../components/StatusBadge";
import { visibleText } from "../lib/visible-text";
import styles from "./Palette.module.css";
import type { PaletteItem } from "./palette-items";
import { clipboardItems } from "./palette-items";
import { useClipboardOffer } from "./use-clipboard-offer";
import { usePalette } from "./use-palette";

/** Go anywhere, find anyone: pages, users by e-mail, name or id, jobs by id, by whom they are for or by their error. */
export function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <ModalOverlay isOpen={open} onOpenChange={(next) => (next ? undefined : onClose())} isDismissable className={styles.overlay ?? ""}>
      <Modal className={styles.modal ?? ""}>
        <Dialog aria-label="Find anything" className={styles.dialog ?? ""}>
          <PaletteBody onClose={onClose} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function PaletteBody({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState("");
  const navigate = useNavigate();
  const offer = useClipboardOffer();
  const typed = usePalette(text.trim());
  const copied = usePalette(offer?.path === null ? offer.text : "");
  const fromClipboard = text === "" && offer ? clipboardItems(offer, copied.items, (path) => void navigate({ href: path })) : [];
  const items = [...fromClipboard, ...typed.items];
  const settled = text === "" ? offer !== undefined && copied.settled : typed.settled;
  const [entered, setEntered] = useState(false);
  const press = (item: PaletteItem) => {
    onClose();
    item.onPress();
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
          <Input className={styles.input ?? ""} placeholder="E-mail, name, id, error, or a page…" maxLength={320} />
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
