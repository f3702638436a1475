import { Dialog } from "../components/Dialog";
import { ShortcutList } from "../components/ShortcutList";

export function ShortcutHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog title="Keyboard" size="wide" open={open} onClose={onClose}>
      <ShortcutList />
    </Dialog>
  );
}
