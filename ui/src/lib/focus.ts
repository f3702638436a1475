/** A person is typing: single keys are letters then. */
export function isFieldFocused(): boolean {
  return document.activeElement instanceof HTMLElement && document.activeElement.closest("input, textarea, select, [contenteditable]") !== null;
}
