import type { LucideIcon } from "lucide-react";
import type { ReactNode, Ref } from "react";
import { Tooltip } from "./Tooltip";
import styles from "./Button.module.css";

type ButtonProps = {
  children: ReactNode;
  onPress?: (() => void) | undefined;
  tone?: "plain" | "primary" | "danger" | "quiet";
  size?: "normal" | "small";
  icon?: LucideIcon;
  type?: "button" | "submit";
  /** Why it cannot be pressed now. It stays focusable, so that the reason can be read. */
  blocked?: string | null | undefined;
  /** For one that stays pressed. */
  pressed?: boolean;
  /** Pressed already; what it is doing is said beside it. */
  busy?: boolean;
  shortcut?: string;
  hint?: string;
  ref?: Ref<HTMLButtonElement>;
};

export function Button({
  children,
  onPress,
  tone = "plain",
  size = "normal",
  icon: Icon,
  type = "button",
  blocked = null,
  busy = false,
  pressed,
  shortcut,
  hint,
  ref,
}: ButtonProps) {
  const off = blocked !== null || busy;
  return (
    <Tooltip text={blocked ?? hint ?? null}>
      <button
        ref={ref}
        type={type}
        className={`${styles.button} ${styles[tone]} ${styles[size]}`}
        aria-disabled={off || undefined}
        aria-pressed={pressed}
        aria-keyshortcuts={shortcut}
        onClick={(event) => {
          if (off) event.preventDefault();
          else onPress?.();
        }}
      >
        {Icon ? <Icon size={14} strokeWidth={2} aria-hidden /> : null}
        <span>{children}</span>
        {shortcut ? <kbd className={styles.kbd}>{shortcut}</kbd> : null}
      </button>
    </Tooltip>
  );
}

type IconButtonProps = {
  icon: LucideIcon;
  label: string;
  onPress: () => void;
  shortcut?: string;
  pressed?: boolean;
};

/** A button without words: its label is its tooltip. */
export function IconButton({ icon: Icon, label, onPress, shortcut, pressed }: IconButtonProps) {
  return (
    <Tooltip text={shortcut ? `${label}  ${shortcut}` : label}>
      <button
        type="button"
        className={`${styles.button} ${styles.quiet} ${styles.iconOnly}`}
        aria-label={label}
        aria-pressed={pressed}
        onClick={onPress}
      >
        <Icon size={15} strokeWidth={2} aria-hidden />
      </button>
    </Tooltip>
  );
}
