import { X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { IconButton } from "./Button";
import styles from "./Dialog.module.css";

type DialogProps = {
  title: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  /** `false` while something is under way that should not be lost from sight by a stray press. */
  dismissable?: boolean;
  size?: "normal" | "wide";
  alert?: boolean;
};

export function Dialog({ title, open, onClose, children, footer, dismissable = true, size = "normal", alert = false }: DialogProps) {
  const section = useRef<HTMLElement>(null);
  // Where this one follows another, that one gives the focus back to what lies behind both, a frame after it has gone.
  useEffect(() => {
    if (!open) return undefined;
    const within = () => section.current?.contains(document.activeElement) === true;
    const first = within() ? document.activeElement : section.current;
    const frame = requestAnimationFrame(() => {
      if (!within() && first instanceof HTMLElement) first.focus();
    });
    return () => cancelAnimationFrame(frame);
  }, [open]);
  return (
    <ModalOverlay
      isOpen={open}
      onOpenChange={(next) => (next ? undefined : onClose())}
      isDismissable={dismissable}
      isKeyboardDismissDisabled={!dismissable}
      className={styles.overlay ?? ""}
    >
      <Modal className={`${styles.modal} ${styles[size]}`}>
        <AriaDialog ref={section} role={alert ? "alertdialog" : "dialog"} className={styles.dialog ?? ""}>
          <header className={styles.header}>
            <Heading slot="title" className={styles.title ?? ""}>
              {title}
            </Heading>
            {dismissable ? <IconButton icon={X} label="Close" onPress={onClose} /> : null}
          </header>
          <div className={styles.body}>{children}</div>
          {footer ? <footer className={styles.footer}>{footer}</footer> : null}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
